"""Commands that label, delete and restore runs."""

import argparse

from explorer.base.processes import Moment
from explorer.base.words import clock
from explorer.runs.cli import report
from explorer.runs.cli.exit_codes import NOT_FOUND, USAGE, CommandError
from explorer.runs.cli.run_ids import find
from explorer.runs.life import trash
from explorer.runs.overview.summary import summarize
from explorer.runs.record import meta
from explorer.runs.state.resting import check_over


def label(options: argparse.Namespace) -> int:
    """Change the name, tags and note of a run, or archive it."""
    paths = find(options.id)
    tags = None
    if options.tag or options.untag:
        kept = [tag for tag in meta.read(paths).tags if tag not in options.untag]
        tags = [*kept, *options.tag]
    if tags is None and (options.name, options.note, options.archive) == (None, None, None):
        raise CommandError("Say what to change: --name, --tag, --untag, --note, --archive or --unarchive.", USAGE)
    meta.change(paths, name=options.name, tags=tags, note=options.note, archived=options.archive)
    return report.answer(options, "\n".join([paths.id, *report.labels(summarize(paths))]), of=paths)


def delete(options: argparse.Namespace) -> int:
    """Move runs into the trash: all of them, or none if one of them lives or does not exist."""
    runs = list(dict.fromkeys(find(text) for text in options.id))
    for paths in runs:
        check_over(paths)
    entries = {paths.id: trash.delete(paths) for paths in runs}
    notes = [f"{run_id} is in the trash for {trash.KEPT_S / 86400:.0f} days." for run_id in entries]
    value = [{"id": run_id, "entry": entry} for run_id, entry in entries.items()]
    return report.answer(options, "\n".join(entries.values()), "\n".join(notes), value=value)


def restore(options: argparse.Namespace) -> int:
    """Put a deleted run back, or list what is in the trash."""
    deleted = trash.deleted()
    if options.entry is None:
        now = Moment.now().wall
        lines = [
            f"{one.entry}  deleted {clock(one.time, now)}, {report.size(one.bytes)}  {one.name}" for one in deleted
        ]
        note = "" if lines else "The trash is empty."
        return report.answer(options, "\n".join(lines), note, value=[vars(one) for one in deleted])
    found = next((one for one in deleted if options.entry in (one.entry, one.id)), None)
    if found is None:
        raise CommandError(f"There is no {options.entry!r} in the trash. `restore` alone lists what is.", NOT_FOUND)
    paths = trash.restore(found.entry)
    return report.answer(options, paths.id, of=paths)
