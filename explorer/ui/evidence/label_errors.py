"""The list of images whose labels are probably wrong, which a child process looks for when it is asked to."""

from functools import lru_cache

import streamlit as st

from explorer.base.child import ChildError, parsed
from explorer.metrics.label_issues import FEW
from explorer.runs.overview import label_issues
from explorer.runs.overview.label_issues import Found
from explorer.texts import Mistakes as T
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs
from explorer.ui.components import working
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import listed
from explorer.ui.evidence.look import Look
from explorer.ui.evidence.pictures import Caption, percent

JOBS: Jobs[Child] = Jobs(most=1)


def count(seen: Look) -> int | None:
    """Return how many labels are suspicious, once they have been looked for."""
    child = JOBS.get(_job(seen))
    if child is None or child.running:
        return None
    try:
        return len(_answer(child).indices)
    except ChildError:
        return None


def show(seen: Look) -> None:
    """Draw the button that starts the search, its progress, or the suspicious images."""
    st.caption(f"{escape(T.SUSPICIONS)} {escape(T.HOW.format(epoch=seen.number()))}")
    child = JOBS.get(_job(seen))
    if child is not None and child.running:
        working.show(T.SEARCHING, child.seconds, seen.key("labels", _job(seen)), lambda: JOBS.cancel(_job(seen)))
        return
    if child is None or child.canceled:
        if child is not None:
            st.caption(T.CANCELED)
        _start(seen)
        return
    try:
        found = _answer(child)
    except ChildError as error:
        st.error(escape(T.FAILED.format(reason=error)))
        _start(seen)
        return
    _show(seen, found)


def _job(seen: Look) -> str:
    # A resumed run may validate an epoch again.
    return f"{seen.paths.root}:{seen.view.attempt_of(seen.epoch)}:{seen.epoch}"


def _start(seen: Look) -> None:
    begin = label_issues.command(seen.paths, seen.epoch)
    st.button(
        T.SEARCH, key=seen.key("labels", "search"), type="primary", icon=":material/search:",
        on_click=JOBS.start, args=(_job(seen), lambda: Child(begin)),
    )  # fmt: skip
    if JOBS.full:
        st.caption(T.BUSY)


def _answer(child: Child) -> Found:
    return _parsed(child.result())


@lru_cache(maxsize=8)
def _parsed(printed: bytes) -> Found:
    return parsed(Found, printed.decode(errors="replace"))


def _show(seen: Look, found: Found) -> None:
    if found.too_few:
        st.info(T.TOO_FEW.format(few=FEW))
        return
    if found.left_out:
        names = ", ".join(seen.names[index] for index in found.left_out)
        st.caption(escape(T.LEFT_OUT.format(few=FEW, names=names)))
    suggested = dict(zip(found.indices, found.suggested, strict=True))
    nothing = T.NOTHING["labels"].format(epoch=seen.number())
    listed.show(seen, "labels", found.indices, nothing, lambda index: _describe(seen, index, suggested[index]))


def _describe(seen: Look, index: int, suggested: int) -> Caption:
    label, other = seen.names[seen.judged.labels[index]], seen.names[suggested]
    # The suggested class is the most probable one, whatever threshold the run predicts with.
    share = _probability(seen, index, suggested)
    note = T.SUSPECT_NOTE.format(
        own=percent(float(seen.judged.own[index])), label=label, share=percent(share), suggested=other
    )
    words = T.SUSPECT.format(label=label, suggested=other)
    return Caption(words, note, listed.mark(seen, index), listed.details(seen, index))


def _probability(seen: Look, index: int, suggested: int) -> float:
    confidence, own = float(seen.judged.confidence[index]), float(seen.judged.own[index])
    return confidence if int(seen.judged.predicted[index]) == suggested else 1 - own
