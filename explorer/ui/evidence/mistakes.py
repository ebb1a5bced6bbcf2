"""The Mistakes section of a run's page: lists of the images that say most about what the network gets wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import streamlit as st

from explorer.metrics import mistakes
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.flags import flagged
from explorer.runs.spec.config import threshold_of
from explorer.texts import Evidence as Words
from explorer.texts import Mistakes as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import changed_sides, flagging, label_errors, listed, look
from explorer.ui.evidence.look import Look
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key

MOST_PAIRS = 300  # that can be chosen
_OVER_EPOCHS = ("never", "forgotten")  # lists that are about all epochs


# A tick of a run that trains has the same judgments as the one before, and need not sort them again.
_by_loss = lru_cache(maxsize=4)(mistakes.by_loss)
_confident_errors = lru_cache(maxsize=4)(mistakes.confident_errors)
_confused_pairs = lru_cache(maxsize=4)(mistakes.confused_pairs)
_of_pair = lru_cache(maxsize=8)(mistakes.of_pair)


@dataclass(frozen=True)
class Listing:
    """A list of images.

    Attributes:
        count: Returns how many images it has; None where that says nothing, or takes too long to know.
        show: Draws it.
    """

    count: Callable[[Look], int | None]
    show: Callable[[Look], None]


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    """Draw the section; it runs again each second while the run trains."""
    if not snapshot.epochs:
        st.caption(T.NEVER if snapshot.status.over else T.COMES)
        return
    judgments = look.judgments_of(evidence, threshold_of(snapshot.config))
    scored = evidence.scored(point.epoch for point in snapshot.epochs)
    if not scored:
        st.info(_why_not(evidence, snapshot.epochs[-1].epoch))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        place = st.container(width="stretch")
        epoch, note = look.choose_epoch(view, snapshot, scored)
    try:
        judged = judgments.of(epoch)
    except ValueError as error:
        st.error(escape(T.BROKEN.format(epoch=epoch + 1, reason=error)))
        return
    if judged is None:
        st.info(_why_not(evidence, epoch))
        return
    best = look.best_of(view, snapshot, scored)
    found, _ = flagging.read(view.paths)
    seen = Look(view, snapshot, evidence, judgments, scored, best, epoch, judged, found)
    with place:
        chosen = _chosen(seen)
    with st.container():
        st.caption(" ".join(filter(None, [_words(seen, chosen), escape(note), look.threshold_note(seen)])))
        LISTS[chosen].show(seen)


def _why_not(evidence: Evidence, epoch: int) -> str:
    absent = evidence.why_not(epoch)
    reason = Words.WHY_NOT[absent.code].format(**absent.values) if absent is not None else ""
    return escape(T.NO_SCORES.format(epoch=epoch + 1, reason=reason))


def _chosen(seen: Look) -> str:
    counts = {name: listing.count(seen) for name, listing in LISTS.items()}
    words = {
        name: T.LIST_TITLES[name] if count is None else T.COUNTED.format(title=T.LIST_TITLES[name], count=count)
        for name, count in counts.items()
    }
    first = next(iter(LISTS))
    return (
        st.segmented_control(
            T.LISTS, list(LISTS), default=first, required=True, key=widget_key("mistakes", seen.snapshot.id, "list"),
            format_func=words.__getitem__,
        )
        or first
    )  # fmt: skip


def _words(seen: Look, name: str) -> str:
    words = T.LIST_WORDS[name]
    if name not in _OVER_EPOCHS:
        return escape(words.format(epoch=seen.number()))
    epochs, every = seen.course.epochs, len(seen.snapshot.epochs)
    of = (T.ALL_EPOCHS if len(epochs) == every else T.SCORED_EPOCHS).format(count=len(epochs), all=every)
    last = seen.number(epochs[-1]) if epochs else 0
    return escape(words.format(epoch=seen.number(), epochs=of, last=last))


# The lists


def _errors(seen: Look) -> None:
    nothing = T.NOTHING["errors"].format(epoch=seen.number())
    listed.show(seen, "errors", _confident_errors(seen.judged), nothing)


def _losses(seen: Look) -> None:
    listed.show(seen, "losses", _by_loss(seen.judged), T.NOTHING["losses"])


def _pairs(seen: Look) -> None:
    pairs = _confused_pairs(seen.judged, len(seen.names))
    if not pairs:
        listed.show(seen, "pairs", (), T.NOTHING["pairs"].format(epoch=seen.number()))
        return
    words = {
        f"{pair.true}:{pair.predicted}": T.PAIR_OPTION.format(
            true=seen.names[pair.true], predicted=seen.names[pair.predicted], count=pair.count
        )
        for pair in pairs[:MOST_PAIRS]
    }
    key = seen.key("pair")
    if st.session_state.get(key) not in words:
        st.session_state.pop(key, None)
    chosen = st.selectbox(T.PAIR, list(words), key=key, format_func=words.__getitem__, width=420)
    if len(pairs) > MOST_PAIRS:
        st.caption(T.PAIRS_CUT.format(shown=MOST_PAIRS, count=len(pairs)))
    true, predicted = map(int, chosen.split(":"))
    listed.show(seen, "pairs", _of_pair(seen.judged, true, predicted), "")


def _never(seen: Look) -> None:
    found = mistakes.highest_first(seen.course.never_learned, seen.judged.loss)
    listed.show(seen, "never", found, T.NOTHING["never"])


def _forgotten(seen: Look) -> None:
    if len(seen.course.epochs) < 2:
        listed.show(seen, "forgotten", (), T.ONE_EPOCH)
        return
    found = mistakes.highest_first(seen.course.forgotten, seen.judged.loss)
    listed.show(seen, "forgotten", found, T.NOTHING["forgotten"])


def _flagged(seen: Look) -> None:
    _, problem = flagging.read(seen.paths)
    if problem:
        st.error(escape(T.FLAGS_UNREADABLE.format(reason=problem)))
        return
    found = [flag.index for flag in flagged(seen.flags) if 0 <= flag.index < len(seen.judged)]
    if found:
        flagging.export(seen.paths, seen.flags, seen.judged, seen.names, seen.epoch)

    def describe(index: int) -> Caption:
        caption, note = listed.describe_image(seen, index), " ".join(seen.flags[index].note.split())
        return replace(caption, note="\n".join(filter(None, [caption.note, note])))

    listed.show(seen, "flagged", found, T.NOTHING["flagged"], describe)


LISTS: Mapping[str, Listing] = {
    "errors": Listing(lambda seen: len(_confident_errors(seen.judged)), _errors),
    "losses": Listing(lambda _: None, _losses),
    "pairs": Listing(lambda _: None, _pairs),
    "changed": Listing(changed_sides.count, changed_sides.show),
    "never": Listing(lambda seen: None if seen.heavy else len(seen.course.never_learned), _never),
    "forgotten": Listing(lambda seen: None if seen.heavy else len(seen.course.forgotten), _forgotten),
    "labels": Listing(label_errors.count, label_errors.show),
    "flagged": Listing(lambda seen: len(flagged(seen.flags)), _flagged),
}
