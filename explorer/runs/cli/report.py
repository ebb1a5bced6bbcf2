"""What the commands print about runs, for people and for machines."""

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from explorer.base.processes import Moment
from explorer.base.words import clock, span
from explorer.runs.cli.exits import USAGE, CommandError
from explorer.runs.overview.sizes import disk_use
from explorer.runs.overview.summary import RunSummary
from explorer.runs.queue import queue
from explorer.runs.state.status import RunStatus, State

if TYPE_CHECKING:
    from explorer.runs.record.history import History


def _score(run: RunSummary, metric: str) -> str:
    value = run.best.get(metric)
    return f"{value:.3f}" if isinstance(value, int | float) else "-"


def lines(runs: Sequence[RunSummary], metric: str) -> list[str]:
    """The list: a head, then a line for each run with a metric of its best epoch.

    Raises:
        CommandError: There is no such metric.
    """
    # Imported here: it comes with numpy.
    from explorer.metrics.table import METRICS

    if metric not in METRICS:
        raise CommandError(f"There is no metric {metric!r}. Choose one of {', '.join(METRICS)}.", USAGE)
    title = METRICS[metric].label.upper()
    width, wide = max(len(run.id) for run in runs), max(len(title), 5)
    found = [
        f"{run.id:{width}}  {run.status.state:8}  {_score(run, metric):{wide}}  {run.status.reason}" for run in runs
    ]
    return [f"{'ID':{width}}  {'STATE':8}  {title:{wide}}  REASON", *found]


def page(run: RunSummary, history: "History") -> str:
    """All about one run, in some lines."""
    lines = [run.id if run.name == run.id else f"{run.id}  {run.name}", f"{run.status.state}: {run.status.reason}"]
    if run.started:
        lines.append(f"started {clock(run.started, Moment.now().wall)}, data set {run.dataset or 'unknown'}")
    left = _remaining(history, run.status)
    if left is not None:
        lines.append(f"about {span(left)} left")
    attempts = len(run.paths.attempts())
    takes = f"folder {run.paths.root}, {size(disk_use(run.paths).total)}"
    more = [f"attempts {attempts}"] if attempts > 1 else []
    return "\n".join([*lines, *more, *labels(run), *_epochs(history), takes])


def labels(run: RunSummary) -> list[str]:
    """What people say about it; nothing where they said nothing."""
    meta = run.meta
    said = {"name": meta.name, "tags": ", ".join(meta.tags), "note": meta.note}
    return [f"{word} {text}" for word, text in said.items() if text] + (["archived"] if meta.archived else [])


def size(count: int) -> str:
    """Bytes for people: "12 kB", "3.4 MB"."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _epochs(history: "History") -> list[str]:
    from explorer.metrics.table import METRICS

    names = {name: max(len(name), 10) for name in ("train_loss", *METRICS)}
    lines = ["epoch  " + "  ".join(f"{name:>{width}}" for name, width in names.items())] if history.epochs else []
    for epoch, found in sorted(history.epochs.items()):
        numbers = [(found.event.number(name), width) for name, width in names.items()]
        cells = (f"{number:{width}.4f}" if math.isfinite(number) else f"{'-':>{width}}" for number, width in numbers)
        lines.append(f"{epoch + 1:5}  " + "  ".join(cells))
    return lines


def _remaining(history: "History", status: RunStatus) -> float | None:
    if status.state is not State.RUNNING or history.last is None:
        return None
    # Imported here: it comes with numpy, for which a list of runs need not wait.
    from explorer.runs.record.history import remaining_s

    last = history.last
    return remaining_s(history, max(Moment.now().since(last.time, last.mono, last.boot), 0.0))


def progress(history: "History", status: RunStatus) -> dict[str, Any]:
    """How far it is and what each epoch gave; epochs count from 0, as in all files."""
    total = history.start.values.get("total_steps") if history.start else None
    return {
        "epoch": history.epoch,
        "step": history.step,
        "total_steps": total,
        "eta_s": _remaining(history, status),
        "damaged_lines": history.skipped,
        "epochs": [
            {"epoch": epoch, "step": found.event.step, **found.event.values}
            for epoch, found in sorted(history.epochs.items())
        ],
    }


def as_json(run: RunSummary) -> dict[str, Any]:
    """One run for machines; times in seconds since 1970."""
    return {
        "id": run.id,
        "name": run.name,
        "state": str(run.status.state),
        "reason": run.status.reason,
        "since": run.status.since,
        "over": run.status.over,
        "started": run.started,
        "folder": str(run.paths.root),
        "best": dict(run.best),
        "config": dict(run.asked),
        "tags": list(run.meta.tags),
        "note": run.meta.note,
        "archived": run.meta.archived,
    }


def details(run: RunSummary) -> dict[str, Any]:
    """What is printed of one run only. place: in the queue of its device from 1, null where it does not wait."""
    mine = queue.find(run.id)
    return {
        "place": None if mine is None or run.status.over else queue.ahead_of(mine) + 1,
        "attempts": list(run.paths.attempts()),
        "bytes": disk_use(run.paths).total,
    }


def print_json(value: Any) -> None:
    """Print for machines."""
    print(json.dumps(value, indent=2, ensure_ascii=False))
