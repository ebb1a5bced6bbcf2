"""Writes a run's model as one zip: what a process with torch makes of the checkpoint, with a card and preprocessing."""

import os
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from explorer.base import confined
from explorer.base.atomic import write_atomic
from explorer.base.child import ChildError, ask
from explorer.report.card import PREPROCESSING, card
from explorer.report.preprocessing import code
from explorer.report.reported import read
from explorer.runs.record.packed import Packed
from explorer.runs.record.paths import RunPaths
from explorer.texts import Card as T

CARD = "README.md"
MOST_SECONDS = 600.0


class PackageError(ValueError):
    """The package cannot be written; the message says why."""


def write_package(paths: RunPaths, target: Path, which: str = "best", *, inside: bool = False) -> Packed:
    """Write the zip in one step.

    Args:
        paths: A training run.
        target: The file.
        which: The checkpoint, "best" or "last".
        inside: Whether images are read only inside the folders that pages may read.

    Raises:
        PackageError: The run has no model, or it cannot be checked on its images.
        OSError: The file cannot be written.
    """
    run = read(paths)
    config = run.snapshot.config
    if config is None or config.kind != "train":
        raise PackageError(T.NOT_TRAINED.format(id=paths.id))
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".package-") as place:
        folder = Path(place)
        # A process that works for a page ends with the one that has started it, which is this one.
        watched = {confined.PAGE_PID: str(os.getpid())} if inside else {}
        command = [sys.executable, "-P", "-m", "explorer.training.packing", str(paths.root), str(folder)]
        try:
            packed = ask(Packed, [*command, "--which", which, *(["--inside"] if inside else [])], MOST_SECONDS, watched)
        except ChildError as error:
            raise PackageError(T.FAILED.format(reason=error)) from error
        (folder / CARD).write_text(card(run, config, packed, called(paths)), encoding="utf-8")
        (folder / PREPROCESSING).write_text(code(config.pipeline, packed), encoding="utf-8")

        def write(file: BinaryIO) -> None:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for each in sorted(folder.iterdir()):
                    archive.write(each, f"{called(paths)}/{each.name}")

        write_atomic(target, write)
    return packed


def called(paths: RunPaths) -> str:
    """What the package calls its run: its id, or that of its study with the number of the fold, from 1."""
    place = paths.place_in_study
    return paths.id if place is None else f"{place[0].id}-fold-{place[1] + 1}"
