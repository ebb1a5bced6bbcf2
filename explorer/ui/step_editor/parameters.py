"""The form of one step: a table from the kind of a parameter to the widget that edits it.

The draft is the source of truth. Before a widget is drawn, its key is set to the draft's value, but only if they
differ: setting it every time would swallow fast key presses. Changes are committed by the `Field`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explorer.augment.parameters import Kind, Parameter
from explorer.data import fonts
from explorer.figures.palette import rgb
from explorer.texts import Common
from explorer.texts import StepEditor as T
from explorer.ui.components.fields import choice, sync, with_kept_end
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key
from explorer.ui.step_editor import reference_picker
from explorer.ui.step_editor.field import Field

Bounds = tuple[float, float]
_OWN_VALUE = ""  # the choice of none of the words
_BOX_STEP = 0.01


def show(field: Field, error: str | None, caution: str | None = None) -> None:
    """Draw the widget of one parameter, and below it the error or the warning about its value."""
    if field.parameter.nullable:
        _nullable(field)
    if field.value is not None or not field.parameter.nullable:
        _widget(field.parameter, field.value)(field)
    if error:
        st.markdown(f":red[:material/error: {escape(error)}]")
    elif caution:
        st.markdown(f":orange[:material/warning: {escape(caution)}]")


def _with_words(field: Field) -> None:
    """Draw the choice between the parameter's words and another value, and the widget of that value."""
    parameter, value, key = field.parameter, field.value, field.key("word")
    labels = {_OWN_VALUE: T.OWN_VALUE} | {choice.value: choice.label for choice in parameter.choices}
    word = value if isinstance(value, str) and value in labels else _OWN_VALUE
    fallback = 0 if isinstance(parameter.default, str | None) else parameter.default
    shows = field.bound(word, lambda chosen: fallback if chosen == _OWN_VALUE else chosen, "word")
    st.selectbox(field.name, list(labels), format_func=labels.__getitem__, **shows)
    if st.session_state[key] == _OWN_VALUE:
        editor = EDITORS[parameter.kind]
        (editor.widget if editor.fits(value) else _literal)(field)


def _widget(parameter: Parameter, value: Any) -> Callable[[Field], None]:
    """Return the widget of the parameter's kind, or the text field for a value that the widget cannot show."""
    if parameter.choices and parameter.kind is not Kind.CHOICE:
        return _with_words
    known = parameter.kind is not Kind.CHOICE or any(value == choice.value for choice in parameter.choices)
    editor = EDITORS[parameter.kind]
    return editor.widget if known and editor.fits(value) else _literal


def _nullable(field: Field) -> None:
    shows = field.bound(field.value is not None, lambda on: start_value(field.parameter) if on else None, "set")
    st.checkbox(Common.SET.format(name=field.name), **shows)


def start_value(parameter: Parameter) -> Any:
    """Return the first value of a nullable parameter that is switched on."""
    if parameter.default is not None:
        return parameter.default
    if parameter.kind is Kind.CHOICE:
        return next((choice.value for choice in parameter.choices if choice.value is not None), None)
    return EDITORS[parameter.kind].start(parameter.soft_low or 0, parameter.soft_high or 1)


def _bool(field: Field) -> None:
    st.toggle(field.name, **field.bound(bool(field.value), bool))


def _choice(field: Field) -> None:
    labels = {choice.value: choice.label for choice in field.parameter.choices}
    if None in labels:
        labels[None] = T.NONE_DEFAULT if field.parameter.default is None else T.NONE
    choice(field.name, field.key(), labels, field.value, field.commit, field.help)


def _number(field: Field) -> None:
    parameter = field.parameter
    kind: Callable[[Any], Any] = int if parameter.kind is Kind.INT else float
    value, widget = kind(field.value), ["exact"] if exact() else []
    step = kind(parameter.step or (1 if kind is int else 0.01))
    shared = {"step": step, "format": _format(parameter), **field.bound(value, kind, *widget)}
    if exact():
        st.number_input(field.name, value=value, **shared)
    else:
        low, high = display_bounds(parameter, field.value, field.value)
        st.slider(field.name, kind(low), kind(high), value, **shared)


def _range(field: Field) -> None:
    parameter = field.parameter
    kind: Callable[[Any], Any] = int if parameter.kind is Kind.INT_RANGE else float
    first, second = (kind(end) for end in field.value)
    if exact() or first > second:
        labels = (T.RANGE_LOW.format(name=field.name), T.RANGE_HIGH.format(name=field.name))
        _two_numbers(field, (first, second), labels)
        return
    step = kind(parameter.step or 0.01)
    low, high = display_bounds(parameter, first, second)
    pair = (first, second)
    shows = field.bound(pair, lambda moved: list(map(kind, with_kept_end(pair, moved, step))))
    st.slider(field.name, kind(low), kind(high), pair, step=step, format=_format(parameter), **shows)


def _two_numbers(field: Field, ends: tuple[Any, Any], labels: tuple[str, str]) -> None:
    kind = type(ends[0])
    keys = [field.key(end) for end in ("low", "high")]
    step, form = kind(field.parameter.step or 0.01), _format(field.parameter)

    def changed() -> None:
        field.commit([kind(st.session_state[key]) for key in keys])

    for column, key, end, label in zip(st.columns(2), keys, ends, labels, strict=True):
        sync(key, end)
        column.number_input(label, value=end, key=key, step=step, format=form, on_change=changed, help=field.help)


def _pair(field: Field) -> None:
    first, second = T.PAIR_NAMES.get(field.name, T.PAIR_DEFAULT)
    labels = (f"{field.name}: {first}", f"{field.name}: {second}")
    _two_numbers(field, (int(field.value[0]), int(field.value[1])), labels)


def _fill(field: Field) -> None:
    convert = (lambda color: list(rgb(color))) if field.parameter.color_only else from_color
    st.color_picker(field.name, **field.bound(to_color(field.value), convert))


def to_color(fill: Any) -> str:
    """Return a fill (gray from 0 to 255, or red, green, blue) as `#rrggbb`."""
    channels = fill if isinstance(fill, list | tuple) else [fill] * 3
    return "#" + "".join(f"{round(min(255, max(0, channel))):02x}" for channel in channels[:3])


def from_color(color: str) -> Any:
    """Return `#rrggbb` as a fill: one number for a gray, otherwise three."""
    red, green, blue = rgb(color)
    return red if red == green == blue else [red, green, blue]


def _text(field: Field) -> None:
    st.text_input(field.name, **field.bound(str(field.value), str))


def _font(field: Field) -> None:
    names, value = list(fonts.names()), str(field.value)
    offered = names if field.value in names else [value, *names]  # the error of a missing font is shown at the field
    st.selectbox(field.name, offered, **{**field.bound(value, str), "help": field.help or T.FONT_HELP})


def _box(field: Field) -> None:
    keys = [field.key(axis) for axis in ("across", "down")]
    old = (field.value[0::2], field.value[1::2])

    def changed() -> None:
        moved = [
            with_kept_end(tuple(pair), st.session_state[key], _BOX_STEP) for pair, key in zip(old, keys, strict=True)
        ]
        (left, right), (top, bottom) = moved
        field.commit([float(left), float(top), float(right), float(bottom)])

    for key, (low, high), label in zip(keys, old, (T.BOX_ACROSS, T.BOX_DOWN), strict=True):
        pair = (float(low), float(high))
        sync(key, pair)
        st.slider(
            label.format(name=field.name), 0.0, 1.0, pair, key=key, step=_BOX_STEP, on_change=changed, help=field.help
        )


def _literal(field: Field) -> None:
    text = field.value if isinstance(field.value, str) else json.dumps(field.value)
    shows = field.bound(text, parse_literal, "text")
    st.text_input(field.name, **{**shows, "help": field.help or T.LITERAL_HELP})


def parse_literal(text: str) -> Any:
    """Return the JSON value of `text`; invalid JSON is returned as it is, and validation reports it at the field."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def exact() -> bool:
    """Return whether numbers are typed instead of dragged."""
    return bool(st.session_state.get(Key.EXACT))


def display_bounds(parameter: Parameter, *values: float) -> Bounds:
    """Return the ends of the slider: the soft range, widened to include the given values."""
    low = min(parameter.soft_low if parameter.soft_low is not None else 0, *values)
    high = max(parameter.soft_high if parameter.soft_high is not None else 1, *values)
    return (low, high) if high > low else (low, low + (parameter.step or 1))


def _format(parameter: Parameter) -> str:
    if parameter.kind in (Kind.INT, Kind.INT_RANGE, Kind.INT_PAIR):
        return "%d"
    step = parameter.step or 0.01
    return "%.1f" if step >= 0.1 else "%.2f" if step >= 0.01 else "%.3f" if step >= 0.001 else "%.5f"


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_pair(value: Any) -> bool:
    return _are_numbers(value, 2)


def _are_numbers(value: Any, count: int) -> bool:
    return isinstance(value, list | tuple) and len(value) == count and all(map(is_number, value))


def _are_whole(value: Any) -> bool:
    return is_pair(value) and all(float(end).is_integer() for end in value)


@dataclass(frozen=True)
class Editor:
    """How the values of a kind of parameter are edited.

    Attributes:
        widget: Draws the widget.
        fits: Whether the widget can show a value.
        start: Returns the first value of a nullable parameter that is switched on, from the ends of its soft range.
    """

    widget: Callable[[Field], None]
    fits: Callable[[Any], bool]
    start: Callable[[float, float], Any]


EDITORS: dict[Kind, Editor] = {
    Kind.BOOL: Editor(_bool, lambda value: isinstance(value, bool), lambda low, high: True),
    Kind.INT: Editor(
        _number, lambda value: is_number(value) and float(value).is_integer(), lambda low, high: int((low + high) / 2)
    ),
    Kind.FLOAT: Editor(_number, is_number, lambda low, high: (low + high) / 2),
    Kind.INT_RANGE: Editor(_range, _are_whole, lambda low, high: [int(low), int(high)]),
    Kind.FLOAT_RANGE: Editor(_range, is_pair, lambda low, high: [float(low), float(high)]),
    Kind.INT_PAIR: Editor(_pair, _are_whole, lambda low, high: [int(low), int(high)]),
    Kind.CHOICE: Editor(_choice, lambda value: True, lambda low, high: None),  # starts with its first choice
    Kind.FILL: Editor(_fill, lambda value: is_number(value) or _are_numbers(value, 3), lambda low, high: 0),
    Kind.TEXT: Editor(_text, lambda value: isinstance(value, str), lambda low, high: ""),
    Kind.LITERAL: Editor(_literal, lambda value: True, lambda low, high: []),
    Kind.PICTURES: Editor(reference_picker.show, lambda value: isinstance(value, list), lambda low, high: []),
    Kind.FONT: Editor(_font, lambda value: isinstance(value, str), lambda low, high: fonts.BUILT_IN),
    Kind.BOX: Editor(_box, lambda value: _are_numbers(value, 4), lambda low, high: [0.25, 0.25, 0.75, 0.75]),
}
