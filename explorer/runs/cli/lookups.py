"""Commands that show runs and change nothing."""

import argparse

from explorer.base.home import made_home
from explorer.runs.cli import report
from explorer.runs.cli.exit_codes import OK, USAGE, CommandError
from explorer.runs.cli.run_ids import find
from explorer.runs.life.housekeeping import tend
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary, summarize
from explorer.runs.record import logs
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import derive

MOST_FOUND = 500


def list_all(options: argparse.Namespace) -> int:
    """List runs, newest first."""
    every = summaries()
    runs = [run for run in every if _is_wanted(run, options)]
    none = f"No runs match (of {len(every)})." if every else f"No runs yet in {made_home()}."
    text = "\n".join(report.lines(runs, options.metric)) if runs and not options.json else ""
    return report.answer(options, text, "" if runs else none, value=[report.as_json(run) for run in runs])


def _is_wanted(run: RunSummary, options: argparse.Namespace) -> bool:
    return (
        (options.all or not run.meta.archived)
        and (not options.state or run.status.state in options.state)
        and all(tag in run.meta.tags for tag in options.tag)
    )


def show(options: argparse.Namespace) -> int:
    """Show one run."""
    # Imported here: it imports numpy, which takes longer than to list runs.
    from explorer.runs.record.history import History

    run = summarize(find(options.id))
    history = History(run.paths)
    history.read_on()
    value = report.as_json(run) | report.details(run) | report.progress(history, run.status)
    return report.answer(options, report.page(run, history), value=value)


def show_log(options: argparse.Namespace) -> int:
    """Print the end of a log, the lines with a text, or each line as it comes."""
    paths = find(options.id)
    if options.follow:
        return _follow(options, paths)
    if options.grep is not None:
        found = logs.search(paths.log, options.grep, MOST_FOUND)
        lines = [{"line": number, "text": line} for number, line in found]
        return report.answer(options, "\n".join(f"{number}: {line}" for number, line in found), value=lines)
    text = logs.tail(paths.log, options.lines)
    return report.answer(options, text, value={"id": paths.id, "file": str(paths.log), "lines": text.splitlines()})


def _follow(options: argparse.Namespace, paths: RunPaths) -> int:
    if options.json:
        raise CommandError("--follow prints lines as they come, so it has no --json.", USAGE)
    wanted = (options.grep or "").casefold()

    def over() -> bool:
        tend()
        return derive(paths).over

    for line in logs.follow(paths.log, over, options.lines):
        if wanted in line.casefold():
            print(line, flush=True)
    return OK
