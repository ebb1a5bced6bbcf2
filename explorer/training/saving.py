"""Checkpoints in the middle of an epoch, which a run can go on from: every two minutes, and when it is stopped."""

import copy
import os
import time
from typing import Any

import pytorch_lightning as pl
import torch
from typing_extensions import override

from explorer.runs.record.reasons import joined, reason
from explorer.training.attempt import Attempt
from explorer.training.checkpoints import AtomicCheckpointIO
from explorer.training.reporting import Reporter
from explorer.training.stopping import StopRun, TrainingError

EVERY_VARIABLE = "EXPLORER_SAVE_EVERY_S"
_EVERY_S = 120.0  # what a killed run loses at most, if its epochs take longer
_PROMISE_S = 120.0


class Saver(pl.Callback):
    """Saves checkpoints, and ends the fit when the run is asked to stop.

    A run that went on from the last step of an epoch would skip its validation. So the state before that step is kept
    in memory, and saved if a stop is requested in that step or in the validation.
    """

    def __init__(self, attempt: Attempt, reporter: Reporter, io: AtomicCheckpointIO) -> None:
        self._attempt = attempt
        self._reporter = reporter
        self._io = io
        self._every_s = float(os.environ.get(EVERY_VARIABLE, _EVERY_S))
        self._saved_at = time.monotonic()
        self._before_last: dict[str, Any] | None = None

    @override
    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Handle SIGTERM ourselves again: Lightning's handler would end the process in the middle of a step."""
        self._attempt.stop.listen()

    @override
    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """End the fit if a stop was asked for while the epoch before was saved, which is complete."""
        self._before_last = None
        done = self._attempt.progress.epochs
        if self._asked(trainer):
            by, epochs = self._attempt.stop.by, trainer.max_epochs
            some = reason("stopped_after_epochs", by=by, done=done, epochs=epochs)
            raise StopRun(some if done else reason("stopped_before_steps", by=by))

    def _asked(self, trainer: pl.Trainer) -> bool:
        """Whether to stop. The ranks agree on it: one that went on alone would wait for the others forever."""
        asked = self._attempt.stop.asked
        if trainer.world_size == 1:
            return asked
        return bool(trainer.strategy.reduce_boolean_decision(asked, all=False))

    @override
    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any, **__: Any) -> None:
        """Save if it is time or if a stop was asked for, which then ends the fit."""
        batches = trainer.fit_loop.epoch_loop.batch_progress
        if batches.is_last_batch:
            self._check_stop(trainer, "stopped_in_last_step")
            return
        # Between two batches of one step, no checkpoint holds the gradients so far.
        together = trainer.accumulate_grad_batches
        if batches.current.ready % together:
            return
        asked, due = self._asked(trainer), time.monotonic() - self._saved_at >= self._every_s
        if (asked or due) and self._attempt.leads:
            self._save(trainer, self._state(trainer, pl_module))
        if asked:
            epoch, step = trainer.current_epoch + 1, trainer.global_step
            stopped = reason("stopped_after_step", by=self._attempt.stop.by, epoch=epoch, step=step)
            raise StopRun(joined(stopped, reason("all_saved")))
        last = (int(trainer.num_training_batches) - 1) // together * together
        if batches.current.ready == last and self._attempt.leads:
            self._before_last = copy.deepcopy(self._state(trainer, pl_module))

    @override
    def on_validation_batch_end(self, trainer: pl.Trainer, *_: Any, **__: Any) -> None:
        """End the fit if a stop was asked for: a validation may take minutes."""
        self._check_stop(trainer, "stopped_in_validation")

    def _check_stop(self, trainer: pl.Trainer, code: str) -> None:
        if not self._asked(trainer):
            return
        stopped = reason(code, by=self._attempt.stop.by, epoch=trainer.current_epoch + 1)
        if self._before_last is not None:
            self._save(trainer, self._before_last)
            raise StopRun(joined(stopped, reason("saved_before_step")))
        raise StopRun(joined(stopped, self._attempt.progress.kept))

    def _state(self, trainer: pl.Trainer, module: pl.LightningModule) -> dict[str, Any]:
        self._reporter.check()
        numbers = [parameter.detach() for parameter in module.parameters() if parameter.requires_grad]
        if not all(bool(torch.isfinite(values).all()) for values in numbers):
            raise TrainingError(reason("weights_not_finite", step=trainer.global_step))
        state: dict[str, Any] = trainer._checkpoint_connector.dump_checkpoint(weights_only=False)
        return state

    def _save(self, trainer: pl.Trainer, state: dict[str, Any]) -> None:
        attempt = self._attempt
        attempt.phase("saving", _PROMISE_S, epoch=trainer.current_epoch, step=trainer.global_step)
        self._io.save_checkpoint(state, attempt.paths.last)
        attempt.writer.sync()
        self._saved_at = time.monotonic()
