"""The networks of trained runs as the judges of an immunity map, each of its own validation images.

Twenty networks and their images may not fit into memory: one network is held at a time, and runs of one data set share
their images.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.data.fit import square
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.paths import RunNotFound, RunPaths, run_paths
from explorer.runs.record.studies.answers import Logits, Row
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.runs.spec.plans.tasks import why_not
from explorer.training import identity
from explorer.training.attempt import PROMISE_S, Attempt
from explorer.training.checkpoint_files import CheckpointError, bound_of, read
from explorer.training.evidence import images_of
from explorer.training.inference import hash_of
from explorer.training.losses import two_logits
from explorer.training.networks import Network
from explorer.training.prepared import Prepared
from explorer.training.reading import opened as opened_data
from explorer.training.reading import room
from explorer.training.saliency import network_of
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError
from explorer.training.studies.bank import FeatureBank
from explorer.training.studies.extractor import Extractor
from explorer.training.studies.panels import Judge, Panel

_UNLISTED = "The run {run} has not recorded its validation images: these are those that its data set has now."
_PHASE = "reading data"


def opened(attempt: Attempt, config: RunConfig, runs: Sequence[str]) -> list[Panel]:
    """Open the best checkpoint and the validation images of each run; reports progress.

    Raises:
        StopRun: The map was asked to stop.
        TrainingError: A run or its checkpoint is gone, or its data set has changed.
        Exception: What reading a data set raises.
    """
    setup = Setup.choose(config, identity.first(attempt.paths, attempt.number))
    attempt.stop.check("stopped_beginning")
    setup.apply()
    judged = _Judged(attempt, FeatureBank.open(), len(runs))
    panels = [judged.panel(run) for run in runs]
    machine = identity.of_machine(setup.device.name, setup.threads, setup.precision)
    attempt.writer.write(
        "start", promise_s=PROMISE_S, images=len(panels[0].squares), device=setup.device.name,
        accelerator=setup.device.accelerator, precision=setup.precision, threads=setup.threads, workers=setup.workers,
        notes=[], identity=dict(machine),
    )  # fmt: skip
    return panels


@dataclass
class _Judged:
    """What the runs of a map share: their images by data set and size, and the one network that is in memory."""

    attempt: Attempt
    bank: FeatureBank
    runs: int
    _read: dict[tuple[object, ...], tuple[Prepared, int]] = field(default_factory=dict)
    _held: tuple[str, Extractor] | None = None

    def panel(self, run: str) -> Panel:
        paths, config = _found(run)
        if reason := why_not(config.task, "immunity"):
            raise TrainingError(f"The run {run} cannot be in this map. {reason}")
        recorded = identity.first(paths, paths.latest_attempt + 1)
        config = config.model_copy(update={"dataset": config.dataset.with_range(recorded_depth(recorded))})
        setup = Setup.choose(config, recorded)
        squares, classes = self._squares(config, setup.threads)
        notes = _check_images(paths, squares)
        self._let_go()
        network = _network(paths, config)
        judges = hash_of(network)
        extractor = Extractor(network, config, setup)
        self._held = run, extractor
        return Panel(
            config,
            squares,
            partial(self._extractor, paths, config, setup, extractor.key),
            self.bank,
            setup.workers,
            (Row(run, config.name or run, np.asarray(squares.split.labels, np.int64), network=judges),),
            (_head(network),),
            classes,
            1,
            notes,
        )

    def _squares(self, config: RunConfig, threads: int) -> tuple[Prepared, int]:
        words = config.dataset.model_dump_json(exclude={"links"})
        key = words, config.image_size, config.cache_size == 0
        if key not in self._read:
            dataset = opened_data(self.attempt, config, threads)
            limits = room(config)
            limits = replace(limits, memory=limits.memory // self.runs)
            keep = config.kept is not None
            squares = Prepared(dataset.val, square(config.image_size), keep=keep, limits=limits, words=words)
            report = self.attempt.reporter(_PHASE, "stopped_reading")
            squares.read(threads, lambda done: report(done, len(squares)))
            self._read[key] = squares, len(dataset.classes)
        return self._read[key]

    def _extractor(self, paths: RunPaths, config: RunConfig, setup: Setup, key: str) -> Extractor:
        """Return the network of a run, read again where another one was used meanwhile."""
        if self._held is None or self._held[0] != paths.id:
            self._let_go()
            found = Extractor(_network(paths, config), config, setup)
            if found.key != key:
                raise changed(paths.id)
            self._held = paths.id, found
        return self._held[1]

    def _let_go(self) -> None:
        self._held = None
        gc.collect()


def changed(run: str) -> TrainingError:
    """Return the error of a map that would go on with another checkpoint."""
    return TrainingError(
        f"The best checkpoint of the run {run} has changed since the map began. Start the map again when the run is "
        "done."
    )


def _found(run: str) -> tuple[RunPaths, RunConfig]:
    try:
        paths = run_paths(run)
        return paths, loads(paths.config.read_bytes())
    except RunNotFound as error:
        raise TrainingError(f"The run {run} was deleted: there is nothing to judge.") from error
    except (ConfigError, OSError) as error:
        raise TrainingError(f"The run {run} cannot be read: {error}") from error


def _check_images(paths: RunPaths, squares: Prepared) -> tuple[str, ...]:
    now = images_of(squares)
    if not paths.validation.exists():
        return (_UNLISTED.format(run=paths.id),)
    try:
        before = ValidationImages.load(paths.validation)
    except ValidationRecordError as error:
        raise TrainingError(str(error)) from error
    known = [(one.ids, one.hashes, one.reading, one.labels.tolist()) for one in (before, now)]
    if known[0] != known[1]:
        raise TrainingError(
            f"The validation images of the run {paths.id} have changed since it was trained. Put the data back, or "
            "train a new run."
        )
    return ()


def _network(paths: RunPaths, config: RunConfig) -> Network:
    """The network of the best checkpoint. Raises TrainingError."""
    try:
        return network_of(config, read(paths.best, bound_of(config)))
    except CheckpointError as error:
        raise TrainingError(f"The best checkpoint of the run {paths.id} cannot be used: {error}.") from error


def _head(network: Network) -> Judge:
    weight, bias = (each.detach().float().cpu().clone() for each in (network.head.weight, network.head.bias))

    def judge(features: NDArray[np.float16]) -> Logits:
        outputs = torch.from_numpy(features.astype(np.float32)) @ weight.T + bias
        logits = two_logits(outputs) if outputs.shape[1] == 1 else outputs
        found: Logits = logits[None].numpy()
        return found

    return judge
