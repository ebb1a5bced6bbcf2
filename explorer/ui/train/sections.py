"""The sections of the Train page: the few fields that a first run needs, and the others behind "More" or folded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.runs.machine.machine import Machine
from explorer.texts import Train as T
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import more_key
from explorer.ui.train import data_fields, devices
from explorer.ui.train import values as train_values
from explorer.ui.train.fields import FIELDS
from explorer.ui.train.form import Form, config_name
from explorer.ui.train.relevance import Values, shown_by
from explorer.ui.train.source import shown

Rows = tuple[tuple[str, ...], ...]
COLUMNS = 3


@dataclass(frozen=True)
class Section:
    """rows: fields side by side, at most three, a lone one over all the width. more: those that stand behind "More".

    A section without rows is folded: a first run needs nothing of it. summary: fields whose values its title names.
    """

    rows: Rows
    more: Rows = ()
    summary: tuple[str, ...] = ()

    @property
    def folded(self) -> bool:
        return not self.rows


SECTIONS: dict[str, Section] = {
    "data": Section(
        (
            ("dataset",),
            data_fields.PLACES,
            ("depth",),
            ("depth_low", "depth_high"),
            ("depth_center", "depth_width"),
            ("pipeline",),
        ),
        (data_fields.MORE,),
    ),
    "network": Section(
        (("backbone", "weights", "image_size"), ("weights_file",), ("frozen",)),
        (("unfreeze_epoch", "backbone_lr_factor", "normalise"),),
    ),
    "optimizer": Section(
        (("epochs", "batch_size", "learning_rate"),),
        (
            ("optimizer", "schedule", "weight_decay"),
            ("pct_start", "div_factor", "final_div_factor", "warmup_epochs"),
            ("anneal_strategy", "base_momentum", "max_momentum"),
            ("cycle_momentum", "three_phase"),
            ("momentum", "nesterov"),
            ("gradient_clip", "accumulate", "early_stopping", "monitor"),
        ),
    ),
    "mixing": Section((("mixing",), ("mix_alpha", "mix_probability"))),
    "loss": Section(
        (),
        (
            ("loss", "label_smoothing", "pos_weight", "class_weights", "focal_gamma"),
            ("dropout", "drop_connect", "threshold"),
        ),
        ("loss",),
    ),
    "device": Section(
        (),
        (("accelerator", "precision"), ("gpus",), ("kept_as", "cache_size"), ("workers", "threads")),
        ("accelerator", "precision"),
    ),
    "out": Section((), (("name", "seed", "dataset_seed"), ("loggers",)), ("name", "seed")),
}


def section_behind(name: str) -> str | None:
    """The section whose "More" holds a field; None for a field that is in sight."""
    return next((key for key, section in SECTIONS.items() if name in _names(section.more)), None)


def draw(form: Form, key: str) -> None:
    """The fields in sight, under the title of the section."""
    if not SECTIONS[key].folded:
        st.markdown(f"**{T.SECTIONS[key]}**", help=T.SECTION_HELP.get(key))
        _rows(form, SECTIONS[key].rows)


def draw_more(form: Form, key: str) -> None:
    """The fields behind "More", open where one of them is wrong. While they are closed, a summary stands there."""
    names = [name for name in _names(SECTIONS[key].more) if _is_shown(form, name)]
    if not names:
        return
    state = more_key(key)
    if any(config_name(name) in form.errors for name in names):
        st.session_state[state] = True
    # Its title stays: another one would be another expander, and closed.
    title = f"**{T.SECTIONS[key]}**" if SECTIONS[key].folded else T.MORE[key]
    with st.expander(title, key=state, on_change="rerun") as more:
        if more.open:
            _rows(form, SECTIONS[key].more)
            return
    if summary := _summary(form, key, names):
        st.caption(escape(summary))
    for name in names:
        if message := form.cautions.get(config_name(name)):
            st.markdown(f":orange[:material/warning: {escape(message)}]")
        form.drawn.add(config_name(name))


def _summary(form: Form, key: str, names: Sequence[str]) -> str:
    """The values that a folded section always tells, and those that were changed."""
    always = SECTIONS[key].summary
    words = [T.SUMMARY_OF.get(name, "{value}").format(value=shown(name, form.values[name])) for name in always]
    changed = _changed(form, [name for name in names if name not in always])
    return " · ".join(filter(None, [", ".join(words), T.CHANGED.format(fields=changed) if changed else ""]))


def _changed(form: Form, names: Sequence[str]) -> str:
    found = [
        T.SET_ONE.format(field=data_fields.LABELS[name], value=shown(name, form.values[name]))
        for name in names
        if form.values[name] != train_values.DEFAULTS[name]
    ]
    return ", ".join(found)


def _rows(form: Form, rows: Rows) -> None:
    for row in rows:
        names = [name for name in row if _is_shown(form, name)]
        width = min(len(row), COLUMNS)
        for start in range(0, len(names), width):
            _side_by_side(form, names[start : start + width], width)


def _side_by_side(form: Form, names: Sequence[str], width: int) -> None:
    if width == 1:
        FIELDS[names[0]](form, names[0])
        return
    for column, name in zip(st.columns(width), names, strict=False):
        with column:
            FIELDS[name](form, name)


def place_of(name: str, values: Values, machine: Machine | None) -> str:
    """The field itself where it is on the page, else the one that can be set so that it appears."""
    found = shown_by(name, values)
    return "accelerator" if found == "gpus" and not devices.several_gpus(machine, values) else found


def _is_shown(form: Form, name: str) -> bool:
    return place_of(name, form.values, form.machine) == name


def _names(rows: Rows) -> Iterator[str]:
    return (name for row in rows for name in row)
