"""Predictions where an image can have several labels."""

import numpy as np
import pytest

from explorer.runs.overview.prediction_table import as_csv, columns
from explorer.runs.overview.sample_submission import Sample, SubmissionError
from explorer.runs.overview.submission import filled
from explorer.runs.record import predictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import About, Judge, Part, PredictionsError

SCORES = np.array([[[0.9, 0.2, 0.6], [0.3, 0.1, 0.2], [0.55, 0.4, 0.7]]], np.float32)


@pytest.fixture
def found(tmp_path):
    paths = RunPaths(tmp_path / "20261129-044615-labels-jdw")
    paths.root.mkdir()
    judge = Judge("20261129-044615-labels-abc", "labels", None, "best", 3, "00")
    about = About(("cat", "dog", "fox"), (judge,), 3, 512, 0, "", thresholds={0: 0.5, 1: 0.4, 2: 0.65}, between="|")
    predictions.begin(paths, about)
    ids = ("a.png", "b.png", "c.png")
    predictions.write_part(paths, 0, Part(ids, ids, np.full(3, -1), np.arange(3), SCORES, SCORES, {}))
    return predictions.read(paths)


def test_each_label_has_its_threshold(found) -> None:
    assert [found.words(row) for row in range(3)] == ["cat", "", "cat|dog|fox"]
    assert found.answers().sum(axis=0).tolist() == [2, 1, 1]
    table = columns(found)
    assert table["predicted"].tolist() == ["cat", "", "cat|dog|fox"]
    assert as_csv(table).decode().splitlines()[1] == "a.png,cat,0.899999976,0.200000003,0.600000024"


def sample(fills: str, places: dict[int, int]) -> Sample:
    header = ("id", "cat", "dog", "fox") if len(places) > 1 else ("id", "labels")
    return Sample(header, ("c.png", "a.png"), 0, places, fills, ",")


def test_submissions_have_a_column_for_each_label_or_all_in_one(found) -> None:
    each = filled(found, sample("probabilities", {1: 0, 2: 1, 3: 2})).content.decode().splitlines()
    assert each[1:] == ["c.png,0.550000012,0.400000006,0.699999988", "a.png,0.899999976,0.200000003,0.600000024"]
    all_in_one = filled(found, sample("label", {1: 0})).content.decode().splitlines()
    assert all_in_one[1:] == ["c.png,cat|dog|fox", "a.png,cat"]
    with pytest.raises(SubmissionError, match="several labels here"):
        filled(found, sample("number", {1: 0}))


def test_a_prediction_whose_labels_lack_thresholds_is_damaged(tmp_path) -> None:
    paths = RunPaths(tmp_path / "20261129-044615-labels-jdw")
    paths.root.mkdir()
    judge = Judge("20261129-044615-labels-abc", "labels", None, "best", 3, "00")
    predictions.begin(paths, About(("cat", "dog"), (judge,), 1, 1, 0, "", thresholds={0: 0.5}, between=" "))
    with pytest.raises(PredictionsError, match="each label must have a threshold"):
        predictions.read_about(paths)
