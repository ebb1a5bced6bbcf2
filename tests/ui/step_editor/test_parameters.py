"""The widgets' own arithmetic: fills, bounds, literals, and text that must not become markup."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment.catalog import catalog
from explorer.augment.parameters import Kind
from explorer.augment.pipeline import Draft, Step
from explorer.ui.components.fields import with_kept_end
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace, save
from explorer.ui.step_editor.parameters import (
    EDITORS,
    display_bounds,
    escape,
    from_color,
    parse_literal,
    start_value,
    to_color,
)
from tests.ui.conftest import APP


@pytest.mark.parametrize(("fill", "color"), [(0, "#000000"), (255, "#ffffff"), ([255, 128, 0], "#ff8000")])
def test_a_fill_and_its_color_are_each_other(fill: object, color: str) -> None:
    assert to_color(fill) == color
    assert from_color(color) == fill


def test_every_kind_has_a_widget_and_a_rule_for_what_it_can_show() -> None:
    assert set(EDITORS) == set(Kind)


def test_every_starting_value_fits_its_widget() -> None:
    wrong = []
    for name, offered in catalog().items():
        for parameter in offered.parameters.values():
            value = start_value(parameter) if parameter.default is None else parameter.default
            wrong += [] if EDITORS[parameter.kind].fits(value) else [(name, parameter.name, value)]
    assert wrong == []


def test_a_slider_stretches_to_show_a_value_beyond_its_soft_range() -> None:
    parameter = catalog()["Affine"].parameters["rotate"]
    assert display_bounds(parameter, -1000.0, 5.0)[0] == -1000.0


@pytest.mark.parametrize(("text", "value"), [("[1, 2]", [1, 2]), ("null", None), ("abc", "abc")])
def test_a_literal_is_json_or_stays_text_for_validation_to_report(text: str, value: object) -> None:
    assert parse_literal(text) == value


def test_foreign_text_cannot_become_markup() -> None:
    assert escape("[x](http://y) <b> $a$ :red[z]").replace("\\", "") == "[x](http://y) <b> $a$ :red[z]"
    assert "[x]" not in escape("[x](y)")


def test_an_end_of_a_range_that_was_not_touched_keeps_its_value() -> None:
    drawn = np.random.default_rng(5)
    for _ in range(2000):
        step = float(drawn.choice([0.01, 0.02, 0.05, 0.1, 1.0, 5.0]))
        low, high = sorted(drawn.uniform(0, 100 * step, 2).tolist())
        touched, by = int(drawn.integers(2)), int(drawn.integers(1, 20)) * int(drawn.choice([-1, 1]))
        ends = [low, high]
        ends[touched] += by * step
        sent = tuple(round(end / step) * step for end in ends)  # what a browser makes of both
        if sent[0] <= sent[1]:
            kept = with_kept_end((low, high), sent, step)
            assert kept[touched] == sent[touched], (low, high, sent)
            assert kept[1 - touched] == (low, high)[1 - touched] or kept[0] == kept[1], (low, high, sent)


def opened(step: Step, **view: object) -> AppTest:
    save(Workspace("r" * 22, History(Draft(nodes=(step,))), View(selected=step.id, **view)))  # type: ignore[arg-type]
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["draft"] = "r" * 22
    app.session_state[Key.PLAYING] = False
    return app.run()


def params(app: AppTest) -> dict[str, object]:
    node = app.session_state[Key.WORKSPACE].draft.nodes[0]
    assert isinstance(node, Step)
    return node.params


def test_on_the_page_too_for_every_widget_with_two_ends() -> None:
    ratio = [0.75, 1.3333333333333333]
    crop = Step(id="a", transform="RandomResizedCrop", params={"size": [64, 64], "ratio": ratio})
    app = opened(crop)
    slider = app.slider(key=widget_key("a", "ratio"))
    assert slider.value == tuple(ratio)
    slider.set_value((0.8, 1.35)).run()
    assert params(app)["ratio"] == [0.8, ratio[1]]
    app.slider(key=widget_key("a", "ratio")).set_value((0.8, 1.5)).run()
    assert params(app)["ratio"] == [0.8, 1.5]
    app = opened(Step(id="a", transform="RandomCropNearBBox", params={"box": [0.123, 0.2, 0.7777, 0.9]}))
    app.slider(key=widget_key("a", "box:across")).set_value((0.3, 0.78)).run()
    assert params(app)["box"] == [0.3, 0.2, 0.7777, 0.9]


def test_an_empty_choice_says_what_it_means() -> None:
    app = opened(Step(id="a", transform="LongestMaxSize", params={"max_size": 256}))
    area = app.selectbox(key=widget_key("a", "area_for_downscale"))
    assert area.index is not None
    assert area.options[area.index] == "None (default)"  # and no invitation to choose
    area.select("image").run()
    assert params(app)["area_for_downscale"] == "image"
    app.selectbox(key=widget_key("a", "area_for_downscale")).select("None (default)").run()
    assert "area_for_downscale" not in params(app)
    app.session_state["targets"] = True
    interpolation = app.run().selectbox(key=widget_key("rule", "mask_interpolation"))
    assert interpolation.options[0] == "Each step's own (default)"
    assert interpolation.index == 0
    interpolation.select("INTER_LINEAR").run()
    assert app.session_state[Key.WORKSPACE].draft.targets.mask_interpolation == "INTER_LINEAR"
