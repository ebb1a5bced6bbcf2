"""`python -m bench NAME`: measures, side by side with what a user would otherwise run, and prints a table.

`python -m bench faults 40` takes another number of runs. `python -m bench crowd --help` shows options of its own.
"""

import sys
from collections.abc import Callable

from bench import cells, costs, decoding, grid, hostile, importing, metrics, predict, preview, statistics, study
from bench.crowd import main as crowd
from bench.damaged import main as damaged
from bench.data import main as data
from bench.fuzz import main as fuzz
from bench.gpu import main as gpu
from bench.runs import busy, events, faults, live, many_runs, overlaid, soak
from bench.train import cache, heart, masks, rates, speed
from bench.verdicts import main as verdicts
from bench.verdicts import speed as speed_of_verdicts


def _preview() -> None:
    preview.main()
    print()
    grid.main()


BENCHES: dict[str, Callable[..., None]] = {
    "bootstrap": speed_of_verdicts.main,
    "busy": busy.main,
    "cache": cache.main,
    "cells": cells.main,
    "compare": overlaid.main,
    "costs": costs.main,
    "decoding": decoding.main,
    "events": events.main,
    "faults": faults.main,
    "grid": grid.main,
    "hostile": hostile.main,
    "importing": importing.main,
    "live": live.main,
    "many_runs": many_runs.main,
    "masks": masks.main,
    "metrics": metrics.main,
    "overfit": heart.main,
    "predict": predict.main,
    "preview": _preview,
    "rates": rates.main,
    "soak": soak.main,
    "statistics": statistics.main,
    "study": study.main,
    "train": speed.main,
}

# These read the rest of the command line themselves.
WITH_OPTIONS: dict[str, Callable[[list[str]], None]] = {
    "coverage": verdicts.main,
    "crowd": crowd.main,
    "data": data.main,
    "damaged": damaged.main,
    "fuzz": fuzz.main,
    "gpu": gpu.main,
}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in WITH_OPTIONS:
        WITH_OPTIONS[sys.argv[1]](sys.argv[2:])
        sys.exit()
    names = [word for word in sys.argv[1:] if not word.isdigit()]
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    unknown = [name for name in names if name not in BENCHES]
    if unknown or not names:
        sys.exit(f"There is no bench {', '.join(unknown)}. Choose: {', '.join([*BENCHES, *WITH_OPTIONS])}.")
    for name in names:
        BENCHES[name](*numbers)
