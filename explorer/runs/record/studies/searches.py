"""What a search for a pipeline leaves: a part for each outer fold, and one of the search on all images."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.record.studies.part_names import OUTER as OUTER
from explorer.runs.record.studies.parts import read_part, write_part

WHOLE = "whole"  # kind: the search on all images, number 0
_ROWS, _SEARCHED = "rows", "searched"
_OWN = (_ROWS, _SEARCHED)


@dataclass(frozen=True)
class Step:
    """A change that a search has made.

    Attributes:
        chosen: Places of the candidates after it.
        gain, error: By how much the mean log loss of inner folds fell, and the standard error of that.
        among: How many changes were compared.
    """

    chosen: tuple[int, ...]
    gain: float
    error: float
    among: int


@dataclass(frozen=True)
class Searched:
    """One search.

    Attributes:
        path: Its changes in their order; none where it chose nothing.
        heads: How many heads it has trained.
    """

    path: tuple[Step, ...]
    heads: int

    @property
    def chosen(self) -> tuple[int, ...]:
        """Places of the candidates that it chose."""
        return self.path[-1].chosen if self.path else ()

    def _to_array(self) -> NDArray[np.uint8]:
        words = {"heads": self.heads, "path": [[list(one.chosen), one.gain, one.error, one.among] for one in self.path]}
        return npz.from_json(words)

    @classmethod
    def _of_array(cls, array: NDArray[Any]) -> Self:
        words = npz.as_json(array)
        path = (
            Step(tuple(map(int, chosen)), float(gain), float(error), int(among))
            for chosen, gain, error, among in words["path"]
        )
        return cls(tuple(path), int(words["heads"]))


@dataclass(frozen=True, eq=False)
class OuterFold:
    """An outer fold: what was chosen without its images, and how each variant answers about them.

    Attributes:
        rows: (n,) the images that were held out.
        logits: By the name of the variant, (n, C) float32.
    """

    searched: Searched
    rows: NDArray[np.int64]
    logits: dict[str, NDArray[np.float32]]

    def save(self, paths: RunPaths, number: int) -> None:
        """Write it in one step. Raises OSError."""
        write_part(paths, OUTER, number, {**self.logits, _ROWS: self.rows, _SEARCHED: self.searched._to_array()})

    @classmethod
    def load(cls, paths: RunPaths, number: int) -> Self:
        """Read what `save` has written. Raises StudyRecordError."""
        found = read_part(paths, OUTER, number)
        logits = {name: array for name, array in found.items() if name not in _OWN}
        try:
            return cls(_searched(found), found[_ROWS], logits)
        except KeyError as error:
            raise StudyRecordError(f"An outer fold of a search lacks {error}.") from error


def save_whole(paths: RunPaths, searched: Searched) -> None:
    """Write the search on all images. Raises OSError."""
    write_part(paths, WHOLE, 0, {_SEARCHED: searched._to_array()})


def load_whole(paths: RunPaths) -> Searched:
    """Read the search on all images. Raises StudyRecordError."""
    return _searched(read_part(paths, WHOLE, 0))


def _searched(found: dict[str, NDArray[Any]]) -> Searched:
    try:
        return Searched._of_array(found[_SEARCHED])
    except (KeyError, ValueError, TypeError) as error:
        raise StudyRecordError(f"What a search chose cannot be read: {error}.") from error
