"""Batches of images that are decoded and drawn ahead, in threads, while the networks compute."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

_AHEAD = 1  # batches that wait while one is computed


class Draws(Protocol):
    """Draws images for networks."""

    def draw(self, index: int) -> Any:
        """What networks see of an image, or an ImageError."""


class Batches:
    """Draws batches ahead.

    Args:
        drawer: Draws one image.
        size: Images of a batch.
        threads: How many draw at once.

    Attributes:
        size: As it was given.
    """

    def __init__(self, drawer: Draws, size: int, threads: int) -> None:
        self._drawer = drawer
        self.size = size
        self._pool = ThreadPoolExecutor(threads, "draws")

    def of(self, parts: Iterable[range]) -> Iterator[tuple[int, Sequence[int], list[Any]]]:
        """Yield for each batch the number of its part among `parts`, the places of its images, and what was drawn.

        No batch holds images of two parts, so that the numbers of an image do not depend on where a run was resumed.
        """
        waiting: deque[tuple[int, Sequence[int], list[Future[Any]]]] = deque()
        for number, part in enumerate(parts):
            for start in range(0, len(part), self.size):
                places = part[start : start + self.size]
                waiting.append((number, places, [self._pool.submit(self._drawer.draw, at) for at in places]))
                if len(waiting) > _AHEAD:
                    yield self._taken(*waiting.popleft())
        while waiting:
            yield self._taken(*waiting.popleft())

    @staticmethod
    def _taken(number: int, places: Sequence[int], futures: list[Future[Any]]) -> tuple[int, Sequence[int], list[Any]]:
        return number, places, [future.result() for future in futures]

    def close(self) -> None:
        """End the threads; what was not drawn yet is given up."""
        self._pool.shutdown(wait=False, cancel_futures=True)
