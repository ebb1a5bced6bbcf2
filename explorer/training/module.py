"""The network in training, as Lightning drives it, and how it is made from a config."""

import math
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from typing_extensions import override

from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.spec.schedules import batches_in_step
from explorer.training.attempt import Attempt
from explorer.training.checkpoint_files import FORMAT, CheckpointError
from explorer.training.checkpoints import load_weights
from explorer.training.data import Batch
from explorer.training.losses import ClassCounts, Objective
from explorer.training.mixing import mixed, partners_of, plan_for
from explorer.training.networks import Network, build
from explorer.training.optimizers import configure
from explorer.training.ranks import Rank
from explorer.training.reading import Data
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of
from explorer.training.tasks.task import Validation
from explorer.training.weights import load

_FEATURES_BUDGET = 256_000_000  # bytes of a frozen backbone's features of the validation images that may be kept
BUILD = 2**32 - 1  # in place of an epoch, for the seed of the initial weights; no epoch has this number


def batch_seed(seed: int, epoch: int, batch: int) -> int:
    """The seed of torch's generator before a training batch, 0..2**63-1, so that dropout can be repeated.

    It depends on the place in the run only: not on workers, on the order of calls, or on what came before.
    """
    return int(np.random.SeedSequence([seed, epoch, batch]).generate_state(1, np.uint64)[0] >> 1)


class Classifier(pl.LightningModule):
    """A network with its objective and optimizer.

    Args:
        config: Of the run.
        network: The network to train.
        objective: Its loss, and what its outputs mean.
        steps_per_epoch: Optimizer steps in an epoch, for the schedule.
        classes: Their names, for the checkpoint.

    Attributes:
        validated: What the latest validation measured; None before the first.
    """

    validated: Validation | None = None

    def __init__(
        self, config: RunConfig, network: Network, objective: Objective, steps_per_epoch: int, classes: tuple[str, ...]
    ) -> None:
        super().__init__()
        self.network = network
        self._config = config
        self._objective = objective
        self._task = task_of(config)
        self._steps_per_epoch = steps_per_epoch
        self._classes = classes
        self._outputs: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._places: list[Tensor] = []
        self._features: dict[int, Tensor] = {}

    @override
    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 RGB -> (N, C) float32 logits."""
        return self._objective.logits(self.network(images).float())

    @override
    def on_train_start(self) -> None:
        """Freeze or unfreeze; a run that is resumed in the middle of an epoch may have unfrozen its backbone before."""
        self.freeze_as_planned(self.current_epoch)

    @override
    def on_train_epoch_start(self) -> None:
        """Unfreeze the backbone in the epoch that the config names."""
        self.freeze_as_planned(self.current_epoch)

    def freeze_as_planned(self, epoch: int) -> None:
        """Freeze or unfreeze the backbone, as the config asks for this epoch, from 0."""
        config = self._config
        frozen = config.frozen and (config.unfreeze_epoch is None or epoch + 1 < config.unfreeze_epoch)
        if frozen != self.network.frozen:
            self.network.freeze(frozen)
        if not frozen:
            self._features.clear()

    @override
    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Seed torch, so that what it draws in this step depends on the place in the run only."""
        torch.manual_seed(batch_seed(self._config.seed, self.current_epoch, self._rank().place(batch_idx)))

    def _rank(self) -> Rank:
        return Rank(self.trainer.global_rank, self.trainer.world_size)

    @override
    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        """Compute the loss of a batch.

        Returns:
            loss: The batch's part of its optimizer step. mean_loss: The mean over the batch. predicted: (N,) classes;
            None for a mixed batch. mix: How it was mixed, or None.
        """
        share = self._share(batch_idx)
        mix = plan_for(self._config, self._config.seed, self.current_epoch, self._rank().place(batch_idx), batch.images)
        if mix is None:
            outputs = self.network(batch.images).float()
            loss = self._objective.loss(outputs, batch.labels)
            predicted = self._objective.predict(outputs.detach())
            return {"loss": share * loss, "mean_loss": loss.detach(), "predicted": predicted, "mix": None}
        outputs = self.network(mixed(batch.images, mix)).float()
        own, other = (self._objective.loss(outputs, y) for y in (batch.labels, partners_of(batch.labels, mix)))
        loss = mix.lam * own + (1 - mix.lam) * other
        return {"loss": share * loss, "mean_loss": loss.detach(), "predicted": None, "mix": mix}

    def _share(self, batch_idx: int) -> float:
        """The factor that makes a step the mean of its batches.

        Lightning divides by `accumulate`, also at the end of an epoch, where a step may have fewer batches.
        """
        if self._config.rules == 1:
            return 1.0
        together = self._config.accumulate
        return together / batches_in_step(batch_idx, int(self.trainer.num_training_batches), together)

    @override
    def on_validation_epoch_start(self) -> None:
        """Start with empty lists."""
        self._outputs, self._labels, self._places = [], [], []

    @override
    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Collect outputs and targets: metrics need those of all images together."""
        self._outputs.append(self.network.classify(self._features_of(batch.images, batch_idx)).float().cpu())
        self._labels.append(batch.labels.cpu())
        self._places.append(batch.indices.cpu())

    def _features_of(self, images: Tensor, batch_idx: int) -> Tensor:
        """The features of a validation batch; those of a frozen backbone never change and are kept if they fit."""
        if not self.network.frozen:
            return self.network.features(images)
        known = self._features.get(batch_idx)
        if known is None:
            known = self.network.features(images)
            if sum(kept.nbytes for kept in self._features.values()) + known.nbytes <= _FEATURES_BUDGET:
                self._features[batch_idx] = known
        return known

    @override
    def on_validation_epoch_end(self) -> None:
        """Compute the metrics, and log those that checkpoints are chosen by."""
        outputs, labels = self._gathered()
        self.validated = self._task.validate(self._objective, outputs, labels)
        # For the callbacks that choose by them; the run's own record and its loggers get them from the Reporter.
        for name, value in self.validated.monitored.items():
            self.log(name, math.nan if value is None else value, logger=False)

    def _gathered(self) -> tuple[Tensor, Tensor]:
        """Outputs and labels of the validation images of all ranks, in the order of the split."""
        own = torch.cat(self._outputs), torch.cat(self._labels), torch.cat(self._places)
        if self.trainer.world_size == 1:
            return own[:2]
        found: list[Any] = [None] * self.trainer.world_size
        torch.distributed.all_gather_object(found, own)
        outputs, labels, places = (torch.cat(parts) for parts in zip(*found, strict=True))
        order = places.argsort()
        return outputs[order], labels[order]

    @override
    def configure_optimizers(self) -> OptimizerLRScheduler:
        """The recipe's optimizer and schedule, which steps with the optimizer."""
        return configure(self._config, self.network, self._steps_per_epoch)

    @override
    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add config and classes, so that the checkpoint can be recognized without its run."""
        checkpoint["explorer"] = {"format": FORMAT, "config": dumps(self._config), "classes": list(self._classes)}


def build_model(attempt: Attempt, config: RunConfig, data: Data) -> Classifier:
    """Make the model of a run before its first step; reports a download of weights.

    Raises:
        StopRun: The run was asked to stop.
        WeightsError: The pretrained weights cannot be had or used.
        ConfigError: A setting does not fit the classes.
        TrainingError: The checkpoint that the run starts from cannot be used.
    """
    attempt.phase("building model")

    def report(done: int, total: int) -> None:
        attempt.stop.check("stopped_downloading")
        attempt.phase("downloading weights", done=done, total=total)

    model = classifier(config, data.dataset.classes, data.steps(config), data.counts, load(config, report))
    if config.start_from is not None:
        try:
            load_weights(attempt.paths.first, model.network, config)
        except CheckpointError as error:
            raise TrainingError(f"The checkpoint that this run starts from cannot be used: {error}.") from error
    return model


def classifier(
    config: RunConfig, classes: tuple[str, ...], steps: int, counts: ClassCounts, state: Any = None
) -> Classifier:
    """Make the model of a config before its first step; the seed decides its weights.

    Args:
        config: Of the run.
        classes: Their names.
        steps: Optimizer steps in an epoch.
        counts: (C,) training images of each class.
        state: Pretrained weights, or None.
    """
    torch.manual_seed(batch_seed(config.seed, BUILD, 0))
    objective = task_of(config).objective(config, counts)
    network = build(config, objective.num_outputs, state)
    # Nearly twice as fast on a processor, and what tensor cores want.
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Classifier(config, network, objective, steps, classes)
