"""`python -m bench.runs.living FOLDER`: lives as a trainer does, and tells of a step each second."""

import sys
import time
from pathlib import Path

from explorer.base import locks
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths


def main(folder: str) -> None:
    """Until it is killed."""
    paths, step = RunPaths(Path(folder)), 0
    with locks.hold(paths.lock), EventWriter(paths, 1) as writer:
        while True:
            step += 1
            writer.write("step", step=step, promise_s=30, loss=1 / step, lr=1e-3, images_per_second=9.5, accuracy=0.5)
            time.sleep(1.0)


if __name__ == "__main__":
    main(sys.argv[1])
