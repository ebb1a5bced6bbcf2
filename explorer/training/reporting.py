"""The record of a training: events, epoch files and loggers, written from Lightning's hooks."""

import math
import time
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor
from typing_extensions import override

from explorer.augment.mixing import Mix
from explorer.runs.record.reasons import reason
from explorer.runs.record.running import Running
from explorer.runs.spec.ranking import best_of, learned_last
from explorer.training.attempt import Attempt
from explorer.training.batch import Batch
from explorer.training.batch_counts import BatchCounts
from explorer.training.checkpoints import BEST_EPOCH, LEARNED_EPOCH, Choice
from explorer.training.evidence import EvidenceWriter
from explorer.training.module import Classifier
from explorer.training.stopping import TrainingError
from explorer.training.tasks.task import Task

_EVERY_S = 1.0
_VALIDATING_EVERY_S = 10.0
_LEAST_PROMISE_S = 30.0
_SAVING_PROMISE_S = 120.0  # two checkpoints follow an epoch, perhaps onto a slow network disk
_SLACK = 10.0  # times what was measured: a laptop may be busy with something else


class Reporter(pl.Callback):
    """Writes events and epoch files.

    Args:
        attempt: Where to write.
        choice: Which epoch is the best.
        first_promise_s: Seconds in which the first step ends, before anything was measured.
        task: Counts training batches.
        classes: How many classes there are.
        evidence: Writes what each validation has found.
    """

    def __init__(
        self,
        attempt: Attempt,
        choice: Choice,
        first_promise_s: float,
        task: Task,
        classes: int,
        evidence: EvidenceWriter,
    ) -> None:
        self._attempt = attempt
        self._choice = choice
        self._evidence = evidence
        self._first_promise_s = first_promise_s
        self._counts = BatchCounts(task, classes)
        self._step_s = 0.0
        self._lr = 0.0
        self._images = 0  # of this epoch so far
        self._loss_sum: Any = 0.0
        self._begun = self._reported = 0.0  # when the epoch began, and when the last event was written
        self._reported_images = self._reported_steps = 0
        self._broken_step = torch.tensor(-1)  # the first whose loss was not finite
        self._validated: list[dict[str, Any]] = []  # the values of each epoch so far

    @override
    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs of the epochs before, and of the finished part of its epoch."""
        progress = self._attempt.progress
        loss_sum = self._loss_sum.clone() if isinstance(self._loss_sum, Tensor) else self._loss_sum
        state = {"loss_sum": loss_sum, "images": self._images, "epochs": progress.epochs}
        validated = [dict(values) for values in self._validated]
        return {**state, "best": dict(progress.best), "validated": validated, "tally": self._counts.counts.clone()}

    @override
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from such a state."""
        self._loss_sum, self._images = state_dict["loss_sum"], state_dict["images"]
        progress = self._attempt.progress
        progress.epochs, progress.best = state_dict["epochs"], state_dict["best"]
        # Checkpoints of earlier versions hold the best epoch alone, which is all that their rules need.
        self._validated = state_dict.get("validated") or [*filter(None, [progress.best])]
        self._counts.go_on(state_dict["tally"])

    @override
    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start from the trainer's place, which after a resume may be in the middle of an epoch."""
        progress = self._attempt.progress
        progress.epoch, progress.step = trainer.current_epoch, trainer.global_step
        self._broken_step = self._broken_step.to(pl_module.device)
        if isinstance(self._loss_sum, Tensor):
            self._loss_sum = self._loss_sum.to(pl_module.device)
        self._counts.move(pl_module.device)
        self._evidence.list_images()
        self._restart_pace(trainer)

    def _restart_pace(self, trainer: pl.Trainer) -> None:
        self._begun = self._reported = time.monotonic()
        self._reported_steps, self._reported_images = trainer.global_step, self._images

    def _promise(self) -> float:
        return max(_LEAST_PROMISE_S, _SLACK * self._step_s) if self._step_s else self._first_promise_s

    def _write(self, kind: Any, promise_s: float, **values: Any) -> None:
        progress = self._attempt.progress
        self._attempt.writer.write(kind, epoch=progress.epoch, step=progress.step, promise_s=promise_s, **values)

    @override
    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Start an epoch with a new mean loss and a new pace."""
        self._attempt.progress.epoch = trainer.current_epoch
        self._images, self._loss_sum = 0, 0.0
        self._restart_pace(trainer)
        self._counts.begin()
        self._write("phase", self._promise(), phase="training")

    @override
    def on_train_batch_start(self, trainer: pl.Trainer, *_: Any, **__: Any) -> None:
        """Keep the learning rate of this step: after it, the schedule has moved on."""
        self._lr = trainer.optimizers[0].param_groups[0]["lr"]

    @override
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        """Report the first step of the run at once, and then about one step a second."""
        self._attempt.progress.step = trainer.global_step
        self._images += len(batch.labels)
        # Added up on its device: reading a number from a GPU makes it wait.
        loss = outputs["mean_loss"]
        self._loss_sum = self._loss_sum + loss * len(batch.labels)
        self._counts.add(batch.labels, outputs["predicted"])
        fine = torch.isfinite(loss) | (self._broken_step >= 0)
        self._broken_step = torch.where(fine, self._broken_step, trainer.global_step)
        if loss.device.type == "cpu":
            self.check()
        now = time.monotonic()
        stepped = trainer.global_step > self._reported_steps
        if stepped and not (self._step_s and now - self._reported < _EVERY_S):
            self._report_step(trainer, outputs, now)

    def check(self) -> None:
        """Raise TrainingError if the loss of a step was not finite: nothing may be saved from then on."""
        step = int(self._broken_step)
        if step >= 0:
            raise TrainingError(reason("loss_not_finite", step=step))

    def _report_step(self, trainer: pl.Trainer, outputs: Any, now: float) -> None:
        self.check()
        taken = max(now - self._reported, 1e-9)
        self._step_s = taken / max(trainer.global_step - self._reported_steps, 1)
        ranks = trainer.world_size
        speed = ranks * (self._images - self._reported_images) / taken
        self._reported, self._reported_images, self._reported_steps = now, self._images, trainer.global_step
        values = {"loss": float(outputs["mean_loss"]), "lr": self._lr, "images_per_second": round(speed, 2)}
        mix: Mix | None = outputs["mix"]
        mixed = {} if mix is None else {"mix": mix.kind, "lam": mix.lam, "partners": mix.partners}
        accuracy = self._counts.share_since()
        self._save_counts()
        self._write("step", self._promise(), **values, seen=ranks * self._images, accuracy=accuracy, **mixed)
        logged = {"train_loss": values["loss"], "train_accuracy": accuracy}
        self._log(trainer, logged | {"lr": self._lr, "images_per_second": values["images_per_second"]})

    def _save_counts(self) -> None:
        if self._counts.seen and self._attempt.leads:
            progress, counts = self._attempt.progress, self._counts.counts.cpu().numpy()
            Running(progress.epoch, progress.step, counts).save(self._attempt.paths.running)

    def _log(self, trainer: pl.Trainer, values: dict[str, float | None]) -> None:
        """Pass finite values on to Lightning's own loggers, if the run asks for some."""
        known = {name: value for name, value in values.items() if value is not None and math.isfinite(value)}
        for logger in trainer.loggers:
            logger.log_metrics({**known, "epoch": self._attempt.progress.epoch}, step=self._attempt.progress.step)

    @override
    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Report that the validation goes on, and write the counts of all training batches of the epoch."""
        self._save_counts()
        self._reported = time.monotonic()
        self._write("phase", self._promise(), phase="validating")

    @override
    def on_validation_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, *_: Any, **__: Any) -> None:
        """Report every ten seconds: the validation of a large set takes minutes."""
        if time.monotonic() - self._reported >= _VALIDATING_EVERY_S:
            self.on_validation_start(trainer, pl_module)

    def _mean_loss(self, trainer: pl.Trainer) -> float:
        """The mean loss of this epoch's training images, of which each rank has the same number."""
        own = float(self._loss_sum) / max(self._images, 1)
        return own if trainer.world_size == 1 else float(trainer.strategy.reduce(torch.tensor(own), reduce_op="mean"))

    @override
    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Write the file of the epoch, then its event, so that readers of the event find the file."""
        if not isinstance(pl_module, Classifier) or pl_module.validated is None:
            raise TypeError("Reporter reports on a Classifier that was validated")
        self.check()
        progress, found = self._attempt.progress, pl_module.validated
        train_loss = self._mean_loss(trainer)
        if not math.isfinite(train_loss):
            raise TrainingError(reason("mean_loss_not_finite", epoch=progress.epoch + 1))
        self._evidence.save(found.record, progress.epoch, found.masks)
        values = {"train_loss": train_loss, **found.values, "duration_s": round(time.monotonic() - self._begun, 3)}
        self._write("epoch", max(_SAVING_PROMISE_S, self._promise()), **values)
        self._attempt.writer.sync()
        self._log(trainer, {"train_loss_epoch": train_loss, **found.monitored})
        progress.epochs += 1
        self._validated.append({"epoch": progress.epoch, **values})
        progress.best = self._validated[best_of(self._validated, self._choice.value, self._choice.rules)]
        self._evidence.thin(int(progress.best["epoch"]), progress.epoch)

    @override
    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Log what the callbacks that save and stop choose by; they come after this one."""
        learned = self._validated[learned_last(self._validated, self._choice.value)]
        pl_module.log(BEST_EPOCH, float(self._attempt.progress.best["epoch"]), logger=False)
        pl_module.log(LEARNED_EPOCH, float(learned["epoch"]), logger=False)
