"""Every transform of the catalog has a form."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import edits
from explorer.augment.catalog import catalog
from explorer.augment.parameters import Kind
from explorer.augment.pipeline import Draft
from explorer.augment.targets import BoxRules, PointRules, TargetRules
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.workspace import View, Workspace
from tests.ui.conftest import APP

KINDS = ("slider", "number_input", "toggle", "checkbox", "selectbox", "text_input", "color_picker", "file_uploader")


@pytest.fixture(scope="module")
def app() -> AppTest:
    """One page for all of them: each comes into it as a draft of its own."""
    return AppTest.from_file(APP, default_timeout=60)


def one_of_each_kind() -> set[str]:
    """The first transform with each kind of parameter, and with each set of targets that are refused."""
    kinds = {parameter.kind: name for name in reversed(catalog()) for parameter in catalog()[name].parameters.values()}
    return {*kinds.values(), *{entry.refuses: name for name, entry in catalog().items()}.values()}


def keys_on(app: AppTest) -> set[str]:
    return {str(widget.key) for kind in KINDS for widget in app.get(kind)}


def alone(name: str) -> tuple[Draft, str]:
    """A draft of this one step, whose rules leave out the targets that it refuses."""
    refused = catalog()[name].refuses
    rules = TargetRules(
        boxes=BoxRules(use="bboxes" not in refused), keypoints=PointRules(use="keypoints" not in refused)
    )
    draft, node = edits.add(Draft(targets=rules), name, None)
    return edits.set_p(draft, node, 1.0), node


def form_page() -> None:
    """The form alone, with nothing that draws: a tenth of the page's time."""
    import streamlit as st

    from explorer.ui.session.keys import Key
    from explorer.ui.step_editor import form

    form.show(st.session_state[Key.WORKSPACE], {})


@pytest.fixture(scope="module")
def form() -> AppTest:
    """One form for all of them."""
    return AppTest.from_function(form_page, default_timeout=60)


def show(app: AppTest, name: str, exact: bool) -> None:
    """Show the form of a transform, with a widget for each parameter."""
    draft, node = alone(name)
    app.session_state[Key.WORKSPACE] = Workspace("x" * 22, History(draft), View(selected=node, seed=3))
    app.session_state[Key.EXACT] = exact
    app.session_state[Key.PLAYING] = False
    app.run()
    assert not app.exception
    assert not app.error, app.error
    shown = keys_on(app)
    for parameter in catalog()[name].parameters:
        assert any(key.startswith(widget_key(node, parameter)) for key in shown), parameter


@pytest.mark.parametrize("exact", [False, True])
def test_every_transform_has_a_form_with_a_widget_for_each_parameter(
    form: AppTest, subtests: pytest.Subtests, exact: bool
) -> None:
    """Dragged and typed. That each can be drawn at its start values is in tests/draw/test_equal.py."""
    for name in catalog():
        with subtests.test(name):
            show(form, name, exact)


def test_the_form_stands_beside_the_photograph_that_the_page_draws(app: AppTest, subtests: pytest.Subtests) -> None:
    for name in one_of_each_kind():
        with subtests.test(name):
            show(app, name, exact=False)
            assert not app.session_state[Key.LOOK].errors


def test_the_parameters_of_all_transforms_use_every_kind_of_widget() -> None:
    used = {parameter.kind for transform in catalog().values() for parameter in transform.parameters.values()}
    assert used == set(Kind)
