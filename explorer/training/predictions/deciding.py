"""From which probability on a class is predicted: by the thresholds that people keep for a run, or by its recipe."""

from collections.abc import Sequence

import numpy as np

from explorer.runs.life.predicting import paths_of
from explorer.runs.record import thresholds as record
from explorer.runs.record.reasons import Why, reason
from explorer.runs.record.thresholds import Threshold, ThresholdsError
from explorer.runs.spec.config import threshold_of
from explorer.runs.spec.predict import Network
from explorer.training.inference import label_thresholds
from explorer.training.predictions.judges import Judge
from explorer.training.stopping import TrainingError


def decided(judges: Sequence[Judge]) -> tuple[dict[int, float], list[Why]]:
    """Class -> the probability from which on it is predicted, and what is to be said about that.

    Thresholds that differ between networks are not used, since no one of them was chosen for the averaged scores.
    Raises TrainingError where thresholds that were kept cannot be read.
    """
    classes = judges[0].classes
    kept = [_kept(judge) for judge in judges]
    found = [_of(judge, entries, classes) for judge, entries in zip(judges, kept, strict=True)]
    several = judges[0].config.task == "labels"
    if any(one != found[0] for one in found):
        return dict.fromkeys(range(len(classes)), 0.5) if several else {}, [reason("thresholds_differ")]
    notes: list[Why] = [
        reason("threshold_used", name=classes[index], probability=value)
        for index, value in sorted(found[0].items())
        if not several or any(one.class_name == classes[index] for one in kept[0])
    ]
    others = {one.epoch for judge, entries in zip(judges, kept, strict=True) for one in entries} - {
        judge.about.epoch for judge in judges
    }
    if found[0] and others:
        notes.append(reason("threshold_of_other_epoch", epoch=min(others) + 1, used=judges[0].about.epoch + 1))
    return found[0], notes


def _kept(judge: Judge) -> tuple[Threshold, ...]:
    about = judge.about
    try:
        entries = record.read(paths_of(Network(run=about.run, member=about.member)))
    except (ThresholdsError, OSError) as error:
        raise TrainingError(f"The thresholds that are kept for {about.run} cannot be read: {error}") from error
    return tuple(one for one in entries if one.class_name in judge.classes)


def _of(judge: Judge, entries: Sequence[Threshold], classes: tuple[str, ...]) -> dict[int, float]:
    of_recipe = threshold_of(judge.config)
    if judge.config.task == "labels":
        return label_thresholds(judge.config, entries, classes)
    if not entries and of_recipe != 0.5:
        # A run predicts its second class above its threshold, not at it.
        return {classes.index(judge.classes[1]): float(np.nextafter(of_recipe, 1.0))}
    return {classes.index(one.class_name): one.probability for one in entries}
