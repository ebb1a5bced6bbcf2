"""Trains the recipe of a study once for each fold of its data set, and keeps what each run answers about its fold."""

from collections import Counter
from dataclasses import replace

from explorer.augment.apply import AugmentError
from explorer.data.dataset import Dataset
from explorer.metrics.table import HEADLINES, LISTED
from explorer.runs.overview.studies import folds
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.reasons import Why, reason
from explorer.runs.record.studies.parts import MEMBER, parts
from explorer.runs.spec.config import ConfigError, RunConfig, check_with_dataset
from explorer.runs.spec.members import config_of_fold, runs_of
from explorer.runs.spec.plans.folds import FoldsPlan
from explorer.runs.spec.schedules import steps_per_epoch
from explorer.training import identity, trial
from explorer.training.attempt import Attempt
from explorer.training.mistakes import explain
from explorer.training.prepared import Prepared
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError
from explorer.training.studies import members
from explorer.training.studies.looked import Looked, check_device, keep_images, write_start
from explorer.training.studies.members import Trained

_PROBED = 4  # images that the pipeline is tried on


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Train the runs of all folds that are not trained yet, one after the other; returns how far it came.

    What is stored of a run never changes: a study that goes on skips the runs whose answers are stored, and the one in
    progress goes on from its own checkpoint.

    Raises:
        StopRun: The run was asked to stop.
        ConfigError, DatasetError, ImageError: The study cannot be made.
        TrainingError: One of the runs has failed, or the data have changed meanwhile.
    """
    plan = _plan(config)
    before = identity.first(attempt.paths, attempt.number)
    setup = Setup.choose(config, before)
    setup.apply()
    decided = config.model_copy(update={"precision": setup.precision, "threads": setup.threads})
    looked = _of_all_folds(Looked.at(attempt, _first(decided), setup.threads), plan.folds)
    identity.check_data(before, looked.identity)
    _check_folds(attempt, decided, looked)
    _try(attempt, decided, looked.dataset)
    steps = steps_per_epoch(decided, len(looked.dataset.train))
    done = set(parts(attempt.paths, MEMBER))
    write_start(
        attempt, decided, looked, setup,
        before=before, runs=plan.folds, done=len(done), steps=steps,
        train_images=len(looked.dataset.train), val_images=len(looked.dataset.val),
    )  # fmt: skip
    keep_images(attempt.paths, looked.images)
    for fold in range(plan.folds):
        if fold in done:
            continue
        attempt.stop.check("stopped_in_folds", fold=fold + 1, folds=plan.folds)
        if done:  # the first run has the data that were just looked at
            now = Looked.at(attempt, _first(decided), setup.threads)
            identity.check_data(looked.identity, now.identity)
        trained = members.train(attempt, _trained(decided, fold), steps * config.epochs)
        members.store(attempt.paths, fold, trained, config.epochs, best=True)
        done.add(fold)
    return _scored(attempt, config, plan)


def _scored(attempt: Attempt, config: RunConfig, plan: FoldsPlan) -> Why:
    """Let the outcome hold the out-of-fold scores, by which lists of runs compare it; returns them in words."""
    found = folds.read(attempt.paths, config)
    scores = {} if found is None else found.scores.get("last", {})
    best = {key: one.value for key, one in scores.items() if key in LISTED[config.task] and one.value is not None}
    attempt.progress.best.update(best)
    headline = HEADLINES[config.task]
    if headline not in best:
        return reason("folds_done", folds=plan.folds)
    if config.task == "segmentation":
        return reason("folds_scored_masks", folds=plan.folds, iou=best[headline])
    return reason("folds_scored", folds=plan.folds, auroc=best[headline])


def _plan(config: RunConfig) -> FoldsPlan:
    plan = config.study
    assert isinstance(plan, FoldsPlan)  # the table of studies looks at it
    check_device(config, "The runs of folds")
    if "folds" not in type(config.dataset).model_fields:
        raise ConfigError({"dataset": f"{config.dataset.title} cannot be divided into folds. Choose another data set."})
    return plan


def _first(config: RunConfig) -> RunConfig:
    return config.model_copy(update={"dataset": config_of_fold(config, 0).dataset})


def _of_all_folds(looked: Looked, folds: int) -> Looked:
    """Return what was looked at, whose notes speak of one fold, with notes that hold for all of them."""
    one, every = f"fold 1 of {folds} validates.", "each validates once."
    notes = tuple(note.replace(one, every) for note in looked.dataset.notes)
    return replace(looked, dataset=replace(looked.dataset, notes=notes))


def _trained(config: RunConfig, fold: int) -> Trained:
    runs = runs_of(config.study)
    where = reason("in_fold", fold=fold + 1, folds=runs)
    return Trained(fold, runs, config_of_fold(config, fold), where, where.values)


def _check_folds(attempt: Attempt, config: RunConfig, looked: Looked) -> None:
    """Find out before the first run whether no image validates twice, and whether each fold can be trained on.

    Raises TrainingError, DatasetError or ConfigError.
    """
    plan, classes = _plan(config), looked.dataset.classes
    judged: Counter[str] = Counter()
    for fold in range(plan.folds):
        attempt.stop.check("stopped_beginning")
        own = config_of_fold(config, fold)
        dataset = own.dataset.open()
        if dataset.classes != classes:
            raise TrainingError(f"Fold {fold + 1} has other classes than fold 1. Check the classes of the data set.")
        check_with_dataset(own, **dataset.counted)
        judged.update(dataset.val.ids)
        numbers = len(classes) * (3 if config.task == "segmentation" else 1)  # of pixels three, see PixelCounts
        if not ScoreBudget(len(dataset.val), numbers, config.epochs).fits:
            raise TrainingError(
                f"{len(dataset.val):,} images of a fold with {len(classes):,} classes are too many to keep what each "
                "run answers about them. Choose more folds."
            )
    again = judged - Counter(looked.images.ids)
    if again:  # images that are in no fold train in each of them, as some data sets have it
        count = len(list(again.elements()))
        raise TrainingError(f"The folds are no division of the data set: {count:,} images are in more than one.")


def _try(attempt: Attempt, config: RunConfig, dataset: Dataset) -> None:
    """Find out before the first run whether the pipeline would end it. Raises TrainingError."""
    images = Prepared(dataset.train, config.kept, keep=False)
    samples = [images.sample(index) for index in range(min(_PROBED, len(images)))]
    try:
        trial.check(config_of_fold(config, 0), samples, lambda: attempt.stop.check("stopped_beginning"))
    except AugmentError as error:
        raise TrainingError(explain(error)) from error
