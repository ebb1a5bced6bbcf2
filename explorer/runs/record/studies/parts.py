"""The parts of a study's result: one npz each, written in one step, so that a kill loses at most the part in progress.

A part has a kind and a number from 0, such as the out-of-fold logits of repeat 3. What is stored never changes: a study
that is resumed goes on with the first number that is missing.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.record.studies.part_names import HEADS as HEADS
from explorer.runs.record.studies.part_names import LOGITS as LOGITS
from explorer.runs.record.studies.part_names import MARGINS as MARGINS
from explorer.runs.record.studies.part_names import MEMBER as MEMBER
from explorer.runs.record.studies.part_names import SCORES as SCORES
from explorer.runs.record.studies.part_names import part_path as part_path
from explorer.runs.record.studies.part_names import parts as parts

Arrays = Mapping[str, NDArray[Any]]

IMAGES = "images.npz"


def images_path(paths: RunPaths) -> Path:
    """Return the file of the list of images, see `StudyImages`."""
    return paths.study / IMAGES


def write_part(paths: RunPaths, kind: str, number: int, arrays: Arrays) -> None:
    """Write one part in one step. Raises OSError."""
    paths.study.mkdir(exist_ok=True)
    npz.write(part_path(paths, kind, number), arrays)


def read_part(paths: RunPaths, kind: str, number: int, names: Collection[str] | None = None) -> dict[str, NDArray[Any]]:
    """Read one part, or only the arrays of these names. Never unpickles.

    Raises:
        StudyRecordError: It is missing or damaged, or lacks an array that was named.
    """
    with npz.reading(part_path(paths, kind, number), StudyRecordError, "a part of a study") as found:
        return {str(name): np.asarray(found[name]) for name in (found.files if names is None else names)}


def answers_of(member: Arrays) -> NDArray[Any]:
    """Return what the part of a training run answers about each image: logits, or margins of pixels.

    Raises StudyRecordError where it has neither.
    """
    found = member.get(LOGITS, member.get(MARGINS))
    if found is None:
        raise StudyRecordError("The part of a training run has no answers.")
    return found
