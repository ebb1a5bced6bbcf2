"""Commands that name, sort, delete and restore runs."""

import argparse
import sys

from explorer.base.processes import Moment
from explorer.base.words import clock
from explorer.runs.cli import report
from explorer.runs.cli.exits import NOT_FOUND, OK, USAGE, CommandError
from explorer.runs.cli.picking import find
from explorer.runs.life import trash
from explorer.runs.life.housekeeping import tend
from explorer.runs.overview.summary import summarize
from explorer.runs.record import meta
from explorer.runs.state.resting import check_over


def label(options: argparse.Namespace) -> int:
    """Change what a run is called and what is said about it."""
    tend()
    paths = find(options.id)
    tags = None
    if options.tag or options.untag:
        kept = [tag for tag in meta.read(paths).tags if tag not in options.untag]
        tags = [*kept, *options.tag]
    if tags is None and (options.name, options.note, options.archive) == (None, None, None):
        raise CommandError("Say what to change: --name, --tag, --untag, --note, --archive or --unarchive.", USAGE)
    meta.change(paths, name=options.name, tags=tags, note=options.note, archived=options.archive)
    run = summarize(paths)
    if options.json:
        report.print_json(report.as_json(run))
    else:
        print("\n".join([run.id, *report.labels(run)]))
    return OK


def delete(options: argparse.Namespace) -> int:
    """Move runs into the trash: all of them, or none where one of them lives or is not there."""
    tend()
    runs = list(dict.fromkeys(find(text) for text in options.id))
    for paths in runs:
        check_over(paths)
    entries = {paths.id: trash.delete(paths) for paths in runs}
    if options.json:
        report.print_json([{"id": run_id, "entry": entry} for run_id, entry in entries.items()])
    else:
        for run_id, entry in entries.items():
            print(entry)
            print(f"{run_id} is in the trash for {trash.KEPT_S / 86400:.0f} days.", file=sys.stderr)
    return OK


def restore(options: argparse.Namespace) -> int:
    """Put a deleted run back, or list those that can be."""
    tend()
    every = trash.deleted()
    if options.entry is None:
        return _list_deleted(options, every)
    found = next((one for one in every if options.entry in (one.entry, one.id)), None)
    if found is None:
        raise CommandError(f"There is no {options.entry!r} in the trash. `restore` alone lists what is.", NOT_FOUND)
    run = summarize(trash.restore(found.entry))
    if options.json:
        report.print_json(report.as_json(run))
    else:
        print(run.id)
    return OK


def _list_deleted(options: argparse.Namespace, every: tuple[trash.Deleted, ...]) -> int:
    if options.json:
        report.print_json([vars(one) for one in every])
    elif every:
        now = Moment.now().wall
        for one in every:
            print(f"{one.entry}  deleted {clock(one.time, now)}, {report.size(one.bytes)}  {one.name}")
    else:
        print("The trash is empty.", file=sys.stderr)
    return OK
