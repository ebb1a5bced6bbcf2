"""Submission files: the columns, ids and order of a sample submission, filled with what a prediction has found."""

import csv
import io
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.base.atomic import sync_folder, write_bytes_atomic
from explorer.runs.overview.sample_ids import ABSENT, AMBIGUOUS, SampleIds
from explorer.runs.overview.sample_submission import Sample, SubmissionError, listed
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import Predictions

MOST = 100  # submission files of a prediction


@dataclass(frozen=True, eq=False)
class Submission:
    """A filled submission.

    Attributes:
        content: The file.
        rows: How many rows it has below the header.
        filled: Ids of the sample that have no prediction, whose rows hold the mean of all predictions instead.
        unused: How many predicted images are not in the sample.
        sample: How the sample was understood.
    """

    content: bytes
    rows: int
    filled: tuple[str, ...]
    unused: int
    sample: Sample


def rows_of(sample: Sample, ids: Sequence[str]) -> list[int]:
    """The row of the prediction of each id of a sample; -1 where there is none. Raises SubmissionError."""
    known = SampleIds(ids)
    rows = [known.find(name) for name in sample.ids]
    ambiguous = [name for name, row in zip(sample.ids, rows, strict=True) if row == AMBIGUOUS]
    if ambiguous:
        raise SubmissionError(f"These ids of the sample fit several predicted images: {listed(ambiguous)}.")
    return _each_once(sample.ids, rows, known)


def _each_once(ids: Sequence[str], rows: Sequence[int], known: SampleIds) -> list[int]:
    """The rows, without those of ids that fit an image of which another id is the whole name.

    Raises SubmissionError where several ids fit one image and none is its whole name.
    """
    sharing: dict[int, set[str]] = {}
    for name, row in zip(ids, rows, strict=True):
        if row >= 0:
            sharing.setdefault(row, set()).add(name.strip())
    shared = {row: names for row, names in sharing.items() if len(names) > 1}
    for names in shared.values():
        if not any(map(known.is_whole, names)):
            raise SubmissionError(f"These ids of the sample fit the same predicted image: {listed(sorted(names))}.")
    return [ABSENT if row in shared and not known.is_whole(name) else row for name, row in zip(ids, rows, strict=True)]


def check(sample: Sample, ids: Sequence[str], *, fill: bool = False) -> list[int]:
    """The row of the prediction of each id of a sample.

    Args:
        sample: The sample.
        ids: What the predicted images are called.
        fill: Whether ids without a prediction are allowed.

    Raises:
        SubmissionError: Some ids have no prediction, or several.
    """
    rows = rows_of(sample, ids)
    missing = [name for name, row in zip(sample.ids, rows, strict=True) if row == ABSENT]
    if missing and (not fill or len(missing) == len(rows)):
        raise SubmissionError(
            f"{len(missing):,} of the {len(rows):,} ids of the sample have no predicted image: {listed(missing)}. "
            "Predict all images that the sample names, or let their rows be filled with the mean prediction.",
            missing,
        )
    return rows


def filled(found: Predictions, sample: Sample, *, fill: bool = False) -> Submission:
    """Fill a sample submission.

    Its ids are written as they are in it, also those that a spreadsheet would run as a formula: a checker of the file
    compares them, and they come from the sample and not from the images. Raises SubmissionError as `check`.
    """
    rows = check(sample, found.ids, fill=fill)
    if found.about.several and sample.fills == "number":
        raise SubmissionError("An image can have several labels here, which no single number names. Ask for labels.")
    text = io.StringIO(newline="")
    mean = found.scores.mean(axis=0, dtype=np.float64)
    usual = int(np.bincount(found.predicted, minlength=len(found.classes)).argmax())
    writer = csv.writer(text, delimiter=sample.delimiter, lineterminator="\n")
    writer.writerow(sample.header)
    for name, row in zip(sample.ids, rows, strict=True):
        scores, predicted = (mean, usual) if row < 0 else (found.scores[row], int(found.predicted[row]))
        said = found.words_of(scores) if found.about.several else found.classes[predicted]
        writer.writerow(_row(sample, name, scores, predicted, said))
    missing = tuple(name for name, row in zip(sample.ids, rows, strict=True) if row < 0)
    unused = len(found) - len({row for row in rows if row >= 0})
    return Submission(text.getvalue().encode("utf-8", "surrogateescape"), len(rows), missing, unused, sample)


def _row(sample: Sample, name: str, scores: Sequence[float], predicted: int, said: str) -> list[str]:
    cells = [""] * len(sample.header)
    cells[sample.id_column] = name
    for place, number in sample.columns.items():
        if sample.fills == "label":
            cells[place] = said
        elif sample.fills == "number":
            cells[place] = str(predicted)
        else:
            cells[place] = f"{float(scores[number]):.9g}"
    return cells


def write_numbered(paths: RunPaths, submission: Submission) -> Path:
    """Write submission-<n>.csv into the folder of a prediction in one step, with the first number that is free.

    Raises:
        SubmissionError: There are as many as a prediction may have.
        OSError: It cannot be written; then nothing of it is left.
    """
    whole = paths.predictions / f".submission.{os.getpid()}-{secrets.token_hex(4)}.whole"
    try:
        write_bytes_atomic(whole, submission.content)
        for number in range(1, MOST + 1):
            target = paths.predictions / f"submission-{number}.csv"
            with suppress(FileExistsError):
                os.link(whole, target)  # unlike a move it never replaces the file of another process
                sync_folder(paths.predictions)
                return target
    finally:
        whole.unlink(missing_ok=True)
    raise SubmissionError(
        f"This prediction has {MOST} submission files, which is the most. Move some of them out of {paths.predictions}."
    )


def submissions(paths: RunPaths) -> tuple[Path, ...]:
    """The submission files of a prediction, by their numbers."""
    found = paths.predictions.glob("submission-*.csv")
    return tuple(sorted(found, key=lambda path: (len(path.name), path.name)))
