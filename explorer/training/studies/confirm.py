"""Confirms an effect with full training: pairs of runs that differ in their pipeline, judged by their last epoch."""

from explorer.augment.apply import AugmentError
from explorer.data.dataset import Dataset
from explorer.data.drawing import with_drawn
from explorer.metrics.verdicts.measured import judged
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import Why, joined, reason
from explorer.runs.record.studies.images import StudyImages
from explorer.runs.record.studies.parts import MEMBER, parts
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import ConfigError, RunConfig, check_with_dataset
from explorer.runs.spec.members import Member, config_of, members_of, runs_of, title_of
from explorer.runs.spec.plans.confirm import DRAWN, ConfirmPlan
from explorer.runs.spec.schedules import steps_per_epoch
from explorer.training import identity, trial
from explorer.training.attempt import Attempt
from explorer.training.mistakes import explain
from explorer.training.prepared import Prepared
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError
from explorer.training.studies import members
from explorer.training.studies.looked import Looked, check_device, groups_of, keep_images, write_start
from explorer.training.studies.members import Trained

_PROBED = 4  # images that each pipeline is tried on


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Train all pairs that are not trained yet, one run after the other; returns how far it came.

    What is stored of a run never changes: a study that goes on skips the runs whose scores are stored, and the one in
    progress goes on from its own checkpoint, with the numbers that it would have had without the interruption.

    Raises:
        StopRun: The run was asked to stop.
        ConfigError, DatasetError, ImageError: The study cannot be made.
        TrainingError: One of the runs has failed, or the data have changed meanwhile.
    """
    plan = _plan(config)
    before = identity.first(attempt.paths, attempt.number)
    setup = Setup.choose(config, before)
    setup.apply()
    # All runs compute in the same way, also those of a later attempt.
    decided = config.model_copy(update={"precision": setup.precision, "threads": setup.threads})
    looked = Looked.at(attempt, decided, setup.threads)
    _check_size(config, looked.dataset)
    identity.check_data(before, looked.identity)
    _try_both(attempt, decided, looked.dataset)
    drawn = len(with_drawn(looked.dataset, DRAWN, 0).train)  # all runs draw as many training images
    steps = steps_per_epoch(decided, drawn)
    done = set(parts(attempt.paths, MEMBER))
    write_start(
        attempt, decided, looked, setup,
        before=before, runs=runs_of(plan), done=len(done), steps=steps,
        train_images=drawn, val_images=len(looked.dataset.val),
    )  # fmt: skip
    for member in members_of(plan):
        if member.number in done:
            continue
        attempt.stop.check("stopped_in_confirmation", pair=member.pair + 1, pairs=plan.pairs)
        if done:  # the first run has the data that were just looked at
            identity.check_data(looked.identity, Looked.at(attempt, decided, setup.threads).identity)
        trained = members.train(attempt, _trained(decided, member), steps * config.epochs)
        _check_images(attempt.paths, trained, looked.dataset.classes)
        members.store(attempt.paths, member.number, trained, config.epochs)
        done.add(member.number)
        if not plan.keep_checkpoints:
            members.drop_checkpoints(trained)
    return reason("pairs_done", pairs=plan.pairs)


def _plan(config: RunConfig) -> ConfirmPlan:
    plan = config.study
    assert isinstance(plan, ConfirmPlan)  # the table of studies looks at it
    check_device(config, "The runs of a confirmation")
    if plan.against.pipeline.nodes == config.pipeline.nodes:
        raise ConfigError({"study": "Both pipelines of the pairs are the same: there is nothing to confirm."})
    try:
        judged(config.monitor, config.task)
    except ValueError as error:
        raise ConfigError({"monitor": f"{error}."}) from error
    return plan


def _trained(config: RunConfig, member: Member) -> Trained:
    plan = _plan(config)
    pair, pairs, pipeline = member.pair + 1, plan.pairs, title_of(config, member.side)
    where = reason("in_pair", pair=pair, pairs=pairs, pipeline=pipeline)
    return Trained(member.number, runs_of(plan), config_of(config, member), where, where.values)


def _try_both(attempt: Attempt, config: RunConfig, dataset: Dataset) -> None:
    """Find out before the first run whether a pipeline of the pairs would end it. Raises TrainingError."""
    images = Prepared(dataset.train, config.kept, keep=False)
    samples = [images.sample(index) for index in range(min(_PROBED, len(images)))]
    for member in members_of(_plan(config))[:2]:
        try:
            trial.check(config_of(config, member), samples, lambda: attempt.stop.check("stopped_beginning"))
        except (AugmentError, TrainingError) as error:
            side = reason("side_fails", pipeline=title_of(config, member.side))
            raise TrainingError(joined(side, explain(error))) from error


def _check_size(config: RunConfig, dataset: Dataset) -> None:
    drawn = with_drawn(dataset, DRAWN, 0)
    check_with_dataset(config, **drawn.counted)
    numbers = len(dataset.classes) * (3 if config.task == "segmentation" else 1)  # of pixels three, see PixelCounts
    if not ScoreBudget(len(dataset.val), numbers, config.epochs).fits:
        raise TrainingError(
            f"{len(dataset.val):,} validation images with {len(dataset.classes):,} classes are too many to keep what "
            "each run answers about them."
        )


def _check_images(study: RunPaths, trained: RunPaths, classes: tuple[str, ...]) -> None:
    """List the validation images of the study, or check that a run was judged by the listed ones.

    Raises TrainingError where it was not.
    """
    listed = ValidationImages.load(trained.validation)
    found = StudyImages(
        ids=listed.ids,
        hashes=listed.hashes,
        labels=listed.labels,
        groups=groups_of(listed.hashes),
        from_training=0,
        classes=classes,
        reading=listed.reading,
    )
    keep_images(study, found, "validation images")
