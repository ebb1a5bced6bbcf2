"""A draft that a worker cannot draw says so at its step, keeps the last picture, and disturbs nobody else."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.edits import set_param
from explorer.augment.pipeline import Draft, Step
from explorer.draw import pool as pools
from explorer.draw.drawing import CancelledError, Drawing, DrawingError, Ending, Order, Urgency
from explorer.draw.limits import ABANDONED_SECONDS, ASKED_SECONDS, MEMORY
from explorer.draw.preview import Preview, Shown
from explorer.texts import Preview as T
from explorer.ui.background import asking, endings, slow
from explorer.ui.preview.looks import Look
from explorer.ui.preview.rendering import Job
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.workspace import Workspace
from tests.draw.breaking import HUGE, Says
from tests.draw.conftest import LONG_S
from tests.runs.conftest import wait_for
from tests.ui.conftest import APP

ENDLESS = Step(id="endless", transform="ZoomBlur", p=1.0, params={"max_factor": [1e5, 1e5]})
SAID = T.STEP_ENDED["memory"].format(limit="2")


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[Drawing[Any]]:
    """Everything that pages ask the pool for."""
    found: list[Drawing[Any]] = []
    really = asking.submit

    def submit(*args: Any, **options: Any) -> Drawing[Any]:
        found.append(really(*args, **options))
        return found[-1]

    monkeypatch.setattr(asking, "submit", submit)
    return found


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets whose session it is: all that are tested without a browser have the same id."""
    now = SimpleNamespace(session_id="first")
    monkeypatch.setattr(asking, "get_script_run_ctx", lambda **_: now)
    return lambda name: setattr(now, "session_id", name)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """A page where nothing is asked before it is drawn, as where an estimate is wrong."""
    monkeypatch.setattr(slow, "LIMIT", float("inf"))
    monkeypatch.setattr(slow, "TOTAL_LIMIT", float("inf"))
    page = fresh()
    yield page
    assert not page.exception


def fresh() -> AppTest:
    page = AppTest.from_file(APP, default_timeout=90).run()
    page.session_state[Key.PLAYING] = False
    assert not page.exception
    return page


def redraw(app: AppTest, draft: Draft, selected: str = "huge") -> AppTest:
    work: Workspace = app.session_state[Key.WORKSPACE]
    app.session_state[Key.WORKSPACE] = work.drafted(draft, selected=selected, focus="")
    return app.run()


def look(app: AppTest) -> Look:
    found: Look = app.session_state[Key.LOOK]
    return found


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def finish(app: AppTest) -> None:
    if Key.JOB in app.session_state:  # else it was over before the page was
        assert app.session_state[Key.JOB].drawing.wait(LONG_S)
        app.run()


def test_it_is_said_at_the_step_the_last_picture_stays_and_it_is_not_drawn_again_unasked(
    app: AppTest, submitted: list[Drawing[Any]]
) -> None:
    good = app.session_state[Key.LAST_GOOD]
    redraw(app, Draft(nodes=HUGE.nodes))
    errors = dict(look(app).errors)
    assert list(errors) == [("huge", "")]
    assert errors["huge", ""].startswith(f"{SAID} Resize, height: 30,000 makes an image of 900 megapixels.")
    assert errors["huge", ""] in " ".join(error.value.replace("\\", "") for error in app.error)
    assert look(app).shown is good
    assert look(app).notice == T.STALE
    assert submitted[-1].begun is not None
    for _ in range(2):
        app.run()
        assert look(app).errors == errors
        assert submitted[-1].done
        assert submitted[-1].begun is None  # no worker has had it

    assert Key.RUN_SLOW in keys(app)
    app.button(key=Key.RUN_SLOW).click().run()
    asked = submitted[-1]
    finish(app)
    assert asked.begun is not None
    assert asked.order.seconds == ASKED_SECONDS
    assert look(app).errors == errors

    small = set_param(set_param(Draft(nodes=HUGE.nodes), "huge", "height", 30), "huge", "width", 40)
    redraw(app, small)
    assert look(app).errors == {}
    assert look(app).shown is not good
    assert Key.RUN_SLOW not in keys(app)


def test_what_takes_longer_than_is_allowed_unasked_says_so_and_may_be_drawn_all_the_same(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = app.session_state[Key.LAST_GOOD]
    monkeypatch.setattr(asking, "UNASKED_SECONDS", 2.0)
    redraw(app, Draft(nodes=(ENDLESS,)), selected="endless")
    (said,) = look(app).errors.items()
    assert said[0] == ("endless", "")
    assert said[1].startswith(T.STEP_ENDED["time"].format(limit="2"))
    assert look(app).shown is good
    app.button(key=Key.RUN_SLOW).click().run()
    job: Job = app.session_state[Key.JOB]
    assert job.drawing.order.seconds == ASKED_SECONDS
    assert look(app).shown is good
    app.button(key="cancel").click().run()
    assert job.drawing.cancelled
    assert Key.JOB not in app.session_state
    assert Key.RUN_SLOW in keys(app)


def test_a_click_that_changes_nothing_of_the_picture_does_not_draw_it_again(
    app: AppTest, submitted: list[Drawing[Any]]
) -> None:
    shown = look(app).shown
    before = len(submitted)
    app.button(key="export").click().run()
    assert shown is not None
    assert look(app).shown is not None
    assert look(app).frame() == shown.frame
    assert look(app).strip()
    assert not [drawing for drawing in submitted[before:] if isinstance(drawing.request, Preview)]
    app.button(key=Key.NEXT).click().run()
    assert look(app).frame() != shown.frame


def test_another_session_is_not_disturbed_by_it(app: AppTest, session: Callable[[str], None]) -> None:
    session("second")
    other = fresh()
    session("first")
    redraw(app, Draft(nodes=HUGE.nodes))
    assert look(app).failed
    app.session_state[Key.WORKSPACE] = app.session_state[Key.WORKSPACE].drafted(Draft(nodes=(ENDLESS,)))
    app.session_state[Key.ALLOWED] = True
    slow.LIMIT = 0.0  # put back by the fixture: now it is asked for, and drawn without anybody waiting
    app.run()
    job: Job = app.session_state[Key.JOB]
    slow.LIMIT = float("inf")
    session("second")
    for _ in range(3):
        before = look(other).shown
        other.button(key=Key.NEXT).click().run()
        assert not other.exception
        assert look(other).errors == {}
        assert look(other).notice == ""
        assert look(other).shown is not before
    session("first")
    assert not job.drawing.done
    slow.LIMIT = 0.0
    app.run().button(key="cancel").click().run()
    assert job.drawing.cancelled


def test_what_nobody_has_looked_at_for_long_is_asked_for_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    app = fresh()
    app.selectbox(key=Key.ADD).set_value("PiecewiseAffine").run()
    # It always fires, whatever its stream of random numbers is.
    app.slider(key=widget_key(app.session_state[Key.WORKSPACE].view.selected, "p")).set_value(1.0).run()
    app.button(key=Key.RUN_SLOW).click().run()
    job: Job = app.session_state[Key.JOB]
    monkeypatch.setattr(pools, "ABANDONED_SECONDS", 0.0)
    wait_for(lambda: isinstance(job.drawing.error, CancelledError), "the drawing being given up", LONG_S)
    monkeypatch.setattr(pools, "ABANDONED_SECONDS", ABANDONED_SECONDS)
    app.run()
    assert not app.exception
    assert Key.JOB not in app.session_state
    assert Key.RUN_SLOW in keys(app)


def test_a_worker_that_ends_while_it_makes_the_strip_leaves_the_picture() -> None:
    drawing: Drawing[Shown] = Drawing(Says(), Order("me", "", Urgency.LOOK, 10.0))
    drawing.add(b"picture")
    drawing.end(DrawingError(Ending.MEMORY, "a", MEMORY))
    found = Look(Shown(b"picture"), drawing=drawing)
    assert found.frame() == b"picture"
    assert found.strip() == b""


@pytest.mark.parametrize("how", Ending)
def test_every_way_to_end_has_words_with_its_limit_and_what_to_do(how: Ending) -> None:
    limit = {Ending.MEMORY: float(MEMORY), Ending.TIME: 10.0}.get(how, 0.0)
    reading = asking.words(DrawingError(how, "", limit))
    at_step = endings.words(DrawingError(how, "huge", limit), HUGE)
    named = endings.words(DrawingError(how, "huge", limit), HUGE, (512, 512))
    to_blame = how is not Ending.KILLED  # what somebody else has ended says nothing of the values
    assert at_step.endswith(T.STEP_REDUCE) is to_blame
    assert ("height: 30,000" in named) is to_blame
    for nowhere in ("", "gone"):
        assert endings.words(DrawingError(how, nowhere, limit), HUGE) == reading
    assert len({reading, at_step, named}) == (3 if to_blame else 2)
    for words in (reading, at_step, named):
        assert "{" not in words
        assert {Ending.MEMORY: "2 GB", Ending.TIME: "10 s"}.get(how, "") in words
