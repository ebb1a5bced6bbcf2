"""What every study with heads on a frozen backbone begins with: images, backbone, bank, and what it records.

A study is resumed exactly: its images must be those that it began with, and threads and precision are kept.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline
from explorer.data.parts import merged
from explorer.runs.machine import study_paces
from explorer.runs.machine.machine import known_machine
from explorer.runs.machine.paces import machine_key
from explorer.runs.record.depths import noted
from explorer.runs.record.reasons import Why, joined, reason, to_json
from explorer.runs.record.studies import origin
from explorer.runs.record.studies.images import StudyImages as Listed
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.record.studies.parts import images_path
from explorer.runs.record.studies.progress import HEADS, VIEWS
from explorer.runs.spec.config import RunConfig
from explorer.training import identity
from explorer.training.attempt import PROMISE_S, Attempt, Throttle
from explorer.training.setup import Setup
from explorer.training.stopping import TrainingError
from explorer.training.studies import room
from explorer.training.studies.bank import FeatureBank
from explorer.training.studies.extractor import Extractor, Report
from explorer.training.studies.features import Features, features_of_validation, features_of_views
from explorer.training.studies.folds import check_labels, folds_of
from explorer.training.studies.heads import HeadJob, HeadPool, Heads
from explorer.training.studies.images import StudyImages, read_images

_LEAST_MADE = 0.5  # of all views, to keep a pace: where the bank has most of them, reading it takes most of the time


@dataclass(frozen=True, eq=False)
class Begun:
    """A study that has begun.

    Attributes:
        attempt, config: Of the run.
        setup: The device, threads and workers.
        images: The images as they are augmented and judged.
        listed: The images as the study records them, with their groups.
        extractor: The frozen backbone.
        bank: Where its features are kept.
        folds: Parts that the images are divided into in each repeat.
        repeats: How many repeats are planned.
    """

    attempt: Attempt
    config: RunConfig
    setup: Setup
    images: StudyImages
    listed: Listed
    extractor: Extractor
    bank: FeatureBank
    folds: int
    repeats: int
    _timed: dict[str, float] = field(default_factory=dict)

    @property
    def labels(self) -> NDArray[np.int64]:
        """(N,) classes."""
        return self.listed.labels

    @property
    def groups(self) -> NDArray[np.int64] | None:
        """(N,) the group of each image; None where each image is a group of its own."""
        return _shared(self.listed)

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.listed.classes)

    @cached_property
    def clean(self) -> Features:
        """The features of the images as validation sees them, with places (N,)."""
        return features_of_validation(
            self.extractor,
            self.bank,
            self.images.squares,
            self.config.pipeline,
            range(len(self.images)),
            workers=self.setup.workers,
            report=self.reporter(VIEWS),
        )

    def views(self, pipelines: Sequence[Pipeline], views: int) -> Features:
        """Compute the features of `views` views of each image for each pipeline: places (V, N, views).

        Raises StudyError where they do not fit into the free memory.
        """
        room.check_memory(self.memory_of(len(pipelines), views))
        begun = time.monotonic()
        found = self.features(pipelines, views, self.reporter(VIEWS))
        if found.made >= _LEAST_MADE * found.places.size:
            self._keep_pace(view_s=(time.monotonic() - begun) / found.made)
        return found

    def features(self, pipelines: Sequence[Pipeline], views: int, report: Report) -> Features:
        """Compute the features of views as `views` does, without a look at the memory; `report` as in features.py."""
        return features_of_views(
            self.extractor,
            self.bank,
            self.images.whole,
            pipelines,
            range(len(self.images)),
            views,
            seed=self.config.seed,
            size=self.config.image_size,
            workers=self.setup.workers,
            report=report,
        )

    def memory_of(self, pipelines: int, views: int) -> int:
        """Return the bytes that the views of so many pipelines take at most, with the processes that fit heads."""
        processes = min(self.setup.threads, self.folds * pipelines)
        return room.needed_memory(pipelines, len(self.images), views, self.extractor.dimensions, processes)

    def check_plan(self, arrays: int, heads: int) -> None:
        """Refuse a plan whose result would be too large. Raises StudyError.

        Args:
            arrays: How many (N, C) arrays of answers it writes.
            heads: How many heads it trains at most.
        """
        room.check_plan(arrays, len(self.images), self.num_classes, heads)

    def fold(self, repeat: int) -> NDArray[np.int64]:
        """Return (N,) the fold in which each image is judged in a repeat."""
        return folds_of(self.labels, self.config.seed, repeat, folds=self.folds, groups=self.groups)

    def job(self, views: Features, fold: NDArray[np.int64], repeat: int) -> HeadJob:
        """Return what heads are fitted to: the views of one variant, with places (N, K)."""
        return HeadJob(views, self.labels, fold, self.num_classes, self.config.seed, repeat, self.groups)

    def heads(self, pool: HeadPool, jobs: Sequence[HeadJob], repeat: int, *, usual: bool = True) -> list[Heads]:
        """Train the heads of one repeat; reports progress with the time that is left for all repeats.

        Args:
            pool: Trains them.
            jobs: What they are fitted to.
            repeat: Its number, from 0.
            usual: Whether each head learns from a whole training fold, so that its pace foretells that of others.
        """
        begun, fitted = time.monotonic(), pool.fitted
        found = pool.fit(jobs, self.reporter(HEADS, repeat))
        fitted = pool.fitted - fitted
        if fitted:  # the bank's answers say nothing about the pace of later repeats
            head_s = (time.monotonic() - begun) / fitted
            self._timed["repeat"] = head_s * self.folds * len(jobs)
            if usual:
                self._keep_pace(head_s=head_s)
        return found

    def reporter(self, phase: str, repeat: int = 0) -> Callable[[int, int], None]:
        """Make a function that reports (done, total) of a phase once a second at most, and looks for a stop.

        The function raises StopRun when the study is asked to stop.
        """
        begun, throttle = time.monotonic(), Throttle()

        def report(done: int, total: int) -> None:
            self.check_stop(repeat)
            if not throttle.due():
                return
            left = (time.monotonic() - begun) * (total - done) / done if done else None
            later = (self.repeats - repeat - 1) * self._timed.get("repeat", 0.0) if phase == HEADS else 0.0
            only_phase = phase == VIEWS or (
                phase == HEADS and "repeat" not in self._timed and repeat + 1 < self.repeats
            )
            self.attempt.phase(
                phase,
                done=done,
                total=total,
                repeat=repeat,
                repeats=self.repeats,
                left_s=None if left is None else left + later,
                of_phase=only_phase,
            )

        return report

    def check_stop(self, done: int) -> None:
        """Raise StopRun if the study is asked to stop. done: Repeats that are done."""
        self.attempt.stop.check("stopped_in_study", done=done, repeats=self.repeats)

    def done(self) -> Why:
        """What the outcome of a finished study says, with why features were not kept for other studies."""
        found = reason("study_repeat") if self.repeats == 1 else reason("study_repeats", repeats=self.repeats)
        return joined(found, f"{self.bank.trouble}.") if self.bank.trouble else found

    def _keep_pace(self, **measured: float) -> None:
        machine = known_machine()
        if machine is not None:
            study_paces.keep(self.config, machine_key(machine), **measured)


@contextlib.contextmanager
def begin(
    attempt: Attempt, config: RunConfig, pipelines: Sequence[Pipeline], *, folds: int, repeats: int
) -> Iterator[Begun]:
    """Begin or resume a study: read its images, try its pipelines, and load its backbone; reports progress.

    Args:
        attempt, config: Of the run.
        pipelines: The pipelines to try before the first view.
        folds: Parts that the images are divided into in each repeat.
        repeats: How many repeats are planned.

    Raises:
        StopRun: The study was asked to stop.
        StudyError: The images do not suffice for the folds, or the bank has a wrong setting.
        TrainingError: The images are not those that the study began with.
        Exception: What `read_images` and `Extractor.build` raise.
    """
    setup = Setup.choose(config, _before(attempt))
    attempt.stop.check("stopped_beginning")
    setup.apply()
    images = read_images(attempt, config, setup.threads, pipelines)
    listed = _listed(images)
    check_labels(listed.labels, listed.classes, folds=folds, groups=_shared(listed))
    _record(attempt, listed)
    attempt.phase("building model")
    extractor = Extractor.build(config, setup, _of_download(attempt))
    bank = FeatureBank.open()
    begun = Begun(attempt, config, setup, images, listed, extractor, bank, folds, repeats)
    _write_start(begun)
    yield begun
    if bank.trouble:
        print(bank.trouble, flush=True)


def _before(attempt: Attempt) -> identity.Identity:
    """The identity of the study whose repeats this one goes on from, else of its own first attempt; may be empty."""
    return origin.read(attempt.paths) or identity.first(attempt.paths, attempt.number)


def _of_download(attempt: Attempt) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        attempt.stop.check("stopped_downloading")
        attempt.phase("downloading weights", done=done, total=total)

    return report


def _listed(images: StudyImages) -> Listed:
    hashes = tuple(content.hex() for content in images.hashes)
    # Copies of one image stay together: a head that was trained on the copy would only remember it.
    _, copies = np.unique(np.array(hashes), return_inverse=True)
    split = images.whole.split
    groups = merged(copies.astype(np.int64), split.groups)
    return Listed(
        tuple(map(str, images.ids)),
        hashes,
        np.asarray(images.labels, np.int64),
        groups,
        len(images.dataset.train),
        images.classes,
        split.reading,
    )


def _shared(listed: Listed) -> NDArray[np.int64] | None:
    """The groups, where any image shares one."""
    return None if len(np.unique(listed.groups)) == len(listed) else listed.groups


def _record(attempt: Attempt, listed: Listed) -> None:
    """Write the list of images; a study that is resumed must find the same. Raises TrainingError."""
    path = images_path(attempt.paths)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        listed.save(path)
        return
    try:
        before = Listed.load(path)
    except StudyRecordError as error:
        raise TrainingError(f"{error}. Start a new study.") from error
    if not before.is_same(listed):
        raise TrainingError(
            "The images of its data set have changed since the study began. Put the data back, or start a new study."
        )


def _write_start(begun: Begun) -> None:
    attempt, setup, images = begun.attempt, begun.setup, begun.images
    machine = identity.of_machine(setup.device.name, setup.threads, setup.precision)
    now = machine | noted(images.dataset.depth) | {"features": begun.extractor.key}
    differs = identity.differences(_before(attempt), now)
    notes: list[Why] = list(images.dataset.notes)
    if differs:
        notes.append(reason("resumed_elsewhere", differences="; ".join(differs)))
    attempt.writer.write(
        "start",
        promise_s=PROMISE_S,
        images=len(images),
        repeats=begun.repeats,
        folds=begun.folds,
        classes=images.classes,
        device=setup.device.name,
        accelerator=setup.device.accelerator,
        precision=setup.precision,
        threads=setup.threads,
        workers=setup.workers,
        notes=[to_json(one) for one in notes],
        identity=dict(now),
    )
