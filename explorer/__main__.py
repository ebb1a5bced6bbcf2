"""`python -m explorer`: see explorer/runs/cli.py."""

import sys

from explorer.runs.cli import main

if __name__ == "__main__":
    sys.exit(main())
