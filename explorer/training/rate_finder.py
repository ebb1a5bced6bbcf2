"""The search for a learning rate: it rises from step to step, and where the loss falls most steeply is a good one.

The rate rises by the same factor in each step, for all parameter groups; runs.record.rates says what follows from the
losses. A step has as many batches as in the run.
"""

import math
import time
from typing import Any

import numpy as np
import pytorch_lightning as pl
from typing_extensions import override

from explorer.runs.machine.durations import of_steps
from explorer.runs.record import results
from explorer.runs.record.rates import BEGUN, STEPS, judge, rate_of, smoothed
from explorer.runs.record.reasons import Why, joined
from explorer.runs.record.results import RateResult
from explorer.runs.spec.config import RunConfig
from explorer.training.attempt import Attempt
from explorer.training.batch import Batch
from explorer.training.checkpoints import AtomicCheckpointIO
from explorer.training.data import Images
from explorer.training.lost_workers import fit
from explorer.training.module import build_model
from explorer.training.reading import read
from explorer.training.setup import Setup, note_duration

_EVERY_S = 0.5
_TOO_BAD = 4.0  # times the best loss: from there on it only gets worse


def find(attempt: Attempt, config: RunConfig) -> Why:
    """Look for the rate; returns what was found. Raises what `trainer.fit` raises."""
    # Each step has a rate of its own: no schedule, and no end between two epochs.
    searching = config.model_copy(update={"schedule": "constant", "early_stopping": None})
    setup = Setup.choose(searching, {})
    setup.apply()
    data = read(attempt, searching, setup.threads)
    model = build_model(attempt, searching, data)
    finder = _Finder(attempt)
    trainer = setup.trainer(
        searching,
        attempt.paths.root,
        [finder],
        AtomicCheckpointIO(config),
        max_epochs=-(-STEPS // data.steps(searching)),
        max_steps=STEPS,
        limit_val_batches=0,
        enable_checkpointing=False,
    )
    fit(attempt, trainer, model, Images(searching, data.train, data.val, setup.workers))
    found = finder.conclude()
    if finder.images_per_second is not None:
        note_duration(attempt, config, of_steps(finder.images_per_second, len(data.train), len(data.val)))
    return joined(found.reason, found.caution)


class _Finder(pl.Callback):
    """Sets the rate of each step, and keeps the losses."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._losses: list[float] = []
        self._batches: list[float] = []  # losses of the batches of the current step
        self._factors: list[float] = []  # of each parameter group, times the highest rate: a backbone may have less
        self._reported = 0.0
        self._begun: float | None = None  # after the first batch, which sets everything up
        self._images = 0

    @override
    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep how the rates of the parameter groups relate, and handle signals again."""
        self._attempt.stop.listen()
        rates = [group["lr"] for group in trainer.optimizers[0].param_groups]
        self._factors = [rate / max(rates) for rate in rates]

    @override
    def on_train_batch_start(self, trainer: pl.Trainer, *_: Any, **__: Any) -> None:
        """Set the rate of this step."""
        rate = rate_of(len(self._losses))
        for group, factor in zip(trainer.optimizers[0].param_groups, self._factors, strict=True):
            group["lr"] = rate * factor

    @override
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        """Keep the loss of each step, the mean of its batches; report it, and check for a stop request."""
        self._batches.append(float(outputs["mean_loss"]))
        if self._begun is None:
            self._begun = time.monotonic()
        else:
            self._images += len(batch.labels)
        if trainer.global_step == len(self._losses):
            return  # more batches belong to this step
        self._losses.append(float(np.mean(self._batches)))
        self._batches.clear()
        self._attempt.progress.step = len(self._losses)
        if time.monotonic() - self._reported >= _EVERY_S:
            self._reported = time.monotonic()
            results.write(self._attempt.paths, self._result())
            self._attempt.phase("training", step=len(self._losses))
        self._attempt.stop.check("stopped_in_search", step=len(self._losses), steps=STEPS)
        if self._is_over():
            trainer.should_stop = True

    def _is_over(self) -> bool:
        if not math.isfinite(self._losses[-1]):
            return True
        smooth = smoothed(self._losses)
        return len(smooth) > BEGUN and smooth[-1] > _TOO_BAD * min(smooth)

    @property
    def images_per_second(self) -> float | None:
        """The pace of the search so far; None before its second batch."""
        taken = 0.0 if self._begun is None else time.monotonic() - self._begun
        return self._images / taken if self._images and taken else None

    def _result(self) -> RateResult:
        # The first loss that is not finite ends the curve.
        count = next((at for at, loss in enumerate(self._losses) if not math.isfinite(loss)), len(self._losses))
        losses = self._losses[:count]
        return RateResult(
            lr=tuple(map(rate_of, range(count))),
            loss=tuple(losses),
            smooth=tuple(smoothed(losses)),
            done=len(self._losses),
            total=STEPS,
        )

    def conclude(self) -> RateResult:
        """Write the curve with the suggestion, and return both."""
        found = self._result()
        found = found.model_copy(update={**vars(judge(found.lr, found.loss)), "total": found.done})
        results.write(self._attempt.paths, found)
        return found
