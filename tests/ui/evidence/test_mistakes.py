"""The Mistakes section of a run's page."""

import csv
import importlib.metadata
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.data.cache.contents import content_of
from explorer.data.formats.digits import DigitsSpec
from explorer.metrics.counts import confusion_counts
from explorer.metrics.mistakes import judge
from explorer.metrics.scores import score_histogram
from explorer.runs.overview import label_issues
from explorer.runs.record import flags, outcome
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.flags import Flag
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import dumps, loads
from explorer.texts import Mistakes as T
from explorer.texts import Saliency
from explorer.training.networks import build
from explorer.ui.background.jobs import Jobs
from explorer.ui.evidence import flagging, label_errors, saliency
from explorer.ui.session.keys import widget_key
from tests.runs.conftest import config_of
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/runs.py"
SPLIT = DigitsSpec().open().val
LABELS = SPLIT.labels
FALLEN, RISEN, NEVER = (0, 1), (2,), (3, 4, 5)  # right then wrong, wrong then right, wrong in both epochs


def logits_with(wrong: tuple[int, ...]) -> np.ndarray:
    """Logits of 10 classes that are right but for some images, each of which is taken for the next class."""
    right = (LABELS + np.isin(np.arange(len(LABELS)), wrong)) % 10
    return (4 * np.eye(10)[right] + np.random.default_rng(0).random((len(LABELS), 10))).astype(np.float32)


def make_run(*, scores: bool = True, images: bool = True) -> RunPaths:
    """A run of two epochs, of which the second is the best."""
    paths = RunPaths(runs_root() / "20261123-142501-digits-x7k")
    paths.root.mkdir()
    network = {"backbone": "small-cnn", "weights": "none", "image_size": 32, "frozen": False}
    paths.config.write_text(dumps(config_of("finishes").model_copy(update={"epochs": 2, **network})))
    with EventWriter(paths, 1) as writer:
        versions = {name: importlib.metadata.version(name) for name in ("albumentations", "opencv-python-headless")}
        known = {"classes": [str(digit) for digit in range(10)], "epochs": 2, "val_images": len(LABELS)}
        writer.write("start", promise_s=60, identity=versions, **known)
        for epoch, wrong in enumerate(((*RISEN, *NEVER), (*FALLEN, *NEVER))):
            logits = logits_with(wrong)
            histogram = score_histogram(logits, LABELS)
            counts = confusion_counts(LABELS, logits.argmax(axis=1), 10)
            record = EpochRecord(counts, histogram.positives, histogram.negatives, logits, LABELS)
            (record if scores else record.without_scores()).save(paths.epoch(1, epoch))
            writer.write("epoch", epoch=epoch, step=epoch + 1, promise_s=60, auroc=0.9 + epoch / 100, val_loss=0.1)
    if images:
        # An id that repeats, and one that a spreadsheet would run.
        ids = ("=cmd|' /C calc'!A0", SPLIT.ids[1], SPLIT.ids[1], *SPLIT.ids[3:])
        hashes = tuple(content_of(SPLIT, index).hex() for index in range(len(ids)))
        ValidationImages(ids, LABELS, hashes).save(paths.validation)
    outcome.write(paths, Outcome("finished", "Done.", 1.0, 1, {"epoch": 1, "auroc": 0.91}))
    return paths


def open_section(paths: RunPaths) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = paths.id
    app.session_state[widget_key("run", paths.id, "section")] = T.TITLE
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.warning, *app.info, *app.caption]
    return " ".join(part.value for part in parts).replace("\\", "")


def lists(app: AppTest, paths: RunPaths) -> Any:
    return app.button_group(key=widget_key("mistakes", paths.id, "list"))


def choose(app: AppTest, paths: RunPaths, name: str) -> AppTest:
    lists(app, paths).set_value(name).run()
    assert not app.exception
    return app


def shown(app: AppTest, paths: RunPaths, name: str) -> Any:
    """The state of a grid: its images, and the one that is open."""
    return app.session_state[widget_key("opened", widget_key("mistakes", paths.id, "pictures", name))]


def open_image(app: AppTest, paths: RunPaths, name: str, index: int) -> AppTest:
    shown(app, paths, name).opened = index
    app.run()
    assert not app.exception
    return app


def field(app: AppTest, paths: RunPaths, index: int, part: str) -> Any:
    find: Callable[..., Any] = app.checkbox if part == "on" else app.text_area
    return find(key=widget_key("flag", paths.id, str(index), part))


def finish(app: AppTest, jobs: Jobs[Any], paths: RunPaths) -> Any:
    """Wait for the job of a run, and let the page look again."""
    (job,) = (job for name, job in jobs.all().items() if str(paths.root) in name)
    assert job.wait(180)
    app.run()
    assert not app.exception
    return job


def test_each_list_has_its_count_and_its_images() -> None:
    paths = make_run()
    app = open_section(paths)
    titles = [option.content for option in lists(app, paths).proto.options]
    counts = dict(title.split(" · ") for title in titles if " · " in title)
    assert counts == {
        "Confident errors": "5",
        "Changed sides": "3",
        "Never learned": "3",
        "Forgotten": "2",
        "Flagged": "0",
    }
    judged = judge(logits_with((*FALLEN, *NEVER)), LABELS)
    assert shown(app, paths, "errors").indices.tolist() == sorted(
        (*FALLEN, *NEVER), key=lambda index: -judged.confidence[index]
    )
    assert sorted(shown(choose(app, paths, "never"), paths, "never").indices.tolist()) == list(NEVER)
    assert sorted(shown(choose(app, paths, "forgotten"), paths, "forgotten").indices.tolist()) == list(FALLEN)
    first = shown(choose(app, paths, "losses"), paths, "losses").indices[:3].tolist()
    assert first == np.argsort(-judged.loss, kind="stable")[:3].tolist()


def test_two_epochs_show_who_changed_sides_in_each_direction() -> None:
    paths = make_run()
    app = choose(open_section(paths), paths, "changed")
    boxes = [app.selectbox(key=widget_key("mistakes", paths.id, "changed", name)) for name in ("from", "to")]
    assert [box.value for box in boxes] == [0, 1]  # the first and the best
    assert sorted(shown(app, paths, "changed").indices.tolist()) == list(FALLEN)
    app.button_group(key=widget_key("mistakes", paths.id, "changed", "side")).set_value("gained").run()
    assert shown(app, paths, "changed").indices.tolist() == list(RISEN)
    app.selectbox(key=widget_key("mistakes", paths.id, "changed", "to")).set_value(0).run()
    assert T.SAME_EPOCH in text(app)


def test_another_epoch_has_other_mistakes() -> None:
    paths = make_run()
    app = open_section(paths)
    app.selectbox(key=widget_key("mistakes", paths.id, "epoch")).set_value("0").run()
    assert sorted(shown(app, paths, "errors").indices.tolist()) == [*RISEN, *NEVER]
    assert "epoch 1 got wrong" in text(app)


def test_a_confused_pair_shows_its_images() -> None:
    paths = make_run()
    app = choose(open_section(paths), paths, "pairs")
    box = app.selectbox(key=widget_key("mistakes", paths.id, "pair"))
    true, predicted = map(int, box.value.split(":"))
    wrong = [index for index in (*FALLEN, *NEVER) if LABELS[index] == true]
    assert predicted == (true + 1) % 10
    assert sorted(shown(app, paths, "pairs").indices.tolist()) == wrong


def test_an_open_image_can_be_flagged_and_noted_and_all_flags_exported() -> None:
    paths = make_run()
    app = open_image(open_section(paths), paths, "errors", 0)
    field(app, paths, 0, "on").check().run()
    flags.change(paths, Flag(1, SPLIT.ids[1]), note="by another window")
    field(app, paths, 0, "note").set_value("=1+1").run()
    assert {row: (flag.flagged, flag.note) for row, flag in flags.read(paths).items()} == {
        0: (True, "=1+1"),
        1: (True, "by another window"),
    }
    app = choose(app.run(), paths, "flagged")
    assert shown(app, paths, "flagged").indices.tolist() == [0, 1]
    app = open_image(app, paths, "flagged", 0)
    field(app, paths, 0, "on").uncheck().run()
    assert shown(app, paths, "flagged").indices.tolist() == [1]


def test_a_note_that_cannot_be_saved_stays_in_its_field() -> None:
    paths = make_run()
    app = open_image(open_section(paths), paths, "errors", 0)
    paths.flags.write_text("{")
    field(app, paths, 0, "note").set_value("blurred").run()
    assert not app.exception
    assert "Not saved" in text(app)
    assert field(app, paths, 0, "note").value == "blurred"
    assert paths.flags.read_text() == "{"


def test_the_table_of_flags_is_safe_and_complete() -> None:
    judged = judge(logits_with(NEVER), LABELS)
    found = {3: Flag(3, "a/=b.png", "0f", note="=1+1", time=0.0), 4: Flag(4, "=c.png", flagged=False, note="x")}
    written = flagging.table(found, judged, tuple("0123456789"), 1).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(written))
    assert row["id"] == "a/=b.png"
    assert (row["file"], row["note"], row["row"], row["epoch"], row["hash"]) == ("'=b.png", "'=1+1", "3", "2", "0f")
    assert (row["label"], row["predicted"]) == (str(LABELS[3]), str((LABELS[3] + 1) % 10))
    assert (float(row["loss"]), row["flagged"]) == (judged.loss[3], "1970-01-01T00:00:00+00:00")
    for no_time in (1e300, -1e300, 1e15):
        later = {3: Flag(3, "b.png", time=no_time)}
        (row,) = csv.DictReader(io.StringIO(flagging.table(later, judged, tuple("0123456789"), 1).decode("utf-8-sig")))
        assert (row["id"], row["flagged"]) == ("b.png", "")


def test_label_errors_are_looked_for_in_a_child_process() -> None:
    paths = make_run()
    app = choose(open_section(paths), paths, "labels")
    assert T.SUSPICIONS in text(app)
    app.button(key=widget_key("mistakes", paths.id, "labels", "search")).click().run()
    finish(app, label_errors.JOBS, paths)
    found = label_issues.find(paths, 1)
    assert found.indices
    assert set(found.indices) <= {*FALLEN, *NEVER}
    assert tuple(shown(app, paths, "labels").indices.tolist()) == found.indices
    assert [option.content for option in lists(app, paths).proto.options][-2] == f"Label errors · {len(found.indices)}"


def test_where_the_network_looked_is_computed_from_the_checkpoint() -> None:
    paths = make_run()
    app = open_image(open_section(paths), paths, "errors", 3)
    ask = widget_key("saliency", paths.id, "ask")
    assert Saliency.NO_CHECKPOINT.format(which=Saliency.WHICH_BEST) in text(app)
    paths.checkpoints.mkdir()
    network = build(loads(paths.config.read_bytes()), 10, None)
    state = {f"network.{name}": value for name, value in network.state_dict().items()}
    others = {name: {} for name in ("loops", "callbacks")} | {"optimizer_states": [], "global_step": 2}
    torch.save({"state_dict": state, "epoch": 1, **others}, paths.best)
    app.run().button(key=ask).click().run()
    looking = finish(app, saliency.JOBS, paths)
    assert Saliency.MEANING in text(app)
    assert looking.maps().classes.tolist() == [(LABELS[3] + 1) % 10, LABELS[3]]
    assert looking.maps().maps.shape == (2, 32, 32)


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ({"scores": False}, "No list can be made of epoch 2. This epoch was stored without the scores"),
        ({"images": False}, "This run has stored no list of its validation images"),
    ],
)
def test_a_run_shows_what_it_has_and_says_what_it_lacks(stored: dict[str, bool], words: str) -> None:
    app = open_section(make_run(**stored))
    assert words in text(app)
    rows = [len(table.value) for table in app.dataframe]
    assert rows == ([] if "scores" in stored else [len(FALLEN) + len(NEVER)])
