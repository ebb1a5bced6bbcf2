"""Files of predictions that are damaged are named, and are not read as something else."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.runs.record import predictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import About, Judge, Part, PredictionsError


@pytest.fixture
def paths(tmp_path: Path) -> RunPaths:
    found = RunPaths(tmp_path)
    predictions.begin(found, About(("a", "b"), (Judge("run", "title", None, "best", 0, "0"),), 1, 1, 0, ""))
    return found


def _write(paths: RunPaths, labels: Any) -> None:
    scores = np.full((1, 1, 2), 0.5, np.float32)
    part = Part(("x.png",), ("x.png",), np.array(labels), np.array([0]), scores, scores, {})
    predictions.write_part(paths, 0, part)


@pytest.mark.parametrize("labels", [[2], [-2], [[0, 1]]])
def test_a_part_with_labels_that_are_no_classes_is_damaged(paths: RunPaths, labels: Any) -> None:
    _write(paths, [-1])
    assert predictions.read(paths) is not None
    _write(paths, labels)
    with pytest.raises(PredictionsError, match=r"part-0\.npz cannot be read"):
        predictions.read(paths)


@pytest.mark.parametrize("change", [{"thresholds": {"5": 0.5}}, {"thresholds": {"-1": 0.5}}, {"classes": []}])
def test_thresholds_of_classes_that_are_not_there_are_damaged(paths: RunPaths, change: dict[str, Any]) -> None:
    file = paths.predictions / "about.json"
    write_json_atomic(file, (read_json_object(file) or {}) | change)
    with pytest.raises(PredictionsError, match=r"about\.json cannot be read"):
        predictions.read(paths)
