"""Why a run ended and what it has found, stored as codes with values and worded where it is shown.

A plain text is shown unchanged: earlier versions stored sentences, and messages of libraries are still stored so.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.base.words import clock, rate, size, span

WORDS = {
    # finished
    "epochs_done": "All {epochs} epochs are done.",
    "epoch_done": "The epoch is done.",
    "stopped_early": "Stopped early after {done} of {epochs} epochs: {patience} without a better {monitor} or a lower "
    "validation loss.",
    "stopped_early_by_metric": "Stopped early after {done} of {epochs} epochs: {patience} without a better {monitor}.",
    "stopped_early_by_loss": "Stopped early after {done} of {epochs} epochs: {patience} without a lower validation "
    "loss.",
    "best_epoch": "Best: epoch {epoch} with {metric} {value:.3f}.",
    "checks_passed": "All {checks} checks passed.",
    "checks_warn": "{warned} of {checks} checks warn.",
    "run_takes": "The run would take about {takes}.",
    "pairs_done": "All {pairs} pairs are trained.",
    "folds_done": "All {folds} folds are trained.",
    "folds_scored": "All {folds} folds are trained. Out of fold, AUROC is {auroc:.3f}.",
    "folds_scored_masks": "All {folds} folds are trained. Out of fold, mean IoU is {iou:.3f}.",
    "rate_found": "The loss falls most steeply near a learning rate of {rate:.2g}, and nearly as fast from {low:.2g} "
    "to {high:.2g}.",
    "rate_not_found": "The loss fell at no rate. More images or a larger batch may show it.",
    "rate_noisy": "The curve is too noisy to tell: the loss falls by {fall:.2g} in all, and moves by {noise:.2g} from "
    "step to step. A larger batch makes it smoother; or try a few rates in short runs.",
    # found by the steps of a quick check
    "check_data": "{train:,} images train, {val:,} validate; {ms:.0f} ms to read one.",
    "check_pipeline": "Each step works on {images} images; {ms:.0f} ms for one, with all that was tried.",
    "check_network": "{parameters:,} parameters, of which {learning:,} learn at first.",
    "check_training": "{batches} batches of {size}: loss {loss:.3f}, {speed} images/s.",
    "check_validation": "{images} images: loss {loss:.3f}, {speed} images/s.",
    "check_checkpoint": "{bytes}; two of them are kept, and a third while one is written.",
    "check_loading": "A new network with the saved weights gives the same answers.",
    # studies
    "study_repeats": "All {repeats} repeats are done.",
    "study_repeat": "The repeat is done.",
    "whole_helps": "The pipeline helps.",
    "whole_harms": "The pipeline harms.",
    "whole_same": "The pipeline makes no difference that matters.",
    "whole_unknown": "Whether the pipeline helps cannot be told yet.",
    "steps_helps": "Steps that help: {count}.",
    "steps_harms": "Steps that harm: {count}.",
    "steps_same": "Steps that make no difference that matters: {count}.",
    "steps_unknown": "Steps that cannot be told yet: {count}.",
    "searches_done": "All {searches} searches are done.",
    # found by an immunity map
    "distortions_done": "All {distortions} distortions are done.",
    # found by a prediction
    "predicted": "{images:,} images are predicted.",
    "predicted_without": "{images:,} images are predicted, and {left_out:,} are left out.",
    "submission_written": "{file} has {rows:,} rows.",
    "submission_filled": "{file} has {rows:,} rows; {filled:,} of them have no image and hold the mean prediction.",
    "mask_submission_filled": "{file} has {rows:,} rows; {filled:,} of them have no image and hold a blank mask.",
    "submission_not_written": "No submission was written: {why}",
    # stopped
    "left_queue": "It was taken out of the queue before it began.",
    "stopped_waiting": "Stopped {by} while it waited for its turn.",
    "stopped_beginning": "Stopped {by} before it began.",
    "stopped_looking": "Stopped {by} while it was looking at the data.",
    "stopped_reading": "Stopped {by} while it was reading the data.",
    "stopped_downloading": "Stopped {by} while weights were downloaded.",
    "stopped_before_steps": "Stopped {by} before the first step.",
    "stopped_in_check": "Stopped {by} in the quick check.",
    "stopped_in_confirmation": "Stopped {by} before pair {pair} of {pairs}.",
    "stopped_in_folds": "Stopped {by} before fold {fold} of {folds}. What is trained is kept.",
    "in_fold": "Fold {fold} of {folds} was being trained.",
    "in_pair": "Pair {pair} of {pairs} was being trained with {pipeline}.",
    "side_fails": "The runs with {pipeline} cannot be trained.",
    "stopped_in_search": "Stopped {by} after {step} of {steps} steps.",
    "stopped_in_study": "Stopped {by} after {done} of {repeats} repeats. What is done is kept.",
    "stopped_in_searches": "Stopped {by} after {done} of {searches} searches. What is done is kept.",
    "stopped_in_epoch": "Stopped {by} in epoch {epoch}.",
    "stopped_after_step": "Stopped {by} in epoch {epoch}, after step {step}.",
    "stopped_after_epochs": "Stopped {by} after {done} of {epochs} epochs.",
    "stopped_in_last_step": "Stopped {by} in the last step of epoch {epoch}.",
    "stopped_in_validation": "Stopped {by} in the validation of epoch {epoch}.",
    "stopped_in_map": "Stopped {by} after {done} of {distortions} distortions. What is done is kept.",
    "stopped_in_prediction": "Stopped {by} after {done:,} of {images:,} images. What is done is kept.",
    "all_saved": "Everything up to there is saved.",
    "saved_before_step": "Everything before that step is saved.",
    "saved_step": "The last good checkpoint is of step {step}.",
    "saved_nothing": "It had saved no checkpoint yet.",
    "ended_on_request": "It was ended without saving, as requested.",
    "ended_unanswering": "It did not answer the stop for {seconds:.0f} s and was ended.",
    # failed
    "not_started": "Its process could not be started: {error}.",
    "dies_before_turn": "Its process ended {tries} times before it began. See the log.",
    "loss_not_finite": "The loss became nan or infinite in step {step}. "
    "Lower the learning rate, or choose the precision 32-true.",
    "mean_loss_not_finite": "The mean loss of epoch {epoch} is too large to be a number.",
    "no_memory": "There was not enough memory. Choose a smaller batch size or image size, or fewer loader workers.",
    "system_error": "{error}. Is there space and permission?",
    "weights_not_finite": "The weights became nan or infinite in step {step}. "
    "Lower the learning rate, or choose the precision 32-true.",
    "losses_not_finite": "The loss is nan or infinite. Lower the learning rate, or choose the precision 32-true.",
    "outputs_not_finite": "The network gave no usable numbers (nan or infinite) for {broken} of {images} validation "
    "images. Lower the learning rate, or choose the precision 32-true.",
    "checkpoint_changed": "{which}.ckpt of “{run}” has changed since this prediction began. Start a new one.",
    "images_changed": "The images have changed since this prediction began. Put them back, or start a new one.",
    "prediction_not_finite": "The network of “{run}” gives outputs that are no finite numbers for {broken} images of a "
    "batch. Choose the precision 32-true, or another checkpoint.",
    "loaded_differs": "The network that was loaded from its checkpoint does not give the answers of the one that was "
    "saved.",
    # stopped or lost, found out by others
    "never_started": "The run never started: its folder has no record of a start.",
    "no_config": "It has no run.json.",
    "config_damaged": "Its run.json is damaged.",
    "start_interrupted": "The start was interrupted before the process began.",
    "copy_of_living": "This folder is a copy of a run that goes on as process {pid}.",
    "copy_of_ended": "This folder is a copy of a run that ended without a result{how}.",
    "process_ended": "The process ended without a result{how}.",
    "ended_elsewhere": "The run was on another computer ({host}) and ended without a result{how}.",
    "ended_in_restart": "The run ended when the computer restarted, without a result{how}.",
    "exit_code": "exit code {number}",
    "killed_by": "killed by {signal}{transform}",
    "sigkill": "killed by SIGKILL{transform}, which the system also sends when memory runs out",
    "sigkill_for_memory": "killed by SIGKILL{transform}, and the system has ended processes for lack of memory since "
    "it began: memory ran out",
    "sigkill_by_others": "killed by SIGKILL{transform}, though not by the system for lack of memory",
    "no_update": "The process never sent an update.",
    "last_update": "Last update at {at}: {doing}, epoch {epoch}, step {step}.",
    "last_update_starting": "Last update at {at}: {doing}.",
    "stop_requested": "A stop was requested at {at}.",
    "outcome_damaged": "Its outcome.json is damaged.",
    "see_log": "See the log.",
    # notes
    "cached_in_memory": "Cached {images} images in memory ({bytes}).",
    "cached_on_disk": "Cached {images} images on the disk.",
    "cached_in_both": "Cached {images} images in memory ({bytes}) and {files} images on the disk.",
    "decoded": "{decoded} of {images} were decoded for this run.",
    "not_cached": "{images} of {all} images are not cached: they are decoded again in each epoch.",
    "no_early_stopping": "Early stopping is off: the images that judge must not choose an epoch.",
    "threshold_used": "{name} is predicted from a probability of {probability:.3g} on: the threshold of the run.",
    "threshold_of_other_epoch": "That threshold was chosen on the scores of epoch {epoch}, and the weights are those "
    "of epoch {used}.",
    "thresholds_differ": "The networks have different thresholds, which were not chosen for averaged scores: the "
    "likeliest class is predicted.",
    "predicted_whole": "“{run}” was validated by sliding windows. Its predictions are of whole images, shrunk to its "
    "input, so that small objects may be lost.",
    "views_unseen": "The training of “{run}” did not use these steps of the views: {steps}. Compare the "
    "scores with and without views.",
    "views_unseen_by_several": "The trainings of {networks} networks did not use these steps of the views: {steps}. "
    "Compare the scores with and without views.",
    "trained_on": "{images:,} of the {all:,} images are among those that “{run}” was trained on: its scores of them "
    "are too good.",
    "trained_on_by_several": "{networks} of the networks were trained on some of the {all:,} images, on up to "
    "{images:,} of them: their scores are too good.",
    "divided_anew": "The data set has changed since “{run}” was trained: {images:,} of the {all:,} images were not in "
    "its validation part, so that it may have been trained on them.",
    "resumed_elsewhere": "Not exact to the bit, for it was resumed elsewhere ({differences}).",
    "checkpoint_passed_over": "{file} was not used: {error}.",
}


def _metric(name: str, form: str) -> object:
    from explorer.metrics.table import (  # imported here: numpy, is not for a waiting run, which comes with it
        EVERY,
    )

    return getattr(EVERY[name], form) if name in EVERY else name


# How the values of each name are put into words.
_VALUES: dict[str, Callable[[Any], object]] = {
    "by": lambda by: "on request" if by == "request" else f"by {by}",
    "takes": span,
    "speed": rate,
    "bytes": size,
    "at": lambda seconds: clock(seconds, time.time()),
    "how": lambda stored: f" ({words})" if (words := in_words(from_json(stored))) else "",
    "transform": lambda name: f" in the step {name}" if name else "",
    "metric": lambda name: _metric(name, "label"),
    "monitor": lambda name: _metric(name, "in_sentence"),
}


@dataclass(frozen=True)
class Reason:
    """One sentence: a code of WORDS, and the numbers and texts that belong in the sentence."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


Why = str | Reason | tuple[str | Reason, ...]


def reason(code: str, **values: Any) -> Reason:
    """Make a sentence of WORDS. Raises KeyError for an unknown code."""
    WORDS[code]
    return Reason(code, values)


def joined(*parts: Why) -> Why:
    """Join sentences; empty ones are left out."""
    return tuple(one for part in parts for one in (part if isinstance(part, tuple) else (part,)) if one)


def in_words(why: Why) -> str:
    """Return the sentences as text. A code of a later version is shown unchanged, with its values."""
    return " ".join(filter(None, map(_sentence, why if isinstance(why, tuple) else (why,))))


def _sentence(one: str | Reason) -> str:
    if isinstance(one, str):
        return one
    try:
        return WORDS[one.code].format_map(
            {name: _VALUES[name](value) if name in _VALUES else value for name, value in one.values.items()}
        )
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):
        return " ".join([one.code, *(f"{name}={value}" for name, value in one.values.items())])


def to_json(why: Why) -> Any:
    """Return what is stored."""
    if isinstance(why, tuple):
        return [to_json(one) for one in why]
    return why if isinstance(why, str) else {"code": why.code, "values": dict(why.values)}


def from_json(stored: Any) -> Why:
    """Read what this or an earlier version has stored; "" for anything else."""
    if isinstance(stored, list):
        return tuple(filter(None, map(_one, stored)))
    return _one(stored)


def notes_in(values: Mapping[str, Any]) -> list[str]:
    """Return what a trainer has noted about its data and its setup, as text, from the values of its start event."""
    notes = values.get("notes")
    return [in_words(from_json(note)) for note in notes] if isinstance(notes, list) else []


def _one(stored: Any) -> str | Reason:
    if isinstance(stored, dict):
        values = stored.get("values")
        return Reason(str(stored.get("code", "")), values if isinstance(values, dict) else {})
    return stored if isinstance(stored, str) else ""
