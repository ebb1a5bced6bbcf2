"""What `python -m explorer predict` prints of predicted masks, and the files that it writes."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.base.words import counted
from explorer.runs.cli import report, table_files
from explorer.runs.cli.exit_codes import FAILED, USAGE, WRONG_STATE, CommandError
from explorer.runs.record.paths import RunPaths

if TYPE_CHECKING:
    from explorer.metrics.intervals import Interval
    from explorer.metrics.paired_bootstrap import Difference
    from explorer.runs.overview.mask_predictions import MaskGain, SeenMasks
    from explorer.runs.overview.submission import Submission


def answer(options: argparse.Namespace, paths: RunPaths) -> int:
    """Print what a prediction of masks has found, and write the file that was asked for."""
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
        "images": len(of),
        "with_masks": len(seen.known),
        "left_out": dict(of.left_out),
        "classes": list(of.classes),
        "mask_values": list(of.about.mask_values),
        "shares": dict(zip(of.classes, map(float, of.scores.mean(axis=0)), strict=True)) if len(of) else {},
        "scores": {key: asdict(one) for key, one in scores.items()},
        "networks": [{"title": judge.title, "scores": one} for judge, one in zip(of.about.judges, each, strict=False)],
        "gain": None if gain is None else _gain_value(gain),
        "out": options.out,
        "filled": [] if submission is None else list(submission.filled),
    }
    lines = [_counts(seen), *_scores(seen, scores), *_each(seen, each), *_gain(gain), *_notes(seen)]
    lines += [] if submission is None else [_said(submission)]
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


def _counts(seen: "SeenMasks") -> str:
    of = seen.found.of
    parts = [counted(len(of), "mask"), counted(len(of.about.judges), "network")]
    parts += [f"{counted(of.about.views, 'view')} besides the image"] if of.about.views else []
    parts += [f"{len(of.left_out):,} left out"] if of.left_out else []
    return ", ".join(parts) + "."


def _scores(seen: "SeenMasks", scores: "dict[str, Interval]") -> list[str]:
    from explorer.metrics.table import EVERY

    if not scores:
        return []
    rows = [
        f"{EVERY[key].title}: {_number(one.value)}"
        + ("" if one.low is None or one.high is None else f" (95% interval {one.low:.4f} to {one.high:.4f})")
        for key, one in scores.items()
    ]
    return [f"Of the pixels of {counted(len(seen.known), 'image')} with a mask, at their own size:", *rows]


def _each(seen: "SeenMasks", each: "list[dict[str, float | None]]") -> list[str]:
    from explorer.metrics.table import EVERY

    rows = [
        f"  {judge.title}: " + ", ".join(f"{EVERY[key].title} {_number(value)}" for key, value in one.items())
        for judge, one in zip(seen.found.of.about.judges, each, strict=False)
    ]
    return ["Each network alone:", *rows] if rows else []


def _gain(gain: "MaskGain | None") -> list[str]:
    from explorer.metrics.table import EVERY

    if gain is None:
        return []
    rows = [f"  {EVERY[key].title}: {_change(one)}" for key, one in gain.differences.items()]
    return ["With views, compared with the image alone:", *rows]


def _change(one: "Difference") -> str:
    if one.difference is None:
        return f"undefined: {one.why_a or one.why_b}"
    low, high = one.low, one.high
    ends = "" if low is None or high is None else f" (95% interval {low:+.4f} to {high:+.4f})"
    return f"{_number(one.a)} to {_number(one.b)}, {one.difference:+.4f}{ends}"


def _gain_value(gain: "MaskGain") -> dict[str, object]:
    found = {key: asdict(one) | {"difference": one.difference} for key, one in gain.differences.items()}
    return {"images": gain.images, "differences": found}


def _notes(seen: "SeenMasks") -> list[str]:
    from explorer.runs.record.reasons import in_words

    return [in_words(note) for note in seen.found.of.about.notes]


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
