"""The names of the files of a study's result, which lists of runs count without importing numpy."""

import re
from pathlib import Path

from explorer.runs.record.paths import RunPaths

SCORES = "scores"  # kind: variant -> (N, C) float32 out-of-fold logits of one repeat
# kind: "logits", (N, C) float32 of the last epoch of a training run, or "margins", (N, C, 3) int64 where masks are
# learned, see explorer.runs.record.pixels; "seconds", (1,) that it took; of folds also "best", the same of its best
# epoch, and "best_epoch", (1,) from 0
MEMBER = "member"
LOGITS, MARGINS = "logits", "margins"
HEADS = "heads"  # kind: variant -> (K, D + 1, C) float32 heads of the K folds of one repeat
CURVES = "curves"  # kind: one repeat of learning curves
OUTER = "outer"  # kind: one outer fold of one repeat of a search; its number is repeat * folds + fold
_PART = re.compile(r"([a-z]+)-([0-9]+)\.npz")


def part_path(paths: RunPaths, kind: str, number: int) -> Path:
    """Return the file of one part."""
    return paths.study / f"{kind}-{number}.npz"


def has_parts(paths: RunPaths) -> bool:
    """Return whether any part of a study's result is there."""
    try:
        return any(_PART.fullmatch(path.name) for path in paths.study.iterdir())
    except OSError:
        return False


def parts(paths: RunPaths, kind: str) -> tuple[int, ...]:
    """Return the numbers of the parts of a kind that are there, ascending."""
    return part_numbers(paths.study, re.compile(rf"{re.escape(kind)}-([0-9]+)\.npz"))


def part_numbers(folder: Path, pattern: re.Pattern[str]) -> tuple[int, ...]:
    """Return the numbers in the names of files that match, ascending; none for a missing folder."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return ()
    return tuple(sorted(int(found[1]) for name in names if (found := pattern.fullmatch(name))))
