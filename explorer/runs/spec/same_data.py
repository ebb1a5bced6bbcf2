"""Which data sets count as the same, by the values that describe them, also in the files of older versions."""

from collections.abc import Mapping
from typing import Any

_OF_NO_ACCOUNT = ("seed", "links", "rules")
# Older versions did not write these, which is the same as none.
_NEWER = (
    "set_aside", "drawn", "folds", "fold", "left_out", "together", "skip_unusable",
    "split_column", "fold_column", "group_column", "encoding", "several", "learn",
)  # fmt: skip
_NONE: tuple[Any, ...] = (None, "", 0, False, (), [], "no", "class")
_NEWER_AUTO = "names_from"  # likewise, but none of it is "auto"
DIVIDED_BY = ("val_fraction", "folds", "fold", "split_column", "fold_column")
"""The fields that only decide which images train and which validate."""


def what_counts(spec: Any, *but: str) -> dict[str, Any]:
    """Return the values of a data set that are equal for the same data.

    Args:
        spec: The `dataset` of a run.json, unchecked; anything but a mapping has no values.
        but: Further fields that are left out.
    """
    known = spec if isinstance(spec, Mapping) else {}
    return {
        name: value
        for name, value in known.items()
        if name not in (*_OF_NO_ACCOUNT, *but)
        and not (name in _NEWER and value in _NONE)
        and (name, value) != (_NEWER_AUTO, "auto")
    }
