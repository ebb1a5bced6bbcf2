"""The page of an immunity map, the form that starts one, and the section of a run."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Pipeline
from explorer.data.formats.shapes import ShapesSpec
from explorer.figures import immunity as figures
from explorer.runs.overview.studies.immunity import CLEAN_PLACE, Place, read_map
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.parts import part_path
from explorer.runs.spec.config import RunConfig, dumps, loads
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.texts import Immunity as T
from explorer.ui.components import heat
from explorer.ui.evidence import later
from explorer.ui.session.keys import widget_key
from explorer.ui.study import starting
from explorer.ui.study.immunity import cells, robust
from explorer.ui.study.immunity.progress import of_map
from tests.ui.conftest import open_run
from tests.ui.study import made, made_maps
from tests.ui.study.test_page import text

NAMES = ("The pipeline", "No augmentation", "Without GaussNoise")


@pytest.fixture(autouse=True)
def _intervals_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "_PATIENCE_S", 60.0)


def plan_of(paths: RunPaths) -> ImmunityPlan:
    return ImmunityPlan(study=paths.id, distortions=made_maps.FEW)


def test_the_page_says_what_the_pipeline_bears_and_what_that_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[Any, ...]] = []
    monkeypatch.setattr(heat, "show", lambda *args: shown.append(args))
    paths = made_maps.immunity_map(made.study(repeats=4))
    app = open_run(paths)
    said = text(app)
    assert "The pipeline**: better than no augmentation in" in said
    assert "Most under noise 5: +" in said
    label, heads, rows, chosen, key, choose = shown[-1]
    assert "accuracy" in label
    assert [head.title for head in heads] == [T.CLEAN, "Noise", "JPEG"]
    assert [row.title for row in rows] == list(NAMES)
    assert len(rows[0].cells) == 11
    strong = rows[0].cells[5]
    assert strong.mark
    assert strong.says.startswith("The pipeline · Noise 5 of 5 (std_range 0.38): accuracy 0.")
    assert "points against no augmentation, 95% interval +" in strong.says
    assert not any(cell.mark for cell in rows[0].cells[6:]), "JPEG is borne as before"
    assert [cell.color for cell in rows[1].cells] == [""] * 11, "nothing is the reference"
    assert (chosen, key) == (None, widget_key("heat", paths.id))
    del choose
    app.selectbox(key=widget_key("immunity", paths.id, "metric")).set_value("log_loss").run()
    assert not app.exception
    assert "log loss" in shown[-1][0]


def test_a_map_that_is_not_finished_shows_what_there_is_and_a_damaged_part_is_named() -> None:
    study = made.study(repeats=4)
    paths = made_maps.immunity_map(study, done=1)
    found = read_map(paths, plan_of(study), "accuracy")
    assert found is not None
    assert found.done == (0,)
    assert len(found.places) == 6
    assert "1 of 2 distortions are done" in text(open_run(paths))
    damaged = made_maps.immunity_map(made.study("damaged", repeats=4), done=1)
    part_path(damaged, answers.KIND, 1).write_bytes(b"torn")
    assert "cannot be shown" in text(open_run(damaged))


def test_the_curves_stand_on_one_scale_and_a_chosen_distortion_is_alone() -> None:
    study = made.study(repeats=4)
    found = read_map(made_maps.immunity_map(study), plan_of(study), "accuracy")
    assert found is not None
    titles = [one.title for one in made_maps.FEW]
    figure = figures.curves(found, NAMES, titles)
    assert len(figure["data"]) == 6
    assert figure["layout"]["yaxis"]["range"] == figure["layout"]["yaxis2"]["range"]
    assert [one["text"] for one in figure["layout"]["annotations"]] == titles
    alone = figures.curves(found, NAMES, titles, chosen=1)
    assert [trace["name"] for trace in alone["data"]] == list(NAMES)
    assert alone["data"][0]["y"][0] == pytest.approx(found.rows[0].levels[CLEAN_PLACE].value, abs=1e-5)
    assert alone["data"][0]["y"][5] == pytest.approx(found.rows[0].levels[Place(1, 4)].value, abs=1e-5)
    colors = figures.colors(found, found.places)
    assert colors[0][5].startswith("rgba(0, 114, 178")
    odd = figures.curves(found, ["<b>one", "<b>one", "R&D"], ["<i>noise", "JPEG"])
    assert [trace["name"] for trace in odd["data"][:3]] == ["&lt;b&gt;one (1)", "&lt;b&gt;one (2)", "R&amp;D"]
    assert odd["layout"]["annotations"][0]["text"] == "&lt;i&gt;noise"
    assert cells.headlines(found, plan_of(study), NAMES)[0].startswith("**The pipeline**: better than no augmentation")
    few = cells.headlines(replace(found, repeats=2), plan_of(study), NAMES)[0]
    assert "hold for these heads" in few
    assert "better than" not in few


def test_a_finished_study_starts_its_map_with_the_chosen_distortions(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[RunConfig] = []
    monkeypatch.setattr(starting, "start", asked.append)
    study = made.study(repeats=4)
    app = AppTest.from_function(_form, kwargs={"run": study.id}, default_timeout=60).run()
    key = widget_key("immunity", study.id)
    app.multiselect(key=widget_key(key, "chosen")).set_value(["noise", "fog"]).run()
    app.button(key=widget_key(key, "start")).click().run()
    assert not app.exception
    plan = asked[-1].study
    assert isinstance(plan, ImmunityPlan)
    assert (plan.study, [one.name for one in plan.distortions]) == (study.id, ["noise", "fog"])
    assert plan.repeats == 4
    app.multiselect(key=widget_key(key, "chosen")).set_value([]).run()
    assert app.button(key=widget_key(key, "start")).disabled


def _form(run: str) -> None:
    from explorer.runs.record.paths import run_paths
    from explorer.ui.run.readers import view_of
    from explorer.ui.study.immunity import action

    view = view_of(str(run_paths(run).root))
    action.show(view, view.refresh())


def test_a_run_that_loses_nowhere_is_not_said_to_lose() -> None:
    study = made.study(repeats=4)
    found = read_map(made_maps.immunity_map(study), plan_of(study), "accuracy")
    assert found is not None
    (place, effect), *_ = found.rows[0].effects.items()
    plan = ImmunityPlan(runs=("run",), distortions=made_maps.FEW)
    said = []
    for change in (0.033, -0.033):
        row = replace(found.rows[0], effects={place: replace(effect, effect=change)})
        said += cells.headlines(replace(found, rows=(row,)), plan, ["run"])
    assert ["It loses most" in one for one in said] == [False, True]


def test_a_map_of_a_run_from_before_is_one_that_the_trainer_takes() -> None:
    before = RunConfig(dataset=ShapesSpec(), pipeline=Pipeline(streams=1), loggers=("csv",), gpus=(0, 1))
    plan = ImmunityPlan(runs=("run",), distortions=made_maps.FEW)
    config = loads(dumps(robust.config_of(before, "n" * 120, plan)))
    assert (config.pipeline.streams, config.gpus, config.loggers) == (2, (), ())
    assert config.study == plan
    assert len(config.name) == 100


def test_progress_is_told_by_distortion_and_strength() -> None:
    doing = {
        "distortion": 2,
        "distortions": 10,
        "done": 30,
        "total": 100,
        "strength": 1,
        "strengths": 5,
        "left_s": 61.0,
    }
    share, said = of_map(doing)
    assert share == pytest.approx(0.23)
    assert said.startswith("distortion 3 of 10, strength 2 of 5 · ")
    assert of_map({"distortion": None})[1] == T.PROGRESS_CLEAN


@pytest.mark.parametrize("sent", [None, {}, {"row": -1, "column": 0}, {"row": 0}, {"row": "1", "column": 1}])
def test_what_a_browser_sends_is_checked(sent: Any) -> None:
    assert heat.received(sent) is None
    assert heat.received({"row": 1, "column": 2}) == (1, 2)
