"""How a person moves a slider: which key, and when. The same for the real browser and for the clients beside it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

GIVE_UP_S = 30.0  # a press whose image has not come by then is lost
START, END, STEP = 0.90, 0.50, 0.02  # of the lower end of `scale`: one sweep down and up again
UPPER = 1.2


@dataclass(frozen=True)
class Cadence:
    """When keys are pressed.

    Args:
        pause: Mean seconds between an image and the next press.
        jitter: Each pause differs from the mean by at most this share of it.
        burst: Key presses in a row, before the person looks.
        gap: Seconds between the presses of a burst.
    """

    pause: float = 1.0
    jitter: float = 0.5
    burst: int = 1
    gap: float = 0.2

    def rest(self, chance: random.Random) -> float:
        """Seconds until the next press."""
        return self.pause * chance.uniform(1 - self.jitter, 1 + self.jitter)


def sweeps() -> Iterator[float]:
    """The lower ends that the presses lead to, one after the other: no image comes twice within a sweep."""
    count = round((START - END) / STEP)
    while True:
        yield from (round(START - STEP * at, 2) for at in range(1, count + 1))
        yield from (round(END + STEP * at, 2) for at in range(1, count + 1))


def keys() -> Iterator[str]:
    """The keys that lead there."""
    count = round((START - END) / STEP)
    while True:
        yield from ["ArrowLeft"] * count
        yield from ["ArrowRight"] * count
