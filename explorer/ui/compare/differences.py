"""The metrics of two compared runs with the interval of each difference, and of all runs against the reference."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.base.words import chance, number, signed
from explorer.metrics.paired_bootstrap import Difference
from explorer.metrics.pairs import McNemar
from explorer.metrics.resampling import DRAWS
from explorer.metrics.table import EVERY, HEADLINES, LISTED, LOSS, SCORES
from explorer.runs.overview.comparison import Changed, ChangedDice, NotComparable, pair_of, side_of
from explorer.texts import Compare as T
from explorer.ui.compare.readers import Compared
from explorer.ui.components.markdown import cell, escape, table
from explorer.ui.session.keys import widget_key


@dataclass(frozen=True, eq=False)
class Found:
    """What two runs on the same images differ in.

    Attributes:
        images: How many images both have.
        complete: Whether those are all images of both.
        notes: Sentences to show with it.
        differences: Each metric.
        mcnemar: The images that both models get right and wrong; None where images have more than one answer.
        lost, won: The images that only A gets right, and those that only B does.
        dice: Of masks, the images whose Dice is lower in B, and those whose Dice is higher.
    """

    images: int
    complete: bool
    notes: tuple[str, ...]
    differences: dict[str, Difference]
    mcnemar: McNemar | None
    lost: list[Changed]
    won: list[Changed]
    dice: tuple[list[ChangedDice], list[ChangedDice]]


@dataclass(frozen=True)
class Refused:
    """Why two runs cannot be compared image by image, and on how many common images they could be, or 0."""

    why: str
    common: int = 0


def found_for(a: Compared, b: Compared) -> Found | Refused:
    """Compare two runs at their best epochs, on their common images where a person has asked for that."""
    common = bool(st.session_state.get(_common_key(a, b)))
    return _found(a.best_stamp, b.best_stamp, common, a, b)


# Without the scores of both runs, which may have 64 MB each.
@st.cache_resource(max_entries=256, show_spinner=False)
def _found(stamp_a: Hashable, stamp_b: Hashable, common: bool, _a: Compared, _b: Compared) -> Found | Refused:
    del stamp_a, stamp_b  # the key of the cache
    try:
        a, b = (side_of(run.view, run.snapshot, run.name) for run in (_a, _b))
        pair = pair_of(a, b, common=common)
    except NotComparable as error:
        return Refused(str(error), error.common)
    return Found(
        len(pair.labels),
        pair.alignment.complete,
        pair.notes,
        pair.differences(),
        pair.mcnemar(),
        *pair.changed_sides(),
        pair.changed_dice(),
    )


def _common_key(a: Compared, b: Compared) -> str:
    return widget_key("compare_common", a.id, b.id)


def show(runs: Sequence[Compared]) -> None:
    """Draw the differences to the reference, which is the first run."""
    if len(runs) < 2:
        return
    if len(runs) > 2:
        _all(runs)
    other = chosen_other(runs)
    _one(runs[0], other)


def chosen_other(runs: Sequence[Compared], key: str = "compare_other") -> Compared:
    """Return the run that is compared with the reference, and draw the choice where there are several."""
    reference, *others = runs
    if len(others) == 1:
        return others[0]
    by_id = {run.id: run for run in others}
    chosen = st.selectbox(
        escape(T.OTHER.format(name=reference.name)), list(by_id), key=widget_key(key),
        format_func=lambda run_id: by_id[run_id].name if run_id in by_id else run_id, width=420,
    )  # fmt: skip
    return by_id.get(chosen, others[0])


def _all(runs: Sequence[Compared]) -> None:
    """Draw one metric of all runs against the reference."""
    reference, *others = runs
    task = reference.snapshot.task
    keys = [one.key for one in SCORES[task]]
    metric = st.selectbox(
        T.METRIC, keys, index=keys.index(HEADLINES[task]),
        key=widget_key("compare_difference_metric"), format_func=lambda key: EVERY[key].title, width=240,
    )  # fmt: skip
    rows, whys = [], []
    with st.spinner(T.COMPUTING, show_time=True):
        for run in others:
            found = found_for(reference, run)
            if isinstance(found, Refused):
                whys.append(found.why)
                rows.append([cell(run.name), _number(_value(run, metric)), T.NO_VALUE, T.NO_INTERVAL, T.NO_VALUE])
                continue
            one, sides = found.differences[metric], found.mcnemar
            words = {"won": sides.only_b, "lost": sides.only_a, "p": chance(sides.p)} if sides else {}
            split = T.SPLIT.format(**words) if words else T.NO_VALUE
            rows.append([cell(run.name), _number(one.b), _change(one), _interval(one), cell(split)])
    first = T.REFERENCE_VALUE.format(name=cell(reference.name))
    st.markdown(table(T.ALL_HEAD, [[first, _number(_value(reference, metric)), "", "", ""], *rows]))
    for why in dict.fromkeys(whys):
        st.caption(escape(why))


def _one(a: Compared, b: Compared) -> None:
    """Draw all metrics of two runs."""
    found = found_for(a, b)
    for name, run in ((T.A, a), (T.B, b)):
        epoch = "" if run.best is None else T.AT_EPOCH.format(epoch=run.best.number)
        so_far = "" if run.snapshot.status.over else T.SO_FAR
        st.markdown(name.format(name=escape(run.name)) + epoch + so_far)
    if isinstance(found, Refused):
        _refused(a, b, found)
        return
    for note in found.notes:
        st.info(escape(note))
    st.markdown(T.THESE_TWO)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(f"**{T.METRICS}**", help=T.INTERVAL_HELP.format(images=found.images, draws=DRAWS))
        rows = [
            [cell(EVERY[key].title), _number(one.a), _number(one.b), _change(one), _interval(one)]
            for key, one in found.differences.items()
        ]
        loss = [_number(_value(run, LOSS)) for run in (a, b)]
        rows.append([cell(EVERY[LOSS].title), *loss, _loss_change(a, b), T.NO_INTERVAL])
        st.markdown(table(T.PAIR_HEAD, rows))
        for key, one in found.differences.items():
            for side, why in one.undefined.items():
                st.caption(escape(T.UNDEFINED_WHY.format(title=EVERY[key].title, side=side, why=why)))
        if any(one.approximate for one in found.differences.values()):
            st.caption(escape(T.APPROXIMATE))
        st.caption(T.LOSS_NOTE)
    with right:
        if found.mcnemar is not None:
            _sides(found.mcnemar)
    if not found.complete:
        st.button(T.ALL_IMAGES, key=widget_key("compare_whole"), on_click=_ask, args=(_common_key(a, b), False))


def _refused(a: Compared, b: Compared, found: Refused) -> None:
    st.info(escape(T.NOT_COMPARED.format(why=found.why)))
    if found.common:
        words = T.COMMON.format(count=found.common)
        st.button(words, key=widget_key("compare_on_common"), on_click=_ask, args=(_common_key(a, b), True))
    rows = [
        [cell(metric.title), _number(_value(a, key)), _number(_value(b, key))]
        for key, metric in LISTED[a.snapshot.task].items()
    ]  # fmt: skip
    st.markdown(table(T.VALUES_HEAD, rows))


def _ask(key: str, common: bool) -> None:
    st.session_state[key] = common


def _sides(found: McNemar) -> None:
    st.markdown(f"**{T.MCNEMAR}**", help=T.MCNEMAR_HELP)
    rows = [
        [f"**{T.MCNEMAR_A_RIGHT}**", f"{found.both_right:,}", f"{found.only_a:,}"],
        [f"**{T.MCNEMAR_A_WRONG}**", f"{found.only_b:,}", f"{found.both_wrong:,}"],
    ]
    st.markdown(table(T.MCNEMAR_HEAD, rows))
    changed = found.only_a + found.only_b
    images = changed + found.both_right + found.both_wrong
    split = {"changed": changed, "won": found.only_b, "lost": found.only_a}
    st.markdown(escape(T.MCNEMAR_SAYS.format(**split, images=images, p=chance(found.p))))


def _value(run: Compared, metric: str) -> float | None:
    value = math.nan if run.best is None else run.best.value(metric)
    return value if math.isfinite(value) else None


def _number(value: float | None) -> str:
    return T.UNDEFINED if value is None else number(value)


def _change(one: Difference) -> str:
    if one.difference is None:
        return T.NO_VALUE
    text = cell(signed(one.difference))
    return f"**{text}**" if one.clear else text


def _interval(one: Difference) -> str:
    if one.low is None or one.high is None:
        return T.NO_INTERVAL
    if one.none:
        return T.NO_DIFFERENCE
    words = T.INTERVAL.format(low=signed(one.low), high=signed(one.high))
    return cell(f"{words} ~" if one.approximate else words)


def _loss_change(a: Compared, b: Compared) -> str:
    values = _value(a, LOSS), _value(b, LOSS)
    if values[0] is None or values[1] is None:
        return T.NO_VALUE
    return cell(signed(values[1] - values[0]))
