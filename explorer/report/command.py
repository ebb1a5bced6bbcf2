"""`python -m explorer report ID... -o FILE.html`: the command that writes a report."""

import argparse
import os
import sys
import time
from pathlib import Path

from explorer.base.confined import end_with, limit_memory
from explorer.base.words import size
from explorer.runs.cli import report
from explorer.runs.cli.exit_codes import USAGE, CommandError
from explorer.runs.cli.main import Add
from explorer.runs.cli.run_ids import find
from explorer.runs.record.paths import RunPaths
from explorer.texts import Report as T

MOST_MB = 15.0
MOST_RUNS = 50
_MEMORY = 4 << 30  # bytes more than after the imports: 15 MB of report and the largest image that is decoded
_QUIET_S = 1.0  # what is faster reports no progress


def add(table: Add) -> None:
    """Add the command to the table of commands."""
    command = table("report", write, T.COMMAND)
    command.add_argument("id", nargs="+", metavar="ID")
    command.add_argument("-o", "--output", required=True, metavar="FILE.html", help=T.OUTPUT)
    command.add_argument("--force", action="store_true", help=T.FORCE)
    command.add_argument("--most", type=float, default=MOST_MB, metavar="MB", help=T.MOST.format(most=f"{MOST_MB:g}"))
    command.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)  # by a page, for strangers


def write(options: argparse.Namespace) -> int:
    """Write the report of the runs."""
    runs, target = _runs(options.id), Path(options.output).absolute()
    if target.suffix.lower() not in (".html", ".htm"):
        raise CommandError(T.ENDING.format(file=options.output), USAGE)
    if target.exists() and not options.force:
        raise CommandError(T.EXISTS.format(file=options.output), USAGE)
    # Imported here: it imports albumentations and OpenCV, which takes seconds.
    from explorer.report.writing import LEAST_MB, write_report

    if options.inside:
        # A page has started this process for a stranger's image files, and may end before it.
        end_with(os.getppid())
        limit_memory(_MEMORY)
    if not options.most >= LEAST_MB:
        raise CommandError(T.TOO_SMALL.format(most=options.most, least=LEAST_MB), USAGE)
    written = write_report(runs, target, most_mb=options.most, inside=options.inside, progress=_Progress())
    if written > options.most * 1e6:
        print(T.LARGER.format(most=options.most), file=sys.stderr)
    words = T.WRITTEN.format(file=options.output, size=size(written))
    value = {"ids": [paths.id for paths in runs], "file": options.output, "bytes": written}
    return report.answer(options, "", words, value=value)


def _runs(texts: list[str]) -> list[RunPaths]:
    """The runs that were named. Raises RunNotFound, CommandError."""
    if len(texts) > MOST_RUNS:
        raise CommandError(T.TOO_MANY.format(count=len(texts), most=MOST_RUNS), USAGE)
    runs = [find(text) for text in texts]
    twice = next((paths.id for place, paths in enumerate(runs) if paths in runs[:place]), None)
    if twice is not None:
        raise CommandError(T.TWICE.format(id=twice), USAGE)
    return runs


class _Progress:
    """Prints each step of a report that takes over a second, on the error output."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, words: str) -> None:
        if time.monotonic() - self._began > _QUIET_S:
            print(words, file=sys.stderr, flush=True)
