"""A value that is absurd for the image is said at its field, may be drawn, and is asked about before."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.bounds import Caution, Load
from explorer.augment.catalog import catalog
from explorer.augment.drivers import Role
from explorer.augment.pipeline import Draft, Node, Pipeline, Step
from explorer.texts import Preview as T
from explorer.ui.background import slow, step_cautions
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import Lab, Mode, View
from explorer.ui.session.workspace import Workspace, save
from tests.augment.test_bounds import HURT, SIZE
from tests.ui.conftest import APP

LAB = "explorer/ui/pages/laboratory.py"
Open = Callable[..., AppTest]


def step(transform: str, node: str = "n1", p: float = 1.0, **params: Any) -> Step:
    return Step(id=node, transform=transform, p=p, params=params)


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens the Augment page on some steps, with the last one selected; nothing on it may fail."""
    pages: list[AppTest] = []

    def open_page(*nodes: Node, page: str = "", **view: Any) -> AppTest:
        save(Workspace("w" * 22, History(Draft(nodes=nodes)), View(selected=nodes[-1].id, **view)))
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["draft"] = "w" * 22
        app.run()
        if page:
            app.switch_page(page).run()
        pages.append(app)
        return app

    yield open_page
    assert [str(app.exception) for app in pages if app.exception] == []


def warnings(app: AppTest) -> list[str]:
    values = [element.value for element in app.markdown if element.value.startswith(":orange[:material/warning:")]
    return [value.replace("\\", "") for value in values]


def asks(app: AppTest) -> bool:
    return Key.RUN_SLOW in {button.key for button in app.button}


def test_the_fields_say_so_and_the_step_waits_for_a_word(opened: Open) -> None:
    app = opened(step("Resize", height=30_000, width=30_000))
    assert len(warnings(app)) == 2
    for said in warnings(app):
        assert "30,000 makes an image of 900 megapixels" in said
        assert T.CAUTION_AT_MOST.format(bound="2,100") in said
    assert asks(app)


def test_the_image_says_so_too_whichever_step_is_selected(opened: Open) -> None:
    app = opened(step("RandomScale", scale_limit=[99.0, 99.0]), step("HorizontalFlip", node="n2"))
    notice = app.session_state[Key.LOOK].notice
    assert "RandomScale takes about" in notice
    assert "RandomScale, scale_limit: 99 makes an image of" in notice
    assert "RandomScale" not in opened(step("HorizontalFlip")).session_state[Key.LOOK].notice


def test_with_a_smaller_value_the_caution_goes_and_the_step_is_drawn(opened: Open) -> None:
    app = opened(step("Resize", height=30_000, width=256))
    app.toggle(key=Key.EXACT).set_value(True).run()
    app.number_input(key=widget_key("n1", "height:exact")).set_value(300_000).run()
    assert len(warnings(app)) == 1
    assert asks(app)
    app.number_input(key=widget_key("n1", "height:exact")).set_value(256).run()
    assert warnings(app) == []
    assert not asks(app)
    assert not app.session_state[Key.LOOK].notice


def test_what_counts_is_the_image_that_the_step_gets(opened: Open) -> None:
    blur = step("Blur", node="n2", blur_limit=[3, 101])
    (said,) = warnings(opened(step("Resize", height=40, width=50), blur))
    assert T.CAUTIONS["kernel"].format(value="101", most="40") in said
    assert T.CAUTION_AT_MOST.format(bound=39) in said
    assert warnings(opened(blur)) == []
    assert warnings(opened(step("Resize", height=40, width=50).model_copy(update={"enabled": False}), blur)) == []


def test_the_laboratory_says_so_at_the_same_field(opened: Open) -> None:
    app = opened(step("Morphological", scale=[2000, 2000]), page=LAB, lab=Lab(mode=Mode.GRID))
    (said,) = warnings(app)
    assert "2,000 px is larger than the image" in said


def test_a_wrong_value_is_said_as_wrong_and_not_as_absurd(opened: Open) -> None:
    app = opened(step("Resize", height=-5, width=30_000_000))
    assert warnings(app) == []
    assert any(element.value.startswith(":red[") for element in app.markdown)


def test_what_hurt_is_not_drawn_unasked() -> None:
    hurt = [step(transform, **{**catalog()[transform].starts, **params}) for transform, params, *_ in HURT]
    assert [each for each in hurt if not slow.cost(Pipeline(nodes=(each,)), SIZE).asks] == []


def test_a_step_is_reckoned_on_the_image_that_the_steps_before_it_make() -> None:
    alone = step("Defocus", node="n2")
    larger, smaller = step("Resize", height=4000, width=4000), step("Resize", node="n3", height=10, width=10)
    assert not slow.cost(Pipeline(nodes=(alone,)), SIZE).asks
    assert "Defocus" in slow.cost(Pipeline(nodes=(larger, alone)), SIZE).slow
    assert "Defocus" in slow.cost(Pipeline(nodes=(larger.model_copy(update={"p": 0.1}), alone)), SIZE).slow
    assert not slow.cost(Pipeline(nodes=(smaller, larger.model_copy(update={"enabled": False}), alone)), SIZE).asks
    assert "Defocus" not in slow.cost(Pipeline(nodes=(alone, larger)), SIZE).slow


@pytest.mark.parametrize("about", [*Role, *Load])
def test_every_caution_has_words(about: Role | Load) -> None:
    for bound, at_least in ((12.0, False), (0.5, True), (None, False)):
        said = step_cautions.words(Caution(about, 1e7, bound, at_least, load=9e9, most=64e6))
        assert "10,000,000" in said
        assert said.endswith(".")
        assert "{" not in said
