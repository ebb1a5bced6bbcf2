"""How long batches take, for a quick check."""

import time
from typing import Any

import pytorch_lightning as pl
from typing_extensions import override

from explorer.training.attempt import Attempt
from explorer.training.data import Batch

ENOUGH_S = 8.0  # a network whose batches take longer is judged by fewer of them


class Clock(pl.Callback):
    """Times batches, and ends the epoch when enough is known.

    training, validating: seconds per image of each batch. losses: of each training batch.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._begun = 0.0
        self.training: list[float] = []
        self.validating: list[float] = []
        self.losses: list[float] = []

    @override
    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._attempt.stop.listen()
        self._begun = time.monotonic()

    @override
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        self.losses.append(float(outputs["mean_loss"]))
        now = time.monotonic()
        self.training.append((now - self._begun) / len(batch.labels))
        self._begun = now
        self._attempt.stop.check("stopped_in_check")
        if sum(self.training) * len(batch.labels) > ENOUGH_S:
            trainer.should_stop = True

    @override
    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._begun = time.monotonic()

    @override
    def on_validation_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,
        batch: Batch,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        now = time.monotonic()
        self.validating.append((now - self._begun) / len(batch.labels))
        self._begun = now
