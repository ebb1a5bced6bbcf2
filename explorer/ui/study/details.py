"""The step that is selected: its verdict in full, who pays for it, the images that changed sides, and the numbers."""

from collections.abc import Callable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.figures import class_effects, effect_words
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.changed import Changed
from explorer.metrics.verdicts.effects import Effect
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.spec.config import RunConfig
from explorer.texts import Study as T
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape, table
from explorer.ui.evidence import pictures
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key
from explorer.ui.study.reading import Seen
from explorer.ui.study.sources import source_of

_WIDTH = 760  # px of the effects by class


def show(view: RunView, snapshot: RunSnapshot, config: RunConfig, seen: Seen, row: int) -> None:
    """Draw the selected row; of its tabs only the open one is computed."""
    effect, name = seen.rows[row], seen.names[row]
    whole = seen.effects.gate is not None and row == 0
    said = effect_words.sentence(effect, T.WHOLE if whole else f"**{escape(name)}**", seen.effects)
    st.markdown(marked(said, effect))
    _alarm(seen, row)
    tabs = st.tabs([T.CLASSES, T.CHANGED, T.NUMBERS], key=widget_key("study", snapshot.id, "detail"), on_change="rerun")
    drawn: tuple[Callable[[], None], ...] = (
        lambda: _classes(snapshot, seen, row),
        lambda: _changed(view, snapshot, config, seen, effect),
        lambda: _numbers(seen, row),
    )
    for tab, draw in zip(tabs, drawn, strict=True):
        if tab.open:
            with tab:
                draw()


def marked(sentence: str, effect: Effect) -> str:
    """Return a sentence with a mark that it is no verdict, where it is none."""
    return sentence if effect.word is not None else T.MARKED.format(words=T.SO_FAR, sentence=sentence)


def _alarm(seen: Seen, row: int) -> None:
    """Warn where the mean rises and a class falls."""
    found = seen.classes(row)
    if found.alarm:
        names = ", ".join(escape(seen.found.images.classes[index]) for index in found.alarm)
        words = T.ALARM_ONE if len(found.alarm) == 1 else T.ALARM
        st.warning(
            words.format(classes=names, mean=effect_words.amount(found.mean, "accuracy")), icon=":material/warning:"
        )


def _classes(snapshot: RunSnapshot, seen: Seen, row: int) -> None:
    found, names = seen.classes(row), seen.found.images.classes
    figure = class_effects.figure(names, found)
    with st.container(width=_WIDTH):
        plot.show(figure, T.CLASSES, widget_key("chart", snapshot.id, "classes"))
    drawn, known = len(class_effects.shown(found)), len(found.classes)
    parts = [T.CLASSES_NOTE if seen.effects.speaks else T.CLASSES_NOTE_SO_FAR]
    if drawn < known:
        parts.append(T.CLASSES_CUT.format(drawn=drawn, classes=known))
    st.caption(" ".join(parts))


def _changed(view: RunView, snapshot: RunSnapshot, config: RunConfig, seen: Seen, effect: Effect) -> None:
    found = seen.found.changed((effect.plus, effect.minus))
    if not len(found.won) and not len(found.lost):
        st.info(T.NONE_CHANGED)
        return
    titles = {"won": T.WON.format(count=len(found.won)), "lost": T.LOST.format(count=len(found.lost))}
    side = st.segmented_control(
        T.SIDES, list(titles), default="lost" if len(found.lost) else "won", required=True,
        key=widget_key("study", snapshot.id, "side"), format_func=titles.__getitem__, label_visibility="collapsed",
    )  # fmt: skip
    rows: NDArray[np.int64] = found.lost if side == "lost" else found.won
    source = source_of(view.paths, snapshot, config, seen.found.images)
    key = widget_key("pictures", "study", snapshot.id)
    pictures.show(source, rows, lambda index: _caption(seen, found, index), key, titles[side or "lost"])
    st.caption(T.CHANGED_NOTE)


def _caption(seen: Seen, found: Changed, index: int) -> Caption:
    images, repeats = seen.found.images, found.repeats
    with_it, without = (round(float(share[index]) * repeats) for share in (found.right_plus, found.right_minus))
    note = T.RIGHT_IN.format(with_it=with_it, without=without, repeats=repeats)
    return Caption(images.classes[images.labels[index]], note, text=note)


def _numbers(seen: Seen, row: int) -> None:
    """Draw the numbers behind a verdict, and where the scatter comes from."""
    families = [family for family in (seen.effects, seen.second) if family is not None]
    rows = []
    for family in families:
        effect, metric = (family.main if family.gate is None else (family.gate, *family.main))[row], family.metric
        rows.append((escape(EVERY[metric].title), *_cells(effect, metric)))
    st.markdown(table(T.NUMBERS_HEAD, rows))
    _more_numbers(seen.rows[row], seen)


def _cells(effect: Effect, metric: str) -> tuple[str, ...]:
    if effect.effect is None or effect.low is None or effect.high is None:
        return (escape(effect.why), "", "", "", "", "")
    visible = "–" if effect.visible is None else effect_words.size(effect.visible, metric)
    better = "–" if effect.better is None else effect_words.chance(effect.better)
    return (
        escape(effect_words.amount(effect.effect, metric)),
        escape(effect_words.ends(effect.low, effect.high, metric)),
        escape(effect_words.value(effect.value_plus)),
        escape(effect_words.value(effect.value_minus)),
        escape(better),
        escape(visible),
    )


def _more_numbers(effect: Effect, seen: Seen) -> None:
    st.caption(T.NUMBERS_NOTE)
    if seen.effects.linear:
        st.caption(T.LINEAR)
    if effect.components is not None:
        parts, unit = effect.components, effect_words.unit_of(seen.effects.metric).scale
        with st.expander(T.SCATTER, key=widget_key("study", "scatter"), on_change="rerun") as more:
            if more.open:
                st.markdown(
                    T.SCATTER_OF.format(
                        repeats=parts.repeats**0.5 * unit, images=parts.images**0.5 * unit, rest=parts.rest**0.5 * unit
                    )
                )
