"""The files of a study: what is written is read as it was, and what is damaged is named."""

from pathlib import Path

import numpy as np
import pytest

from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import SCORES, images_path, part_path, parts, read_part, write_part


def images(**changed: object) -> StudyImages:
    values: dict[str, object] = {
        "ids": ("a", "b", "a"),
        "hashes": ("1", "2", "3"),
        "labels": np.array([0, 1, 0]),
        "groups": np.array([0, 1, 2]),
        "from_training": 2,
        "classes": ("ants", "bees"),
    }
    return StudyImages(**{**values, **changed})  # type: ignore[arg-type]


def test_parts_and_images_come_back_and_damage_is_named(tmp_path: Path) -> None:
    paths = RunPaths(tmp_path)
    logits = np.arange(6, dtype=np.float32).reshape(3, 2)
    for number in (10, 0, 2):
        write_part(paths, SCORES, number, {"without a-b_1": logits + number})
    assert parts(paths, SCORES) == (0, 2, 10)
    assert parts(paths, "heads") == ()
    np.testing.assert_array_equal(read_part(paths, SCORES, 2)["without a-b_1"], logits + 2)
    images().save(images_path(paths))
    found = StudyImages.load(images_path(paths))
    assert found.is_same(images())
    assert [found.place(row) for row in range(3)] == [("train", 0), ("train", 1), ("val", 0)]
    assert not found.is_same(images(hashes=("1", "2", "4")))
    whole = part_path(paths, SCORES, 2).read_bytes()
    part_path(paths, SCORES, 2).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StudyRecordError, match="cannot be read"):
        read_part(paths, SCORES, 2)
    with pytest.raises(StudyRecordError, match="cannot be read"):
        read_part(paths, SCORES, 3)
