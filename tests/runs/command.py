"""`python -m tests.runs.command`: the real command line, whose runs are trained by trainer.py, without torch."""

import sys

from explorer.runs.cli.main import main
from explorer.runs.launchers import local

if __name__ == "__main__":
    local.TRAINER = "tests.runs.trainer"
    sys.exit(main())
