"""`python -m explorer report ID... -o FILE.html` and `package ID -o FILE.zip`: a report, and a model to take away."""

import argparse
import os
import sys
import time
from pathlib import Path

from explorer.base.atomic import read_json_object
from explorer.base.confined import end_with, limit_if_for_page, limit_memory
from explorer.base.words import size
from explorer.runs.cli import report
from explorer.runs.cli.exit_codes import FAILED, USAGE, WRONG_STATE, CommandError
from explorer.runs.cli.main import Add
from explorer.runs.cli.run_ids import find
from explorer.runs.record.paths import RunPaths
from explorer.texts import Card
from explorer.texts import Report as T

MOST_MB = 15.0
MOST_RUNS = 50
_MEMORY = 4 << 30  # bytes more than after the imports: 15 MB of report and the largest image that is decoded
_QUIET_S = 1.0  # what is faster reports no progress


def add(table: Add) -> None:
    """Add the commands to the table of commands."""
    command = table("report", write, T.COMMAND)
    command.add_argument("id", nargs="+", metavar="ID")
    command.add_argument("-o", "--output", required=True, metavar="FILE.html", help=T.OUTPUT)
    command.add_argument("--force", action="store_true", help=T.FORCE)
    command.add_argument("--most", type=float, default=MOST_MB, metavar="MB", help=T.MOST.format(most=f"{MOST_MB:g}"))
    command.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)  # by a page, for strangers
    packing = table("package", package, Card.COMMAND)
    packing.add_argument("id", metavar="ID")
    packing.add_argument("-o", "--output", required=True, metavar="FILE.zip", help=Card.OUTPUT)
    packing.add_argument("--force", action="store_true", help=Card.FORCE)
    packing.add_argument("--fold", type=int, metavar="N", help=Card.FOLD)
    packing.add_argument("--which", choices=("best", "last"), default="best", help="the epoch of the weights")
    packing.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)


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


def package(options: argparse.Namespace) -> int:
    """Write the model of a run as a zip."""
    paths, target = _of_fold(find(options.id), options.fold), Path(options.output).absolute()
    if target.suffix.lower() != ".zip":
        raise CommandError(Card.ENDING.format(file=options.output), USAGE)
    if target.exists() and not options.force:
        raise CommandError(Card.EXISTS.format(file=options.output), USAGE)
    # Imported here: it imports albumentations and OpenCV, which takes seconds.
    from explorer.report.package import PackageError, write_package

    limit_if_for_page(memory=False)
    try:
        packed = write_package(paths, target, options.which, inside=options.inside)
    except PackageError as error:
        raise CommandError(str(error), FAILED) from error
    checked = packed.onnx
    onnx = (
        Card.WITHOUT_ONNX.format(reason=packed.why_no_onnx)
        if checked is None
        else Card.WITH_ONNX.format(difference=checked.difference, images=checked.images)
    )
    written = target.stat().st_size
    words = Card.WRITTEN.format(file=options.output, size=size(written), epoch=packed.epoch + 1, onnx=onnx)
    value = {"id": paths.id, "file": options.output, "bytes": written, "packed": packed.model_dump(mode="json")}
    return report.answer(options, "", words, value=value)


def _of_fold(paths: RunPaths, fold: int | None) -> RunPaths:
    """Return the run of fold `fold` (from 1) of a study, or the run itself if `fold` is None. Raises CommandError."""
    if fold is None:
        return paths
    member = paths.member(fold - 1)
    if fold < 1 or not member.best.exists():
        raise CommandError(Card.NO_FOLD.format(fold=fold, id=paths.id), USAGE)
    return member


def _runs(texts: list[str]) -> list[RunPaths]:
    """The runs that were named. Raises RunNotFound, CommandError."""
    if len(texts) > MOST_RUNS:
        raise CommandError(T.TOO_MANY.format(count=len(texts), most=MOST_RUNS), USAGE)
    runs = [find(text) for text in texts]
    for paths in runs:
        if (read_json_object(paths.config) or {}).get("kind") == "predict":
            raise CommandError(T.IS_PREDICTION.format(id=paths.id), WRONG_STATE)
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
