"""Everything that a run needs before its first step, whatever it is for."""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning.plugins.io import TorchCheckpointIO

from explorer.data.dataset import Dataset
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.schedules import steps_per_epoch
from explorer.training.attempt import Attempt
from explorer.training.checkpoints import CheckpointError, load_weights
from explorer.training.losses import ClassCounts
from explorer.training.memory import keep_freed_memory
from explorer.training.module import Classifier
from explorer.training.networks import build
from explorer.training.prepared import Prepared
from explorer.training.seeds import build_seed
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of
from explorer.training.weights import load

PROMISE_S = 60.0
_ACCELERATORS = {"gpu": "cuda"}  # Lightning's "gpu" may be any; ours are distinct


@dataclass(frozen=True)
class Data:
    """A data set and its splits, ready to be trained on. ranks: processes that share the training images."""

    dataset: Dataset
    train: Prepared
    val: Prepared
    ranks: int = 1

    @property
    def counts(self) -> ClassCounts:
        """(C,) training images of each class."""
        return self.dataset.train.counts(len(self.dataset.classes))

    def steps(self, config: RunConfig) -> int:
        """Steps of the optimizer in an epoch."""
        return steps_per_epoch(config, len(self.dataset.train) // self.ranks)


def settle(setup: Setup) -> None:
    """Make this process compute as the setup says."""
    keep_freed_memory()
    torch.set_num_threads(setup.threads)
    cv2.setNumThreads(0)
    # What Lightning advises here is either meant so (frozen layers, few workers) or said in our own words.
    warnings.filterwarnings("ignore", module="pytorch_lightning")
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)


def build_model(attempt: Attempt, config: RunConfig, data: Data) -> Classifier:
    """The model before its first step. Raises StopRun, WeightsError, ConfigError, TrainingError."""
    attempt.writer.write("phase", promise_s=PROMISE_S, phase="building model")

    def report(done: int, total: int) -> None:
        attempt.stop.check("stopped_downloading")
        attempt.writer.write("phase", promise_s=PROMISE_S, phase="downloading weights", done=done, total=total)

    model = classifier(config, data.dataset.classes, data.steps(config), data.counts, load(config, report))
    if config.start_from is not None:
        _take_weights(attempt.paths.first, model, config)
    return model


def classifier(
    config: RunConfig, classes: tuple[str, ...], steps: int, counts: ClassCounts, state: Any = None
) -> Classifier:
    """The model of a config before its first step; the seed decides its weights.

    steps: of the optimizer in an epoch. counts: training images of each class. state: pretrained weights, or none.
    """
    torch.manual_seed(build_seed(config.seed))
    objective = task_of(config).objective(config, counts)
    network = build(config, objective.num_outputs, state)
    # Nearly twice as fast on a processor, and what tensor cores want.
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Classifier(config, network, objective, steps, classes)


def _take_weights(first: Path, model: Classifier, config: RunConfig) -> None:
    try:
        load_weights(first, model.network, config)
    except CheckpointError as error:
        raise TrainingError(f"The checkpoint that this run starts from cannot be used: {error}.") from error


def make_trainer(
    config: RunConfig, setup: Setup, root: Path, callbacks: Sequence[pl.Callback], io: TorchCheckpointIO, **options: Any
) -> pl.Trainer:
    """Lightning's trainer as every kind of run uses it. options: of pl.Trainer, for this kind."""
    common: dict[str, Any] = {
        "max_epochs": config.epochs,
        "accelerator": _ACCELERATORS.get(setup.device.accelerator, setup.device.accelerator),
        "devices": setup.devices,
        "strategy": "ddp" if setup.ranks > 1 else "auto",
        "precision": setup.precision,
        "accumulate_grad_batches": config.accumulate,
        "gradient_clip_val": config.gradient_clip,
        # Not the cluster that this process may have been started in: a run is on one computer.
        "plugins": [LightningEnvironment(), io],
        "default_root_dir": root,
        "logger": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "num_sanity_val_steps": 0,
        "use_distributed_sampler": False,
    }
    return pl.Trainer(callbacks=list(callbacks), **(common | options))
