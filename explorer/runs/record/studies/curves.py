"""What the study "worth N photographs" leaves: a part for each repeat, with the answers at each size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.record.studies.part_names import CURVES as CURVES
from explorer.runs.record.studies.parts import read_part, write_part

_SIZES, _PLUS, _MINUS = "sizes", "plus", "minus"

Answers = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Curves:
    """One repeat.

    Attributes:
        sizes: Images of the training sets, in rising order.
        plus, minus: (sizes, N, C) out-of-fold logits with the pipeline, and with nothing.
    """

    sizes: tuple[int, ...]
    plus: Answers
    minus: Answers

    def save(self, paths: RunPaths, repeat: int) -> None:
        """Write it in one step. Raises OSError."""
        write_part(
            paths, CURVES, repeat, {_SIZES: np.array(self.sizes, np.int64), _PLUS: self.plus, _MINUS: self.minus}
        )

    @classmethod
    def load(cls, paths: RunPaths, repeat: int) -> Self:
        """Read what `save` has written. Raises StudyRecordError."""
        found = read_part(paths, CURVES, repeat)
        try:
            sizes, plus, minus = tuple(map(int, found[_SIZES])), found[_PLUS], found[_MINUS]
        except KeyError as error:
            raise StudyRecordError(f"A repeat of learning curves lacks {error}.") from error
        if plus.ndim != 3 or plus.shape != minus.shape or len(plus) != len(sizes):
            raise StudyRecordError(f"The arrays of repeat {repeat} of learning curves do not belong together.")
        if not (np.isfinite(plus).all() and np.isfinite(minus).all()):
            raise StudyRecordError(f"Repeat {repeat} of learning curves holds numbers that are not finite.")
        return cls(sizes, plus, minus)


def joined(repeats: Sequence[Curves]) -> tuple[list[Answers], list[Answers]]:
    """Return the answers of several repeats at each size, with the pipeline and with nothing: (R, N, C) each."""
    return (
        [np.stack([one.plus[place] for one in repeats]) for place in range(len(repeats[0].sizes))],
        [np.stack([one.minus[place] for one in repeats]) for place in range(len(repeats[0].sizes))],
    )
