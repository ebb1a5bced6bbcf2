"""What is asked of workers to break them. Light: workers import it too."""

import ctypes
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import albumentations as A
import numpy as np

from explorer.augment.apply import AugmentError, augment
from explorer.augment.pipeline import Pipeline, Step
from explorer.data.sample import Sample
from explorer.data.stored import ImageError
from explorer.draw.drawing import Request
from explorer.draw.limits import KEPT_MEMORY
from explorer.draw.pictures import NoPicture

FLIPS = Pipeline(
    nodes=(
        Step(id="blur", transform="Blur", p=1.0),
        Step(id="flip", transform="HorizontalFlip", p=1.0),
    )
)
HUGE = Pipeline(nodes=(Step(id="huge", transform="Resize", p=1.0, params={"height": 30_000, "width": 30_000}),))


def appear(sign: Path) -> None:
    """Say that a worker has come here, and which."""
    with sign.open("a") as file:
        file.write(f"{os.getpid()}\n")


class Plain(Request[Any]):
    """A request whose result is what it has sent."""

    def read(self, parts: list[Any]) -> Any:
        return parts


@dataclass(frozen=True)
class Says(Plain):
    """What the worker is: its process id, and a variable of its environment."""

    variable: str = "EXPLORER_HOME"

    def draw(self) -> Iterator[Any]:
        yield [os.getpid(), os.environ.get(self.variable)]


@dataclass(frozen=True)
class Counts(Request[int]):
    """Ten times a number; it leaves a sign each time that it is drawn."""

    sign: Path
    number: int

    def draw(self) -> Iterator[int]:
        appear(self.sign)
        yield 10 * self.number


@dataclass(frozen=True)
class Parts(Plain):
    """Two parts, of which the second comes when a file is there."""

    go_on: Path

    def draw(self) -> Iterator[Any]:
        yield ["preview", b"one", b"", bytes(range(256)) * 5000]
        while not self.go_on.exists():
            os.sched_yield()
        yield {"strip": b"two"}


@dataclass(frozen=True)
class Stuck(Plain):
    """In the middle of native code that does not come back and holds the interpreter, after `good` times of coming.

    key: of the draft that it stands for.
    """

    sign: Path
    good: int = 1000
    key: str | None = None

    @property
    def draft_key(self) -> str | None:
        return self.key

    def draw(self) -> Iterator[Any]:
        before = len(self.sign.read_text().split()) if self.sign.exists() else 0
        yield "begun"
        appear(self.sign)
        if before < self.good:
            ctypes.PyDLL(None).sleep(100_000)
        yield "done"


@dataclass(frozen=True)
class Crashes(Plain):
    """A step of a pipeline whose native code really crashes: it reads memory that is not there."""

    sign: Path
    key: str | None = None

    @property
    def draft_key(self) -> str | None:
        return self.key

    def draw(self) -> Iterator[Any]:
        appear(self.sign)
        A.HorizontalFlip.apply = lambda *_, **__: ctypes.string_at(0)  # in this worker, which ends by it
        augment(Sample(np.zeros((8, 8, 3), np.uint8)), FLIPS, 0)
        yield None


ERRORS = {
    "augment": AugmentError("n7", "Blur", "It is too blurred."),
    "picture": NoPicture("Upload an image."),
    "image": ImageError("It is cut off."),
    "ours": ZeroDivisionError("a mistake"),
}


@dataclass(frozen=True)
class Raises(Plain):
    """Raises one of the errors, after a part where there is one."""

    name: str

    def draw(self) -> Iterator[Any]:
        yield "first"
        raise ERRORS[self.name]


@dataclass(frozen=True)
class Wants(Plain):
    """Memory that nobody may have, in no step."""

    size: int

    def draw(self) -> Iterator[Any]:
        yield len(np.zeros(self.size, np.uint8))


_hoard: list[np.ndarray] = []


@dataclass(frozen=True)
class Hoards(Plain):
    """Half a gigabyte that is not given back."""

    def draw(self) -> Iterator[Any]:
        _hoard.append(np.ones(KEPT_MEMORY + (50 << 20), np.uint8))
        yield os.getpid()


class Evil:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return appear, (self.path,)


@dataclass(frozen=True)
class SendsPickles(Plain):
    """A worker that was taken over: it writes on the connection whatever it likes."""

    path: Path

    def draw(self) -> Iterator[Any]:
        import gc
        import pickle
        from multiprocessing.connection import Connection

        (connection,) = [each for each in gc.get_objects() if isinstance(each, Connection)]
        connection.send_bytes(pickle.dumps(Evil(self.path)))
        yield None
