"""The search for a learning rate: it rises from step to step, and where the loss falls most steeply is a good one.

Smith, https://arxiv.org/abs/1506.01186. The rate rises by the same factor in each step, for all parameter groups.
"""

import math
import time
from typing import Any

import numpy as np
import pytorch_lightning as pl
from numpy.typing import NDArray
from typing_extensions import override

from explorer.runs import results
from explorer.runs.config import RunConfig
from explorer.runs.results import RateResult
from explorer.training.attempt import Attempt
from explorer.training.checkpoints import AtomicCheckpointIO
from explorer.training.data import Batch, Images
from explorer.training.reading import read
from explorer.training.ready import PROMISE_S, Data, build_model, make_trainer, settle
from explorer.training.setup import Setup

STEPS = 100
LOWEST, HIGHEST = 1e-6, 10.0
_EVERY_S = 0.5
_INERTIA = 0.95  # of the running mean of the loss
_TOO_BAD = 4.0  # times the best loss: from there on it only gets worse
_BEGUN = 10  # steps before the mean says anything
_LEFT_OUT = 3  # at the end, where the loss has begun to rise


def find(attempt: Attempt, config: RunConfig) -> str:
    """Look for the rate; returns what was found in a sentence. Raises what the trainer's `fit` raises."""
    # A rate of its own for each step: no schedule, no unfreezing, no pause between the epochs.
    searching = config.model_copy(update={"schedule": "constant", "early_stopping": None})
    setup = Setup.choose(searching, {})
    settle(setup)
    data = Data(*read(attempt, searching, setup.threads))
    model = build_model(attempt, searching, data)
    finder = _Finder(attempt)
    trainer = make_trainer(
        searching,
        setup,
        attempt.paths.root,
        [finder],
        AtomicCheckpointIO(),
        max_epochs=-(-STEPS // data.steps(searching)),
        max_steps=STEPS,
        limit_val_batches=0,
        enable_checkpointing=False,
    )
    trainer.fit(model, datamodule=Images(searching, data.train, data.val, setup.workers))
    found = finder.conclude()
    return found.reason


def rate_of(step: int) -> float:
    """The rate in a step from 0, from LOWEST to HIGHEST."""
    return float(LOWEST * (HIGHEST / LOWEST) ** (step / (STEPS - 1)))


class _Finder(pl.Callback):
    """Sets the rate of each step, and notes the loss."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._losses: list[float] = []
        self._batches: list[float] = []  # of the step that is being made
        self._factors: list[float] = []
        self._told = 0.0

    @override
    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """The rates of the groups to the highest: a backbone may have a lower one."""
        self._attempt.stop.listen()
        rates = [group["lr"] for group in trainer.optimizers[0].param_groups]
        self._factors = [rate / max(rates) for rate in rates]

    @override
    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Batch, batch_idx: int
    ) -> None:
        """The rate of this step."""
        rate = rate_of(len(self._losses))
        for group, factor in zip(trainer.optimizers[0].param_groups, self._factors, strict=True):
            group["lr"] = rate * factor

    @override
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        """Note the loss of each step, the mean of its batches; tell, and look whether to stop."""
        self._batches.append(float(outputs["told"]))
        if trainer.global_step == len(self._losses):
            return  # a batch of a step that more of them make
        self._losses.append(float(np.mean(self._batches)))
        self._batches.clear()
        self._attempt.progress.step = len(self._losses)
        if time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            results.write(self._attempt.paths, self._result())
            self._attempt.writer.write("phase", step=len(self._losses), promise_s=PROMISE_S, phase="training")
        self._attempt.stop.check(f"after {len(self._losses)} of {STEPS} steps")
        smooth = smoothed(self._losses)
        if not math.isfinite(smooth[-1]) or (len(smooth) > _BEGUN and smooth[-1] > _TOO_BAD * min(smooth)):
            trainer.should_stop = True

    def _result(self) -> RateResult:
        # A loss that is no number ends the curve.
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
        """Write the curve with the suggestion."""
        found = self._result()
        rate = suggestion(np.array(found.lr), np.array(found.smooth))
        reason = (
            "The loss fell at no rate: more images or steps may show it."
            if rate is None
            else f"The loss falls most steeply near a learning rate of {rate:.2g}."
        )
        found = found.model_copy(update={"suggestion": rate, "reason": reason, "total": found.done})
        results.write(self._attempt.paths, found)
        return found


def smoothed(losses: list[float]) -> list[float]:
    """A running mean with exponential weights; its bias to 0 at the beginning is taken out, as Adam does."""
    mean, found = 0.0, []
    for count, loss in enumerate(losses, 1):
        mean = _INERTIA * mean + (1 - _INERTIA) * loss
        found.append(mean / (1 - _INERTIA**count))
    return found


def suggestion(rates: NDArray[np.float64], smooth: NDArray[np.float64]) -> float | None:
    """Where the smoothed loss falls most steeply over the logarithm of the rate; None where it falls nowhere."""
    if len(rates) <= _BEGUN + _LEFT_OUT:
        return None
    kept = slice(_BEGUN, len(rates) - _LEFT_OUT)
    slopes = np.gradient(smooth[kept], np.log(rates[kept]))
    return float(rates[kept][slopes.argmin()]) if slopes.min() < 0 else None
