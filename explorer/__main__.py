"""`python -m explorer`: see explorer/runs/cli/main.py."""

import sys

from explorer.runs.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
