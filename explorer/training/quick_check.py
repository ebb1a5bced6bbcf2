"""A quick check before a long run: a few batches of everything that the run will do, saving and loading included."""

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from pytorch_lightning.callbacks import ModelCheckpoint

from explorer.augment.order import permutation
from explorer.data.dataset import Split
from explorer.data.fit import square
from explorer.data.images import ImageError
from explorer.data.inspection import damage
from explorer.metrics.table import LOSS
from explorer.runs.machine.capacity import in_words
from explorer.runs.machine.durations import Duration
from explorer.runs.record import reasons, results
from explorer.runs.record.reasons import Why, joined, reason
from explorer.runs.record.results import CheckResult, CheckStep, Estimate
from explorer.runs.spec.config import RunConfig, check_with_dataset
from explorer.training import memory, trial
from explorer.training.attempt import Attempt
from explorer.training.checkpoints import AtomicCheckpointIO, load_weights
from explorer.training.clock import Clock
from explorer.training.data import Images
from explorer.training.lost_workers import fit
from explorer.training.mistakes import explain
from explorer.training.module import Classifier
from explorer.training.noting import note
from explorer.training.prepared import Prepared
from explorer.training.ready import PROMISE_S, Data, build_model, classifier, make_trainer, settle
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError

Item = TypeVar("Item")

BATCHES = 3
_PROBED = 8  # images that the pipeline is tried on


@dataclass
class _Check:
    """What is found so far, and what later steps need of earlier ones."""

    attempt: Attempt
    config: RunConfig
    setup: Setup
    folder: Path
    steps: list[CheckStep] = field(default_factory=list)
    data: Data | None = None
    model: Classifier | None = None
    clock: Clock | None = None
    told_at: float = 0.0

    @property
    def file(self) -> Path:
        """The checkpoint that is saved and loaded."""
        return self.folder / "check.ckpt"

    def found(self, estimate: Estimate | None = None) -> CheckResult:
        """The result so far."""
        return CheckResult(total=len(_STEPS), steps=tuple(self.steps), estimate=estimate)


def check(attempt: Attempt, config: RunConfig) -> Why:
    """Try everything; returns what was found in a sentence. Raises what the trainer's `fit` raises."""
    setup = Setup.choose(config, {})
    settle(setup)
    folder = Path(tempfile.mkdtemp(prefix="check-", dir=attempt.paths.root))
    try:
        found = _Check(attempt, config, setup, folder)
        for name, step in _STEPS.items():
            _carry_out(found, name, step)
        estimate = _estimate(found)
        results.write(attempt.paths, found.found(estimate))
        note(attempt, config, Duration(by="check", epoch_s=estimate.epoch_s))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    warned = sum(step.state == "warn" for step in found.steps)
    checks = len(found.steps)
    said = reason("checks_warn", warned=warned, checks=checks) if warned else reason("checks_passed", checks=checks)
    return joined(said, reason("run_takes", takes=estimate.run_s))


def _carry_out(found: _Check, name: str, step: "Callable[[_Check], str]") -> None:
    found.attempt.stop.check("stopped_in_check")
    found.attempt.writer.write(
        "phase", promise_s=2 * PROMISE_S, phase="checking", done=len(found.steps), total=len(_STEPS)
    )
    begun = time.monotonic()

    def note(state: Any, detail: str) -> None:
        seconds = round(time.monotonic() - begun, 3)
        found.steps.append(CheckStep(name=name, state=state, seconds=seconds, detail=detail))
        results.write(found.attempt.paths, found.found())

    try:
        said = step(found)
    except Exception as error:
        note("failed", reasons.in_words(explain(error)))
        raise
    warns = said.startswith(_WARN)
    note("warn" if warns else "ok", said.removeprefix(_WARN))


_WARN = "!"  # in front of what a check says: it warns


def _data(found: _Check) -> str:
    config, dataset = found.config, found.config.dataset.open()
    if dataset.inspection is not None and dataset.inspection.damaged:
        raise ImageError(damage(dataset.inspection.damaged))
    counts = dataset.train.counts(len(dataset.classes))
    check_with_dataset(
        config,
        train_images=len(dataset.train),
        val_images=len(dataset.val),
        num_classes=len(dataset.classes),
        name=dataset.name,
        class_counts=counts.tolist(),
    )
    picked = permutation(config.seed, 0, len(dataset.train))[: max(_PROBED, BATCHES * config.batch_size)]
    train = Prepared(_part(dataset.train, picked), config.kept, keep=True)
    few = np.random.default_rng(config.seed).permutation(len(dataset.val))[: 2 * config.batch_size]
    val = Prepared(_part(dataset.val, sorted(few.tolist())), square(config.image_size), keep=True)
    found.data = Data(dataset, train, val)
    begun = time.monotonic()
    for each in (train, val):
        each.read(found.setup.threads, lambda done: found.attempt.stop.check("stopped_in_check"))
    ms = 1000 * (time.monotonic() - begun) / (len(train) + len(val))
    words = f"{len(dataset.train):,} images train, {len(dataset.val):,} validate; {ms:.0f} ms to read one."
    notes = " ".join(dataset.notes)
    return f"{_WARN}{words} {notes}" if notes else words


@dataclass(frozen=True)
class _Picked(Generic[Item]):
    """Some answers of a split; a class, so that it travels to loader workers."""

    whole: Callable[[int], Item]
    indices: tuple[int, ...]

    def __call__(self, place: int) -> Item:
        return self.whole(self.indices[place])


def _part(split: Split, indices: list[int]) -> Split:
    names, places = tuple(split.ids[index] for index in indices), tuple(indices)
    return Split(split.name, split.labels[indices], names, _Picked(split.load, places), _Picked(split.source, places))


def _pipeline(found: _Check) -> str:
    data = _known(found.data)
    samples = [data.train.sample(index) for index in range(min(_PROBED, len(data.train)))]
    begun = time.monotonic()
    trial.check(found.config, samples, lambda: _trying(found))
    each = 1000 * (time.monotonic() - begun) / len(samples)
    return f"Each step works on {len(samples)} images; {each:.0f} ms for one, with all that was tried."


def _trying(found: _Check) -> None:
    found.attempt.stop.check("stopped_in_check")
    now = time.monotonic()
    if now - found.told_at >= PROMISE_S / 2:
        found.told_at = now
        found.attempt.writer.write(
            "phase", promise_s=2 * PROMISE_S, phase="checking", done=len(found.steps), total=len(_STEPS)
        )


def _network(found: _Check) -> str:
    # Its schedule is that of the whole run, whose first rates are tried here.
    found.model = build_model(found.attempt, found.config, _known(found.data))
    parameters = list(found.model.network.parameters())
    learning = sum(parameter.numel() for parameter in parameters if parameter.requires_grad)
    total = sum(parameter.numel() for parameter in parameters)
    return f"{total:,} parameters, of which {learning:,} learn at first."


def _training(found: _Check) -> str:
    data, config = _known(found.data), found.config
    found.clock = clock = Clock(found.attempt)
    saving = ModelCheckpoint(
        dirpath=found.folder, filename=found.file.stem, enable_version_counter=False, save_on_train_epoch_end=True
    )
    trainer = make_trainer(
        config,
        found.setup,
        found.folder,
        [clock, saving],
        AtomicCheckpointIO(config),
        max_epochs=1,
        limit_train_batches=BATCHES,
    )
    fit(found.attempt, trainer, _known(found.model), Images(config, data.train, data.val, found.setup.workers))
    if not np.isfinite(clock.losses).all():
        raise TrainingError("The loss is nan or infinite. Lower the learning rate, or choose the precision 32-true.")
    speed = 1 / _typical(clock.training)
    return f"{len(clock.losses)} batches of {config.batch_size}: loss {clock.losses[0]:.3f}, {speed:.0f} images/s."


def _typical(seconds: list[float]) -> float:
    # The first one sets everything up, and so says little.
    return float(np.median(seconds[1:] or seconds))


def _validation(found: _Check) -> str:
    validated, clock = _known(_known(found.model).validated), _known(found.clock)
    images = len(_known(found.data).val)
    return f"{images} images: loss {validated.values[LOSS]:.3f}, {1 / _typical(clock.validating):.0f} images/s."


def _checkpoint(found: _Check) -> str:
    size = found.file.stat().st_size
    return f"{in_words(size)}; two of them are kept, and a third while one is written."


def _loading(found: _Check) -> str:
    model, data = _known(found.model), _known(found.data)
    dataset = data.dataset
    fresh = classifier(
        found.config.model_copy(update={"seed": found.config.seed ^ 1}),
        dataset.classes,
        data.steps(found.config),
        dataset.train.counts(len(dataset.classes)),
    )
    load_weights(found.file, fresh.network, found.config)
    batch = next(iter(Images(found.config, data.train, data.val, 0).val_dataloader())).images[:2]
    with torch.no_grad():
        old, new = (each.cpu().eval()(batch) for each in (model, fresh))
    if not torch.allclose(old, new, atol=1e-4):
        raise TrainingError("The network that was loaded from its checkpoint answers otherwise than the one saved.")
    return "A new network with the saved weights gives the same answers."


_STEPS: dict[str, Callable[[_Check], str]] = dict(
    zip(results.CHECKS, (_data, _pipeline, _network, _training, _validation, _checkpoint, _loading), strict=True)
)


def _known(value: Any) -> Any:
    """What an earlier step has found; those that come later are not asked where one fails."""
    assert value is not None
    return value


def _estimate(found: _Check) -> Estimate:
    config, dataset, clock = found.config, _known(found.data).dataset, _known(found.clock)
    each = _typical(clock.training)
    epoch_s = len(dataset.train) * each + len(dataset.val) * _typical(clock.validating)
    return Estimate(
        epoch_s=epoch_s, run_s=epoch_s * config.epochs, images_per_second=1 / each, memory_bytes=memory.peak()
    )
