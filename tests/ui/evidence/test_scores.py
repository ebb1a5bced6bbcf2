"""The Scores section of a run's page: what it says of runs that have little, much or odd data."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from streamlit.testing.v1 import AppTest

from explorer.metrics.thresholds import Cuts
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunView
from explorer.runs.record import thresholds
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import dumps, loads
from explorer.texts import Scores as T
from explorer.ui.components.threshold import Choice, _as_choice, frame
from explorer.ui.evidence import kept, threshold_panel
from explorer.ui.evidence.score_table import _later, _Scores
from explorer.ui.session.keys import widget_key
from tests.runs.conftest import wait_for
from tests.runs.validated import Scored, ended_run, scored
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/runs.py"
CHARTS = ("ROC", "Precision and recall", "F1 by threshold", "Calibration", "Scores by class")


def open_scores(paths: RunPaths, part: str = "Threshold and curves") -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = paths.id
    app.session_state[widget_key("run", paths.id, "section")] = "Scores"
    app.session_state[widget_key("scores", paths.id, "part")] = part
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def table(paths: RunPaths, part: str) -> tuple[AppTest, pd.DataFrame]:
    """A part with its table, once what is computed beside the page is there."""
    app = open_scores(paths, part)
    wait_for(lambda: not _later().computing, "the scores")
    app.run()
    wait_for(lambda: not _later().computing, "the intervals")
    app.run()
    assert not app.exception
    return app, app.dataframe[0].value


def text(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.warning, *app.info, *app.caption]).replace("\\", "")


def one_class_only(label: int) -> Scored:
    logits, labels = scored(20)
    return logits, np.full_like(labels, label)


def class_absent() -> Scored:
    logits, labels = scored(60, 3)
    return logits, np.where(labels == 1, 0, labels)


def test_a_run_of_two_classes_begins_with_the_second_and_its_best_epoch() -> None:
    paths = ended_run([scored(50), scored(50, seed=1)], ["ants", "bees"], best=1)
    app = open_scores(paths)
    epoch, index = (app.selectbox(key=widget_key("scores", paths.id, name)) for name in ("epoch", "class"))
    assert (epoch.value, index.value) == ("best", 1)
    assert epoch.options == ["Best epoch", "Latest epoch", "Epoch 2", "Epoch 1"]
    assert "Epoch 2 is shown." in text(app)
    assert "same 50 validation images" in text(app)
    assert "expect somewhat lower values on new images" in text(app)
    assert all(f"**{chart}**" in text(app) for chart in CHARTS)

    # What was chosen is still chosen after a look at another section.
    epoch.set_value("1").run()
    index.set_value(0).run()
    app.session_state[widget_key("run", paths.id, "section")] = "Curves"
    app.run()
    app.session_state[widget_key("run", paths.id, "section")] = "Scores"
    app.run()
    values = [app.selectbox(key=widget_key("scores", paths.id, name)).value for name in ("epoch", "class")]
    assert values == ["1", 0]


def test_a_panel_begins_at_the_threshold_of_a_run_that_has_one() -> None:
    paths = ended_run([scored(20)], ["ants", "bees"])
    assert [threshold_panel._start(RunView(paths).refresh(), index) for index in (0, 1)] == [None, None]
    own = loads(paths.config.read_bytes()).model_copy(update={"loss": "bce", "threshold": 0.7})
    paths.config.write_text(dumps(own))
    starts = [threshold_panel._start(RunView(paths).refresh(), index) for index in (0, 1)]
    assert starts == pytest.approx([-np.log(0.7 / 0.3), np.log(0.7 / 0.3)])
    header = frame(Cuts.of_scores(np.array([0.0]), np.array([True])), 1, "bees", "ants", 0, "channel", starts[1])
    assert T.WAYS_OF_RUN["run"].encode() in header


@pytest.mark.parametrize(
    ("data", "names", "words"),
    [
        (one_class_only(1), ["ants", "bees"], ["20 are bees, and 0 are not", "Undefined: the validation images"]),
        (one_class_only(0), ["ants", "bees"], ["0 are bees, and 20 are not", "Undefined: no validation image"]),
        (class_absent(), ["ants", "bees", "wasps"], ["0 are bees, and 60 are not", "One against the rest"]),
        (scored(1000, 1000), [f"class {number}" for number in range(1000)], ["One against the rest: with 1000"]),
    ],
    ids=["only the class", "without the class", "one of three is absent", "1,000 classes"],
)
def test_odd_validation_sets_are_shown_with_the_reason(data: Scored, names: list[str], words: list[str]) -> None:
    found = text(open_scores(ended_run([data], names)))
    assert [word for word in words if word not in found] == []


def test_all_scores_have_a_value_an_interval_and_a_formula() -> None:
    logits, labels = scored(60)
    app, found = table(ended_run([(logits, labels)], ["ants", "bees"]), "All scores")
    shown = found.set_index("Score")
    right = metrics.accuracy_score(labels, logits.argmax(axis=1))
    assert shown.loc["Accuracy", "Value"] == f"{right:.3f}"
    low, high = map(float, shown.loc["Accuracy", "95% interval"].split(" to "))
    assert low < right < high
    assert shown.loc["Top-k accuracy", "Value"] == "undefined"
    assert shown.loc["Validation loss", "95% interval"] == "none"
    assert "bootstrap over the 60 validation images" in text(app)
    assert "When it misleads." in text(app)
    assert any("AUROC" in formula.value for formula in app.latex)
    in_memory = [one for one in (future.result() for future in _later()._found.values()) if isinstance(one, _Scores)]
    assert in_memory
    assert not any(hasattr(part, "logits") for one in in_memory for part in vars(one).values())


def test_each_class_has_its_scores_and_counts() -> None:
    logits, labels = class_absent()
    app, found = table(ended_run([(logits, labels)], ["ants", "bees", "wasps"]), "By class")
    shown = found.set_index("Class")
    predicted = logits.argmax(axis=1)
    precision, recall, f1, images = metrics.precision_recall_fscore_support(labels, predicted, zero_division=np.nan)
    assert shown["Images"].tolist() == images.tolist() == [40, 0, 20]
    assert shown.loc["bees", ["Recall", "AUROC", "Average precision"]].tolist() == ["undefined"] * 3
    assert shown.loc["ants", ["Precision", "Recall", "F1"]].tolist() == [
        f"{value:.3f}" for value in (precision[0], recall[0], f1[0])
    ]
    found_ants = int(((labels == 0) & (predicted == 0)).sum())
    assert f"TP {found_ants} · FP" in text(app)


def test_a_run_without_stored_scores_says_why_and_has_a_coarser_threshold() -> None:
    found = text(open_scores(ended_run([scored(50)], ["ants", "bees"], stored=False)))
    assert "stored without the scores of single images. Here they come from histograms" in found
    assert "approximate" in found


def test_of_very_many_scores_the_threshold_moves_in_fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threshold_panel, "MOST_CUTS", 10)
    found = text(open_scores(ended_run([scored(50)], ["ants", "bees"])))
    assert "The images have 50 different scores, between which the threshold moves in 1" in found


def test_a_damaged_epoch_says_so() -> None:
    paths = ended_run([scored(50)], ["ants", "bees"])
    paths.epoch(1, 0).write_bytes(b"PK")
    assert "The file of this epoch is damaged" in text(open_scores(paths))


def test_a_threshold_is_kept_shown_and_removed() -> None:
    paths = ended_run([scored(50)], ["ants", "bees"])
    view = RunView(paths)
    view.refresh()
    evidence = Evidence(view)
    kept.keep(evidence, ["ants", "bees"], Choice(2.0, "recall", 0.95, 1, 0))
    assert [(one.class_name, round(one.probability, 4)) for one in thresholds.read(paths)] == [("bees", 0.8808)]
    app = open_scores(paths)
    assert "**bees** from a probability of 0.881 on. Chosen in epoch 1 on 50 validation images: recall of 95%" in (
        text(app)
    )
    app.button(key=widget_key("kept", paths.id, "1")).click().run()
    assert thresholds.read(paths) == ()
    assert "Kept for predictions" not in text(app)
    for class_index, epoch in ((7, 0), (1, 5)):  # no such class, no such epoch
        kept.keep(evidence, ["ants", "bees"], Choice(2.0, "", None, class_index, epoch))
        assert thresholds.read(paths) == ()


def test_damaged_thresholds_say_so_on_the_page() -> None:
    paths = ended_run([scored(50)], ["ants", "bees"])
    paths.thresholds.mkdir()
    (error,) = open_scores(paths).error
    assert "The thresholds that were kept cannot be shown" in error.value


@pytest.mark.parametrize(
    "sent",
    [
        *("", "[]", None, "[" * 100_000, '{"odds": 1}'),
        *(
            json.dumps({"odds": 1.0, "way": "", "wanted": None, "class": 0, "epoch": 0} | wrong)
            for wrong in (
                *({"odds": math.nan}, {"odds": 10**400}, {"way": "guess"}, {"way": []}, {"wanted": 7.0}),
                *({"epoch": -4}, {"epoch": math.inf}, {"epoch": 0.5}, {"class": "0"}, {"class": True}),
            )
        ),
    ],
)
def test_what_a_browser_sends_is_checked(sent: object) -> None:
    assert _as_choice(sent) is None


def test_a_choice_of_a_browser_is_taken_over() -> None:
    sent = '{"odds": 1, "way": "recall", "wanted": 0.9, "class": 1, "epoch": 3}'
    assert _as_choice(sent) == Choice(1.0, "recall", 0.9, 1, 3)
