"""What a worker is asked for, and what comes back."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """What a worker sends back.

    Attributes:
        facts: Plain values that JSON can hold.
        blobs: Encoded pictures and frames, which the server only passes on.
    """

    facts: Any = None
    blobs: tuple[bytes, ...] = ()


class Request(ABC, Generic[Result]):
    """A drawing as a value: it travels to a worker, is drawn there, and its answer is read in the server."""

    @property
    def draft_key(self) -> Hashable | None:
        """What is not drawn again unasked where it has ended a worker; None where that cannot be said."""
        return None

    @abstractmethod
    def draw(self) -> Iterator[Answer]:
        """Draw, in a worker; the first part is what somebody waits for, further parts may follow it."""

    @abstractmethod
    def read(self, answers: list[Answer]) -> Result:
        """The result, in the server, of the parts that have come so far: at least the first."""


class Ending(StrEnum):
    """Why a worker did not answer."""

    CRASHED = "crashed"  # native code has ended it
    MEMORY = "memory"  # its limit of memory was reached
    TIME = "time"  # its limit of time was reached
    KILLED = "killed"  # somebody else has ended it, again and again


class DrawingError(RuntimeError):
    """A drawing that a worker could not make.

    Attributes:
        ending: Why not.
        node_id: The step that it was in, "" where it was in none.
        limit: Seconds or bytes that were allowed, 0 where that does not matter.
    """

    def __init__(self, ending: Ending, node_id: str = "", limit: float = 0.0) -> None:
        super().__init__(f"The drawing has ended early ({ending.value}).")
        self.ending, self.node_id, self.limit = ending, node_id, limit


class CancelledError(RuntimeError):
    """Nobody wants the drawing any more."""


class BrokenError(RuntimeError):
    """A worker has raised what it should not: a mistake of ours. The message is the worker's traceback."""
