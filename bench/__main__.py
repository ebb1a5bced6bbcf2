"""`python -m bench NAME`: measures, side by side with what a user would otherwise run, and prints a table."""

import sys
from collections.abc import Callable

from bench import costs, preview

BENCHES: dict[str, Callable[[], None]] = {"costs": costs.main, "preview": preview.main}

if __name__ == "__main__":
    names = sys.argv[1:] or list(BENCHES)
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.exit(f"There is no bench {', '.join(unknown)}. Choose: {', '.join(BENCHES)}.")
    for name in names:
        BENCHES[name]()
