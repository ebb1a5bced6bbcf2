"""The page of the study "Does this step help?": the answer first, then the forest plot, and the selected step."""

import streamlit as st

from explorer.figures import effect_words, forest
from explorer.metrics.table import EVERY
from explorer.runs.overview.studies.words import looked_before, short
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.studies.progress import progress_of
from explorer.runs.spec.config import RunConfig
from explorer.runs.state.status import State
from explorer.texts import Study as T
from explorer.ui.components import plot
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key
from explorer.ui.study import details, going_on, latest, planning, proxy, reading
from explorer.ui.study.details import marked
from explorer.ui.study.reading import USUAL_REPEATS, Seen

_BADGES = {"helps": "green", "harms": "orange", "same": "gray", "unknown": "gray", None: "gray"}


def show(view: RunView, snapshot: RunSnapshot) -> None:
    """Draw what a study of effects has found so far."""
    config = snapshot.config
    assert config is not None

    def draw(seen: Seen) -> None:
        _draw(view, snapshot, config, seen)

    latest.watch(
        snapshot.status.over, lambda: reading.look(view.paths, config), lambda: reading.computes(view.paths), draw,
        lambda: _nothing_yet(view, snapshot),
    )  # fmt: skip


def _draw(view: RunView, snapshot: RunSnapshot, config: RunConfig, seen: Seen) -> None:
    # Containers, so that a sentence that appears does not mount the plot again, which would lose its zoom.
    answer, steps, chosen, further = (st.container() for _ in range(4))
    with answer:
        _answer(config, seen)
    with steps:
        row = _steps(snapshot, seen)
    with chosen:
        details.show(view, snapshot, config, seen, row)
    with further:
        if snapshot.status.state is State.FINISHED:
            going_on.show(view, snapshot)


def _nothing_yet(view: RunView, snapshot: RunSnapshot) -> None:
    if reading.computes(view.paths):
        st.info(T.COMPUTING)
    elif snapshot.status.over:
        st.info(T.NO_REPEAT)
    elif snapshot.status.state is not State.QUEUED:
        done = progress_of(snapshot.doing).repeat
        st.info(T.COMPUTING if done else T.FIRST_REPEAT)


def _answer(config: RunConfig, seen: Seen) -> None:
    """Draw the answer about the whole pipeline, and what it rests on."""
    gate = seen.effects.gate
    if gate is not None:
        sentence = effect_words.sentence(gate, T.WHOLE, seen.effects)
        st.markdown(f"#### {marked(sentence, gate)}")
    elif not seen.effects.complete:
        st.caption(T.SO_FAR_OF.format(done=seen.effects.repeats, planned=seen.effects.planned))
    if not speaks(seen) and seen.effects.complete:
        st.info(planning.visible(seen, USUAL_REPEATS))
    st.caption(
        T.RESTS_ON.format(
            images=seen.effects.images, repeats=effect_words.repeats(seen.effects.repeats), folds=seen.found.plan.folds,
            smallest=effect_words.size(seen.effects.smallest, seen.effects.metric),
            metric=EVERY[seen.effects.metric].in_sentence,
        )
    )  # fmt: skip
    if twice := looked_before(seen.found.plan.looked, seen.found.look_before()):
        st.caption(twice)
    proxy.show(config, seen.found.accuracy)


def speaks(seen: Seen) -> bool:
    """Return whether there are verdicts: the planned repeats are done, and they are enough."""
    return seen.effects.speaks


def _steps(snapshot: RunSnapshot, seen: Seen) -> int:
    """Draw the forest plot beside the list of steps, and return the row that is selected."""
    key = widget_key("study", snapshot.id, "row")
    st.markdown(f"**{T.FOREST}**", help=T.FOREST_HELP)
    left, right = st.columns([1.5, 1], gap="medium")
    with right:
        row = _rows(seen, key)
    with left:

        def choose(cell: plot.Cell) -> None:
            if cell[0] < len(seen.rows):
                st.session_state[key] = cell[0]

        figure = forest.forest(seen.names, seen.effects, seen.second, row)
        plot.show(figure, T.FOREST, widget_key("chart", snapshot.id, "forest"), on_cell=choose)
        st.caption(T.FOREST_NOTE if speaks(seen) else T.FOREST_NOTE_SO_FAR)
    return row


def _rows(seen: Seen, key: str) -> int:
    """Draw the rows as a choice, each with its sentence in short, and return the one that is selected."""
    rows = list(range(len(seen.rows)))
    if st.session_state.get(key) not in rows:
        st.session_state[key] = _first(seen)
    # Verdicts are in the captions: Streamlit knows an option by its title, and would lose the row if that changed.
    titles = _row_titles(seen)
    # The index is given too: if the page runs again before the browser has drawn the list, it would show the first row.
    return int(
        st.radio(
            T.STEPS, rows, st.session_state[key], key=key, format_func=titles.__getitem__,
            captions=[_row_caption(seen, row) for row in rows], label_visibility="collapsed",
        )
    )  # fmt: skip


def _first(seen: Seen) -> int:
    """Return the row that is selected at first: of the steps the one with the largest effect for its error."""
    steps = range(1 if seen.effects.gate else 0, len(seen.rows))

    def size(row: int) -> float:
        effect = seen.rows[row]
        return abs(effect.effect or 0.0) / (effect.error or 1.0)

    return max(steps, key=size, default=0)


def _row_titles(seen: Seen) -> list[str]:
    """Return another title for each row; a second step of the same name has its number."""
    names = seen.names
    seconds = [names[:row].count(name) for row, name in enumerate(names)]
    return [
        f"**{escape(name)}**" + (f" ({count + 1})" if count else "") for name, count in zip(names, seconds, strict=True)
    ]


def _row_caption(seen: Seen, row: int) -> str:
    effect, metric = seen.rows[row], seen.effects.metric
    badge = T.BADGE.format(color=_BADGES[effect.word], word=short(effect))
    if effect.effect is None:
        return f"{badge} {escape(effect.why)}"
    said = f"{badge} {effect_words.with_interval(effect, metric)}"
    if effect.word == "unknown":
        return f"{said}. {effect_words.more(effect)}"
    return said
