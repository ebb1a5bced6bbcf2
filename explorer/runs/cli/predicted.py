"""What `python -m explorer predict` prints of a finished prediction, and the file that it writes."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.base.words import counted
from explorer.runs.cli import predicted_masks, report, table_files
from explorer.runs.cli.exit_codes import FAILED, USAGE, WRONG_STATE, CommandError
from explorer.runs.record.paths import RunPaths

if TYPE_CHECKING:
    from explorer.metrics.intervals import Interval
    from explorer.metrics.paired_bootstrap import Difference
    from explorer.runs.overview.predictions import Gain, Seen
    from explorer.runs.overview.submission import Submission


def answer(options: argparse.Namespace, paths: RunPaths) -> int:
    """Print what a prediction has found, and write the file that was asked for."""
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
        _counts(seen),
        *_scores(scores),
        *_each(seen, each),
        *_gain(gain),
        *_notes(seen),
        *_written(options, submission),
    ]
    value = {
        "id": paths.id,
        "images": len(found),
        "left_out": dict(found.left_out),
        "classes": list(found.classes),
        "scores": {key: asdict(one) for key, one in scores.items()},
        "networks": [
            {"title": judge.title, "scores": one} for judge, one in zip(found.about.judges, each, strict=False)
        ],
        "gain": None if gain is None else _gain_value(gain),
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


def _counts(seen: "Seen") -> str:
    found = seen.found
    networks = len(found.about.judges)
    parts = [counted(len(found), "image"), counted(networks, "network")]
    views = found.about.views
    parts += [f"{counted(views, 'view')} besides the image"] if views else []
    parts += [f"{len(found.left_out):,} left out"] if found.left_out else []
    return ", ".join(parts) + "."


def _scores(scores: "dict[str, Interval]") -> list[str]:
    from explorer.metrics.table import EVERY

    return [f"{EVERY[key].title}: {_number(one.value)}{_interval(one.low, one.high)}" for key, one in scores.items()]


def _each(seen: "Seen", each: "list[dict[str, float | None]]") -> list[str]:
    from explorer.metrics.table import EVERY

    if not each:
        return []
    rows = [
        f"  {judge.title}: " + ", ".join(f"{EVERY[key].title} {_number(value)}" for key, value in one.items())
        for judge, one in zip(seen.found.about.judges, each, strict=True)
    ]
    return ["Each network alone:", *rows]


def _gain(gain: "Gain | None") -> list[str]:
    from explorer.metrics.table import EVERY

    if gain is None:
        return []
    rows = [f"  {EVERY[key].title}: {_change(one)}" for key, one in gain.differences.items()]
    flips = f"  {len(gain.won):,} images became right and {len(gain.lost):,} became wrong"
    return ["With views, compared with the image alone:", *rows, f"{flips}; exact McNemar test p = {gain.sides.p:.3g}."]


def _change(one: "Difference") -> str:
    if one.difference is None:
        return f"undefined: {one.why_a or one.why_b}"
    low, high = one.low, one.high
    ends = "" if low is None or high is None else f" (95% interval {low:+.4f} to {high:+.4f})"
    return f"{_number(one.a)} to {_number(one.b)}, {one.difference:+.4f}{ends}"


def _gain_value(gain: "Gain") -> dict[str, Any]:
    return {
        "images": gain.images,
        "differences": {key: asdict(one) | {"difference": one.difference} for key, one in gain.differences.items()},
        "mcnemar": asdict(gain.sides),
        "lost": [one.row for one in gain.lost],
        "won": [one.row for one in gain.won],
    }


def _notes(seen: "Seen") -> list[str]:
    from explorer.runs.record.reasons import in_words

    return [in_words(note) for note in seen.found.about.notes]


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


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" (95% interval {low:.4f} to {high:.4f})"
