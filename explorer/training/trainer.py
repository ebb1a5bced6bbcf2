"""Trains one run: from its config to its last checkpoint."""

from typing import Any

import pytorch_lightning as pl
from pytorch_lightning.callbacks import EarlyStopping

from explorer.metrics.table import HEADLINES, LOSS
from explorer.runs.machine import durations
from explorer.runs.record import color_places, mask_values
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.depths import noted
from explorer.runs.record.mask_budget import MaskBudget
from explorer.runs.record.reasons import Why, joined, reason, to_json
from explorer.runs.spec.config import RunConfig
from explorer.training import identity, lost_workers
from explorer.training.attempt import PROMISE_S, Attempt
from explorer.training.checkpoints import (
    AtomicCheckpointIO,
    Choice,
    ResumePoint,
    checkpoints,
    choice_for,
    latest,
    sweep,
)
from explorer.training.data import Images
from explorer.training.evidence import EvidenceWriter, images_of
from explorer.training.loggers import make as make_loggers
from explorer.training.mask_writer import MaskWriter
from explorer.training.module import build_model
from explorer.training.reading import Data, cache_notes, read
from explorer.training.reporting import Reporter
from explorer.training.saving import Saver
from explorer.training.setup import Setup, note_duration
from explorer.training.tasks.table import task_of


def fit(attempt: Attempt, config: RunConfig) -> Why:
    """Train to the end, from the latest checkpoint that can be used; returns how it went.

    Raises:
        StopRun: The run was asked to stop.
        ConfigError, DatasetError, ImageError, AugmentError, CheckpointError, WeightsError, TrainingError: The run
            cannot train; the message says why.
        Exception: What torch raises.
    """
    if attempt.leads:
        sweep(attempt.paths)
    before = identity.first(attempt.paths, attempt.number)
    setup = Setup.choose(config, before)
    attempt.stop.check("stopped_beginning")  # also ends if its folder is gone: loggers would make it again
    loggers = make_loggers(config, attempt.paths, attempt.number)
    setup.apply()
    data = read(attempt, config, setup.threads, setup.ranks)
    machine = identity.of_machine(setup.device.name, setup.threads, setup.precision)
    now = machine | identity.of_data(data.train, data.val) | noted(data.dataset.depth)
    identity.check_data(before, now)
    model = build_model(attempt, config, data)
    now |= identity.of_weights(model.network)
    attempt.stop.check("stopped_before_steps")
    found = latest(attempt.paths, config)
    attempt.progress.saved = found.step if found.path else None
    _write_start(attempt, config, setup, data, found, identity.differences(before, now), now)
    choice = choice_for(config, data.dataset.val.labels)
    callbacks, io = _callbacks(attempt, config, data, choice)
    trainer = setup.trainer(config, attempt.paths.root, callbacks, io, logger=loggers)
    images = Images(config, data.train, data.val, setup.workers)
    lost_workers.fit(attempt, trainer, model, images, found.path)
    note_duration(attempt, config, durations.of_training(attempt.paths, attempt.number))
    return _result(attempt, config, choice)


def _callbacks(
    attempt: Attempt, config: RunConfig, data: Data, choice: Choice
) -> tuple[list[pl.Callback], AtomicCheckpointIO]:
    # About a second for each image of the first batch is enough for any network and pipeline.
    first_promise_s = PROMISE_S + config.batch_size * max(1.0, (config.image_size / 224) ** 2)
    io = AtomicCheckpointIO(config, saved=lambda step: setattr(attempt.progress, "saved", step))
    classes = len(data.dataset.classes)
    budget = ScoreBudget(len(data.val), classes, config.epochs)
    masks = MaskWriter(attempt, MaskBudget(len(data.val), config.image_size, config.epochs))
    evidence = EvidenceWriter(attempt, images_of(data.val), budget, masks)
    reporter = Reporter(attempt, choice, first_promise_s, task_of(config), classes, evidence)
    callbacks: list[pl.Callback] = [reporter, Saver(attempt, reporter, io), *checkpoints(attempt.paths, choice)]
    if config.early_stopping is not None:
        # An undefined AUROC is no reason to stop, only no progress.
        callbacks.append(EarlyStopping(**choice.stops_by, patience=config.early_stopping, check_finite=False))
    return callbacks, io


def _write_start(
    attempt: Attempt,
    config: RunConfig,
    setup: Setup,
    data: Data,
    found: ResumePoint,
    differs: list[str],
    now: identity.Identity,
) -> None:
    steps = data.steps(config)
    notes: list[Why] = [*data.dataset.notes, *found.notes]
    if differs:
        notes.append(reason("resumed_elsewhere", differences="; ".join(differs)))
    masks = data.dataset.train.masks
    # A later attempt says where it goes on: readers drop what was done after that point.
    joins = {"resumed_from_step": found.step} if attempt.number > 1 else {}
    attempt.writer.write(
        "start",
        epoch=found.epoch,
        step=found.step,
        promise_s=PROMISE_S,
        total_steps=steps * config.epochs,
        steps_per_epoch=steps,
        epochs=config.epochs,
        train_images=len(data.train),
        val_images=len(data.val),
        classes=data.dataset.classes,
        **({} if masks is None else {color_places.KEY: masks.class_places, mask_values.KEY: masks.values}),
        device=setup.device.name,
        accelerator=setup.device.accelerator,
        precision=setup.precision,
        threads=setup.threads,
        workers=setup.workers,
        in_memory=data.train.keep,
        notes=[to_json(one) for one in notes],
        cached=[to_json(one) for one in cache_notes(data.train.tally, data.val.tally)],
        identity=dict(now),
        **joins,
    )


def _result(attempt: Attempt, config: RunConfig, choice: Choice) -> Why:
    progress = attempt.progress
    best = progress.best
    if progress.epochs < config.epochs:
        values: dict[str, Any] = {"done": progress.epochs, "epochs": config.epochs, "patience": config.early_stopping}
        if choice.value == LOSS:
            done = reason("stopped_early_by_loss", **values)
        else:
            values["monitor"] = choice.value
            done = reason("stopped_early_by_metric" if choice.rules == 1 else "stopped_early", **values)
    else:
        done = reason("epoch_done") if config.epochs == 1 else reason("epochs_done", epochs=config.epochs)
    headline = HEADLINES[config.task]
    if not best or best.get(headline) is None:
        return done
    return joined(done, reason("best_epoch", epoch=best["epoch"] + 1, metric=headline, value=best[headline]))
