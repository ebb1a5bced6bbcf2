"""Commands that look at runs and change nothing; each prints and returns its exit code."""

import argparse
import sys

from explorer.base.home import made_home
from explorer.runs.cli import report
from explorer.runs.cli.exits import OK, USAGE, CommandError
from explorer.runs.cli.picking import find
from explorer.runs.life.housekeeping import tend
from explorer.runs.overview.summary import RunSummary, summaries, summarize
from explorer.runs.record import logs
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.status import derive

MOST_FOUND = 500


def list_all(options: argparse.Namespace) -> int:
    """List runs, newest first."""
    tend()
    every = summaries()
    runs = [run for run in every if _is_wanted(run, options)]
    if options.json:
        report.print_json([report.as_json(run) for run in runs])
    elif runs:
        print("\n".join(report.lines(runs, options.metric)))
    else:
        print(f"No runs match (of {len(every)})." if every else f"No runs yet in {made_home()}.", file=sys.stderr)
    return OK


def _is_wanted(run: RunSummary, options: argparse.Namespace) -> bool:
    return (
        (options.all or not run.meta.archived)
        and (not options.state or run.status.state in options.state)
        and all(tag in run.meta.tags for tag in options.tag)
    )


def show(options: argparse.Namespace) -> int:
    """Show one run."""
    tend()
    # Imported here: it comes with numpy, for which a list of runs need not wait.
    from explorer.runs.record.history import History

    run = summarize(find(options.id))
    history = History(run.paths)
    history.read_on()
    if options.json:
        report.print_json(report.as_json(run) | report.details(run) | report.progress(history, run.status))
    else:
        print(report.page(run, history))
    return OK


def show_log(options: argparse.Namespace) -> int:
    """Print the end of a log, the lines that hold a text, or each line as it comes."""
    tend()
    paths = find(options.id)
    if options.follow:
        return _follow(options, paths)
    if options.grep is not None:
        found = logs.search(paths.log, options.grep, MOST_FOUND)
        if options.json:
            report.print_json([{"line": number, "text": line} for number, line in found])
        else:
            print("".join(f"{number}: {line}\n" for number, line in found), end="")
        return OK
    text = logs.tail(paths.log, options.lines)
    if options.json:
        report.print_json({"id": paths.id, "file": str(paths.log), "lines": text.splitlines()})
    elif text:
        print(text)
    return OK


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
