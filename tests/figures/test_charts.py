"""Charts say what the counts say: checked on their data, against scikit-learn."""

import html
import json
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    matthews_corrcoef,
    roc_auc_score,
)

from explorer.augment.pipeline import Pipeline
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.digits import DigitsSpec
from explorer.figures import charts, class_ticks, step_charts
from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import score_histogram
from explorer.metrics.table import METRICS, SCORES, floor
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record import budget
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.running import Running
from explorer.runs.record.thinning import Steps
from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.state.status import RunStatus, State
from explorer.texts import Charts
from explorer.training.tasks import classification as validation
from explorer.training.tasks.labels import validate as validate_labels
from explorer.ui.components import plot


def auroc(snapshot: RunSnapshot) -> charts.Figure:
    return charts.scores(snapshot, METRICS["auroc"])


def f1_chart(snapshot: RunSnapshot) -> charts.Figure:
    return charts.scores(snapshot, METRICS["f1_macro"])


NAMES = ("ants", "bees", "<b>wasps</b>")


def logits_of(epoch: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(epoch)
    labels = generator.integers(0, 3, 60)
    return generator.normal(size=(60, 3)).astype(np.float32) + epoch * np.eye(3, dtype=np.float32)[labels], labels


def shares_of(logits: np.ndarray) -> np.ndarray:
    """(N, C) softmax."""
    return np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)


@pytest.fixture
def snapshot() -> RunSnapshot:
    """A run of two epochs, written as a trainer writes it."""
    paths = RunPaths(runs_root() / "20261123-142501-charts-x7k")
    paths.root.mkdir()
    writer = EventWriter(paths, 1)
    writer.write("start", promise_s=60, total_steps=20, steps_per_epoch=10, epochs=2, classes=list(NAMES))
    for step in range(1, 21):
        accuracy = None if step == 3 else step / 20  # mixed images have no right answer
        writer.write("step", epoch=(step - 1) // 10, step=step, promise_s=60, loss=1 / step, lr=0.01, accuracy=accuracy)
    for epoch in (0, 1):
        logits, labels = logits_of(epoch)
        histogram = score_histogram(logits, labels)
        confusion = confusion_counts(labels, logits.argmax(axis=1), 3)
        EpochRecord(confusion, histogram.positives, histogram.negatives, logits, labels).save(paths.epoch(1, epoch))
        macro = roc_auc_score(labels, shares_of(logits), multi_class="ovr")
        writer.write(
            "epoch", epoch=epoch, step=10 * (epoch + 1), promise_s=60, train_loss=0.5, val_loss=0.4, auroc=macro
        )
    writer.close()
    return RunView(paths).refresh()


def test_curves_are_those_of_scikit_learn(snapshot: RunSnapshot) -> None:
    for epoch in (0, 1):
        logits, labels = logits_of(epoch)
        macro = roc_auc_score(labels, shares_of(logits), multi_class="ovr")
        assert auroc(snapshot)["data"][0]["y"][epoch] == pytest.approx(macro, abs=1e-5)
        f1 = f1_score(labels, logits.argmax(axis=1), average=None)
        assert f1_chart(snapshot)["data"][0]["y"][epoch] == pytest.approx(f1.mean(), abs=1e-5)
        for index in range(3):
            assert f1_chart(snapshot)["data"][1 + index]["y"][epoch] == pytest.approx(f1[index], abs=1e-5)


def test_two_labels_have_an_auroc_each_where_two_classes_share_one() -> None:
    paths = RunPaths(runs_root() / "20261123-142501-charts-two")
    paths.root.mkdir()
    data = CsvSpec(path="/labels.csv", several="|")
    paths.config.write_text(dumps(RunConfig(name="two", dataset=data, pipeline=Pipeline(), loss="bce")))
    labels = np.random.default_rng(0).integers(0, 2, (60, 2))
    logits = np.random.default_rng(1).normal(labels, 1).astype(np.float32)
    with EventWriter(paths, 1) as writer:
        writer.write("start", promise_s=60, total_steps=2, steps_per_epoch=2, epochs=1, classes=["fire", "sea"])
        validate_labels(logits, labels, (logits > 0).astype(np.int64), 0.4).record.save(paths.epoch(1, 0))
        writer.write("epoch", epoch=0, step=2, promise_s=60, train_loss=0.5, val_loss=0.4)
    each = roc_auc_score(labels, logits, average=None)
    macro, *lines = auroc(RunView(paths).refresh())["data"]
    assert [line["name"] for line in lines] == ["fire", "sea"]
    assert [line["y"][0] for line in lines] == pytest.approx(each, abs=1e-5)
    assert macro["y"][0] == pytest.approx(each.mean(), abs=1e-5)


def tiny() -> tuple[NDArray[np.float32], NDArray[np.int64], list[float]]:
    """Logits that all lie within a thousandth, their labels, and the AUROC of each class."""
    logits, labels = logits_of(2)
    logits = logits * np.float32(1e-6)
    shares = np.exp(logits.astype(float)) / np.exp(logits.astype(float)).sum(axis=1, keepdims=True)
    return logits, labels, [float(roc_auc_score(labels == index, shares[:, index])) for index in range(3)]


def test_the_auroc_of_tiny_logits_is_that_of_scikit_learn_where_too_many_to_keep(
    snapshot: RunSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "EPOCH_BYTES", 0)
    logits, labels, each = tiny()
    measured = validation.validate(logits, labels, logits.argmax(axis=1), 0.4)
    paths = RunPaths(runs_root() / snapshot.id)
    measured.record.save(paths.epoch(1, 1))
    assert EpochRecord.load(paths.epoch(1, 1)).logits is None
    found = RunView(paths).refresh()
    _, *lines = auroc(found)["data"]
    assert found.epochs[1].measured is not None
    assert found.epochs[1].measured.values["auroc"] == pytest.approx(np.mean(each), abs=1e-5)
    assert [line["y"][1] for line in lines] == pytest.approx(each, abs=1e-5)
    assert charts.left_out(found) == ""


def test_a_record_of_before_that_tells_too_little_leaves_a_gap_and_the_mean_is_what_the_trainer_told(
    snapshot: RunSnapshot,
) -> None:
    logits, labels, _ = tiny()
    histogram = score_histogram(logits, labels)
    confusion = confusion_counts(labels, logits.argmax(axis=1), 3)
    paths = RunPaths(runs_root() / snapshot.id)
    EpochRecord(confusion, histogram.positives, histogram.negatives).save(paths.epoch(1, 1))
    found = RunView(paths).refresh()
    macro, *lines = auroc(found)["data"]
    told = roc_auc_score(logits_of(1)[1], shares_of(logits_of(1)[0]), multi_class="ovr")
    assert macro["y"][1] == pytest.approx(told, abs=1e-5)  # of the event
    assert [line["y"][1] for line in lines] == [None] * 3
    assert all(line["y"][0] is not None for line in lines)
    assert "In 1 epochs" in charts.left_out(found)


def test_the_matrix_is_that_of_the_latest_epoch_with_the_truth_in_rows(snapshot: RunSnapshot) -> None:
    logits, labels = logits_of(1)
    expected = confusion_matrix(labels, logits.argmax(axis=1))
    figure = charts.figures(snapshot)["confusion"]
    counts = [[cell[0] for cell in row] for row in figure["data"][0]["customdata"]]
    assert counts == expected.tolist()
    np.testing.assert_allclose(figure["data"][0]["z"], expected / expected.sum(axis=1, keepdims=True))
    written = {(note["y"], note["x"]): note["text"] for note in figure["layout"]["annotations"]}
    assert written == {(r, c): str(expected[r, c]) for r in range(3) for c in range(3)}


def test_names_cannot_become_markup(snapshot: RunSnapshot) -> None:
    ticks = charts.figures(snapshot)["confusion"]["layout"]["xaxis"]["ticktext"]
    assert not any("<" in tick for tick in ticks)


def test_loss_has_every_step_and_every_epoch(snapshot: RunSnapshot) -> None:
    steps, train, val = charts.loss(snapshot)["data"]
    assert steps["x"] == pytest.approx([step / 10 for step in range(1, 21)])
    assert (train["x"], val["x"]) == ([1, 2], [1, 2])


def test_figures_are_json_and_equal_ones_have_one_revision(snapshot: RunSnapshot) -> None:
    for name, figure in charts.figures(snapshot).items():
        first, again = (plot.data(found, name, name) for found in (figure, json.loads(json.dumps(figure))))
        assert first["revision"] == again["revision"]
    with pytest.raises(ValueError, match="JSON"):
        plot.data({"data": [{"y": [float("nan")]}], "layout": {}}, "x", "x")


def test_thinning_keeps_the_mean_and_leaves_gaps_out() -> None:
    x = np.arange(10_000.0)
    y = np.where(x % 7 == 0, np.nan, x)
    thin_x, thin_y = charts.thin(x, y, most=100)
    assert len(thin_x) == 100
    assert thin_x.mean() == pytest.approx(x.mean())
    assert np.isfinite(thin_y).all()


def test_curves_of_a_long_run_say_how_they_are_thinned(snapshot: RunSnapshot) -> None:
    assert charts.how_thinned(snapshot) == ""
    count = 4 * charts.MAX_POINTS
    numbers = np.ones(count)
    long = replace(snapshot, steps=Steps(np.arange(count), numbers, numbers, numbers, numbers, one_in=128))
    assert "thinned to 1,000 points: each is the mean of about 4" in charts.how_thinned(long)
    assert "one in 128 is read" in charts.how_thinned(long)
    for figure in (charts.loss(long), step_charts.accuracy(long)):
        assert len(figure["data"][0]["x"]) == charts.MAX_POINTS
        assert figure["data"][0]["name"] == Charts.TRAIN_MEANS


# Within an epoch


def running(snapshot: RunSnapshot, state: State) -> RunSnapshot:
    """The run while it has seen 12 images of its second epoch."""
    counts = np.array([[3, 1, 0], [0, 4, 0], [2, 0, 2]])
    return replace(snapshot, status=RunStatus(state, "", 0.0), running=Running(1, 14, counts))


def test_the_running_matrix_is_that_of_the_training_batches_and_stays_when_it_ends(snapshot: RunSnapshot) -> None:
    figure = step_charts.running(running(snapshot, State.RUNNING))
    assert figure is not None
    assert [[cell[0] for cell in row] for row in figure["data"][0]["customdata"]] == [[3, 1, 0], [0, 4, 0], [2, 0, 2]]
    assert figure["data"][0]["customdata"][2][0][2:] == ["<b>wasps</b>", "ants"]  # taken for the first
    assert figure["data"][0]["colorscale"] != charts.figures(snapshot)["confusion"]["data"][0]["colorscale"]
    assert step_charts.running(running(snapshot, State.FINISHED)) == figure  # it keeps its place when the run ends
    assert step_charts.running(snapshot) is None


def test_before_the_first_validation_the_running_matrix_has_names_too(snapshot: RunSnapshot) -> None:
    unsaid = replace(running(snapshot, State.RUNNING), latest=None, latest_epoch=None, classes=())
    assert charts.class_names(unsaid) == ("class 1", "class 2", "class 3")


def test_accuracy_has_every_step_with_a_gap_for_mixed_images_and_every_epoch(snapshot: RunSnapshot) -> None:
    steps, val = step_charts.accuracy(snapshot)["data"]
    assert steps["y"] == [None if step == 3 else pytest.approx(step / 20) for step in range(1, 21)]
    for epoch in (0, 1):
        logits, labels = logits_of(epoch)
        assert val["y"][epoch] == pytest.approx(accuracy_score(labels, logits.argmax(axis=1)), abs=1e-5)


def test_the_plan_of_the_learning_rate_is_that_of_pytorch(snapshot: RunSnapshot) -> None:
    config = RunConfig(dataset=DigitsSpec(), pipeline=Pipeline(), epochs=2, learning_rate=0.02)
    asked = replace(snapshot, config=config)
    plan = step_charts.planned(asked)
    assert plan is not None
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.02, total_steps=20)
    expected = []
    for _ in range(20):
        expected.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    assert plan["y"] == pytest.approx(expected, rel=1e-4, abs=1e-9)
    planned, done = step_charts.learning_rate(asked, plan)["data"]
    assert planned["x"] == pytest.approx([step / 10 for step in range(1, 21)])
    assert done["y"] == [0.01] * 20
    assert step_charts.planned(replace(asked, start=None)) is None


def test_labels_of_two_classes_never_look_the_same() -> None:
    plants = [
        "Tomato___Tomato_Yellow_Leaf_Curl_Virus",
        "Tomato___Tomato_mosaic_virus",
        "Tomato___Target_Spot",
        "Tomato___Tomato_Yellow_Leaf_Curl_virus",
        "Tomato___Tomato_Yellow_Leaf_Coil_Virus",
    ]
    numbered = [f"images_of_kind_{number:03}_and_more_words" for number in range(20)]
    inside = [f"{'x' * 30}{number}{'y' * 30}" for number in range(4)]
    spaces = ["ants", "ants ", "an  ts", "an ts", "e\u0301", "\u00e9", "<b>", "&lt;b>"]
    for names in (plants, numbered, inside, spaces, [*inside, "…xxxxxxx…yyyyy (1)"], list(NAMES)):
        for most in (14, 24):
            labels = class_ticks.distinct(names, most)
            looks = {" ".join(unicodedata.normalize("NFC", html.unescape(label)).split()) for label in labels}
            assert len(looks) == len(names), (names, labels)
            assert all("<" not in label for label in labels), labels
    assert class_ticks.distinct(["ants", "bees"]) == ["ants", "bees"]  # what fits stays
    counts = np.eye(5, dtype=np.int64)
    ticks = charts.confusion(counts, plants)["layout"]
    assert len(set(ticks["xaxis"]["ticktext"])) == len(set(ticks["yaxis"]["ticktext"])) == 5
    assert "virus" in ticks["xaxis"]["ticktext"][3]  # the end tells it from the others, so it is not what is cut


def test_axes_of_scores_fit_the_data_and_mark_what_needs_no_learning(snapshot: RunSnapshot) -> None:
    empty = np.zeros((2, 256), np.int64)
    two_classes = EpochRecord(np.diag([30, 30]), empty, empty)
    for good, span in ((0.99, 0.2), (0.9, 0.2)):
        points = [
            replace(point, noted={"auroc": good + 0.002 * place, "f1_macro": good})
            for place, point in enumerate(snapshot.epochs)
            if point.measured is not None
        ]
        figure = auroc(replace(snapshot, epochs=tuple(points), classes=NAMES[:2], latest=two_classes))
        low, high = figure["layout"]["yaxis"]["range"]
        assert low < good < high, (good, low, high)
        assert high - low < span, (good, low, high)  # not flat at the top of a fixed axis
        (note,) = figure["layout"]["annotations"]
        assert "cut" in note["text"], "a cut axis says so"
        assert "0.50" in note["text"], "a cut axis says where guessing lies"
        assert not figure["layout"].get("shapes")
    poor = auroc(snapshot)
    low, high = poor["layout"]["yaxis"]["range"]
    values = [value for trace in poor["data"] for value in trace["y"] if value is not None]
    assert low < min(values)
    assert max(values) < high + 1e-9
    _, labels = logits_of(1)
    always = np.full(60, np.bincount(labels).argmax())
    expected = {
        "auroc": 0.5,
        "f1_macro": f1_score(labels, always, average="macro", zero_division=0),
        "accuracy": accuracy_score(labels, always),
        "balanced_accuracy": balanced_accuracy_score(labels, always),
        "mcc": matthews_corrcoef(labels, always),
    }
    counts = np.bincount(labels)
    assert {metric.key: floor(metric, counts) for metric in SCORES["classification"]} == pytest.approx(expected)


def test_lines_of_classes_that_lie_on_each_other_can_be_told_apart(snapshot: RunSnapshot) -> None:
    traces = f1_chart(snapshot)["data"]
    styles = {(trace["line"].get("dash"), trace["marker"].get("symbol")) for trace in traces}
    assert len(traces) == 4
    assert len(styles) == 4
    assert traces[0]["line"]["width"] > max(trace["line"]["width"] for trace in traces[1:])  # below, and wider


def test_a_legend_of_many_classes_leaves_its_room_to_the_curves(
    snapshot: RunSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(trace.get("showlegend", True) for trace in f1_chart(snapshot)["data"])
    monkeypatch.setattr(charts, "MAX_NAMED", 2)
    assert [trace.get("showlegend", True) for trace in f1_chart(snapshot)["data"]] == [True, False, False, False]
