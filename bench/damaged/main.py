"""The options of `python -m bench damaged`, and its report."""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.damaged import annotations, images

COUNT, SEED = 10_000, 14
_NAMED = 10


def main(arguments: Sequence[str]) -> None:
    """Damage files of annotations and images, and read them. Exits with 1 where something has crashed."""
    parser = argparse.ArgumentParser(prog="python -m bench damaged", description="Files that were damaged at random.")
    parser.add_argument("count", type=int, nargs="?", default=COUNT, help="how many of each")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed damages the same")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"EXPLORER_HOME": f"{scratch}/home", "EXPLORER_DATA_ROOTS": f"{scratch}/data"}
        folder = Path(scratch, "data")
        folder.mkdir()
        found = {
            "files of annotations": annotations.tried(annotations.make(folder), options.count, options.seed),
            "images": images.tried(options.count, options.seed),
        }
    for what, outcomes in found.items():
        print(f"Damaged {what}: {options.count:,} tried, seed {options.seed}")
        for kind, count in outcomes.kinds.most_common():
            print(f"  {kind}: {count:,}")
        print(f"  crashed: {len(outcomes.crashed)}, longer than {annotations.LATE_S:g} s: {len(outcomes.late)}")
        print("\n".join([*outcomes.crashed[:_NAMED], *outcomes.late[:_NAMED]]))
    if any(outcomes.crashed or outcomes.late for outcomes in found.values()):
        raise SystemExit(1)
