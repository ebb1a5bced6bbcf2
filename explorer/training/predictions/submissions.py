"""The submission file of a prediction whose plan has a sample, whose ids are compared before any image is predicted."""

from collections.abc import Sequence
from pathlib import Path

from explorer.runs.overview.mask_submission import check_mask_sample, filled_masks, read_mask_sample
from explorer.runs.overview.sample_submission import SubmissionError, read_sample
from explorer.runs.overview.submission import Submission, check, filled, write_numbered
from explorer.runs.record import mask_predictions, predictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.predictions import About
from explorer.runs.record.reasons import Why, reason
from explorer.runs.spec.predict import PredictPlan
from explorer.training.stopping import TrainingError


def check_early(plan: PredictPlan, about: About, ids: Sequence[str]) -> None:
    """Raise TrainingError where the sample cannot be understood, or names images that will not be predicted."""
    if not plan.sample:
        return
    try:
        if about.mask_values:
            check_mask_sample(read_mask_sample(Path(plan.sample), about, ids), ids, fill=plan.fill_missing)
        else:
            check(read_sample(Path(plan.sample), about.classes, ids, plan.fills), ids, fill=plan.fill_missing)
    except SubmissionError as error:
        raise TrainingError(str(error)) from error


def write(paths: RunPaths, plan: PredictPlan) -> Why:
    """Fill the sample into a new file in the folder of the run; says which, or why it could not be filled.

    The predictions are there then, so that a sample that was changed meanwhile does not make the run fail.
    """
    found = predictions.read(paths) if plan.sample else None
    if found is None:
        return ""
    masks = bool(found.about.mask_values)
    try:
        submission = _of_masks(paths, plan) if masks else _of_classes(found, plan)
        target = write_numbered(paths, submission)
    except (SubmissionError, predictions.PredictionsError) as error:
        return reason("submission_not_written", why=str(error))
    if submission.filled:
        file, rows, lacking = target.name, submission.rows, len(submission.filled)
        if masks:
            return reason("mask_submission_filled", file=file, rows=rows, filled=lacking)
        return reason("submission_filled", file=file, rows=rows, filled=lacking)
    return reason("submission_written", file=target.name, rows=submission.rows)


def _of_classes(found: predictions.Predictions, plan: PredictPlan) -> Submission:
    sample = read_sample(Path(plan.sample), found.classes, found.ids, plan.fills)
    return filled(found, sample, fill=plan.fill_missing)


def _of_masks(paths: RunPaths, plan: PredictPlan) -> Submission:
    found = mask_predictions.read(paths)
    assert found is not None  # its parts were read before
    sample = read_mask_sample(Path(plan.sample), found.of.about, found.of.ids)
    return filled_masks(paths, found, sample, fill=plan.fill_missing)
