"""The page of a prediction: its answer, what views have changed, files, and states that have no answer."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import accuracy_score
from streamlit.testing.v1 import AppTest

from explorer.base.atomic import write_bytes_atomic
from explorer.data import curation
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.roots import resolve_inside
from explorer.runs.record import outcome, predictions
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome, OutcomeState
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.predictions import About, Judge, Part
from explorer.runs.record.reasons import reason
from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.spec.predict import Network, PredictPlan
from explorer.ui.evidence import later
from explorer.ui.keeping import limits
from explorer.ui.keeping.room import NoRoom
from explorer.ui.predict import kept, views
from explorer.ui.session.keys import widget_key
from tests import disks
from tests.ui.conftest import open_run
from tests.ui.study.made import pipeline_of

SPEC = ShapesSpec(train_images=8, val_images=40)
CLASSES = SPEC.open().classes


@pytest.fixture(autouse=True)
def _results_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "_PATIENCE_S", 60.0)


def made(state: OutcomeState = "finished", *, done: int = 2, left_out: bool = False) -> RunPaths:
    """Write a prediction of 40 images in two parts, of which some are done: two networks, with a view."""
    plan = PredictPlan(networks=(Network(run="a"), Network(run="b")), views=pipeline_of(("HorizontalFlip",)), count=1)
    config = RunConfig(kind="predict", dataset=SPEC, pipeline=pipeline_of(("GaussNoise",)), predict=plan, name="made")
    paths = RunPaths(runs_root() / "20261128-142501-made-x7k")
    paths.root.mkdir(parents=True)
    write_bytes_atomic(paths.config, dumps(config).encode())
    with EventWriter(paths, 1) as writer:
        writer.write("phase", promise_s=60, phase="predicting", done=20 * done, total=40, left_s=3.0)
    val, rng = SPEC.open().val, np.random.default_rng(3)
    judges = tuple(Judge(run, f"run {run}", None, "best", 1, "0") for run in ("a", "b"))
    missing = {"gone.png": "It cannot be read."} if left_out else {}
    predictions.begin(paths, About(CLASSES, judges, 40 + len(missing), 20, 1, "0", left_out=missing))
    for number in range(done):
        rows = range(20 * number, 20 * number + 20)
        labels = val.labels[list(rows)]
        truth = np.eye(len(CLASSES), dtype=np.float32)[labels]
        each, plain = (_likely(truth + noise * rng.random((2, 20, len(CLASSES)))) for noise in (0.9, 1.4))
        ids = tuple(val.ids[row] for row in rows)
        part = Part(ids, ids, labels, np.array(rows), each, plain, {})
        predictions.write_part(paths, number, part)
    outcome.write(paths, Outcome(state, reason("predicted", images=20 * done), 1.0))
    return paths


def _likely(values: np.ndarray) -> np.ndarray:
    return (values / values.sum(axis=-1, keepdims=True)).astype(np.float32)


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.expander]
    return " ".join(getattr(part, "value", "") or getattr(part, "label", "") for part in parts).replace("\\", "")


def test_the_answer_comes_with_its_interval_and_what_the_views_have_changed() -> None:
    paths = made(left_out=True)
    found = predictions.read(paths)
    assert found is not None
    app = open_run(paths)
    said = text(app)
    accuracy = accuracy_score(found.labels, found.scores.argmax(axis=1))
    assert f"Accuracy is {accuracy:.3f} on 40 images (95% interval " in said
    plain = found.plain.argmax(axis=1) == found.labels
    viewed = found.scores.argmax(axis=1) == found.labels
    assert f"{int((viewed & ~plain).sum())} wrong answers became right" in said
    assert f"{int((plain & ~viewed).sum())} right answers became wrong" in said
    assert "1 image has no prediction" in said
    labels = {one.label for one in app.get("download_button")}
    assert {"CSV", "Parquet"} <= labels
    assert not any(button.label == "Duplicate and change" for button in app.button)


def test_the_table_has_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.ui.predict.table.ON_PAGE", 16)
    paths = made()
    app = open_run(paths)
    app.session_state[widget_key("predict", paths.id, "section")] = "Table"
    app.run()
    assert len(app.dataframe[0].value) == 2  # each network alone
    assert len(app.dataframe[1].value) == 16
    next(button for button in app.button if button.label == "Next").click().run()
    next(button for button in app.button if button.label == "Next").click().run()
    assert "33 to 40 of 40" in text(app)
    assert next(iter(app.dataframe[1].value["Networks that agree"])).endswith("/ 2")


@pytest.mark.parametrize(
    ("state", "done", "words"),
    [
        ("stopped", 1, "shown are 20 of 40 images"),
        ("failed", 0, "It ended before the first part was done"),
    ],
)
def test_a_prediction_that_did_not_end_well_says_what_is_there(state: OutcomeState, done: int, words: str) -> None:
    assert words in text(open_run(made(state, done=done)))


def test_a_damaged_part_is_named() -> None:
    paths = made()
    file = predictions.part_path(paths, 1)
    file.write_bytes(file.read_bytes()[:200])
    assert f"{file.name} cannot be read" in text(open_run(paths))


def test_views_that_training_never_saw_are_named_and_others_are_not() -> None:
    def trained(*steps: str) -> RunConfig:
        return RunConfig(dataset=SPEC, pipeline=pipeline_of(steps))

    mirror = views.pipeline_of("mirror")
    assert mirror is not None
    assert views.unseen_words(mirror, [trained("HorizontalFlip")]) == ""
    assert "never saw HorizontalFlip" in views.unseen_words(mirror, [trained("GaussNoise")])
    some = views.unseen_words(mirror, [trained("HorizontalFlip"), trained("GaussNoise")])
    assert "1 of the 2 networks never saw HorizontalFlip" in some


def test_uploads_are_kept_by_safe_names_in_a_folder_that_pages_may_read() -> None:
    files = [("../벌.png", b"1"), ("C:\\x\\벌.png", b"2"), (".hidden", b"3"), ("", b"4")]
    folder = kept.keep(files)
    names = kept.safe_names([name for name, _ in files])
    assert len(set(names)) == 4
    assert {Path(folder / name).read_bytes() for name in names} == {b"1", b"2", b"3", b"4"}
    assert all((folder / name).parent == folder and not name.startswith(".") for name in names)
    assert resolve_inside(str(folder)) == folder.resolve()
    assert kept.keep(files) == folder


def test_names_of_uploads_are_cut_and_never_the_same() -> None:
    names = ["가" * 110 + ".png", "a.png", "A.png", "3-a.png", "a.png", "x" * 300, "." + "y" * 300]
    safe = kept.safe_names(names)
    assert all(len(name.encode()) < 210 for name in safe)
    assert safe[0].endswith("가.png")
    assert len({name.casefold() for name in safe}) == len(names)
    assert (kept.keep([(names[0], b"1")]) / safe[0]).read_bytes() == b"1"


def test_uploads_that_exceed_the_room_for_data_are_refused_and_nothing_of_them_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(limits.DATA_MEGABYTES, "1")
    first = [("a.png", bytes(900_000))]
    folder = kept.keep(first)
    with pytest.raises(NoRoom, match="EXPLORER_DATA_MB"):
        kept.keep([("b.png", bytes(900_001))])
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert kept.keep(first) == folder
    with pytest.raises(NoRoom):
        kept.keep([(f"{number}.png", b"x") for number in range(30)])  # each takes a block


def _uploads() -> None:
    import streamlit as st

    from explorer.data.formats.shapes import ShapesSpec
    from explorer.ui.predict import images, sample

    st.text_input("Beside", key="beside")
    st.write(images._uploaded("k").count, sample.ask("k", ShapesSpec())[1])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(disks.fill, "No space left on device"), (disks.make_read_only, "Read-only file system")],
)
def test_uploads_that_cannot_be_kept_are_said_at_their_place(home: Path, spoil: Any, words: str) -> None:
    with disks.small_disk(home, megabytes=2) as disk:
        spoil(disk)
        app = AppTest.from_function(_uploads).run()
        app.text_input(key="beside").set_value("kept").run()
        app.file_uploader(key=widget_key("predict", "k", "upload")).upload("a.png", bytes(9000), "image/png").run()
        assert text(app).endswith(f"This cannot be predicted: {words}")
        upload = app.file_uploader(key=widget_key("predict", "k", "sample_upload"))
        upload.upload("s.csv", b"id,a\n" * 3000, "text/csv").run()
        assert text(app).endswith(f"This sample cannot be used: {words}")
        assert not app.exception
        assert app.text_input(key="beside").value == "kept"
        assert list((home / "uploads").glob("*")) == []


def test_another_data_set_is_predicted_without_what_was_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/1.png", "a/2.png", "b/1.png", "b/2.png"):
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "set" / name)
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    curation.leave_out(ImageFolderSpec(path=str(tmp_path / "set")), {"a/1.png": "blurred"})

    def ask() -> None:
        import streamlit as st

        from explorer.ui.predict import images

        st.json(images._labeled("k").fields)

    app = AppTest.from_function(ask).run()
    app.selectbox[0].set_value(str(tmp_path / "set")).run()
    assert not app.exception
    assert "1 image was left out on the Data page, and is not predicted." in text(app)
    assert '"left_out": ["a/1.png"]' in app.json[0].value
