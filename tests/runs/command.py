"""`python -m tests.runs.command`: the real command line, whose runs are trained by trainer.py, without torch."""

import sys

from explorer.runs.cli.main import main
from explorer.runs.life.launcher import MODULES

if __name__ == "__main__":
    MODULES["train"] = "tests.runs.trainer"
    sys.exit(main())
