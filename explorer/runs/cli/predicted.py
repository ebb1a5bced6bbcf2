"""What `python -m explorer predict` prints of a finished prediction, and the file that it writes."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.runs.cli import predicted_masks, report, table_files
from explorer.runs.cli.exit_codes import FAILED, USAGE, WRONG_STATE, CommandError
from explorer.runs.record.paths import RunPaths

if TYPE_CHECKING:
    from explorer.runs.overview.predictions import Gain, Seen
    from explorer.runs.overview.submission import Submission


def answer(options: argparse.Namespace, paths: RunPaths) -> int:
    """Print what a prediction has found, and write the file that was asked for."""
    from explorer.runs.cli import prediction_words as words
    from explorer.runs.overview.predictions import Seen
    from explorer.runs.record.predictions import PredictionsError, read, read_about

    try:
        about = read_about(paths)
        if about is not None and about.mask_values:
            return predicted_masks.answer(options, paths)
        if options.out and options.out.lower().endswith(".zip"):
            raise CommandError(f"A .zip holds masks, and {paths.id} predicts classes. Write a .csv or .parquet.", USAGE)
        found = read(paths)
    except PredictionsError as error:
        raise CommandError(f"{paths.id} cannot be read: {error}", FAILED) from error
    if found is None or not found.complete:
        raise CommandError(f"{paths.id} has not predicted all images yet. Wait for it, or resume it.", WRONG_STATE)
    seen = Seen(found)
    submission = _submission(options, seen)
    if options.out:
        _write(options, seen, submission)
    gain, scores = seen.gain(), seen.scores()
    each = seen.scores_of_each() if len(found.about.judges) > 1 else []
    lines = [
        words.counts(found, "image"),
        *words.scores(scores),
        *words.scores_of_each(found, each),
        *([] if gain is None else [*words.gain(gain.differences), _flips(gain)]),
        *words.notes(found),
        *_written(options, submission),
    ]
    value = {
        "id": paths.id,
        **words.values(found, scores, each),
        "gain": None if gain is None else _gain_value(gain, words.gain_values(gain.images, gain.differences)),
        "out": options.out,
        "filled": [] if submission is None else list(submission.filled),
    }
    return report.answer(options, "\n".join(lines), paths.id, value=value)


def _submission(options: argparse.Namespace, seen: "Seen") -> "Submission | None":
    if not options.sample:
        return None
    from explorer.runs.overview.sample_submission import SubmissionError, read_sample
    from explorer.runs.overview.submission import filled

    found = seen.found
    try:
        sample = read_sample(Path(options.sample), found.classes, found.ids, options.fills)
        return filled(found, sample, fill=options.fill_missing)
    except SubmissionError as error:
        raise CommandError(str(error), FAILED) from error


def _write(options: argparse.Namespace, seen: "Seen", submission: "Submission | None") -> None:
    from explorer.runs.overview.prediction_table import columns

    content = table_files.content_of(options.out, columns(seen.found)) if submission is None else submission.content
    table_files.write_new(options.out, content)


def _flips(gain: "Gain") -> str:
    flips = f"{len(gain.won):,} images became right and {len(gain.lost):,} became wrong"
    return f"  {flips}; exact McNemar test p = {gain.sides.p:.3g}."


def _gain_value(gain: "Gain", differences: dict[str, Any]) -> dict[str, Any]:
    lost, won = ([one.row for one in side] for side in (gain.lost, gain.won))
    return {**differences, "mcnemar": asdict(gain.sides), "lost": lost, "won": won}


def _written(options: argparse.Namespace, submission: "Submission | None") -> list[str]:
    if submission is None:
        return [f"Written: {options.out}"] if options.out else []
    takes = {
        "probabilities": "the probability of each class",
        "probability": "a probability",
        "label": "the name of the predicted class",
        "number": "the number of the predicted class, from 0 (--fills probability writes a probability)",
    }[submission.sample.fills]
    lines = [f"The sample takes {takes}; {submission.rows:,} rows."]
    if submission.filled:
        lines.append(f"{len(submission.filled):,} ids have no image: their rows hold the mean prediction.")
    if submission.unused:
        lines.append(f"{submission.unused:,} predicted images are not in the sample.")
    return [*lines, *([f"Written: {options.out}"] if options.out else [])]
