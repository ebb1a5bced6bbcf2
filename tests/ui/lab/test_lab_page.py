"""The Laboratory page without a browser: its modes, what a click does to the draft, and bad input."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest

from explorer.augment.library import save as save_pipeline
from explorer.augment.pipeline import Draft, Node, Step, validate
from explorer.base.home import made_home
from explorer.ui.background.fills import Fill
from explorer.ui.components import grid
from explorer.ui.components.grid import Board, Cell, Group, Large, Words
from explorer.ui.lab import versus
from explorer.ui.lab.top import MODES
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import Lab, Mode, Over, View
from explorer.ui.session.workspace import Workspace, demo_draft, load, save
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/laboratory.py"
Open = Callable[..., AppTest]
ROTATE = Step(id="rotate", transform="Rotate", p=1.0, params={"limit": [10.0, 80.0]})


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens the page on a draft and a view; nothing on it may fail."""
    pages: list[AppTest] = []

    def open_page(draft: Draft | None = None, past: tuple[Draft, ...] = (), **view: Any) -> AppTest:
        save(Workspace("w" * 22, History(draft or demo_draft(), past), View(**view)))
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["draft"] = "w" * 22
        app.switch_page(PAGE).run()
        pages.append(app)
        return app

    yield open_page
    assert [str(app.exception) for app in pages if app.exception] == []


def work(app: AppTest) -> Workspace:
    found: Workspace = app.session_state[Key.WORKSPACE]
    return found


def fill(app: AppTest) -> Fill:
    """What is drawn, once all is."""
    found: Fill = app.session_state[Key.LAB_FILL]
    assert found.wait(60)
    return found


def click(app: AppTest, module: str, cell: str) -> None:
    """Click on a cell: AppTest has no components, so what the click calls is called in a window of the same address."""
    window = AppTest.from_string(f"from explorer.ui.lab import {module}\n{module}.choose({cell!r})")
    window.query_params["draft"] = work(app).id
    window.session_state[Key.FOUND] = app.session_state[Key.FOUND]
    window.run()
    assert not window.exception
    if Key.NOTICE in window.session_state:
        app.session_state[Key.NOTICE] = window.session_state[Key.NOTICE]
    app.run()


def messages(app: AppTest) -> list[str]:
    """What the page says in passing."""
    return [shown.value.replace("\\", "") for shown in app.toast]


def test_a_newcomer_sees_pictures_without_typing() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert work(app).view.lab.mode is Mode.SWEEP
    assert app.selectbox(key="lab:step").value == work(app).draft.nodes[1].id
    assert app.selectbox(key="lab:parameter").value == "scale"
    assert fill(app).complete
    assert fill(app).count == 8


def through_modes(app: AppTest) -> Iterator[Mode]:
    """Switch one page to each mode; nothing on it may fail."""
    for mode in MODES:
        if app.segmented_control(key="lab:mode").value != mode:
            app.segmented_control(key="lab:mode").set_value(mode).run()
        assert not app.exception, mode
        assert load("w" * 22).view.lab.mode is mode
        yield mode


def test_every_mode_is_drawn_and_saved_with_the_draft(opened: Open) -> None:
    app = opened()
    for mode in through_modes(app):
        assert not app.error, mode
        assert not app.warning, mode


def test_an_empty_pipeline_breaks_no_mode(opened: Open) -> None:
    app = opened(Draft())
    for mode in through_modes(app):
        assert not app.error, mode
        # These say that there is nothing to look at.
        assert bool(app.info) == (mode in (Mode.SWEEP, Mode.STATISTICS)), mode


@pytest.mark.parametrize(
    "node",
    [
        ROTATE.model_copy(update={"params": {"limit": "round"}}),
        Step(id="x", transform="NoSuch", p=7.0),
        Step(id="x", transform="RandomCrop", params={"height": 9000, "width": 9000}, p=1.0),
    ],
)
def test_a_wrong_draft_breaks_no_mode(opened: Open, node: Node) -> None:
    app = opened(Draft(nodes=(node,)), past=(demo_draft(),), selected=node.id)
    for mode in through_modes(app):
        assert work(app).draft.nodes == (node,), mode


def test_a_wrong_value_is_told_at_its_field_of_the_grid(opened: Open) -> None:
    wrong = ROTATE.model_copy(update={"params": {"limit": "round"}})
    app = opened(Draft(nodes=(wrong,)), selected="rotate", lab={"mode": "grid"})
    assert any(shown.value.startswith(":red[") and "limit" in shown.value for shown in app.markdown)


def test_a_picture_that_cannot_be_had_is_told(opened: Open) -> None:
    assert list(through_modes(opened(picture="data set", set_key="image_folder:/nowhere", split="all"))) == list(MODES)
    app = opened(picture="upload")
    for mode in through_modes(app):
        assert any("Upload an image" in shown.value for shown in app.info), mode


def test_a_slider_of_the_grid_changes_the_draft_and_draws_again(opened: Open) -> None:
    app = opened(Draft(nodes=(ROTATE,)), selected="rotate", lab={"mode": "grid", "seeds": 2, "pictures": 2})
    before = fill(app).token
    assert len(before) == 4
    app.slider(key=widget_key("rotate", "limit")).set_value((20.0, 60.0)).run()
    assert work(app).draft.nodes[0].params == {"limit": [20.0, 60.0]}
    assert fill(app).token != before
    app.button(key="lab_undo").click().run()
    assert fill(app).token == before
    app.button(key=Key.NEXT).click().run()
    assert work(app).view.seed == 2  # the two that were shown are passed over


def test_the_choices_of_a_sweep_are_kept(opened: Open) -> None:
    app = opened(Draft(nodes=(ROTATE,)), selected="rotate")
    app.segmented_control(key="lab:count").set_value(9).run()
    app.toggle(key="lab:alone").set_value(False).run()
    app.selectbox(key="lab:parameter").set_value("interpolation").run()
    kept = load("w" * 22).view.lab
    assert (kept.count, kept.alone, kept.parameter) == (9, False, "interpolation")


def test_a_click_in_a_sweep_sets_the_value_and_undo_brings_the_old_one_back(opened: Open) -> None:
    app = opened(Draft(nodes=(ROTATE,)), selected="rotate")
    click(app, "sweep", "rotate:limit:[60.0, 60.0]")
    assert work(app).draft.nodes[0].params == {"limit": [60.0, 60.0]}
    assert messages(app) == ["Rotate.limit is now 60. Undo restores the previous value."]
    app.button(key="lab_undo").click().run()
    assert work(app).draft.nodes == (ROTATE,)


def test_a_click_on_a_refused_value_says_why_and_changes_nothing(opened: Open) -> None:
    step = Step(id="grid", transform="GridDropout", p=1.0)
    app = opened(Draft(nodes=(step,)), selected="grid", lab={"parameter": "ratio"})
    for cell in ("grid:ratio:0.0", "grid:ratio:nonsense", "nobody:ratio:0.5", ""):
        click(app, "sweep", cell)
        assert work(app).draft.nodes == (step,)
        assert messages(app) == (["ratio: It must be greater than 0. You gave 0.0."] if cell.endswith(":0.0") else [])


def test_a_click_in_the_gallery_adds_the_transform_and_undo_takes_it_out(opened: Open) -> None:
    app = opened(Draft(nodes=(ROTATE,)), selected="rotate", lab={"mode": "gallery"})
    click(app, "sheet", "InvertImg")
    assert [node.transform for node in work(app).draft.nodes] == ["Rotate", "InvertImg"]  # type: ignore[union-attr]
    assert messages(app) == ["InvertImg was added to the pipeline. Undo removes it."]
    click(app, "sheet", "../../etc")
    assert len(work(app).draft.nodes) == 2
    app.button(key="lab_undo").click().run()
    assert work(app).draft.nodes == (ROTATE,)


def test_b_is_taken_and_swapped(opened: Open) -> None:
    other = Draft(nodes=(ROTATE,), name="other")
    save_pipeline(made_home() / "pipelines", validate(other))
    app = opened(lab={"mode": "ab"})
    mine = work(app).draft
    app.selectbox(key="lab:against").set_value("saved:other").run()
    app.button(key="lab_swap").click().run()
    assert work(app).draft.nodes == other.nodes
    assert versus.both(work(app)).b == validate(mine)
    app.button(key="lab_swap").click().run()
    assert work(app).draft == mine
    app.selectbox(key="lab:against").set_value("none").run()
    app.button(key="lab_take").click().run()
    assert work(app).draft.nodes == ()
    app.button(key="lab_undo").click().run()
    assert work(app).draft == mine


def test_a_saved_pipeline_that_is_gone_is_told_and_cannot_be_taken(opened: Open) -> None:
    app = opened(lab={"mode": "ab", "against": "saved:gone"})
    assert any("gone" in shown.value for shown in app.warning)
    assert app.button(key="lab_take").disabled
    assert app.button(key="lab_swap").disabled


def test_rows_can_be_pictures(opened: Open) -> None:
    app = opened(lab={"mode": "ab"})
    app.segmented_control(key="lab:over").set_value(Over.PICTURES).run()
    app.number_input(key="lab:rows").set_value(2).run()
    assert fill(app).count == 2


def test_slow_steps_ask_before_they_are_drawn_and_can_be_cancelled(opened: Open) -> None:
    slow = Step(id="slow", transform="PiecewiseAffine", params={"nb_rows": [12, 12], "nb_cols": [12, 12]}, p=1.0)
    app = opened(Draft(nodes=(slow,)), selected="slow", lab={"count": 5})
    assert app.session_state[Key.LAB_FILL].done == 0
    assert not app.session_state[Key.LAB_FILL].under_way
    app.button(key=Key.RUN_SLOW).click().run()
    assert app.session_state[Key.LAB_FILL].under_way
    app.button(key="lab_cancel").click().run()
    assert not app.session_state[Key.LAB_FILL].under_way
    assert not app.session_state[Key.LAB_FILL].complete
    assert Key.RUN_SLOW in {button.key for button in app.button}


# What is saved


@pytest.mark.parametrize(
    "lab",
    [
        {"mode": "dance"},
        {"seeds": 0},
        {"pictures": 10},
        {"count": 6},
        {"rows": 1000},
        {"large": "x" * 9000},
        {"ends": ""},
    ],
)
def test_what_the_laboratory_cannot_show_is_refused(lab: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Lab(**lab)
    with pytest.raises(ValidationError):
        View(lab=lab)  # type: ignore[arg-type]


def test_a_draft_from_before_the_laboratory_opens() -> None:
    save(Workspace("v" * 22, History(demo_draft()), View(seed=3)))
    file = made_home() / "drafts" / ("v" * 22 + ".json")
    record = json.loads(file.read_text())
    del record["view"]["lab"]
    file.write_text(json.dumps(record))
    assert load("v" * 22).view == View(seed=3)


# What travels

WORDS = Words("pictures", "click", "waiting", "back", "previous", "next")


def header(data: bytes) -> dict[str, Any]:
    length = int.from_bytes(data[:4], "little")
    found: dict[str, Any] = json.loads(data[4 : 4 + length])
    return found


def test_a_picture_travels_once_and_again_where_the_browser_asks() -> None:
    first, second = Cell("a", "A", "a", b"one" * 99), Cell("b", "B", "b")
    sent: set[str] = set()
    frame = header(grid.frame(Board([Group([first, second])], WORDS), sent))
    (a, b) = frame["groups"][0]["cells"]
    assert a["picture"] == [0, 297]
    assert a["stamp"]
    assert (b["picture"], b["stamp"]) == (None, "")
    again = header(grid.frame(Board([Group([first, Cell("b", "B", "b", b"two")])], WORDS), sent))
    (a_again, b_again) = again["groups"][0]["cells"]
    assert (a_again["picture"], a_again["stamp"]) == (None, a["stamp"])
    assert b_again["picture"] == [0, 3]
    sent.clear()
    assert header(grid.frame(Board([Group([first])], WORDS), sent))["groups"][0]["cells"][0]["picture"] == [0, 297]


def test_a_large_cell_brings_its_picture_and_what_can_be_done_with_it() -> None:
    cell = Cell("a", "A", "a", b"small")
    large = Large("title", Cell("a", "A", "a", b"larger"), (Cell("b", "B", "b", b"other"),), {"open": "Open"})
    frame = header(grid.frame(Board([Group([cell])], WORDS, large=large), set()))
    assert [shown["picture"][1] for shown in frame["large"]["cells"]] == [6, 5]
    assert frame["large"]["actions"] == {"open": "Open"}
