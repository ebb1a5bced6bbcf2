"""What `python -m explorer predict` prints of predicted masks, and the files that it writes."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.base.words import counted
from explorer.runs.cli import report, table_files
from explorer.runs.cli.exit_codes import FAILED, USAGE, WRONG_STATE, CommandError
from explorer.runs.record.paths import RunPaths

if TYPE_CHECKING:
    from explorer.runs.overview.mask_predictions import SeenMasks
    from explorer.runs.overview.submission import Submission


def answer(options: argparse.Namespace, paths: RunPaths) -> int:
    """Print what a prediction of masks has found, and write the file that was asked for."""
    from explorer.runs.cli import prediction_words as words
    from explorer.runs.overview.mask_predictions import SeenMasks
    from explorer.runs.record.mask_predictions import read
    from explorer.runs.record.predictions import PredictionsError

    try:
        found = read(paths)
    except PredictionsError as error:
        raise CommandError(f"{paths.id} cannot be read: {error}", FAILED) from error
    if found is None or not found.of.complete:
        raise CommandError(f"{paths.id} has not predicted all images yet. Wait for it, or resume it.", WRONG_STATE)
    seen = SeenMasks(found)
    submission = _submission(options, paths, seen) if options.sample else None
    if options.out:
        _write(options.out, paths, seen, submission)
    scores, gain, of = seen.scores(), seen.gain(), found.of
    each = seen.scores_of_each() if len(of.about.judges) > 1 else []
    value = {
        "id": paths.id,
        **words.values(of, scores, each),
        "with_masks": len(seen.known),
        "mask_values": list(of.about.mask_values),
        "shares": dict(zip(of.classes, map(float, of.scores.mean(axis=0)), strict=True)) if len(of) else {},
        "gain": None if gain is None else words.gain_values(gain.images, gain.differences),
        "out": options.out,
        "filled": [] if submission is None else list(submission.filled),
    }
    known = f"Of the pixels of {counted(len(seen.known), 'image')} with a mask, at their own size:"
    lines = [words.counts(of, "mask"), *([known] if scores else []), *words.scores(scores)]
    lines += [*words.scores_of_each(of, each), *([] if gain is None else words.gain(gain.differences))]
    lines += [*words.notes(of), *([] if submission is None else [_said(submission)])]
    lines += [f"Written: {options.out}"] if options.out else []
    return report.answer(options, "\n".join(lines), paths.id, value=value)


def _submission(options: argparse.Namespace, paths: RunPaths, seen: "SeenMasks") -> "Submission":
    from explorer.runs.overview.mask_submission import filled_masks, read_mask_sample
    from explorer.runs.overview.sample_submission import SubmissionError
    from explorer.runs.record.predictions import PredictionsError

    of = seen.found.of
    if options.fills:
        raise CommandError("--fills is for classes: a sample for masks takes run-length encoded pixels.", USAGE)
    try:
        sample = read_mask_sample(Path(options.sample), of.about, of.ids)
        return filled_masks(paths, seen.found, sample, fill=options.fill_missing)
    except (SubmissionError, PredictionsError) as error:
        raise CommandError(str(error), FAILED) from error


def _said(submission: "Submission") -> str:
    words = f"The sample takes run-length encoded pixels; {submission.rows:,} rows."
    if submission.filled:
        words += f" {len(submission.filled):,} of them have no image and hold a blank mask."
    return f"{words} {submission.unused:,} predicted images are not in the sample." if submission.unused else words


def _write(name: str, paths: RunPaths, seen: "SeenMasks", submission: "Submission | None") -> None:
    from explorer.runs.overview.mask_predictions import columns, write_zip
    from explorer.runs.record.predictions import PredictionsError

    if submission is not None:
        table_files.write_new(name, submission.content)
        return
    if not name.lower().endswith(".zip"):
        table_files.write_new(name, table_files.content_of(name, columns(seen.found)))
        return
    try:
        with table_files.new(name) as file:
            write_zip(paths, seen.found, file)
    except (PredictionsError, OSError) as error:
        raise CommandError(f"The masks of {paths.id} cannot be written to {name}: {error}", FAILED) from error
