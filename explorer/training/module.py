"""The network in training, as Lightning drives it, and how it is made from a config."""

import math
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from typing_extensions import override

from explorer.runs.spec.config import ConfigError, RunConfig, dumps
from explorer.runs.spec.schedules import batches_in_step
from explorer.training.attempt import Attempt
from explorer.training.batch import Batch
from explorer.training.checkpoint_files import FORMAT, CheckpointError
from explorer.training.checkpoints import load_weights
from explorer.training.losses import ClassCounts, Objective
from explorer.training.mixing import mixed, plan_for
from explorer.training.networks import Network, build
from explorer.training.networks.network import needs_several
from explorer.training.optimizers import configure
from explorer.training.ranks import Rank
from explorer.training.reading import Data
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of
from explorer.training.tasks.task import Judge, Validation
from explorer.training.weights import load

_FEATURES_BUDGET = 256_000_000  # bytes of a frozen backbone's features of the validation images that may be kept
_LARGE = 64  # px; from there on the last maps of each network, which shrinks images by 32, are larger than a pixel
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
        self._judge: Judge | None = None
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
        loss = self._task.mixed_loss(self._objective, outputs, batch.labels, mix)
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
        """Start with a judge that has seen nothing."""
        self._judge = self._task.judge(self._objective, self._config)

    @override
    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Show the judge outputs and targets."""
        assert self._judge is not None

        def answer(images: Tensor) -> Tensor:
            return self.network.classify(self._features_of(images, batch_idx))

        outputs = self._task.outputs(self._config, answer, batch.images)
        self._judge.add(outputs, batch.labels, batch.indices)

    def _features_of(self, images: Tensor, batch_idx: int) -> Any:
        """The features of a validation batch; those of a frozen backbone never change and are kept if they fit."""
        if not self.network.frozen or self._task.name == "segmentation":  # maps would not fit
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
        assert self._judge is not None
        self.validated = self._judge.finish(self._gathered(self._judge.part))
        self._judge = None
        # For the callbacks that choose by them; the run's own record and its loggers get them from the Reporter.
        for name, value in self.validated.monitored.items():
            self.log(name, math.nan if value is None else value, logger=False)

    def _gathered(self, own: Any) -> list[Any]:
        """The parts of the judges of all ranks."""
        if self.trainer.world_size == 1:
            return [own]
        found: list[Any] = [None] * self.trainer.world_size
        torch.distributed.all_gather_object(found, own)
        return found

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

    model = classifier(config, data.dataset.classes, data.steps(config), data.counts(config), load(config, report))
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

    Raises:
        ConfigError: The network cannot learn from batches of one image of this size.
    """
    torch.manual_seed(batch_seed(config.seed, BUILD, 0))
    objective = task_of(config).objective(config, counts)
    network = build(config, objective.num_outputs, state, config.task)
    _check_single(config, network)
    # Nearly twice as fast on a processor, and what tensor cores want.
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return Classifier(config, network, objective, steps, classes)


def _check_single(config: RunConfig, network: Network) -> None:
    """Raise ConfigError where batches have one image, of which the network cannot learn at this size."""
    if config.batch_size > 1 or config.image_size >= _LARGE:
        return
    if config.unfreeze_epoch is not None:
        network.freeze(False)
    refused = needs_several(network, config.image_size)
    network.freeze(config.frozen)
    if refused:
        raise ConfigError(
            {
                "batch_size": f"At {config.image_size} px the last maps of the network have one pixel, and its batch "
                "norms cannot learn from one value. Choose a batch size of 2 or more, or a larger image size."
            }
        )
