"""The pages of learning curves and searches, and their forms on the page of a finished study."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import without_augmentation
from explorer.base.atomic import write_bytes_atomic
from explorer.runs.cli.main import main
from explorer.runs.machine.further_costs import cost_of
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.curves import Curves
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import images_path, part_path
from explorer.runs.record.studies.searches import OUTER, OuterFold, Searched, Step, save_whole
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.spec.plans.search import FOUND, SearchPlan, rivals
from explorer.ui.evidence import later
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.study import further
from tests.ui.conftest import open_run
from tests.ui.study import made
from tests.ui.study.test_page import text

CHOSE = Searched((Step((0,), 0.1, 0.02, 13), Step((0, 6), 0.05, 0.01, 12)), 90)


@pytest.fixture(autouse=True)
def _intervals_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "_PATIENCE_S", 60.0)


def asked(plan: dict[str, object]) -> tuple[RunPaths, RunConfig, StudyImages]:
    """A finished study with another plan, whose results are not there yet."""
    paths = made.study(repeats=3, images=100)
    config = further.config_of(loads(paths.config.read_bytes()), plan)
    write_bytes_atomic(paths.config, dumps(config).encode())
    return paths, config, StudyImages.load(images_path(paths))


def answers(labels: np.ndarray, skill: float, seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(len(labels), 5)).astype(np.float32)
    found[np.arange(len(labels)), labels] += skill
    return found


def search_of(skill: float) -> RunPaths:
    paths, config, images = asked({"ask": "search", "repeats": 3, "folds": 2})
    assert isinstance(config.study, SearchPlan)
    for number in range(6):
        rows = np.arange(number % 2, len(images), 2)
        skills = {FOUND: skill} | {one.name: 1.0 for one in rivals(config.pipeline)}
        logits = {name: answers(images.labels[rows], value, number) for name, value in skills.items()}
        OuterFold(CHOSE, rows, logits).save(paths, number)
    save_whole(paths, CHOSE)
    return paths


def test_the_worth_is_said_first_and_can_be_seen_in_log_loss() -> None:
    paths, _, images = asked({"ask": "worth", "repeats": 3})
    for repeat in range(3):
        plus, minus = (
            np.stack([answers(images.labels, skill + more, repeat) for skill in (0.5, 1.5, 2.5)]) for more in (1.0, 0.0)
        )
        Curves((10, 30, 80), plus, minus).save(paths, repeat)
    app = open_run(paths)
    assert "more photographs** here" in text(app)
    assert "With 80 training images and no augmentation, accuracy is" in text(app)
    app.button_group(key=widget_key("study", paths.id, "metric")).set_value("log_loss").run()
    assert "no augmentation, log loss is" in text(app)


def test_a_search_offers_its_pipeline_with_the_answer_of_the_outer_folds() -> None:
    paths = search_of(3.0)
    app = open_run(paths)
    assert "chosen among 13 steps beats TrivialAugment" in text(app)
    assert "HorizontalFlip" in text(app)
    app.button(key=widget_key("search", "open")).click().run()
    assert not app.exception
    draft = app.session_state[Key.WORKSPACE].draft
    assert [node.title for node in draft.nodes] == ["HorizontalFlip", "ColorJitter"]
    assert draft.streams == 2


def test_a_search_may_say_no_on_its_page_and_in_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    paths = search_of(0.0)
    assert "nothing beats TrivialAugment" in text(open_run(paths))
    assert main(["verdict", paths.id]) == 0
    said = capsys.readouterr().out
    assert "nothing beats TrivialAugment" in said
    assert "Chosen on all images: HorizontalFlip, ColorJitter, mild." in said


def test_a_damaged_outer_fold_is_named() -> None:
    paths = search_of(0.0)
    part_path(paths, OUTER, 3).write_bytes(b"torn")
    assert "outer-3.npz cannot be read" in text(open_run(paths))


def test_the_forms_say_what_a_study_costs() -> None:
    paths = made.study(repeats=3, images=100)
    app: AppTest = open_run(paths)
    for name, said in (("worth", "most of them on few images"), ("search", "Chooses among 13 steps, 16 searches")):
        app.button(key=widget_key("study", paths.id, "on", name)).click().run()
        assert not app.exception
        assert said in text(app)
    config = further.config_of(loads(paths.config.read_bytes()), {"ask": "worth", "repeats": 6})
    assert cost_of(config, 100, 5, None).heads == 2 * 6 * 6 * 5
    assert without_augmentation(config.pipeline).nodes == ()


def test_a_study_and_those_that_were_started_from_it_link_to_each_other() -> None:
    first, second = made.study("first", repeats=3, images=60), made.study("second", repeats=3, images=60)
    config = loads(second.config.read_bytes())
    made_from = further.config_of(config, {"ask": "worth", "repeats": 3, "origin": first.id})
    write_bytes_atomic(second.config, dumps(made_from).encode())
    assert "second" in [button.label for button in open_run(first).button]
    back = open_run(second).button(key=widget_key("study", second.id, "origin"))
    assert back.label == "Started from **first**"
