"""The laboratory's statistics: measured in the background, shown, kept, and cancelled."""

from collections.abc import Iterator

import albumentations as A
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.draws.measure import measure
from explorer.augment.draws.report import report
from explorer.augment.edits import add, set_p, set_param
from explorer.augment.pipeline import Draft, Node, validate
from explorer.augment.targets import TargetRules
from explorer.data.sample import Sample
from explorer.draw import sources
from explorer.ui.lab import statistics_charts, statistics_jobs, statistics_results
from explorer.ui.preview.pictures import classes, first
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key
from explorer.ui.session.view import Lab, Mode, View
from explorer.ui.session.workspace import Workspace, save
from tests.augment.samples import begin
from tests.runs.conftest import wait_for
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/laboratory.py"


def crop_and_turn() -> Draft:
    draft, crop = add(Draft(), "RandomCrop", None)
    draft = set_p(set_param(draft, crop, "height", 200), crop, 1.0)
    draft, _ = add(draft, "Affine", crop)
    return draft


def opened(draft: Draft, draws: int = 100) -> AppTest:
    work = Workspace("s" * 22, History(draft), View(lab=Lab(mode=Mode.STATISTICS, draws=draws)))  # type: ignore[arg-type]
    save(work)
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["draft"] = work.id
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    yield
    for key in statistics_jobs.JOBS.all():
        statistics_jobs.JOBS.cancel(key)
    statistics_jobs.JOBS._latest.clear()


def finish(app: AppTest) -> AppTest:
    for measuring in statistics_jobs.JOBS.all().values():
        wait_for(lambda one=measuring: not one.running, "the end of the measurement", 60)  # type: ignore[misc]
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    parts = [*app.markdown, *app.info, *app.error, *app.caption]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def test_one_click_measures_and_a_reload_has_the_result_at_once() -> None:
    app = opened(crop_and_turn())
    assert "Measure runs this pipeline 100 times on this image." in words(app).replace("**", "")
    app.button(key="stat_start").click().run()
    assert "stat_cancel" in keys(app)
    finish(app)
    assert "of the boxes are lost" in words(app)
    assert "most of them at RandomCrop" in words(app)
    table = app.dataframe[0].value
    assert list(table["Step"]) == ["RandomCrop", "Affine"]
    assert "stat_start" not in keys(app)
    statistics_jobs.JOBS._latest.clear()  # as after a restart of the server
    again = opened(crop_and_turn())
    assert again.session_state[Key.WORKSPACE].draft.nodes[0].id != app.session_state[Key.WORKSPACE].draft.nodes[0].id
    reloaded = AppTest.from_file(APP, default_timeout=60)
    reloaded.query_params["draft"] = "s" * 22
    save(app.session_state[Key.WORKSPACE])
    reloaded.switch_page(PAGE).run()
    assert "most of them at RandomCrop" in words(reloaded)


def test_cancelled_it_shows_what_was_counted_and_can_begin_again() -> None:
    app = opened(crop_and_turn(), draws=10_000)
    app.button(key="stat_start").click().run()
    (measuring,) = statistics_jobs.JOBS.all().values()
    wait_for(lambda: measuring.progress().done > 0, "the first draw", 60)
    app.button(key="stat_cancel").click().run()
    assert not measuring.running
    assert "Canceled after" in words(app)
    assert app.dataframe[0].value["Step"][0] == "RandomCrop"
    app.button(key="stat_start").click().run()
    (other,) = statistics_jobs.JOBS.all().values()
    assert other is not measuring
    assert other.running


def test_numbers_of_an_earlier_pipeline_say_so() -> None:
    app = opened(crop_and_turn())
    app.button(key="stat_start").click().run()
    finish(app)
    app.button(key=Key.NEXT).click().run()
    assert "earlier pipeline, image or seed" in words(app)
    assert "stat_start" in keys(app)
    assert "most of them at RandomCrop" in words(app)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [((), "no active step"), (set_param(*add(Draft(), "Affine", None), "rotate", "x").nodes, "Fix the pipeline first")],
)
def test_what_cannot_be_measured_says_why(nodes: tuple[Node, ...], expected: str) -> None:
    app = opened(Draft(nodes=nodes))
    assert expected in words(app)
    assert "stat_start" not in keys(app)


def test_figures_hold_the_numbers_of_the_report() -> None:
    pipeline = validate(crop_and_turn())
    greets = first(View(), TargetRules())
    found = report(measure([sources.load(greets.subject).sample], pipeline, 0, range(40), 40), pipeline)
    named = classes(greets.picture, View())
    figures = statistics_charts.figures(found, named)
    assert found.mask is not None
    assert found.before is not None
    before, after = figures["Mask area by class"]["data"]
    assert before["x"][0] == "background"
    assert sum(before["y"]) == pytest.approx(1, abs=1e-4)
    assert after["y"] == pytest.approx(list(found.mask.area_after.values()), rel=1e-4)
    assert figures["Channel means, with standard deviation"]["data"][0]["y"] == pytest.approx(
        found.before.mean, rel=1e-4
    )
    drawn = statistics_charts.drawn(found.steps[1])
    assert sum(drawn["rotate"]["data"][0]["y"]) == round(found.steps[1].applied * 40)
    assert all(statistics_results.sentences(found, named))


def test_a_crop_shows_scale_and_ratio_and_what_cannot_be_compared_is_left_out() -> None:
    draft, crop = add(Draft(), "RandomResizedCrop", None)
    draft = set_p(set_param(draft, crop, "scale", [0.2, 0.6]), crop, 1.0)
    pipeline = validate(draft)
    image = np.zeros((300, 400, 3), np.uint8)
    found = report(measure([Sample(image)], pipeline, 3, range(30), 30), pipeline)
    compose = A.Compose(pipeline.to_compose().transforms, save_applied_params=True)
    shares, ratios = [], []
    for index in range(30):
        begin(compose, pipeline, (3, 0, index))
        left, top, right, bottom = dict(compose(image=image)["applied_transforms"])["RandomResizedCrop"]["crop_coords"]
        shares.append((right - left) * (bottom - top) / image[..., 0].size)
        ratios.append((right - left) / (bottom - top))
    assert found.steps[0].drawn["crop.scale"] == pytest.approx(shares)
    assert found.steps[0].drawn["crop.ratio"] == pytest.approx(ratios)
    assert not [name for name in found.steps[0].drawn if "crop_coords" in name]
    drawn = statistics_charts.drawn(found.steps[0])
    titles = [figure["layout"]["xaxis"]["title"]["text"] for figure in drawn.values()]
    assert titles == ["ratio: width / height", "scale: share of the image area"]
    figures, left_out = statistics_results.headline(found)
    assert [title for title, _, _ in figures] == ["Speed"]
    assert [reason.split()[0] for reason in left_out] == ["No", "SSIM"]
