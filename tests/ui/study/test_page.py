"""The page of a study: what it says before and after its planned repeats, and what can be done with it."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer.report.studied import studied
from explorer.runs.cli.main import main
from explorer.runs.life import launcher
from explorer.runs.overview.index import summaries
from explorer.runs.record import outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import SCORES, images_path, part_path, parts, read_part, write_part
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.spec.plans.effects import EffectsPlan, without_name
from explorer.texts import Study as T
from explorer.ui.components import run_list
from explorer.ui.evidence import later
from explorer.ui.session.keys import Key, widget_key
from tests.ui.conftest import open_run
from tests.ui.study import made


@pytest.fixture(autouse=True)
def _intervals_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "_PATIENCE_S", 60.0)


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.warning, *app.info, *app.subheader, *app.caption, *app.radio]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def rows(app: AppTest, paths: RunPaths) -> list[str]:
    shown = app.radio(key=widget_key("study", paths.id, "row"))
    pairs = zip(shown.options, shown.proto.captions, strict=True)
    return [f"{title} {caption}".replace("\\", "") for title, caption in pairs]


def test_a_finished_study_says_what_helps_and_what_harms() -> None:
    paths = made.study()
    app = open_run(paths)
    words = {row.split("**")[1]: row for row in rows(app, paths)}
    assert "[helps]" in words["HorizontalFlip"]
    assert "[harms]" in words["Rotate"]
    assert "helps" not in words["GaussNoise"]
    assert "harms" not in words["GaussNoise"]
    said = text(app)
    assert "With a frozen backbone, the pipeline" in said
    assert "Accuracy of the heads with the whole pipeline" in said
    app.radio(key=widget_key("study", paths.id, "row")).set_value(2).run()
    assert "With a frozen backbone, **Rotate** **harms**" in text(app)


def test_before_the_planned_repeats_there_is_no_verdict() -> None:
    paths = made.study(done=2)
    app = open_run(paths)
    assert all("[so far]" in row for row in rows(app, paths))
    assert "After 2 of 6 repeats" in text(app)
    assert "No verdict is given before the planned repeats are done" in text(app)


def test_a_pilot_says_what_the_whole_study_would_see() -> None:
    said = text(open_run(made.study(repeats=1)))
    assert "That is too few for a verdict." in said
    assert "After 6 repeats, the smallest visible effect of a step will lie between" in said


def test_a_longer_study_says_that_a_verdict_was_given_before(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[RunConfig] = []
    monkeypatch.setattr(launcher, "start", lambda config, study: asked.append(config))
    paths = made.study(repeats=4)
    launcher.extend_study(paths, 8)
    (longer,) = asked
    assert isinstance(longer.study, EffectsPlan)
    assert longer.study.looked == (4,)
    plan = longer.study.model_copy(update={"repeats": 6})
    paths = made.study("longer")
    config = loads(paths.config.read_bytes()).model_copy(update={"study": plan})
    paths.config.write_bytes(dumps(config).encode())
    said = "Second look at these images: the study before had 4 repeats; of the whole pipeline it was said: “"
    assert said in text(open_run(paths))
    assert main(["verdict", paths.id]) == 0
    assert said in capsys.readouterr().out
    reported = studied(paths, config)
    assert reported is not None
    assert said in reported.rests_on


def test_a_damaged_repeat_is_named() -> None:
    paths = made.study()
    part_path(paths, SCORES, 3).write_bytes(b"torn")
    assert "scores-3.npz cannot be read" in text(open_run(paths))


def test_the_pipeline_is_taken_without_what_harms_and_undo_brings_the_old_one_back() -> None:
    paths = made.study()
    app = open_run(paths)
    before = app.session_state[Key.WORKSPACE].draft.nodes
    app.session_state[widget_key("study", paths.id, "take")] = True
    app.run()
    ticked = {box.label.split(" · ")[0]: box.value for box in app.checkbox}
    assert ticked["HorizontalFlip"]
    assert not ticked["Rotate"]
    app.button(key="study_take").click().run()
    assert not app.exception
    work = app.session_state[Key.WORKSPACE]
    assert [node.title for node in work.draft.nodes] == ["HorizontalFlip", "GaussNoise", "RandomBrightnessContrast"]
    assert work.history.past[-1].nodes == before


def test_a_class_that_pays_for_a_step_that_helps_is_named() -> None:
    paths = made.study(missed={"HorizontalFlip": -1.0})
    images = StudyImages.load(images_path(paths))
    flip = without_name(loads(paths.config.read_bytes()).pipeline.nodes[0].id)
    for number in parts(paths, SCORES):
        scores = read_part(paths, SCORES, number)
        scores[flip][images.labels == 0, 0] += 3.0
        write_part(paths, SCORES, number, scores)
    app = open_run(paths)
    (said,) = [warning.value for warning in app.warning]
    assert f"but the class {images.classes[0]} falls. This step is paid for by one class." in said


def test_heads_far_below_a_real_run_from_before_are_called_a_poor_proxy() -> None:
    study = made.study()
    config = json.loads(study.config.read_text())
    for newer in ("set_aside", "drawn"):  # older versions did not write them
        del config["dataset"][newer]
    real = RunPaths(runs_root() / "20261127-142501-real-x7k")
    real.root.mkdir()
    real.config.write_text(json.dumps(config | {"kind": "train", "study": None, "name": "real"}))
    outcome.write(real, Outcome("finished", "All epochs are done.", 1.0, best={"epoch": 1, "accuracy": 0.99}))
    app = open_run(study)
    assert "“real”: 0.990 on its validation images" in text(app)
    assert any("poor proxy here" in warning.value for warning in app.warning)


def test_the_list_of_runs_counts_repeats() -> None:
    made.study(done=2)
    (row,) = run_list.rows(summaries(), 0.0)
    assert row["what"].startswith(f"{T.ASKS['effects']} 2/6 · ")
    assert row["epochs"] == "2 of 6 repeats"
