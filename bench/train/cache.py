"""`python -m bench cache`: memory of a run on 50,000 images whose cache may take 500 MB, beside a run that keeps none.

`python -m bench cache 8000` takes so many images, and a budget of as many hundredths of a MB. Both decode at 96 px and
draw from the cache as training does; what counts is memory of the process that no file stands behind, at its peak.
Asked for: not more than the run's that keeps none, the budget, and what is stated for names and places.
"""

import os
import tempfile
import time
from pathlib import Path

from bench.train.contenders import PIPELINE, TRAINER, run_folder, start
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import RunConfig, from_values

IMAGES, SMALL = 50_000, 1000  # the small one too has more steps than are looked at
SIDE = 96  # px
PER_MB = 100  # images for each MB of the budget, which is less than a third of what they take
STATED_MB = 100  # names, labels, places of 50,000 images, and what finding them took
STEPS = 40
_EVERY_S = 0.2


def main(images: int = IMAGES) -> None:
    """Measure and print. Exits with 1 where memory does not stay within what is stated."""
    budget = images // PER_MB
    os.environ["EXPLORER_CACHE_DISK"] = "8"
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["EXPLORER_HOME"] = str(Path(scratch) / "home")
        os.environ["EXPLORER_CACHE_MEMORY"] = "0"
        small, _ = _peak(_config(SMALL), Path(scratch))
        print(f"{SMALL:>7,} images, none in memory: peak {small:.0f} MB", flush=True)
        os.environ["EXPLORER_CACHE_MEMORY"] = str(budget)
        for name in ("decoded", "found in the cache"):
            large, notes = _peak(_config(images), Path(scratch))
            print(f"{images:>7,} images, {name}: peak {large:.0f} MB, {large - small:.0f} MB more. {notes}", flush=True)
            if large - small > budget + STATED_MB:
                raise SystemExit(f"That is more than the budget of {budget} MB and {STATED_MB} MB.")
    print(f"asked: at most {budget} MB (EXPLORER_CACHE_MEMORY) and {STATED_MB} MB more")


def _config(images: int) -> RunConfig:
    dataset = {"kind": "shapes", "train_images": images, "val_images": 50, "image_size": SIDE}
    return from_values(
        {"dataset": dataset, "pipeline": PIPELINE, "image_size": SIDE, "accelerator": "cpu", "workers": 0, "epochs": 1}
    )


def _peak(config: RunConfig, scratch: Path) -> tuple[float, str]:
    """MB of the process at its peak, until it has made some steps or is over; and what it noted of its cache."""
    paths = run_folder(config)
    process = start([*TRAINER, str(paths.root)], scratch / "log", 0)
    peak = 0.0
    try:
        reader, step, notes = EventReader(paths.events(1)), 0, ""
        while step < STEPS and process.poll() is None:
            peak = max(peak, _anonymous(process.pid))
            for event in reader.read():
                step = max(step, event.step)
                notes = " ".join(event.values["notes"]) if event.kind == "start" else notes
            time.sleep(_EVERY_S)
        if not notes:
            raise RuntimeError((scratch / "log").read_text()[-2000:])
        return peak / 1e6, notes
    finally:
        process.kill()
        process.wait()


def _anonymous(pid: int) -> float:
    """Bytes with no file behind them: pages of files can be dropped, and are whoever's they were before."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0  # it is over
    return next((1024.0 * int(line.split()[1]) for line in lines if line.startswith("Anonymous:")), 0.0)
