"""What a study of folds has found so far: what is said of each image by the run that was not trained on it."""

import functools
import math
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.base.task_names import TaskName
from explorer.metrics.intervals import Interval, intervals
from explorer.metrics.table import EVERY
from explorer.runs.overview.studies.fold_answers import NO_FOLD, WHICH, OutOfFold, Which
from explorer.runs.record.history import History
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.parts import LOGITS, MARGINS, MEMBER, images_path, part_path, parts, read_part
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.config import RunConfig, threshold_of
from explorer.runs.spec.plans.folds import FoldsPlan

SCORES_OF: Mapping[TaskName, tuple[str, ...]] = {
    "classification": ("accuracy", "auroc", "f1_macro", "log_loss"),
    "segmentation": ("iou", "dice", "dice_images"),
    "labels": ("auroc", "mean_precision", "f1_macro", "subset_accuracy"),
}  # the metrics of the whole data set, the one of the heading first
_MOST = 6  # studies whose answers stay in memory


@dataclass(frozen=True)
class FoldSeen:
    """The training run of a fold.

    Attributes:
        fold: From 0.
        stage: How far it is.
        images: Of the fold; 0 while they are not known.
        epochs, values: The validated epochs, from 1, and the monitor of each, nan where it is undefined.
        best_epoch: The epoch of its best checkpoint, from 1; None before the run is trained.
        scores: Of its own fold by epoch and metric; nan where undefined. Empty before the run is trained.
    """

    fold: int
    stage: Literal["waits", "trains", "done"]
    images: int = 0
    epochs: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    best_epoch: int | None = None
    scores: dict[Which, dict[str, float]] | None = None


@dataclass(frozen=True, eq=False)
class FoldsFound:
    """A study of folds at one moment.

    Attributes:
        plan: What was asked.
        task: What its networks answer.
        monitor: The key of the metric that chooses the best epoch of each run.
        folds: All folds.
        answers: What is said of each image; None before the first run is trained.
        scores: Over all images that have answers, by epoch and metric; empty before the first.
    """

    plan: FoldsPlan
    task: TaskName
    monitor: str
    folds: tuple[FoldSeen, ...]
    answers: OutOfFold | None
    scores: dict[Which, dict[str, Interval]]

    @property
    def metrics(self) -> tuple[str, ...]:
        """The keys of the metrics of `scores`, the one of the heading first."""
        return SCORES_OF[self.task]

    @property
    def done(self) -> int:
        """How many folds are trained."""
        return sum(one.stage == "done" for one in self.folds)

    @property
    def complete(self) -> bool:
        """Whether all folds are trained, so that each image has an answer."""
        return self.done == self.plan.folds

    def spread(self, which: Which, metric: str) -> tuple[float, float] | None:
        """Return the least and the highest score of single folds; None with fewer than two defined ones."""
        found = [one.scores[which][metric] for one in self.folds if one.scores is not None]
        defined = [value for value in found if math.isfinite(value)]
        return (min(defined), max(defined)) if len(defined) > 1 else None


def read(paths: RunPaths, config: RunConfig) -> FoldsFound | None:
    """Read a study of folds as far as it is; None for other studies.

    Raises:
        StudyRecordError: A file of the study is damaged.
    """
    plan = config.study
    if not isinstance(plan, FoldsPlan):
        return None
    stored = tuple(number for number in parts(paths, MEMBER) if number < plan.folds)
    answers: OutOfFold | None = None
    scores: dict[Which, dict[str, Interval]] = {}
    of_folds: dict[int, _OfFold] = {}
    if stored:
        # Times are in the key: a folder may be replaced by another one of the same name.
        answers, scores, of_folds = _judged(paths, stored, config.task, threshold_of(config), _times(paths, stored))
    folds = tuple(_seen(paths, fold, config.monitor, of_folds.get(fold)) for fold in range(plan.folds))
    return FoldsFound(plan, config.task, config.monitor, folds, answers, scores)


def _times(paths: RunPaths, stored: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return tuple(part_path(paths, MEMBER, number).stat().st_mtime_ns for number in stored)
    except OSError:
        return ()


_OfFold = tuple[int, int, dict[Which, dict[str, float]]]  # images, best epoch from 1, scores


@functools.lru_cache(maxsize=_MOST)
def _judged(
    paths: RunPaths, stored: tuple[int, ...], task: TaskName, threshold: float, _times: tuple[int, ...]
) -> tuple[OutOfFold, dict[Which, dict[str, Interval]], dict[int, _OfFold]]:
    answers, epochs = _joined(paths, stored, task, threshold)
    known = answers.known
    scores = {which: intervals(answers.evaluation(which, known), SCORES_OF[task]) for which in WHICH}
    of_folds = {fold: _of_fold(answers, fold, epochs[fold]) for fold in stored}
    return answers, scores, of_folds


def _of_fold(answers: OutOfFold, fold: int, best_epoch: int) -> _OfFold:
    rows = np.flatnonzero(answers.folds == fold).astype(np.int64)
    scores: dict[Which, dict[str, float]] = {}
    for which in WHICH:
        evaluation = answers.evaluation(which, rows)
        values = {key: EVERY[key].value(evaluation).value for key in SCORES_OF[answers.task]}
        scores[which] = {key: math.nan if value is None else value for key, value in values.items()}
    return len(rows), best_epoch + 1, scores


def out_of_fold(paths: RunPaths, config: RunConfig) -> OutOfFold | None:
    """Return what a study says of each image out of fold; None before its first run is trained, and for other studies.

    Raises StudyRecordError.
    """
    found = read(paths, config)
    return None if found is None else found.answers


def _joined(
    paths: RunPaths, stored: tuple[int, ...], task: TaskName, threshold: float
) -> tuple[OutOfFold, dict[int, int]]:
    images = StudyImages.load(images_path(paths))
    shape = len(images), len(images.classes)
    of_masks = task == "segmentation"
    given: dict[Which, NDArray[Any]] = {
        which: np.zeros((*shape, 3), np.int64) if of_masks else np.full(shape, np.nan, np.float32) for which in WHICH
    }
    folds, epochs = np.full(len(images), NO_FOLD), {}
    places: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for row, one in enumerate(zip(images.ids, images.hashes, strict=True)):
        places[one].append(row)
    last = MARGINS if of_masks else LOGITS
    for fold in stored:
        part = read_part(paths, MEMBER, fold, (last, "best", "best_epoch"))
        rows = _rows(paths.member(fold), places)
        if not part[last].shape == part["best"].shape == (len(rows), *given["last"].shape[1:]):
            raise StudyRecordError(f"{part_path(paths, MEMBER, fold)} does not fit its images.")
        folds[rows] = fold
        given["last"][rows], given["best"][rows] = part[last], part["best"]
        epochs[fold] = int(part["best_epoch"][0])
    return OutOfFold(images, folds, given, threshold, task), epochs


def _rows(member: RunPaths, places: dict[tuple[str, str], deque[int]]) -> NDArray[np.int64]:
    """Return the rows of the validation images of a run, each of which is in one fold only."""
    try:
        listed = ValidationImages.load(member.validation)
    except ValidationRecordError as error:
        raise StudyRecordError(str(error)) from error
    try:
        rows = [places[one].popleft() for one in zip(listed.ids, listed.hashes, strict=True)]
    except IndexError as error:
        raise StudyRecordError(f"{member.validation} lists images that are in no fold, or in several.") from error
    return np.asarray(rows, np.int64)


def _seen(paths: RunPaths, fold: int, monitor: str, done: _OfFold | None) -> FoldSeen:
    own = paths.member(fold)
    if done is not None:
        images, best_epoch, scores = done
        epochs, values = _last_curve(own, monitor)
        return FoldSeen(fold, "done", images, epochs, values, best_epoch, scores)
    if not own.latest_attempt:
        return FoldSeen(fold, "waits")
    epochs, values = _curve(own, monitor)
    return FoldSeen(fold, "trains", 0, epochs, values)


def _curve(paths: RunPaths, metric: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    history = History(paths)
    history.read_on()
    found = sorted(history.epochs.items())
    return tuple(epoch + 1 for epoch, _ in found), tuple(one.event.number(metric) for _, one in found)


_last_curve = functools.lru_cache(maxsize=128)(_curve)  # of a run that is trained, and never changes again
