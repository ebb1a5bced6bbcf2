"""All runs as rows that can be searched, sorted, opened, and tidied up several at a time."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import streamlit as st

from explorer.runs.capacity import in_words
from explorer.runs.status import State
from explorer.runs.summary import RunSummary
from explorer.runs.words import clock, span
from explorer.texts import Runs
from explorer.texts import RunsList as T
from explorer.ui.components.parts import component
from explorer.ui.palette import STATE_COLOURS

Op = Literal["archive", "unarchive", "delete", "keep_best"]
MAX_PROSE = 200  # characters of reason and note that travel: the page of the run has all of it

_component = component("run_list")
_ORDER = tuple(State)
_WORDS = {
    "states": Runs.STATES,
    "colours": STATE_COLOURS,
    "list": T.LIST,
    "keys": T.KEYS,
    "search": T.SEARCH,
    "search_hint": T.SEARCH_HINT,
    "any_state": T.ANY_STATE,
    "living": T.LIVING,
    "over": T.OVER,
    "any_tag": T.ANY_TAG,
    "fields": T.FIELDS,
    "sorts": T.SORTS,
    "turn": T.TURN,
    "archived": T.ARCHIVED,
    "probes": T.PROBES,
    "columns": T.COLUMNS,
    "sort_by": T.SORT_BY,
    "compare": T.COMPARE,
    "archived_mark": T.ARCHIVED_MARK,
    "count": T.COUNT,
    "chosen": T.CHOSEN,
    "select": T.SELECT,
    "select_all": T.SELECT_ALL,
    "tag_hint": T.TAG_HINT,
    "nothing": T.NOTHING,
    "show_all": T.SHOW_ALL,
    "archive": T.ARCHIVE,
    "unarchive": T.UNARCHIVE,
    "remove": T.DELETE,
    "keep_best": T.KEEP_BEST,
    "keep_best_asked": T.KEEP_BEST_ASKED,
    "keep_best_yes": T.KEEP_BEST_YES,
    "no": T.NO,
    "clear_choice": T.CLEAR_CHOICE,
}


@dataclass(frozen=True)
class Request:
    """What the browser asks to be done to runs; their ids are not looked at yet."""

    op: Op
    ids: tuple[str, ...]


def rows(runs: Sequence[RunSummary], now: float) -> list[dict[str, Any]]:
    """What each row shows, and what it is sorted by. now: seconds since 1970."""
    return [_row(run, now) for run in runs]


def _row(run: RunSummary, now: float) -> dict[str, Any]:
    auroc, f1 = (_number(run.best.get(name)) for name in ("auroc", "f1_macro"))
    return {
        "id": run.id,
        "at": run.started,
        "state": run.status.state,
        "rank": _ORDER.index(run.status.state),
        "alive": not run.status.over,
        "reason": _cut(run.status.reason),
        "name": run.name,
        "probe": run.kind in Runs.KINDS,
        "what": " · ".join(filter(None, [Runs.KINDS.get(run.kind), run.dataset, run.backbone])),
        "pipeline": run.pipeline or T.NO_PIPELINE,
        "auroc": auroc,
        "score": _score(auroc),
        "f1": f1,
        "score-f1": _score(f1),
        "bytes": run.bytes,
        "size": "" if run.bytes is None else in_words(run.bytes),
        "seconds": run.worked_s,
        "took": "" if run.worked_s is None else span(run.worked_s),
        "epochs": _epochs(run),
        "started": _since(run, now),
        "tags": list(run.meta.tags),
        "note": _cut(run.meta.note),
        "archived": run.meta.archived,
    }


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _score(value: float | None) -> str:
    return "" if value is None else T.SCORE.format(value=value)


def _since(run: RunSummary, now: float) -> str:
    words = T.QUEUED if run.status.state is State.QUEUED else T.STARTED
    return words.format(time=clock(run.started, now)) if run.started else ""


def _cut(text: str) -> str:
    return text if len(text) <= MAX_PROSE else f"{text[:MAX_PROSE]}…"


def _epochs(run: RunSummary) -> str:
    if run.kind in Runs.KINDS:
        return ""  # it trains no epochs
    words = T.EPOCHS_DONE if run.asked_epochs is None else T.EPOCHS
    return words.format(done=run.epochs, asked=run.asked_epochs)


def show(runs: Sequence[RunSummary], key: str, on_open: Callable[[], None], on_act: Callable[[], None]) -> None:
    """Mount the list. An opened run arrives as `opened(key)`, what is to be done to several as `requested(key)`."""
    _component(
        data={"runs": rows(runs, time.time()), "words": _WORDS}, key=key, on_open_change=on_open, on_act_change=on_act
    )


def opened(key: str) -> str | None:
    """The id of the run that was just opened, or None."""
    found = getattr(st.session_state.get(key), "open", None)
    return None if found is None else str(found)


def requested(key: str) -> Request | None:
    """What was just asked for, or None where that is nothing or malformed."""
    return received(getattr(st.session_state.get(key), "act", None))


def received(sent: Any) -> Request | None:
    """What the browser has sent, checked for its form."""
    if not isinstance(sent, Mapping) or sent.get("op") not in get_args(Op):
        return None
    ids = sent.get("ids")
    if not isinstance(ids, Sequence) or isinstance(ids, str) or not all(isinstance(one, str) for one in ids):
        return None
    return Request(sent["op"], tuple(dict.fromkeys(ids)))
