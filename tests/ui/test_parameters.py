"""The widgets' own arithmetic: fills, bounds, literals, and text that must not become markup."""

import pytest

from explorer.augment.catalog import catalog
from explorer.augment.parameters import Kind
from explorer.ui.components.parameters import (
    _FITS,
    WIDGETS,
    display_bounds,
    escape,
    from_colour,
    parse_literal,
    start_value,
    to_colour,
)


@pytest.mark.parametrize(("fill", "colour"), [(0, "#000000"), (255, "#ffffff"), ([255, 128, 0], "#ff8000")])
def test_a_fill_and_its_colour_are_each_other(fill: object, colour: str) -> None:
    assert to_colour(fill) == colour
    assert from_colour(colour) == fill


def test_every_kind_has_a_widget_and_a_rule_for_what_it_can_show() -> None:
    assert set(WIDGETS) == set(Kind) == set(_FITS)


@pytest.mark.parametrize("name", list(catalog()))
def test_every_starting_value_fits_its_widget(name: str) -> None:
    for parameter in catalog()[name].parameters.values():
        value = start_value(parameter) if parameter.default is None else parameter.default
        assert _FITS[parameter.kind](value), (name, parameter.name, value)


def test_a_slider_stretches_to_show_a_value_beyond_its_soft_range() -> None:
    parameter = catalog()["Affine"].parameters["rotate"]
    assert display_bounds(parameter, -1000.0, 5.0)[0] == -1000.0


@pytest.mark.parametrize(("text", "value"), [("[1, 2]", [1, 2]), ("null", None), ("abc", "abc")])
def test_a_literal_is_json_or_stays_text_for_validation_to_report(text: str, value: object) -> None:
    assert parse_literal(text) == value


def test_foreign_text_cannot_become_markup() -> None:
    assert escape("[x](http://y) <b> $a$ :red[z]").replace("\\", "") == "[x](http://y) <b> $a$ :red[z]"
    assert "[x]" not in escape("[x](y)")
