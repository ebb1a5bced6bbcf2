"""A quick check before a long run: a few batches of everything that the run will do, saving and loading included."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from typing_extensions import override

from explorer.augment.order import permutation
from explorer.data.inspection import damage
from explorer.data.stored import ImageError
from explorer.metrics.table import LOSS
from explorer.runs.machine.durations import Duration
from explorer.runs.record import results
from explorer.runs.record.reasons import Reason, Why, joined, reason
from explorer.runs.record.results import CHECKS, CheckResult, CheckStep, Estimate
from explorer.runs.spec.config import RunConfig, check_with_dataset
from explorer.training import memory, trial
from explorer.training.attempt import PROMISE_S, Attempt
from explorer.training.batch import Batch
from explorer.training.checkpoints import AtomicCheckpointIO, load_weights
from explorer.training.data import Images
from explorer.training.lost_workers import fit
from explorer.training.mistakes import explain
from explorer.training.module import Classifier, build_model, classifier
from explorer.training.prepared import Prepared
from explorer.training.reading import Data
from explorer.training.setup import Setup, note_duration
from explorer.training.stopping import TrainingError
from explorer.training.tasks.table import task_of

BATCHES = 3
_PROBED = 8  # images that the pipeline is tried on
_ENOUGH_S = 8.0  # a network whose batches take longer is judged by fewer of them


def check(attempt: Attempt, config: RunConfig) -> Why:
    """Try everything that the run will do; returns what was found. Raises what `trainer.fit` raises."""
    folder = Path(tempfile.mkdtemp(prefix="check-", dir=attempt.paths.root))
    try:
        found = _Check(attempt, config, folder)
        for name in CHECKS:
            found.carry_out(name)
        estimate = found.estimate()
        note_duration(attempt, config, Duration(by="check", epoch_s=estimate.epoch_s))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    warned, checks = sum(step.state == "warn" for step in found.steps), len(found.steps)
    said = reason("checks_warn", warned=warned, checks=checks) if warned else reason("checks_passed", checks=checks)
    return joined(said, reason("run_takes", takes=estimate.run_s))


class _Check:
    """What was found so far. Each step is a method, and later ones use what earlier ones have left here."""

    data: Data
    model: Classifier

    def __init__(self, attempt: Attempt, config: RunConfig, folder: Path) -> None:
        self.steps: list[CheckStep] = []
        self._attempt = attempt
        self._config = config
        self._folder = folder
        self._setup = Setup.choose(config, {})
        self._setup.apply()
        self._clock = _Clock(attempt)

    def carry_out(self, name: str) -> None:
        """Carry out one step of CHECKS and write what it found. Raises what would make the run fail."""
        step: Callable[[], Why] = getattr(self, f"_{name}")
        self._attempt.stop.check("stopped_in_check")
        self._attempt.phase("checking", 2 * PROMISE_S, done=len(self.steps), total=len(CHECKS))
        begun = time.monotonic()
        try:
            said = step()
        except Exception as error:
            self._note(name, "failed", begun, explain(error))
            raise
        self._note(name, "ok" if isinstance(said, Reason) else "warn", begun, said)

    def _note(self, name: str, state: Literal["ok", "warn", "failed"], begun: float, detail: Why) -> None:
        seconds = round(time.monotonic() - begun, 3)
        self.steps.append(CheckStep(name=name, state=state, seconds=seconds, detail=detail))
        self._write()

    def _write(self, estimate: Estimate | None = None) -> None:
        results.write(self._attempt.paths, CheckResult(steps=tuple(self.steps), estimate=estimate))

    def _data(self) -> Why:
        """Read a few images. What the data set notes is added to the answer as warnings."""
        config, dataset = self._config, self._config.dataset.open()
        if dataset.inspection is not None and dataset.inspection.damaged:
            raise ImageError(damage(dataset.inspection.damaged))
        check_with_dataset(config, **dataset.counted)
        picked = permutation(config.seed, 0, len(dataset.train))[: max(_PROBED, BATCHES * config.batch_size)]
        train = Prepared(dataset.train.part(picked), config.kept, keep=True)
        few = np.random.default_rng(config.seed).permutation(len(dataset.val))[: 2 * config.batch_size]
        val = Prepared(dataset.val.part(sorted(few.tolist())), task_of(config).fit(config), keep=True)
        self.data = Data(dataset, train, val)
        begun = time.monotonic()
        for each in (train, val):
            each.read(self._setup.threads, lambda done: self._attempt.stop.check("stopped_in_check"))
        ms = 1000 * (time.monotonic() - begun) / (len(train) + len(val))
        said = reason("check_data", train=len(dataset.train), val=len(dataset.val), ms=ms)
        return joined(said, *dataset.notes) if dataset.notes else said

    def _pipeline(self) -> Reason:
        samples = [self.data.train.sample(index) for index in range(min(_PROBED, len(self.data.train)))]
        report = self._attempt.reporter("checking", "stopped_in_check", 2 * PROMISE_S)
        begun = time.monotonic()
        trial.check(self._config, samples, lambda: report(len(self.steps), len(CHECKS)))
        ms = 1000 * (time.monotonic() - begun) / len(samples)
        return reason("check_pipeline", images=len(samples), ms=ms)

    def _network(self) -> Reason:
        # Its schedule is that of the whole run, whose first rates are tried here.
        self.model = build_model(self._attempt, self._config, self.data)
        counts = [(parameter.numel(), parameter.requires_grad) for parameter in self.model.network.parameters()]
        learning = sum(count for count, learns in counts if learns)
        return reason("check_network", parameters=sum(count for count, _ in counts), learning=learning)

    def _training(self) -> Reason:
        data, config, clock = self.data, self._config, self._clock
        saving = ModelCheckpoint(
            self._folder, self._file.stem, enable_version_counter=False, save_on_train_epoch_end=True
        )
        io = AtomicCheckpointIO(config)
        trainer = self._setup.trainer(
            config, self._folder, [clock, saving], io, max_epochs=1, limit_train_batches=BATCHES
        )
        fit(self._attempt, trainer, self.model, Images(config, data.train, data.val, self._setup.workers))
        if not np.isfinite(clock.losses).all():
            raise TrainingError(reason("losses_not_finite"))
        batches, size, speed = len(clock.losses), config.batch_size, 1 / _typical(clock.training)
        return reason("check_training", batches=batches, size=size, loss=clock.losses[0], speed=speed)

    def _validation(self) -> Reason:
        validated, speed = self.model.validated, 1 / _typical(self._clock.validating)
        assert validated is not None
        return reason("check_validation", images=len(self.data.val), loss=validated.values[LOSS], speed=speed)

    @property
    def _file(self) -> Path:
        return self._folder / "check.ckpt"

    def _checkpoint(self) -> Reason:
        return reason("check_checkpoint", bytes=self._file.stat().st_size)

    def _loading(self) -> Reason:
        config, data = self._config, self.data
        other = config.model_copy(update={"seed": config.seed ^ 1})
        fresh = classifier(other, data.dataset.classes, data.steps(config), data.counts(other))
        load_weights(self._file, fresh.network, config)
        batch = next(iter(Images(config, data.train, data.val, 0).val_dataloader())).images[:2]
        with torch.no_grad():
            old, new = (each.cpu().eval()(batch) for each in (self.model, fresh))
        if not torch.allclose(old, new, atol=1e-4):
            raise TrainingError(reason("loaded_differs"))
        return reason("check_loading")

    def estimate(self) -> Estimate:
        """Write what the whole run would take, and return it."""
        dataset, each = self.data.dataset, _typical(self._clock.training)
        epoch_s = len(dataset.train) * each + len(dataset.val) * _typical(self._clock.validating)
        run_s = epoch_s * self._config.epochs
        found = Estimate(epoch_s=epoch_s, run_s=run_s, images_per_second=1 / each, memory_bytes=memory.peak())
        self._write(found)
        return found


def _typical(seconds: list[float]) -> float:
    # The first batch sets everything up, so its time says little.
    return float(np.median(seconds[1:] or seconds))


class _Clock(pl.Callback):
    """Times batches, and ends the epoch when enough is known.

    Attributes:
        training: Seconds per image of each training batch.
        validating: Seconds per image of each validation batch.
        losses: The loss of each training batch.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._begun = 0.0
        self.training: list[float] = []
        self.validating: list[float] = []
        self.losses: list[float] = []

    @override
    def on_train_start(self, *_: Any, **__: Any) -> None:
        self._attempt.stop.listen()
        self._begun = time.monotonic()

    @override
    def on_validation_start(self, *_: Any, **__: Any) -> None:
        self._begun = time.monotonic()

    def _lap(self, laps: list[float], batch: Batch) -> None:
        now = time.monotonic()
        laps.append((now - self._begun) / len(batch.labels))
        self._begun = now

    @override
    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        self.losses.append(float(outputs["mean_loss"]))
        self._lap(self.training, batch)
        self._attempt.stop.check("stopped_in_check")
        if sum(self.training) * len(batch.labels) > _ENOUGH_S:
            trainer.should_stop = True

    @override
    def on_validation_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, batch: Batch, *_: Any, **__: Any
    ) -> None:
        self._lap(self.validating, batch)
