"""The list of images that changed sides between two epochs."""

from functools import lru_cache

import streamlit as st

from explorer.metrics.mistakes import Changed, changed
from explorer.texts import Mistakes as T
from explorer.ui.evidence import listed
from explorer.ui.evidence.look import Look
from explorer.ui.evidence.pictures import Caption, percent

_LOST, _GAINED = "lost", "gained"


def count(seen: Look) -> int | None:
    """Return how many images changed sides between the two chosen epochs; None if they cannot be compared."""
    before, after = _chosen(seen)
    found = _between(seen, before, after) if before != after else None
    return None if found is None else len(found.lost) + len(found.gained)


def show(seen: Look) -> None:
    """Draw the choice of two epochs, and the images of one direction."""
    if len(seen.scored) < 2:
        listed.show(seen, "changed", (), T.ONE_EPOCH)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        before, after = (
            st.selectbox(
                title, seen.scored, seen.scored.index(default), key=seen.key("changed", name), width=150,
                format_func=lambda epoch: T.NUMBER.format(epoch=epoch + 1),
            )
            for title, name, default in zip((T.BEFORE, T.AFTER), ("from", "to"), _defaults(seen), strict=True)
        )  # fmt: skip
        place = st.container(width="content")
    found = _between(seen, before, after)
    if before == after or found is None:
        st.info(T.SAME_EPOCH if before == after else T.OTHER_IMAGES)
        return
    words = {_LOST: T.LOST.format(count=len(found.lost)), _GAINED: T.GAINED.format(count=len(found.gained))}
    with place:
        side = st.segmented_control(
            T.SIDES, list(words), default=_LOST, required=True, key=seen.key("changed", "side"),
            format_func=words.__getitem__,
        )  # fmt: skip
    images = found.gained if side == _GAINED else found.lost
    listed.show(seen, "changed", images, T.NOTHING["changed"], lambda index: _describe(seen, index, before, after))


def _defaults(seen: Look) -> tuple[int, int]:
    """The first epoch and the best one, or the latest one if the best is the first."""
    first = seen.scored[0]
    return first, seen.best if seen.best != first else seen.scored[-1]


def _chosen(seen: Look) -> tuple[int, int]:
    """The two epochs that were chosen last, as far as their scores are still stored."""
    before, after = (
        chosen if (chosen := st.session_state.get(seen.key("changed", name))) in seen.scored else default
        for name, default in zip(("from", "to"), _defaults(seen), strict=True)
    )
    return before, after


def _describe(seen: Look, index: int, before: int, after: int) -> Caption:
    """The words about an image: what both epochs predicted."""
    said = []
    for epoch in (before, after):
        if (judged := seen.judgments.of(epoch)) is not None:
            name, share = seen.names[judged.predicted[index]], float(judged.confidence[index])
            said.append(T.SAID.format(epoch=seen.number(epoch), predicted=name, share=percent(share)))
    title = T.LABELED.format(true=seen.names[seen.judged.labels[index]])
    return Caption(title, "\n".join(said), listed.mark(seen, index), listed.details(seen, index))


_changed = lru_cache(maxsize=4)(changed)  # a tick that has nothing new compares nothing


def _between(seen: Look, before: int, after: int) -> Changed | None:
    """The images that changed sides; None if the two epochs cannot be compared."""
    try:
        first, second = seen.judgments.of(before), seen.judgments.of(after)
        return None if first is None or second is None else _changed(first, second)
    except ValueError:
        return None
