"""What reading of code gives: pipelines, what was done to them on the way, and what could not be known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from explorer.augment.parameters import JsonValue
from explorer.augment.pipeline import Draft

NoteKind = Literal["translated", "changed", "left out", "to check"]
Version = Literal["1.x", "2.x"]  # generations of albumentations; 0.x counts as 1.x
VERSIONS: tuple[Version, ...] = ("1.x", "2.x")
Answers = Mapping[str, JsonValue]  # values of names that the code does not hold, by name

SYNTAX = "Syntax error"  # at the beginning of a problem that Python names


class CodeError(ValueError):
    """A text in which no pipeline can be read. line: where the cause is, from 1, or None."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem if line is None else _at(line, problem))
        self.problem = problem
        self.line = line


def _at(line: int, problem: str) -> str:
    rest = problem.removeprefix(SYNTAX)
    return f"Line {line}: {problem}" if rest == problem else f"{SYNTAX} on line {line}{rest}"


@dataclass(frozen=True)
class Note:
    """What was done to a step or an argument.

    translated: it means exactly the same in albumentations 2.0.8. changed: approximately. left out: it was set aside.
    to check: it was read, and should be checked by hand.
    """

    line: int
    kind: NoteKind
    text: str


@dataclass(frozen=True)
class Unknown:
    """A name whose value the code does not hold. name: as the code writes it. where: "Resize, height".

    default: what the code falls back on, such as the default of an option of its command line; None where it does not.
    """

    name: str
    line: int
    where: str
    default: JsonValue = None


@dataclass(frozen=True)
class Difference:
    """A step that means something else in the other generation. old, new: what it is in 1.x and in 2.x."""

    line: int
    step: str
    old: str
    new: str


@dataclass(frozen=True)
class Generation:
    """For which generation of albumentations a pipeline was read.

    version: the one that was taken. sure: whether something in the text decides it. why: what speaks for it.
    steps: those that the other one would change.
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
    """A pipeline in code. title: how a person recognizes it. line: of its first character, from 1.

    generation: None for a file of ours.
    """

    title: str
    line: int
    draft: Draft
    notes: tuple[Note, ...]
    unknowns: tuple[Unknown, ...]
    generation: Generation | None = None
