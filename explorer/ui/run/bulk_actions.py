"""Actions on several runs at once, and the messages about their results."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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

Given = TypeVar("Given")
Result = TypeVar("Result")

# Errors with which a run refuses an action; their messages are shown.
_REFUSALS = (RunNotFound, RunAlive, RunGone, TrashError, NoBestCheckpoint, MetaError, QueueError)


@dataclass(frozen=True)
class Done:
    """The result of an action.

    Attributes:
        text: A message; "" if nothing was done.
        refused: A sentence for each run that refused.
        undo: Entries in the trash that can be restored.
    """

    text: str = ""
    refused: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()


# Each returns the bytes that were freed, a new state, or the run's entry in the trash.
_ACTIONS: dict[Op, Callable[[RunPaths], int | str]] = {
    "archive": lambda paths: meta.change(paths, archived=True).archived,
    "unarchive": lambda paths: meta.change(paths, archived=False).archived,
    "delete": trash.delete,
    "keep_best": sizes.keep_best_only,
}


def obey(request: Request, runs: Iterable[RunSummary]) -> Done:
    """Apply an action to each run, also after one has refused. `runs` gives the names for the messages."""
    names = {run.id: run.name for run in runs}
    results, refused = [], []
    for run_id in request.ids:
        result, why = _try(lambda one: _ACTIONS[request.op](run_paths(one)), run_id)
        if why:
            refused.append(T.REFUSED[request.op].format(name=names.get(run_id, run_id), why=why))
        else:
            results.append(result)
    size = in_words(sum(result for result in results if isinstance(result, int)))
    undo = tuple(result for result in results if isinstance(result, str))
    return Done(counted(T.DONE[request.op], len(results), size=size), tuple(refused), undo)


def restore(entries: Sequence[str]) -> Done:
    """Restore deleted runs."""
    names = {one.entry: one.name for one in trash.deleted()}
    restored, refused = 0, []
    for entry in entries:
        _, why = _try(trash.restore, entry)
        if why:
            refused.append(T.NOT_RESTORED.format(name=names.get(entry, entry), why=why))
        else:
            restored += 1
    return Done(counted(T.RESTORED, restored), tuple(refused))


def empty_trash(entries: Sequence[str]) -> Done:
    """Remove deleted runs for good."""
    count, why = _try(trash.remove, entries)
    return Done(counted(T.EMPTIED, count or 0), (T.NOT_PURGED.format(why=why),) if why else ())


def _try(action: Callable[[Given], Result], given: Given) -> tuple[Result | None, str]:
    """The result of an action, or the reason why it failed."""
    try:
        return action(given), ""
    except _REFUSALS as refusal:
        return None, str(refusal.args[0])
    except OSError as error:
        return None, T.DISK.format(why=error.strerror or error)


def counted(words: tuple[str, str], count: int, **more: str) -> str:
    """The message for one or for several; "" for none."""
    return words[count > 1].format(count=count, **more) if count else ""
