"""The rules of the pipeline for mask, boxes and keypoints, and those that a person types for the current picture."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.augment import edits
from explorer.augment.pipeline import Draft
from explorer.augment.targets import BoxRules, MaskInterpolation, PointRules, TargetRules
from explorer.data.annotations import format_boxes, format_keypoints
from explorer.figures.palette import CLASS_COLORS
from explorer.texts import Common
from explorer.texts import Targets as T
from explorer.ui.components.fields import bound, choice
from explorer.ui.components.markdown import escape
from explorer.ui.preview.sources import Found
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key
from explorer.ui.session.view import MAX_TYPED, Palette

_STARTING_RATIO = 5.0
_PICKERS = len(CLASS_COLORS)  # further classes start again with the first color, as in the palette
_SHOWN_ROWS = 3


def show(work: workspace.Workspace, found: Found) -> None:
    """Draw the panel; its content is on the page only while it is open."""
    panel = st.popover(
        T.TARGETS_PANEL, key=widget_key("targets"), on_change="rerun", help=T.TARGETS_PANEL_HELP, width="stretch"
    )
    if not panel.open:
        return
    with panel:
        mask, boxes, points = st.tabs([T.MASK_TAB, T.BOXES_TAB, T.POINTS_TAB])
        with mask:
            _mask(work, found)
        with boxes:
            _labels(work, found, "boxes", "boxes", format_boxes)
        with points:
            _labels(work, found, "keypoints", "points", format_keypoints)


# The rules


def _mask(work: workspace.Workspace, found: Found) -> None:
    rules = work.draft.targets
    _switch("use_mask", rules.use_mask)
    choices = [None, *get_args(MaskInterpolation)]
    _choice("mask_interpolation", rules.mask_interpolation, {name: name or T.EACH_STEPS_OWN for name in choices})
    if found.picture.mask:
        _typed("names", work.view.names, found, *T.TYPED["names"])
    _palette(work, found)


def _labels(work: workspace.Workspace, found: Found, group: str, field: str, write: Callable[..., str]) -> None:
    """Draw the rules for boxes or keypoints, the text that a person types for them, and what the pipeline receives."""
    rules = getattr(work.draft.targets, group)
    _rules(group, rules)
    _typed(field, getattr(work.view, field), found, *T.TYPED[field])
    if (own := found.picture.rows({"boxes": "bboxes"}.get(group, group))) is not None:
        height, width = found.picture.size
        _given(write(own, rules.format, width, height))


def _rules(group: str, rules: BoxRules | PointRules) -> None:
    """Draw a widget for each rule, by its type."""
    columns: list[DeltaGenerator] = []
    for name, value in rules:
        rule = f"{group}.{name}"
        if isinstance(value, bool):
            _switch(rule, value)
        elif name == "format":
            _choice(rule, value, {form: form for form in get_args(type(rules).model_fields[name].annotation)})
        elif name == "max_accept_ratio":
            _ratio(rule, value)
        else:
            columns = columns or list(st.columns(2))
            share = name == "min_visibility"
            with columns.pop(0):
                _number(rule, value, 0.0, 1.0 if share else None, step=0.05 if share else 1.0)


def _given(text: str) -> None:
    lines = text.splitlines()
    rows = " · ".join(lines[:_SHOWN_ROWS]) + (" …" if len(lines) > _SHOWN_ROWS else "")
    st.caption(escape(T.AS_GIVEN.format(shown=rows or Common.NONE)))


def _switch(rule: str, value: bool) -> None:
    label, text = T.RULES[rule]
    st.toggle(label, help=text, **_bound(rule, value))


def _choice(rule: str, value: Any, labels: Mapping[Any, str]) -> None:
    label, text = T.RULES[rule]
    choice(label, widget_key("rule", rule), labels, value, lambda chosen: _set(rule, chosen), text)


def _number(rule: str, value: float, low: float, high: float | None, step: float) -> None:
    label, text = T.RULES[rule]
    st.number_input(label, low, high, step=step, help=text, **_bound(rule, float(value)))


def _ratio(rule: str, value: float | None) -> None:
    label, text = T.RULES[rule]
    shows = bound(
        widget_key("rule", rule, "set"), value is not None, lambda on: _set(rule, _STARTING_RATIO if on else None)
    )
    st.checkbox(Common.SET.format(name=label), help=text, **shows)
    if value is not None:
        _number(rule, value, 1.0, None, step=0.5)


def _bound(rule: str, value: Any) -> dict[str, Any]:
    return bound(widget_key("rule", rule), value, lambda changed: _set(rule, changed))


def _set(rule: str, value: Any) -> None:
    def edit(draft: Draft) -> Draft:
        group, _, name = rule.rpartition(".")
        record = draft.targets.model_dump()
        (record[group] if group else record)[name] = value
        return edits.set_targets(draft, TargetRules.model_validate(record))  # model_copy would not validate

    workspace.change(edit, ("targets", rule))


# The current picture


def _typed(field: str, text: str, found: Found, label: str, help_text: str) -> None:
    shows = bound(widget_key("rule", field), text, lambda typed: workspace.look(**{field: typed[:MAX_TYPED]}))
    st.text_area(label, height=90, max_chars=MAX_TYPED, help=help_text, **shows)
    if problem := found.typed_errors.get(field):
        st.error(escape(problem))


def _palette(work: workspace.Workspace, found: Found) -> None:
    shows = bound(widget_key("rule", "palette"), work.view.palette, lambda palette: workspace.look(palette=palette))
    st.selectbox(T.PALETTE, list(Palette), format_func=T.PALETTES.__getitem__, help=T.PALETTE_HELP, **shows)
    if work.view.palette is Palette.FILE and not found.picture.palette:
        st.caption(T.NO_FILE_PALETTE)
    if work.view.palette is Palette.OWN:
        _own_colors(work.view.colours or CLASS_COLORS, found)


def _own_colors(colors: tuple[str, ...], found: Found) -> None:
    names = found.picture.class_names or tuple(Common.CLASS.format(number=n + 1) for n in range(len(colors)))
    names = names[:_PICKERS]
    for at, (column, name) in enumerate(zip(st.columns(4) * (_PICKERS // 4), names, strict=False)):
        shows = bound(
            widget_key("rule", f"color {at}"), colors[at % len(colors)].lower(), partial(_color_changed, at, len(names))
        )
        column.color_picker(T.COLOR_OF.format(name=name), **shows)


def _color_changed(at: int, count: int, color: str) -> None:
    known: Mapping[int, str] = dict(enumerate(workspace.current().view.colours or CLASS_COLORS))
    colors = [known.get(place, CLASS_COLORS[place % len(CLASS_COLORS)]) for place in range(max(count, len(known)))]
    colors[at] = color
    workspace.look(colours=tuple(colors))
