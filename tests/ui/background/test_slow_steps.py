"""A step too slow for live preview asks first, works in the background, and can be cancelled."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.costs import Observed
from explorer.augment.edits import add, set_p
from explorer.augment.pipeline import Draft, validate
from explorer.augment.trace import trace
from explorer.draw import cards, sources
from explorer.draw.pictures import Photograph, Subject
from explorer.ui.preview import live
from explorer.ui.preview.looks import Look
from explorer.ui.preview.rendering import Job
from explorer.ui.session.keys import Key, widget_key
from tests.ui.conftest import APP


@pytest.fixture
def app() -> Iterator[AppTest]:
    page = AppTest.from_file(APP, default_timeout=60).run()
    page.session_state[Key.PLAYING] = False
    page.selectbox(key=Key.ADD).set_value("PiecewiseAffine").run()
    # It always fires, whatever its id and so its stream of random numbers is.
    page.slider(key=widget_key(page.session_state[Key.WORKSPACE].view.selected, "p")).set_value(1.0).run()
    assert not page.exception
    yield page
    assert not page.exception


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def finish(app: AppTest) -> None:
    """Wait for the drawing, then look at the page again."""
    job: Job = app.session_state[Key.JOB]
    assert job.drawing.wait(60)
    app.run()


def test_a_slow_step_does_not_run_before_somebody_says_so(app: AppTest) -> None:
    good = app.session_state[Key.LAST_GOOD]
    look = app.session_state[Key.LOOK]
    assert look.shown is good
    assert "PiecewiseAffine takes about" in look.notice
    assert Key.RUN_SLOW in keys(app)
    app.slider(key=widget_key(app.session_state[Key.WORKSPACE].view.selected, "p")).set_value(0.9).run()
    assert Key.JOB not in app.session_state
    assert app.session_state[Key.LOOK].shown is good
    assert Key.RUN_SLOW in keys(app)


def test_drawn_once_it_is_shown_until_something_changes_and_what_steps_took_is_known_for_the_next_time(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    observed = Observed()
    monkeypatch.setattr(live, "OBSERVED", observed)
    app.button(key=Key.RUN_SLOW).click().run()
    assert "cancel" in keys(app)
    finish(app)
    look: Look = app.session_state[Key.LOOK]
    assert not look.notice
    assert Key.RUN_SLOW not in keys(app)
    assert look.shown is not None
    steps = {node.id: node for node in app.session_state[Key.WORKSPACE].draft.nodes}
    assert {steps[node].transform for node, _, _ in look.shown.times} >= {"HorizontalFlip", "PiecewiseAffine"}
    for node, (height, width), milliseconds in look.shown.times:
        estimate = observed.estimate(steps[node].transform, steps[node].params, (height, width))
        assert estimate == pytest.approx(milliseconds)
    app.button(key=Key.NEXT).click().run()
    assert app.session_state[Key.LOOK].notice
    assert Key.RUN_SLOW in keys(app)


def test_cancelled_it_asks_again_and_the_last_picture_stays(app: AppTest) -> None:
    good = app.session_state[Key.LAST_GOOD]
    app.button(key=Key.RUN_SLOW).click().run()
    app.button(key="cancel").click().run()
    assert Key.JOB not in app.session_state
    assert app.session_state[Key.LOOK].shown is good
    assert Key.RUN_SLOW in keys(app)


def test_allowed_it_is_drawn_at_every_change(app: AppTest) -> None:
    app.toggle(key=Key.ALWAYS).set_value(True).run()
    assert Key.JOB in app.session_state
    finish(app)
    assert not app.session_state[Key.LOOK].notice
    first_shown = app.session_state[Key.LOOK].shown
    app.button(key=Key.NEXT).click().run()
    if Key.JOB in app.session_state:  # else it was ready before the page was
        finish(app)
    look = app.session_state[Key.LOOK]
    assert not look.notice
    assert look.shown is not first_shown
    assert Key.RUN_SLOW not in keys(app)


def test_a_slow_step_that_is_off_asks_nothing(app: AppTest) -> None:
    node = app.session_state[Key.WORKSPACE].view.selected
    app.slider(key=widget_key(node, "p")).set_value(0.0).run()
    assert not app.session_state[Key.LOOK].notice


def test_a_step_that_had_to_wait_for_a_processor_does_not_ask() -> None:
    draft, step = add(Draft(), "FDA", None)
    found = trace(sources.load(Subject(Photograph("coffee"))).sample, validate(set_p(draft, step, 1.0)), 0)
    (entry,) = found.entries
    assert 0 < entry.cpu_milliseconds <= entry.milliseconds + 1  # two clocks, read one after the other
    waited = replace(found, entries=(replace(entry, milliseconds=60_000.0),))
    assert cards.times(waited) == [[step, list(found.result.image.shape[:2]), entry.cpu_milliseconds]]
