"""The network in training, as Lightning drives it."""

import math
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor, nn
from typing_extensions import override

from explorer.runs.config import RunConfig, dumps
from explorer.training.backbones import Network
from explorer.training.data import Batch
from explorer.training.losses import Objective
from explorer.training.seeds import batch_seed
from explorer.training.validation import Validation, validate


class Classifier(pl.LightningModule):
    """validated: what the latest validation measured.

    total_steps: optimizer steps of the whole run, for the schedule. classes: their names, for the checkpoint.
    """

    validated: Validation | None = None

    def __init__(
        self, config: RunConfig, network: Network, objective: Objective, total_steps: int, classes: tuple[str, ...]
    ) -> None:
        super().__init__()
        self.network = network
        self._config = config
        self._objective = objective
        self._total_steps = total_steps
        self._classes = classes
        self._logits: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._loss_sum = 0.0

    @override
    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 RGB -> (N, C) float32 logits."""
        return self._objective.logits(self.network(images).float())

    @override
    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Make what torch draws in this step depend on its place in the run only."""
        torch.manual_seed(batch_seed(self._config.seed, self.current_epoch, batch_idx))

    @override
    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Mean loss of the batch."""
        return self._objective.loss(self.network(batch.images).float(), batch.labels)

    @override
    def on_validation_epoch_start(self) -> None:
        """Begin to collect."""
        self._logits, self._labels, self._loss_sum = [], [], 0.0

    @override
    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Collect logits; metrics are made of all of them."""
        outputs = self.network(batch.images).float()
        self._loss_sum += float(self._objective.loss(outputs, batch.labels)) * len(batch.labels)
        self._logits.append(self._objective.logits(outputs).cpu())
        self._labels.append(batch.labels.cpu())

    @override
    def on_validation_epoch_end(self) -> None:
        """Measure, and log what checkpoints are chosen by."""
        logits = torch.cat(self._logits).numpy().astype(np.float32)
        labels = torch.cat(self._labels).numpy()
        self.validated = validate(logits, labels, self._loss_sum / len(labels))
        score = self.validated.auroc
        self.log("val_auroc", math.nan if score is None else score)
        self.log("val_loss", self.validated.loss)

    @override
    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        """AdamW, and OneCycle stepped after each optimizer step."""
        config = self._config
        optimizer = torch.optim.AdamW(self._groups(), lr=config.learning_rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            # total_steps is our own: Lightning's estimate would start the loaders before a resume has set their place.
            optimizer,
            max_lr=config.learning_rate,
            total_steps=self._total_steps,
        )
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def _groups(self) -> list[dict[str, Any]]:
        # Decay is for the weights of convolutions and linear layers: it would shrink norms and biases for nothing.
        decay: list[nn.Parameter] = []
        rest: list[nn.Parameter] = []
        for parameter in self.network.parameters():
            if parameter.requires_grad:
                (decay if parameter.ndim > 1 else rest).append(parameter)
        groups = [(decay, self._config.weight_decay), (rest, 0.0)]
        return [{"params": params, "weight_decay": value} for params, value in groups if params]

    @override
    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Whoever finds the checkpoint alone can still tell what it is."""
        checkpoint["explorer"] = {"config": dumps(self._config), "classes": list(self._classes)}
