"""The network in training, as Lightning drives it."""

import math
from typing import Any

import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from typing_extensions import override

from explorer.runs.spec.config import RunConfig, dumps
from explorer.runs.spec.schedules import batches_in_step
from explorer.training.checkpoints import FORMAT
from explorer.training.data import Batch
from explorer.training.losses import Objective
from explorer.training.mixing import mixed, partners_of, plan_for
from explorer.training.networks import Network
from explorer.training.optimizers import configure
from explorer.training.ranks import Rank
from explorer.training.seeds import batch_seed
from explorer.training.tasks.table import task_of
from explorer.training.tasks.task import Validation

_FEATURES_BUDGET = 256_000_000  # bytes of a frozen backbone's answers to the validation images that may be kept


class Classifier(pl.LightningModule):
    """validated: what the latest validation measured.

    steps_per_epoch: of the optimizer, for the schedule. classes: their names, for the checkpoint.
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
        """Where a run goes on in the middle of an epoch: its backbone may have been set free before."""
        self.freeze_as_planned(self.current_epoch)

    @override
    def on_train_epoch_start(self) -> None:
        """Set the backbone free in its epoch."""
        self.freeze_as_planned(self.current_epoch)

    def freeze_as_planned(self, epoch: int) -> None:
        """Freeze the backbone or set it free, as the config asks for this epoch, from 0."""
        config = self._config
        frozen = config.frozen and (config.unfreeze_epoch is None or epoch + 1 < config.unfreeze_epoch)
        if frozen != self.network.frozen:
            self.network.freeze(frozen)
        if not frozen:
            self._features.clear()

    @override
    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Make what torch draws in this step depend on its place in the run only."""
        torch.manual_seed(batch_seed(self._config.seed, self.current_epoch, self._rank().place(batch_idx)))

    def _rank(self) -> Rank:
        return Rank(self.trainer.global_rank, self.trainer.world_size)

    @override
    def training_step(self, batch: Batch, batch_idx: int) -> dict[str, Any]:
        """loss: the batch's part of its step. mean_loss: of the batch. predicted: (N,), None if mixed."""
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
        """What makes a step the mean of its batches: Lightning divides by `accumulate`, also where there are fewer."""
        if self._config.rules == 1:
            return 1.0
        together = self._config.accumulate
        return together / batches_in_step(batch_idx, int(self.trainer.num_training_batches), together)

    @override
    def on_validation_epoch_start(self) -> None:
        """Begin to collect."""
        self._outputs, self._labels, self._places = [], [], []

    @override
    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Collect outputs; metrics are made of all of them."""
        self._outputs.append(self.network.classify(self._features_of(batch.images, batch_idx)).float().cpu())
        self._labels.append(batch.labels.cpu())
        self._places.append(batch.indices.cpu())

    def _features_of(self, images: Tensor, batch_idx: int) -> Tensor:
        """A frozen backbone gives the same features in each epoch: they are worked out once, where they fit."""
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
        """Measure, and log what checkpoints are chosen by."""
        outputs, labels = self._gathered()
        self.validated = self._task.validate(self._objective, outputs, labels)
        # For the callbacks that choose by them; the run's own record and its loggers get them from the Reporter.
        for name, value in self.validated.monitored.items():
            self.log(name, math.nan if value is None else value, logger=False)

    def _gathered(self) -> tuple[Tensor, Tensor]:
        """Outputs and labels of all validation images, in their order, also of those that other ranks have seen."""
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
        """As the recipe says, stepped after each step of the optimizer."""
        return configure(self._config, self.network, self._steps_per_epoch)

    @override
    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Write what the checkpoint belongs to, so that it can be recognized without its run."""
        checkpoint["explorer"] = {"format": FORMAT, "config": dumps(self._config), "classes": list(self._classes)}
