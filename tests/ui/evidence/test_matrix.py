"""The Matrix section: what is sent to the browser, and the images behind a cell or the reason why there are none."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.data.cache.contents import content_of
from explorer.data.formats.digits import DigitsSpec
from explorer.runs.overview.view import RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.validation import ValidationImages
from explorer.ui.components.matrix import Opened, received, sparse
from explorer.ui.evidence import matrix
from explorer.ui.session.keys import widget_key
from tests.runs.validated import ended_run, scored
from tests.ui.conftest import APP

NAMES = ["ants", "bees", "wasps"]


def sent(paths: RunPaths, wanted: tuple[int, ...] = ()) -> dict[str, Any]:
    """What the browser gets of a run: its header, in which the cells of each epoch are a matrix."""
    view = RunView(paths)
    data = matrix._Cells().frame(view, view.refresh(), 0, wanted, None)
    (length,) = struct.unpack_from("<I", data)
    header: dict[str, Any] = json.loads(data[4 : 4 + length])
    classes = len(header["names"])
    for epoch in header["epochs"]:
        if epoch["cells"] is not None:
            start, count = epoch["cells"]
            pairs = np.frombuffer(data[4 + length :][start : start + count], "<u4").reshape(-1, 2)
            epoch["cells"] = np.zeros(classes**2, int)
            epoch["cells"][pairs[:, 0]] = pairs[:, 1]
            epoch["cells"] = epoch["cells"].reshape(classes, classes)
    return header


def test_all_epochs_are_sent_and_a_missing_a_damaged_or_another_one_says_so() -> None:
    paths = ended_run([scored(60, 3, seed=seed) for seed in range(5)], NAMES)
    expected = [EpochRecord.load(paths.epoch(1, epoch)).confusion for epoch in range(5)]
    paths.epoch(1, 1).unlink()
    paths.epoch(1, 2).write_bytes(b"PK")
    paths.epoch(1, 3).write_bytes(b"")
    header = sent(paths)
    assert header["names"] == NAMES
    assert [epoch["missing"] for epoch in header["epochs"]] == [False, True, True, True, False]
    for number in (0, 4):
        assert np.array_equal(header["epochs"][number]["cells"], expected[number])


def test_of_many_cells_only_the_epochs_that_are_looked_at_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "MOST_CELLS", 10)
    paths = ended_run([scored(60, 3, seed=seed) for seed in range(5)], NAMES)
    header = sent(paths, wanted=(2,))
    assert [epoch["number"] for epoch in header["epochs"] if epoch["cells"] is not None] == [0, 2, 4]


def test_a_cell_without_images_is_not_sent() -> None:
    counts = np.array([[3, 0], [0, 70_000]])
    assert sparse(counts).tolist() == [[0, 3], [3, 70_000]]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"row": 1, "column": 2, "epoch": 3}, Opened(1, 2, 3)),
        ({"row": None, "column": 2.0, "epoch": 0}, Opened(None, 2, 0)),
        ({"row": None, "column": None, "epoch": 0}, None),
        ({"row": -1, "column": 0, "epoch": 0}, None),
        ({"row": "1", "column": 0, "epoch": 0}, None),
        ({"row": 1, "column": float("nan"), "epoch": 0}, None),
        ({"row": 1, "column": float("inf"), "epoch": 0}, None),
        ({"row": True, "column": 0, "epoch": 0}, None),
        ({"row": 1, "column": 1}, None),
        ([1, 2, 3], None),
    ],
)
def test_what_the_browser_sends_is_checked(message: object, expected: Opened | None) -> None:
    assert received(message) == expected


def open_cell(paths: RunPaths, opened: Opened) -> str:
    """What the section says about a cell."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = paths.id
    app.session_state[widget_key("run", paths.id, "section")] = "Matrix"
    app.session_state[widget_key("matrix_opened", paths.id)] = opened
    app.switch_page("explorer/ui/pages/runs.py").run()
    assert not app.exception
    parts = [*app.markdown, *app.warning, *app.info, *app.caption]
    return " ".join(part.value for part in parts).replace("\\", "")


def list_images(paths: RunPaths, labels: np.ndarray) -> None:
    split = DigitsSpec().open().val
    hashes = tuple(content_of(split, index).hex() for index in range(len(labels)))
    ValidationImages(tuple(map(str, split.ids[: len(labels)])), labels, hashes).save(paths.validation)


def test_a_cell_says_how_many_images_it_has_and_a_row_all_of_its_own(home: Path) -> None:
    del home
    logits, labels = scored(60, 3)
    paths = ended_run([(logits, labels)], NAMES)
    list_images(paths, labels)
    wrong = int(((labels == 0) & (logits.argmax(axis=1) == 1)).sum())
    found = open_cell(paths, Opened(0, 1, 0))
    assert f"True ants, predicted bees: {wrong} of {(labels == 0).sum()} images in epoch 1" in found
    assert f"True bees: {(labels == 1).sum()} images in epoch 1" in open_cell(paths, Opened(1, None, 0))
    assert "Predicted wasps:" in open_cell(paths, Opened(None, 2, 0))
    # The browser is not trusted: a cell or an epoch that the run does not have is none.
    for opened in (Opened(0, 7, 0), Opened(0, 1, 9)):
        assert "Click a cell of the matrix" in open_cell(paths, opened)


@pytest.mark.parametrize(
    ("stored", "words"),
    [(False, "stored without the scores of single images"), (True, "has stored no list of its validation images")],
)
def test_a_run_without_scores_or_without_a_list_of_images_says_why(stored: bool, words: str) -> None:
    assert words in open_cell(ended_run([scored(60, 3)], NAMES, stored=stored), Opened(0, 1, 0))


def test_counts_that_the_scores_do_not_give_are_told() -> None:
    logits, labels = scored(60, 3)
    paths = ended_run([(logits, labels)], NAMES)
    list_images(paths, labels)
    record = EpochRecord.load(paths.epoch(1, 0))
    counts = record.confusion.copy()
    counts[0, 1] += 5
    EpochRecord(counts, record.positives, record.negatives, logits, labels, record.auroc).save(paths.epoch(1, 0))
    assert "may be others than those that were counted" in open_cell(paths, Opened(0, 1, 0))
