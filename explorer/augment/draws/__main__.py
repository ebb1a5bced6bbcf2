"""A measuring process: `python -m explorer.augment.draws`, told by its standard input what to count.

It ends when that is closed, when its parent is gone, or when nothing was asked for IDLE_S.
"""

import contextlib
import os
import select
import threading
import time
from typing import IO, Any

import cv2

from explorer.augment import files
from explorer.augment.draws import wire
from explorer.augment.draws.measure import measure

IDLE_S = 60.0
NICE = 10
LOOK_S = 0.5


def main() -> None:
    """Answer until nobody asks."""
    # Unbuffered: what a buffer has read already `select` does not see.
    requests, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not come between the answers
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with contextlib.suppress(OSError):
        os.nice(NICE)
    cv2.setNumThreads(0)
    with contextlib.suppress(wire.Hangup):
        wire.send(answers, "ready")
        while select.select([requests], [], [], IDLE_S)[0]:
            _serve(requests, answers)


def _end_with(parent: int) -> None:
    """A killed server leaves no process behind, also not one that is inside of a slow step."""
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(0)


def _serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """One job: what is to be drawn, then ranges of draws until there are no more."""
    job = wire.receive(requests)
    samples = wire.receive_samples(requests)
    pipeline = files.loads(job["pipeline"])
    while (draws := wire.receive(requests)) is not None:
        try:
            answer: dict[str, Any] = {"tally": measure(samples, pipeline, job["seed"], range(*draws), job["total"])}
        except Exception as error:  # noqa: BLE001 - whatever it is, the other side has to know
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        wire.send(answers, answer)


if __name__ == "__main__":
    main()
