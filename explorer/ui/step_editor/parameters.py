"""The form of one step: a table from the kind of a parameter to the widget that edits it.

The draft is the source of truth. Before a widget is drawn, its key is set to the draft's value, but only if they
differ: setting it every time would swallow fast key presses. Changes come back through `commit`.
"""

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from explorer.augment.parameters import Kind, Parameter
from explorer.data import fonts
from explorer.texts import Common
from explorer.texts import StepEditor as T
from explorer.ui.components.fields import choice, sync, with_kept_end
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.step_editor import reference_picker
from explorer.ui.theme.palette import rgb

Commit = Callable[[str, str, Any], None]  # (node id, parameter, new value)
Bounds = tuple[float, float]
_OWN_VALUE = ""  # the choice of none of the words
_BOX_STEP = 0.01


def show(
    node_id: str, parameter: Parameter, value: Any, error: str | None, commit: Commit, caution: str | None = None
) -> None:
    """Draw the widget of one parameter of one node, and below it the error or the warning about its value."""
    if parameter.nullable:
        value = _nullable(node_id, parameter, value, commit)
    if value is not None or not parameter.nullable:
        _widget(parameter, value)(node_id, parameter, value, commit)
    if error:
        st.markdown(f":red[:material/error: {escape(error)}]")
    elif caution:
        st.markdown(f":orange[:material/warning: {escape(caution)}]")


def _with_words(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    """Draw the choice between the parameter's words and another value, and the widget of that value."""
    key = widget_key(node_id, parameter.name, "word")
    labels = {_OWN_VALUE: T.OWN_VALUE} | {choice.value: choice.label for choice in parameter.choices}
    sync(key, value if isinstance(value, str) and value in labels else _OWN_VALUE)

    def changed() -> None:
        chosen = st.session_state[key]
        fallback = 0 if isinstance(parameter.default, str | None) else parameter.default
        commit(node_id, parameter.name, fallback if chosen == _OWN_VALUE else chosen)

    st.selectbox(parameter.name, list(labels), key=key, on_change=changed, format_func=labels.__getitem__,
                 help=parameter.doc or None)  # fmt: skip
    if st.session_state[key] == _OWN_VALUE:
        widget = WIDGETS[parameter.kind] if _FITS[parameter.kind](value) else _literal
        widget(node_id, parameter, value, commit)


def _widget(parameter: Parameter, value: Any) -> Callable[[str, Parameter, Any, Commit], None]:
    """Return the widget of the parameter's kind, or the text field for a value that the widget cannot show."""
    if parameter.choices and parameter.kind is not Kind.CHOICE:
        return _with_words
    known = parameter.kind is not Kind.CHOICE or any(value == choice.value for choice in parameter.choices)
    if not known or not _FITS[parameter.kind](value):
        return _literal
    return WIDGETS[parameter.kind]


def _nullable(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> Any:
    key = widget_key(node_id, parameter.name, "set")
    sync(key, value is not None)

    def toggled() -> None:
        commit(node_id, parameter.name, start_value(parameter) if st.session_state[key] else None)

    st.checkbox(Common.SET.format(name=parameter.name), key=key, on_change=toggled, help=parameter.doc or None)
    return value


def start_value(parameter: Parameter) -> Any:
    """Return the first value of a nullable parameter that is switched on."""
    if parameter.default is not None:
        return parameter.default
    low, high = parameter.soft_low or 0, parameter.soft_high or 1
    middle = (low + high) / 2
    starts: dict[Kind, Any] = {
        Kind.BOOL: True,
        Kind.INT: int(middle),
        Kind.FLOAT: middle,
        Kind.INT_RANGE: [int(low), int(high)],
        Kind.FLOAT_RANGE: [float(low), float(high)],
        Kind.INT_PAIR: [int(low), int(high)],
        Kind.CHOICE: next((choice.value for choice in parameter.choices if choice.value is not None), None),
        Kind.FILL: 0,
        Kind.TEXT: "",
        Kind.LITERAL: [],
        Kind.PICTURES: [],
        Kind.FONT: fonts.BUILT_IN,
        Kind.BOX: [0.25, 0.25, 0.75, 0.75],
    }
    return starts[parameter.kind]


def _committer(
    node_id: str, parameter: Parameter, commit: Commit, convert: Callable[[Any], Any], widget: str = ""
) -> tuple[str, Any]:
    """Return the key of a widget and its callback.

    A second widget of the same parameter needs a key of its own (`widget`): under the same key it would start at zero.
    """
    key = widget_key(node_id, parameter.name, *([widget] if widget else []))
    return key, lambda: commit(node_id, parameter.name, convert(st.session_state[key]))


def _bool(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    key, changed = _committer(node_id, parameter, commit, bool)
    sync(key, bool(value))
    st.toggle(parameter.name, key=key, on_change=changed, help=parameter.doc or None)


def _choice(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    labels = {choice.value: choice.label for choice in parameter.choices}
    if None in labels:
        labels[None] = T.NONE_DEFAULT if parameter.default is None else T.NONE
    choice(
        parameter.name, widget_key(node_id, parameter.name), labels, value,
        lambda chosen: commit(node_id, parameter.name, chosen), parameter.doc or None,
    )  # fmt: skip


def _number(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    kind: Callable[[Any], Any] = int if parameter.kind is Kind.INT else float
    key, changed = _committer(node_id, parameter, commit, kind, "exact" if exact() else "")
    sync(key, kind(value))
    low, high = display_bounds(parameter, value, value)
    step = kind(parameter.step or (1 if kind is int else 0.01))
    if exact():
        st.number_input(
            parameter.name, value=kind(value), key=key, step=step, format=_format(parameter), on_change=changed,
            help=parameter.doc or None,
        )  # fmt: skip
    else:
        st.slider(
            parameter.name, kind(low), kind(high), kind(value), key=key, step=step, format=_format(parameter),
            on_change=changed, help=parameter.doc or None,
        )  # fmt: skip


def _range(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    kind: Callable[[Any], Any] = int if parameter.kind is Kind.INT_RANGE else float
    first, second = (kind(end) for end in value)
    if exact() or first > second:
        labels = (T.RANGE_LOW.format(name=parameter.name), T.RANGE_HIGH.format(name=parameter.name))
        _two_numbers(node_id, parameter, (first, second), labels, commit)
        return
    step = kind(parameter.step or 0.01)
    key, changed = _committer(
        node_id, parameter, commit, lambda pair: list(map(kind, with_kept_end((first, second), pair, step)))
    )
    sync(key, (first, second))
    low, high = display_bounds(parameter, first, second)
    st.slider(
        parameter.name, kind(low), kind(high), (first, second), key=key, step=step, format=_format(parameter),
        on_change=changed, help=parameter.doc or None,
    )  # fmt: skip


def _two_numbers(
    node_id: str, parameter: Parameter, ends: tuple[Any, Any], labels: tuple[str, str], commit: Commit
) -> None:
    kind = type(ends[0])
    keys = [widget_key(node_id, parameter.name, end) for end in ("low", "high")]

    def changed() -> None:
        commit(node_id, parameter.name, [kind(st.session_state[key]) for key in keys])

    for column, key, end, label in zip(st.columns(2), keys, ends, labels, strict=True):
        sync(key, end)
        with column:
            st.number_input(
                label, value=end, key=key, step=kind(parameter.step or 0.01), format=_format(parameter),
                on_change=changed, help=parameter.doc or None,
            )  # fmt: skip


def _pair(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    first, second = T.PAIR_NAMES.get(parameter.name, T.PAIR_DEFAULT)
    labels = (f"{parameter.name}: {first}", f"{parameter.name}: {second}")
    _two_numbers(node_id, parameter, (int(value[0]), int(value[1])), labels, commit)


def _fill(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    convert = (lambda color: list(rgb(color))) if parameter.color_only else from_color
    key, changed = _committer(node_id, parameter, commit, convert)
    sync(key, to_color(value))
    st.color_picker(parameter.name, key=key, on_change=changed, help=parameter.doc or None)


def to_color(fill: Any) -> str:
    """Return a fill (gray from 0 to 255, or red, green, blue) as `#rrggbb`."""
    channels = fill if isinstance(fill, list | tuple) else [fill] * 3
    return "#" + "".join(f"{round(min(255, max(0, channel))):02x}" for channel in channels[:3])


def from_color(color: str) -> Any:
    """Return `#rrggbb` as a fill: one number for a gray, otherwise three."""
    red, green, blue = rgb(color)
    return red if red == green == blue else [red, green, blue]


def _text(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    key, changed = _committer(node_id, parameter, commit, str)
    sync(key, str(value))
    st.text_input(parameter.name, key=key, on_change=changed, help=parameter.doc or None)


def _font(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    key, changed = _committer(node_id, parameter, commit, str)
    names = list(fonts.names())
    sync(key, str(value))
    offered = names if value in names else [str(value), *names]  # the error of a missing font is shown at the field
    st.selectbox(parameter.name, offered, key=key, on_change=changed, help=parameter.doc or T.FONT_HELP)


def _box(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    keys = [widget_key(node_id, parameter.name, axis) for axis in ("across", "down")]

    def changed() -> None:
        old = (value[0::2], value[1::2])
        moved = [
            with_kept_end(tuple(pair), st.session_state[key], _BOX_STEP) for pair, key in zip(old, keys, strict=True)
        ]
        (left, right), (top, bottom) = moved
        commit(node_id, parameter.name, [float(left), float(top), float(right), float(bottom)])

    for key, (low, high), label in zip(keys, (value[0::2], value[1::2]), (T.BOX_ACROSS, T.BOX_DOWN), strict=True):
        pair = (float(low), float(high))
        sync(key, pair)
        st.slider(
            label.format(name=parameter.name), 0.0, 1.0, pair, key=key, step=_BOX_STEP, on_change=changed,
            help=parameter.doc or None,
        )  # fmt: skip


def _literal(node_id: str, parameter: Parameter, value: Any, commit: Commit) -> None:
    key, changed = _committer(node_id, parameter, commit, parse_literal, "text")
    sync(key, value if isinstance(value, str) else json.dumps(value))
    st.text_input(parameter.name, key=key, on_change=changed, help=parameter.doc or T.LITERAL_HELP)


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


WIDGETS: dict[Kind, Callable[[str, Parameter, Any, Commit], None]] = {
    Kind.BOOL: _bool,
    Kind.INT: _number,
    Kind.FLOAT: _number,
    Kind.INT_RANGE: _range,
    Kind.FLOAT_RANGE: _range,
    Kind.INT_PAIR: _pair,
    Kind.CHOICE: _choice,
    Kind.FILL: _fill,
    Kind.TEXT: _text,
    Kind.LITERAL: _literal,
    Kind.PICTURES: reference_picker.show,
    Kind.FONT: _font,
    Kind.BOX: _box,
}
_FITS: dict[Kind, Callable[[Any], bool]] = {
    Kind.BOOL: lambda value: isinstance(value, bool),
    Kind.INT: lambda value: is_number(value) and float(value).is_integer(),
    Kind.FLOAT: is_number,
    Kind.INT_RANGE: _are_whole,
    Kind.FLOAT_RANGE: is_pair,
    Kind.INT_PAIR: _are_whole,
    Kind.CHOICE: lambda value: True,
    Kind.FILL: lambda value: is_number(value) or _are_numbers(value, 3),
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.LITERAL: lambda value: True,
    Kind.PICTURES: lambda value: isinstance(value, list),
    Kind.FONT: lambda value: isinstance(value, str),
    Kind.BOX: lambda value: _are_numbers(value, 4),
}
