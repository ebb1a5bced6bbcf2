"""`python -m bench NAME`: measures, side by side with what a user would otherwise run, and prints a table.

`python -m bench faults 40` takes another number of runs.
"""

import sys
from collections.abc import Callable

from bench import costs, grid, importing, preview, statistics
from bench.runs import busy, faults, soak
from bench.train import cache, rates, speed


def _preview() -> None:
    preview.main()
    print()
    grid.main()


BENCHES: dict[str, Callable[..., None]] = {
    "busy": busy.main,
    "cache": cache.main,
    "costs": costs.main,
    "faults": faults.main,
    "grid": grid.main,
    "importing": importing.main,
    "preview": _preview,
    "rates": rates.main,
    "soak": soak.main,
    "statistics": statistics.main,
    "train": speed.main,
}

if __name__ == "__main__":
    names = [word for word in sys.argv[1:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    unknown = [name for name in names if name not in BENCHES]
    if unknown or not names:
        sys.exit(f"There is no bench {', '.join(unknown)}. Choose: {', '.join(BENCHES)}.")
    for name in names:
        BENCHES[name](*numbers)
