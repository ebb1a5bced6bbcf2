"""All runs as rows that can be searched, sorted, opened, and changed several at a time."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from explorer.base.words import clock, cut, span
from explorer.figures.palette import STATE_COLORS
from explorer.metrics.table import LISTED, SCORES, listed_for, task_of_values
from explorer.runs.machine.capacity import in_words
from explorer.runs.overview.comparison import MOST_RUNS
from explorer.runs.overview.summary import RunSummary
from explorer.runs.spec.kinds import PROBES
from explorer.runs.state.status import State
from explorer.texts import Common, Probes, Runs, Study
from explorer.texts import RunsList as T
from explorer.ui.components import uploaded
from explorer.ui.components.parts import component, event

Op = Literal["archive", "unarchive", "delete", "keep_best"]
MAX_PROSE = 200  # characters of a reason or a note in the list; the page of the run has all of it
MOST_IDS = 100_000  # that one action may name
MANY = 200  # changed rows from which on all rows are sent again

_component = component("run_list", shared=("run_rows_held", "dom"))
_holder = component("run_rows", seen=False, shared=("run_rows_held",))
_ORDER = tuple(State)
_METRICS = listed_for(LISTED)
_WORDS = T.WORDS | {
    "states": Runs.STATES,
    "colors": STATE_COLORS,
    "metrics": {
        key: {"label": metric.label, "title": metric.title, "better": metric.better} for key, metric in _METRICS.items()
    },
    "tasks": {task: [metric.key for metric in scores[:2]] for task, scores in SCORES.items()},
    "archive": Common.ARCHIVE,
    "unarchive": Common.UNARCHIVE,
    "remove": Common.DELETE,
    "no": Common.CANCEL,
    "most_compared": MOST_RUNS,
}


@dataclass(frozen=True)
class Request:
    """An action on runs that the browser asks for. The ids are not checked yet."""

    op: Op
    ids: tuple[str, ...]


Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Held:
    """The rows that the browser holds, identified by `stamp`."""

    stamp: str
    rows: Mapping[str, Row]


@dataclass(frozen=True, eq=False)
class Changes:
    """The difference to the held rows: new and changed `rows`, and the ids of those that are `gone`."""

    stamp: str
    rows: Sequence[Row]
    gone: Sequence[str]

    @property
    def many(self) -> bool:
        """Whether all rows should be sent again."""
        return len(self.rows) + len(self.gone) > MANY


_made: tuple[str, dict[int, tuple[RunSummary, Row]]] = ("", {})  # the day, and each run with its row by id(run)


def rows(runs: Sequence[RunSummary], now: float) -> list[Row]:
    """The rows of runs at `now`, in seconds since 1970. Unchanged runs are the same objects and keep their rows."""
    global _made
    day = time.strftime("%Y-%m-%d", time.localtime(now))  # the times in a row depend on the day
    known = _made[1] if day == _made[0] else {}
    found = {}
    for run in runs:
        before = known.get(id(run))
        found[id(run)] = before if before is not None and before[0] is run else (run, _row(run, now))
    _made = (day, found)
    return [row for _, row in found.values()]


def hold(runs: Sequence[RunSummary], key: str) -> Held:
    """Send the rows of all runs to the browser, which does not show them yet."""
    made = rows(runs, time.time())
    stamp = hashlib.blake2b(json.dumps(made).encode(), digest_size=8).hexdigest()
    _holder(data={"stamp": stamp, "rows": made}, key=key)
    return Held(stamp, {row["id"]: row for row in made})


def changes(held: Held, runs: Sequence[RunSummary]) -> Changes:
    """The changes since the rows were sent. They do not depend on earlier changes, so a lost message does no harm."""
    made = {row["id"]: row for row in rows(runs, time.time())}
    changed = [row for run_id, row in made.items() if (held_row := held.rows.get(run_id)) is not row != held_row]
    return Changes(held.stamp, changed, [run_id for run_id in held.rows if run_id not in made])


def _row(run: RunSummary, now: float) -> Row:
    return {
        "id": run.id,
        "at": run.started,
        "state": run.status.state.value,
        "rank": _ORDER.index(run.status.state),
        "alive": not run.status.over,
        "reason": cut(run.status.reason, MAX_PROSE),
        "name": run.name,
        "probe": run.kind in PROBES,
        "what": " · ".join(filter(None, [_kind(run), _data(run), run.backbone])),
        "pipeline": run.pipeline or Common.NONE,
        "task": task_of_values(run.best) if run.best else "",
        "scores": tuple(_number(run.best.get(key)) for key in _METRICS),
        "bytes": run.bytes,
        "size": "" if run.bytes is None else in_words(run.bytes),
        "seconds": run.worked_s,
        "took": "" if run.worked_s is None else span(run.worked_s),
        "epochs": _epochs(run),
        "started": _since(run, now),
        "tags": run.meta.tags,  # a tuple, so that the garbage collector need not track the row
        "note": cut(run.meta.note, MAX_PROSE),
        "archived": run.meta.archived,
    }


def _kind(run: RunSummary) -> str:
    words = Probes.KINDS.get(run.kind)
    kind = Study.ASKS.get(run.ask) or (words.name.lower() if words else "")
    return " ".join(filter(None, [kind, _repeats(run, T.REPEATS_SHORT)]))


def _data(run: RunSummary) -> str:
    """Return the name of the data set of a run, and for a prediction of uploaded images their number."""
    plan = run.asked.get("predict")
    images = plan.get("images") if isinstance(plan, dict) else None
    path = images.get("path") if isinstance(images, dict) else None
    return (uploaded.in_words(path) if isinstance(path, str) else "") or run.dataset


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _since(run: RunSummary, now: float) -> str:
    if not run.started:
        return ""
    began = clock(run.started, now)
    return T.QUEUED.format(time=began) if run.status.state is State.QUEUED else began


def _epochs(run: RunSummary) -> str:
    if run.kind in (*PROBES, "predict"):
        return ""
    if run.kind == "study":
        return _repeats(run, T.FOLDS if run.ask == "folds" else T.REPEATS)
    words = T.EPOCHS_DONE if run.asked_epochs is None else T.EPOCHS
    return words.format(done=run.epochs, asked=run.asked_epochs)


def _repeats(run: RunSummary, words: str) -> str:
    """How far a study is; empty for other runs."""
    return "" if run.asked_repeats is None else words.format(done=run.repeats, asked=run.asked_repeats)


def show(
    changes: Changes,
    key: str,
    on_open: Callable[[str], None],
    on_act: Callable[[Request], None],
    on_compare: Callable[[Sequence[str]], None],
) -> None:
    """Mount the list.

    Args:
        changes: To the rows that the browser holds.
        key: The key of the component.
        on_open: Called with the id of a run to open.
        on_act: Called with an action on runs.
        on_compare: Called with the ids of runs to compare.
    """
    calls = event(key, "open", on_open) | event(key, "act", on_act, received)
    calls |= event(key, "compare", on_compare, received_compared)
    _component(data={**vars(changes), "words": _WORDS}, key=key, **calls)


def received(sent: Any) -> Request | None:
    """Check the form of what the browser has sent. None if it is malformed."""
    if not isinstance(sent, Mapping) or sent.get("op") not in get_args(Op):
        return None
    ids = received_ids(sent.get("ids"))
    return None if ids is None else Request(sent["op"], ids)


def received_ids(sent: Any) -> tuple[str, ...] | None:
    """Check a list of ids that the browser has sent. None if it is malformed or longer than any list of runs."""
    if not isinstance(sent, Sequence) or isinstance(sent, str) or len(sent) > MOST_IDS:
        return None
    return tuple(dict.fromkeys(sent)) if all(isinstance(one, str) for one in sent) else None


def received_compared(sent: Any) -> tuple[str, ...] | None:
    """Check the ids of runs to compare. None if they are malformed, or more than can be compared."""
    ids = received_ids(sent)
    return None if ids is None or len(ids) > MOST_RUNS else ids
