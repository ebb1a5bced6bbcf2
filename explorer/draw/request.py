"""What a worker is asked for, and why it may not answer."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar, get_args

from pydantic import TypeAdapter

Result = TypeVar("Result")


class Request(ABC, Generic[Result]):
    """A drawing as a value: it travels to a worker, and what is drawn there travels back.

    The result is of a type that `protocol` can carry: dataclasses, bytes, and what JSON holds.
    """

    @property
    def draft_key(self) -> Hashable | None:
        """Identifies the draft. One that has ended a worker is drawn again only if somebody asks; None: always."""
        return None

    @abstractmethod
    def draw(self) -> Iterator[Result]:
        """Draw, in a worker. The page waits for the first part only; more parts may follow."""

    def read(self, parts: list[Any]) -> Result:
        """The result, in the server, of the parts that have come so far. Raises ValueError for what it cannot be."""
        return self.checked(parts[0])

    def checked(self, part: Any) -> Result:
        """A part, as the type that the request is declared with: `Drawn` in `class Cell(Request[Drawn])`."""
        result: Result = _adapter(type(self)).validate_python(part)
        return result


@lru_cache(maxsize=64)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    (base,) = kind.__orig_bases__
    return TypeAdapter(get_args(base)[0])


class Ending(StrEnum):
    """Why a worker did not answer."""

    CRASHED = "crashed"  # native code has crashed
    MEMORY = "memory"  # it reached its limit of memory
    TIME = "time"  # it reached its limit of time
    KILLED = "killed"  # something outside the app has killed it several times


class DrawingError(RuntimeError):
    """A drawing that a worker could not make.

    Attributes:
        ending: Why not.
        node_id: The step that the worker was in, "" for none.
        limit: The seconds or bytes that were allowed, 0 if that does not matter.
    """

    def __init__(self, ending: Ending, node_id: str = "", limit: float = 0.0) -> None:
        super().__init__(f"The drawing has ended early ({ending.value}).")
        self.ending, self.node_id, self.limit = ending, node_id, limit


class CancelledError(RuntimeError):
    """Nobody wants the drawing any more."""


class BrokenError(RuntimeError):
    """A worker has raised an unexpected error, which is a bug. The message is the worker's traceback."""
