"""The kind of run that predicts the classes of images by trained networks."""

import hashlib
import json
from collections.abc import Sequence

from explorer.augment.network_input import augmenting
from explorer.augment.pipeline import Pipeline
from explorer.augment.put_back import NotInvertible, check_steps
from explorer.data.inspection import Looking
from explorer.runs.record import predictions as record
from explorer.runs.record.predictions import About
from explorer.runs.record.reasons import Why, joined, reason, to_json
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.predict import PredictPlan
from explorer.runs.spec.schedules import validation_batch
from explorer.training import identity
from explorer.training.attempt import PROMISE_S, Attempt
from explorer.training.predictions import judges as networks
from explorer.training.predictions import sources, submissions
from explorer.training.predictions.cautions import cautions
from explorer.training.predictions.deciding import decided
from explorer.training.predictions.judges import Judge
from explorer.training.predictions.mask_work import MaskWork
from explorer.training.predictions.sources import Source
from explorer.training.predictions.work import Work
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError

_PART = 512  # images of a part at least
_NUMBERED = (
    "“{run}” was trained by a version that did not record the mask value of each class. The predicted masks hold the "
    "number of the class, from 0, which may differ from the values in the training masks."
)


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Predict the images of a plan, part by part; returns how many there were.

    What is stored of a part never changes: a run that goes on skips the parts that are there, and gives the others the
    numbers that they would have had without the interruption.

    Raises:
        StopRun: The run was asked to stop. Finished parts are kept.
        ConfigError, DatasetError, ImageError, TrainingError: The images cannot be predicted; the message says why.
    """
    plan = config.predict
    assert plan is not None  # RunConfig checks it
    before = identity.first(attempt.paths, attempt.number)
    setup = Setup.choose(config, before)
    setup.apply()
    if config.task == "segmentation" and plan.views is not None:
        _check_views(plan.views)
    attempt.phase("building model")
    judges = networks.load(plan.networks, setup, lambda: attempt.stop.check("stopped_beginning"))
    classes = judges[0].classes
    source = sources.opened(
        attempt, plan, judges[0].config.dataset, classes, [judge.depth for judge in judges], setup.threads
    )
    if not len(source):
        raise TrainingError("There are no images to predict. Choose another part or folder.")
    about = _about(attempt, config, plan, judges, source, setup.threads)
    submissions.check_early(plan, about, source.ids)
    _write_start(attempt, about, setup, before)
    work = (MaskWork if about.mask_values else Work)(attempt, plan, judges, source, about, setup, _batch(config))
    work.carry_out()
    return joined(_said(attempt, about), submissions.write(attempt.paths, plan))


def _check_views(views: Pipeline) -> None:
    """Raise TrainingError where a step of the views cannot be undone, before the first image is predicted."""
    try:
        check_steps(augmenting(views))
    except NotInvertible as error:
        raise TrainingError(str(error)) from error


def _batch(config: RunConfig) -> int:
    return validation_batch(config.batch_size, config.task)


def _about(
    attempt: Attempt, config: RunConfig, plan: PredictPlan, judges: Sequence[Judge], source: Source, threads: int
) -> About:
    """Write what the prediction begins with, or check that a resumed one goes on with the same."""
    batch = _batch(config)
    listed = hashlib.blake2b(json.dumps([source.ids, source.labels.tolist()]).encode(), digest_size=8).hexdigest()
    about = record.read_about(attempt.paths)
    recorded = tuple(judge.about for judge in judges)
    if about is not None:
        _check_same(about, recorded, listed)
        return about
    masks = judges[0].config.task == "segmentation"
    thresholds, notes = ({}, []) if masks else decided(judges)
    looking = Looking(report=attempt.reporter("reading data", "stopped_looking"), threads=threads)
    notes = [*notes, *cautions(plan, judges, source, looking)]
    values = source.mask_values(judges[0].classes, judges[0].mask_values) if masks else ()
    if values is None:
        values = tuple(range(len(judges[0].classes)))
        notes.append(_NUMBERED.format(run=recorded[0].title))
    about = About(
        classes=judges[0].classes,
        judges=recorded,
        total=len(source),
        part=batch * -(-_PART // batch),
        views=0 if plan.views is None else plan.count,
        listing=listed,
        root=source.root,
        thresholds=thresholds,
        left_out=source.left_out,
        mask_values=values,
        between=_between(judges[0].config, judges[0].classes),
        color_places=judges[0].color_places if masks else (),
        notes=tuple(one for note in (*source.notes, *notes) for one in (note if isinstance(note, tuple) else (note,))),
    )
    record.begin(attempt.paths, about)
    return about


def _between(config: RunConfig, classes: Sequence[str]) -> str:
    """What is written between several labels: as the table of the first run has them; "" for one class.

    Labels that are columns are joined by the first delimiter that is in no name of a label. Raises TrainingError where
    each delimiter is.
    """
    if config.task != "labels":
        return ""
    several = getattr(config.dataset, "several", "columns")
    if several != "columns":
        return str(several)
    free = [one for one in (" ", "|", ";", ",") if not any(one in name for name in classes)]
    if not free:
        raise TrainingError("The names of the labels hold a space, |, ; and a comma: nothing can stand between them.")
    return free[0]


def _check_same(about: About, judges: Sequence[record.Judge], listed: str) -> None:
    for then, now in zip(about.judges, judges, strict=True):
        if then.weights != now.weights:
            raise TrainingError(reason("checkpoint_changed", run=now.title, which=now.which))
    if about.listing != listed:
        raise TrainingError(reason("images_changed"))


def _write_start(attempt: Attempt, about: About, setup: Setup, before: identity.Identity) -> None:
    now = identity.of_machine(setup.device.name, setup.threads, setup.precision)
    notes: list[Why] = [*about.notes]
    if differs := identity.differences(before, now):
        notes.append(reason("resumed_elsewhere", differences="; ".join(differs)))
    attempt.writer.write(
        "start",
        promise_s=PROMISE_S,
        images=about.total,
        classes=about.classes,
        device=setup.device.name,
        accelerator=setup.device.accelerator,
        precision=setup.precision,
        threads=setup.threads,
        notes=[to_json(one) for one in notes],
        identity=now,
    )


def _said(attempt: Attempt, about: About) -> Why:
    images, left_out = 0, len(about.left_out)
    for number in record.finished(attempt.paths):
        part = record.read_part(attempt.paths, number)
        images, left_out = images + len(part.ids), left_out + len(part.left_out)
    if left_out:
        return reason("predicted_without", images=images, left_out=left_out)
    return reason("predicted", images=images)
