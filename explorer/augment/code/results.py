"""Results of reading code: pipelines, notes on what was changed, and names whose values are unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from explorer.augment.parameters import JsonValue
from explorer.augment.pipeline import Draft

NoteKind = Literal["translated", "changed", "left out", "to check"]
Version = Literal["1.x", "2.x"]  # generations of albumentations; 0.x counts as 1.x
VERSIONS: tuple[Version, ...] = ("1.x", "2.x")
Answers = Mapping[str, JsonValue]  # values of names that the code does not hold, by name

SYNTAX = "Syntax error"  # at the beginning of a problem that Python names


class CodeError(ValueError):
    """A text in which no pipeline can be read; `line` is the place of the problem, from 1, or None."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        at_line = f"Line {line}: {problem}"
        if problem.startswith(SYNTAX):
            at_line = f"{SYNTAX} on line {line}{problem.removeprefix(SYNTAX)}"
        super().__init__(problem if line is None else at_line)
        self.problem, self.line = problem, line


@dataclass(frozen=True)
class Note:
    """What was done to a step or an argument.

    "translated" means exactly the same in albumentations 2.0.8, "changed" approximately the same. "left out" was not
    read, and "to check" should be checked by hand.
    """

    line: int
    kind: NoteKind
    text: str


@dataclass(frozen=True)
class Unknown:
    """A name whose value the code does not contain.

    Attributes:
        name: The name or expression as it is written.
        where: The step and its argument, such as "Resize, height".
        default: A value in the code, such as the default of a command line option; None for none.
    """

    name: str
    line: int
    where: str
    default: JsonValue = None


@dataclass(frozen=True)
class Difference:
    """A step that differs between the generations: `old` is what it is in 1.x, `new` in 2.x."""

    line: int
    step: str
    old: str
    new: str


Placed = TypeVar("Placed", Note, Unknown, Difference)  # what has a line


@dataclass(frozen=True)
class Generation:
    """The generation of albumentations for which a pipeline was read.

    Attributes:
        version: The generation.
        sure: Whether something in the text decides it.
        why: The reasons, in sentences.
        steps: Steps that the other generation would change.
    """

    version: Version
    sure: bool
    why: str
    steps: tuple[Difference, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the two readings differ and nothing decides between them."""
        return bool(self.steps) and not self.sure


@dataclass(frozen=True)
class FoundPipeline:
    """A pipeline in a text, with a title to recognize it and its line, from 1; a file of ours has no generation."""

    title: str
    line: int
    draft: Draft
    notes: tuple[Note, ...]
    unknowns: tuple[Unknown, ...]
    generation: Generation | None = None
