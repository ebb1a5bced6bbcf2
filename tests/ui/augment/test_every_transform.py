"""Every transform of the catalog, from its form to its pixels and through a file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import edits
from explorer.augment.apply import augment
from explorer.augment.catalog import catalog
from explorer.augment.files import dumps, loads
from explorer.augment.parameters import Kind
from explorer.augment.pipeline import Draft, validate
from explorer.augment.targets import BoxRules, PointRules, TargetRules
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, node_key
from explorer.ui.session.workspace import View, Workspace

APP = str(Path(__file__).resolve().parents[3] / "app.py")
KINDS = ("slider", "number_input", "toggle", "checkbox", "selectbox", "text_input", "color_picker", "file_uploader")


@pytest.fixture(scope="module")
def app() -> AppTest:
    """One page for all of them: each comes into it as a draft of its own."""
    return AppTest.from_file(APP, default_timeout=60)


@pytest.fixture(scope="module")
def photograph() -> Sample:
    return shrink(next(iter(photographs().values())).load(), 288)


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


@pytest.mark.parametrize("name", list(catalog()))
def test_a_transform_has_a_form_and_does_the_same_after_a_journey_through_json(
    name: str, app: AppTest, photograph: Sample
) -> None:
    draft, node = alone(name)

    # Its form stands, with a widget for each parameter, dragged and typed, and it draws the page's photograph.
    for exact in (False, True):
        app.session_state[Key.WORKSPACE] = Workspace("x" * 22, History(draft), View(selected=node, seed=3))
        app.session_state[Key.EXACT] = exact
        app.session_state[Key.PLAYING] = False
        app.run()
        assert not app.exception
        assert not app.error, app.error
        for parameter in catalog()[name].parameters:
            assert any(key.startswith(node_key(node, parameter)) for key in keys_on(app)), parameter
    assert not app.session_state[Key.LOOK].errors

    # It can be made, is applied to all its targets, and gives the same after a journey through JSON.
    pipeline = validate(draft)
    back = loads(dumps(pipeline))
    assert back == pipeline
    first, second = (augment(photograph, found, 4, 1, 2) for found in (pipeline, back))
    assert [drawn.transform for drawn in first.drawn] == [name]
    for target in ("image", "mask", "bboxes", "keypoints"):
        same(getattr(first, target), getattr(second, target))
        present = getattr(first, target) is not None
        assert present == (target not in catalog()[name].refuses)


def same(first: Any, second: Any) -> None:
    np.testing.assert_array_equal(first, second)


def test_the_parameters_of_all_transforms_use_every_kind_of_widget() -> None:
    used = {parameter.kind for transform in catalog().values() for parameter in transform.parameters.values()}
    assert used == set(Kind)
