"""Actions on several runs at once, and the messages about them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from explorer.runs.life import trash
from explorer.runs.life.trash import TrashError
from explorer.runs.machine.capacity import in_words
from explorer.runs.overview import sizes
from explorer.runs.overview.sizes import NoBestCheckpoint
from explorer.runs.overview.summary import RunSummary
from explorer.runs.queue.queue import QueueError
from explorer.runs.record import meta
from explorer.runs.record.meta import MetaError
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.state.resting import RunAlive, RunGone
from explorer.texts import RunsList as T
from explorer.ui.components.run_list import Op, Request

Result = TypeVar("Result")

# Errors with which a run refuses an action; their messages are shown.
_REFUSALS = (RunNotFound, RunAlive, RunGone, TrashError, NoBestCheckpoint, MetaError, QueueError)


@dataclass(frozen=True)
class Done:
    """What came of it. text: empty where nothing was done. refused: a sentence for each run that it was not done to.

    undo: entries in the trash that bring back what was deleted.
    """

    text: str = ""
    refused: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()


# Each does one thing to one run, and returns what counts: bytes freed, or its entry in the trash.
_CHORES: dict[Op, Callable[[RunPaths], int | str]] = {
    "archive": lambda paths: meta.change(paths, archived=True).archived,
    "unarchive": lambda paths: meta.change(paths, archived=False).archived,
    "delete": trash.delete,
    "keep_best": sizes.keep_best_only,
}


def obey(request: Request, runs: Iterable[RunSummary]) -> Done:
    """Do what is asked for to each run; one that refuses does not keep the others from it. runs: for their names."""
    names = {run.id: run.name for run in runs}
    results, refused = [], []
    for run_id in request.ids:
        result, why = _try(partial(_to_one, request.op, run_id))
        if why:
            refused.append(T.REFUSED[request.op].format(name=names.get(run_id, run_id), why=why))
        else:
            results.append(result)
    size = in_words(sum(result for result in results if isinstance(result, int)))
    undo = tuple(result for result in results if isinstance(result, str))
    return Done(counted(T.DONE[request.op], len(results), size=size), tuple(refused), undo)


def _to_one(op: Op, run_id: str) -> int | str:
    return _CHORES[op](run_paths(run_id))


def restore(entries: Sequence[str]) -> Done:
    """Put deleted runs back."""
    names = {one.entry: one.name for one in trash.deleted()}
    restored, refused = 0, []
    for entry in entries:
        _, why = _try(partial(trash.restore, entry))
        if why:
            refused.append(T.NOT_RESTORED.format(name=names.get(entry, entry), why=why))
        else:
            restored += 1
    return Done(counted(T.RESTORED, restored), tuple(refused))


def empty_trash(entries: Sequence[str]) -> Done:
    """Remove deleted runs for good."""
    count, why = _try(partial(trash.remove, entries))
    return Done(counted(T.EMPTIED, count or 0), (T.NOT_PURGED.format(why=why),) if why else ())


def _try(action: Callable[[], Result]) -> tuple[Result | None, str]:
    """What came of it, and why nothing did."""
    try:
        return action(), ""
    except _REFUSALS as refusal:
        return None, str(refusal.args[0])
    except OSError as error:
        return None, T.DISK.format(why=error.strerror or error)


def counted(words: tuple[str, str], count: int, **more: str) -> str:
    """The words for one or for several; none for nothing."""
    return words[count > 1].format(count=count, **more) if count else ""
