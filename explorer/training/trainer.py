"""Trains one run: from its config to its last checkpoint."""

import logging
import time
import warnings
from dataclasses import dataclass

import cv2
import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment

from explorer.data.dataset import Dataset
from explorer.data.formats import open_dataset
from explorer.runs.config import RunConfig, check_with_dataset, loads
from explorer.runs.machine import DeviceInfo, check_with_machine
from explorer.training import identity
from explorer.training.attempt import Attempt
from explorer.training.backbones import BACKBONES
from explorer.training.checkpoints import (
    AtomicCheckpointIO,
    CheckpointError,
    Found,
    checkpoints,
    choice_for,
    latest,
    load_weights,
    sweep,
)
from explorer.training.data import Images, steps_per_epoch
from explorer.training.devices import cores, here
from explorer.training.images import check_pipeline
from explorer.training.losses import LOSSES
from explorer.training.memory import keep_freed_memory
from explorer.training.module import Classifier
from explorer.training.prepared import Prepared, fits_in_memory
from explorer.training.reporting import Reporter
from explorer.training.saving import Saver
from explorer.training.seeds import build_seed
from explorer.training.stopping import TrainingError

_READING_EVERY_S = 1.0
_PROMISE_S = 60.0
_PROBED = 4
_ACCELERATORS = {"gpu": "cuda"}  # Lightning's "gpu" may be any; ours are told apart


@dataclass(frozen=True)
class Setup:
    """What the config leaves to this machine."""

    device: DeviceInfo
    threads: int
    workers: int

    @classmethod
    def choose(cls, config: RunConfig, before: identity.Identity) -> "Setup":
        """before: of an earlier attempt, whose number of threads is kept: another one gives other last bits.

        Raises ConfigError where the machine cannot do what the config asks.
        """
        machine = here()
        check_with_machine(config, machine)
        device = machine.device(config.accelerator) or machine.devices[0]
        workers = _default_workers(config, device) if config.workers is None else config.workers
        threads = config.threads or int(before.get("threads", machine.threads))
        return cls(device, threads, workers)


def _default_workers(config: RunConfig, device: DeviceInfo) -> int:
    """Measured on 2 cores: on a processor, workers only help where a frozen backbone in bf16 leaves it idle."""
    if device.accelerator != "cpu":
        return max(1, min(8, cores() - 1))
    return 2 if config.frozen and config.precision == "bf16-mixed" and cores() > 1 else 0


def fit(attempt: Attempt) -> str:
    """Train to the end; returns how it went in a sentence.

    Goes on from the latest checkpoint that can be used, where there is one. Raises StopRun when asked to stop,
    ConfigError, DatasetError, ImageError, AugmentError, CheckpointError, TrainingError, and what torch raises.
    """
    config = loads(attempt.paths.config.read_bytes())
    attempt.stop.check("before it began")
    sweep(attempt.paths)
    before = identity.first(attempt.paths, attempt.number)
    setup = Setup.choose(config, before)
    keep_freed_memory()
    torch.set_num_threads(setup.threads)
    cv2.setNumThreads(0)
    dataset, train, val = _read(attempt, config, setup)
    now = identity.of_machine(setup.device.name, setup.threads, config.precision) | identity.of_data(train, val)
    identity.check_data(before, now)
    attempt.writer.write("phase", promise_s=_PROMISE_S, phase="building model")
    model = classifier(config, dataset.classes, steps_per_epoch(len(train), config.batch_size) * config.epochs)
    if config.start_from is not None:
        _take_weights(attempt, model)
    now |= identity.of_weights(model.network)
    attempt.stop.check("before the first step")
    found = latest(attempt.paths, config)
    attempt.progress.saved = found.step if found.path else None
    _tell_start(attempt, config, setup, (dataset, train, val), found, before, now)
    trainer = _trainer(attempt, config, setup, dataset)
    trainer.fit(model, datamodule=Images(config, train, val, setup.workers), ckpt_path=found.path, weights_only=True)
    return _result(attempt, config)


def _take_weights(attempt: Attempt, model: Classifier) -> None:
    try:
        load_weights(attempt.paths.first, model.network)
    except CheckpointError as error:
        raise TrainingError(f"The checkpoint that this run starts from cannot be used: {error}.") from error


def _tell_start(
    attempt: Attempt,
    config: RunConfig,
    setup: Setup,
    data: tuple[Dataset, Prepared, Prepared],
    found: Found,
    before: identity.Identity,
    now: identity.Identity,
) -> None:
    dataset, train, val = data
    steps = steps_per_epoch(len(train), config.batch_size)
    differs = identity.differences(before, now)
    notes = [*dataset.notes, *found.notes]
    if differs:
        notes.append(f"Not exact to the bit, for it was resumed elsewhere ({'; '.join(differs)}).")
    # An attempt that is not the first says where it goes on: readers drop what was done after that point.
    joins = {"resumed_from_step": found.step} if attempt.number > 1 else {}
    attempt.writer.write(
        "start",
        epoch=found.epoch,
        step=found.step,
        promise_s=_PROMISE_S,
        total_steps=steps * config.epochs,
        steps_per_epoch=steps,
        epochs=config.epochs,
        train_images=len(train),
        val_images=len(val),
        classes=dataset.classes,
        device=setup.device.name,
        accelerator=setup.device.accelerator,
        precision=config.precision,
        threads=setup.threads,
        workers=setup.workers,
        in_memory=train.keep,
        notes=notes,
        identity=dict(now),
        **joins,
    )


def _read(attempt: Attempt, config: RunConfig, setup: Setup) -> tuple[Dataset, Prepared, Prepared]:
    attempt.writer.write("phase", promise_s=_PROMISE_S, phase="reading data")
    dataset = open_dataset(config.dataset)
    sizes = len(dataset.train), len(dataset.val)
    check_with_dataset(
        config,
        train_images=sizes[0],
        val_images=sizes[1],
        num_classes=len(dataset.classes),
        name=dataset.name,
    )
    keep = fits_in_memory(sum(sizes), config.image_size)
    train = Prepared(dataset.train, config.image_size, keep=keep)
    val = Prepared(dataset.val, config.image_size, keep=keep)
    # Before all images are read: a pipeline that cannot work should say so at once.
    check_pipeline(config.pipeline, [train.sample(index) for index in range(min(_PROBED, sizes[0]))], config.seed)
    teller = _Reading(attempt, sum(sizes))
    train.read(setup.threads, teller.tell)
    val.read(setup.threads, lambda done: teller.tell(sizes[0] + done))
    return dataset, train, val


class _Reading:
    """Checks in while images are read, and looks whether to stop."""

    def __init__(self, attempt: Attempt, total: int) -> None:
        self._attempt = attempt
        self._total = total
        self._told = time.monotonic()

    def tell(self, done: int) -> None:
        """`done` images are read. Raises StopRun."""
        self._attempt.stop.check("while it was reading the data")
        now = time.monotonic()
        if now - self._told >= _READING_EVERY_S:
            self._told = now
            self._attempt.writer.write(
                "phase", promise_s=_PROMISE_S, phase="reading data", done=done, total=self._total
            )


def classifier(config: RunConfig, classes: tuple[str, ...], total_steps: int) -> Classifier:
    """The model of a config before its first step; the seed decides its weights."""
    torch.manual_seed(build_seed(config.seed))
    objective = LOSSES[config.loss](config, len(classes))
    network = BACKBONES[config.backbone].build(
        config.weights, objective.num_outputs, image_size=config.image_size, frozen=config.frozen
    )
    # Nearly twice as fast on a processor, and what tensor cores want.
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Classifier(config, network, objective, total_steps, classes)


def _trainer(attempt: Attempt, config: RunConfig, setup: Setup, dataset: Dataset) -> pl.Trainer:
    # What Lightning advises here is either meant so (frozen layers, few workers) or said in our own words.
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    choice = choice_for(dataset.val.labels)
    # About a second for each image of the first batch, whatever network and steps it goes through.
    first_promise_s = _PROMISE_S + config.batch_size * max(1.0, (config.image_size / 224) ** 2)
    io = AtomicCheckpointIO(saved=lambda step: setattr(attempt.progress, "saved", step))
    reporter = Reporter(attempt, choice, first_promise_s)
    return pl.Trainer(
        max_epochs=config.epochs,
        accelerator=_ACCELERATORS.get(setup.device.accelerator, setup.device.accelerator),
        devices=1,
        precision=config.precision,
        callbacks=[reporter, Saver(attempt, reporter, io), *checkpoints(attempt.paths, choice)],
        # Not the cluster that this process may have been started in: a run is one process.
        plugins=[LightningEnvironment(), io],
        default_root_dir=attempt.paths.root,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )


def _result(attempt: Attempt, config: RunConfig) -> str:
    done = "The epoch is done." if config.epochs == 1 else f"All {config.epochs} epochs are done."
    best = attempt.progress.best
    if not best or best.get("auroc") is None:
        return done
    return f"{done} Best: epoch {best['epoch'] + 1} with AUROC {best['auroc']:.3f}."
