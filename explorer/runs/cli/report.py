"""What the commands print about runs, as text and as JSON."""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from explorer.base.processes import Moment
from explorer.base.words import clock, span
from explorer.runs.cli.exit_codes import FAILED, OK, USAGE, CommandError
from explorer.runs.overview.sizes import disk_use
from explorer.runs.overview.summary import RunSummary, summarize
from explorer.runs.queue import queue
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import notes_in
from explorer.runs.state.status import RunStatus, State

if TYPE_CHECKING:
    from explorer.runs.record.history import History


def lines(runs: Sequence[RunSummary], metric: str | None) -> list[str]:
    """Return a header and a line for each run with a metric of its best epoch.

    Args:
        runs: At least one.
        metric: Its key; None for the headline metric of what each run learns, with its name where these differ.

    Raises:
        CommandError: There is no such metric.
    """
    # Imported here: it imports numpy.
    from explorer.metrics.table import EVERY, HEADLINES, TITLES, task_of_values

    if metric is not None and metric not in TITLES:
        raise CommandError(f"There is no metric {metric!r}. Choose one of {', '.join(TITLES)}.", USAGE)
    keys = [metric or HEADLINES[task_of_values(run.best)] for run in runs]
    shown = dict.fromkeys(key for key, run in zip(keys, runs, strict=True) if metric or run.best) or keys[:1]
    labels = [EVERY[key].label for key in shown]
    title = labels[0].upper() if len(labels) == 1 else "SCORE"
    cells = []
    for key, run in zip(keys, runs, strict=True):
        value = run.best.get(key)
        named = f" {EVERY[key].label}" if len(labels) > 1 else ""
        cells.append(f"{value:.3f}{named}" if isinstance(value, int | float) else "-")
    width, wide = max(len(run.id) for run in runs), max(len(title), 5, *map(len, cells))
    found = [
        f"{run.id:{width}}  {run.status.state:8}  {cell:{wide}}  {run.status.reason}"
        for run, cell in zip(runs, cells, strict=True)
    ]
    return [f"{'ID':{width}}  {'STATE':8}  {title:{wide}}  REASON", *found]


def page(run: RunSummary, history: "History") -> str:
    """Return the text of `show`."""
    lines = [run.id if run.name == run.id else f"{run.id}  {run.name}", f"{run.status.state}: {run.status.reason}"]
    if run.started:
        lines.append(f"started {clock(run.started, Moment.now().wall)}, data set {run.dataset or 'unknown'}")
    left = _remaining(history, run.status)
    if left is not None:
        lines.append(f"about {span(left)} left")
    attempts = len(run.paths.attempts())
    takes = f"folder {run.paths.root}, {size(disk_use(run.paths).total)}"
    more = [f"attempts {attempts}"] if attempts > 1 else []
    return "\n".join([*lines, *more, *labels(run), *notes(history), *_epochs(history), takes])


def notes(history: "History") -> list[str]:
    """Return what the run has noted: how its data are divided, what was left out, what it could not do."""
    return notes_in(history.start.values) if history.start else []


def labels(run: RunSummary) -> list[str]:
    """Return a line for each label that the run has."""
    meta = run.meta
    said = {"name": meta.name, "tags": ", ".join(meta.tags), "note": meta.note}
    return [f"{word} {text}" for word, text in said.items() if text] + (["archived"] if meta.archived else [])


def size(count: int) -> str:
    """Write bytes as "12 kB" or "3.4 MB"."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _epochs(history: "History") -> list[str]:
    from explorer.metrics.table import LISTED, task_of_values

    task = task_of_values(next((found.event.values for found in history.epochs.values()), {}))
    names = {name: max(len(name), 10) for name in ("train_loss", *LISTED[task])}
    lines = ["epoch  " + "  ".join(f"{name:>{width}}" for name, width in names.items())] if history.epochs else []
    for epoch, found in sorted(history.epochs.items()):
        numbers = [(found.event.number(name), width) for name, width in names.items()]
        cells = (f"{number:{width}.4f}" if math.isfinite(number) else f"{'-':>{width}}" for number, width in numbers)
        lines.append(f"{epoch + 1:5}  " + "  ".join(cells))
    return lines


def _remaining(history: "History", status: RunStatus) -> float | None:
    if status.state is not State.RUNNING:
        return None
    # Imported here: it imports numpy.
    from explorer.runs.record.history import remaining_s

    return remaining_s(history, Moment.now())


def progress(history: "History", status: RunStatus) -> dict[str, Any]:
    """Return how far the run is and what each epoch gave. Epochs count from 0, as in all files."""
    total = history.start.values.get("total_steps") if history.start else None
    return {
        "epoch": history.epoch,
        "step": history.step,
        "total_steps": total,
        "eta_s": _remaining(history, status),
        "damaged_lines": history.skipped,
        "notes": notes(history),
        "epochs": [
            {"epoch": epoch, "step": found.event.step, **found.event.values}
            for epoch, found in sorted(history.epochs.items())
        ],
    }


def as_json(run: RunSummary) -> dict[str, Any]:
    """Return what JSON says of each run. Times are seconds since 1970."""
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
    """Return what JSON says of one run only. The place in the queue counts from 1; null where it does not wait."""
    mine = queue.find(run.id)
    return {
        "place": None if mine is None or run.status.over else queue.ahead_of(mine) + 1,
        "attempts": list(run.paths.attempts()),
        "bytes": disk_use(run.paths).total,
    }


def answer(
    options: argparse.Namespace,
    text: str,
    note: str = "",
    *,
    value: Any = None,
    of: RunPaths | None = None,
    good: bool = True,
) -> int:
    """Print the answer of a command, and return its exit code, which is OK if it is `good` and FAILED if not.

    Args:
        options: With `--json`, `value` is printed and nothing else.
        text: For people, on standard output.
        note: For people, on the error output, so that scripts need not remove it.
        value: What JSON holds; without it the summary of the run `of`.
    """
    if options.json:
        print(json.dumps(as_json(summarize(of)) if of else value, indent=2, ensure_ascii=False))
    else:
        for words, file in ((text, sys.stdout), (note, sys.stderr)):
            if words:
                print(words, file=file)
    return OK if good else FAILED
