"""Heads on features: a multinomial logistic regression in each training fold, its penalty chosen inside the fold."""

import contextlib
import hashlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits
from torch import Tensor

from explorer.base import confined
from explorer.runs.machine.capacity import memory
from explorer.training.stopping import SIGNALS, TrainingError
from explorer.training.studies import logistic
from explorer.training.studies.bank import FeatureBank
from explorer.training.studies.drawings import code_hash
from explorer.training.studies.errors import StudyError
from explorer.training.studies.extractor import Report
from explorer.training.studies.features import Features
from explorer.training.studies.folds import Groups, Labels, divided
from explorer.training.studies.rotation import Rotation

# Of the mean log loss, so that one and the same value means the same for other numbers of images and of views.
PENALTIES = (0.003, 0.02, 0.1, 0.5, 3.0)
INNER_FOLDS = 3
_LOOK_S = 0.2
_OF_CLASSES = 8.5  # float32 matrices of rows x classes that a fit holds at once, as measured
_OF_FEATURES = 3.0  # and of rows x features
_MEMORY_SHARE = 0.8  # of what is free, for heads
_VIEWS = 0x76696577  # makes the draw of views another one than those of folds
_KILLED = (
    "A process that fits heads was killed, most likely because memory ran out. Use fewer images, views or threads."
)


@dataclass(frozen=True, eq=False)
class HeadJob:
    """What heads are fitted to: one head for each fold.

    Attributes:
        views: Features with places of shape (N, K).
        labels: (N,) classes.
        fold: (N,) the fold in which each image is held out.
        num_classes: C.
        seed, repeat: Decide the inner folds.
        groups: (N,) which images belong together, or None.
        may_train: (N,) or (folds, N) the images that heads may learn from, besides the folds; None for all.
        penalties: To choose from, in rising order.
    """

    views: Features
    labels: Labels
    fold: NDArray[np.int64]
    num_classes: int
    seed: int
    repeat: int
    groups: Groups | None = None
    may_train: NDArray[np.bool_] | None = None
    penalties: Sequence[float] = PENALTIES

    @property
    def folds(self) -> int:
        """How many folds there are."""
        return int(self.fold.max()) + 1

    def chosen_views(self) -> NDArray[np.int64]:
        """(K,) the views that this repeat learns from: K of the K views, drawn with replacement.

        They are the same for all variants of a repeat. Views that are the same in all repeats would make all heads a
        little more or less sure in the same way, which no repeat shows: intervals of the log loss were then too short,
        see docs/decisions/041.
        """
        count = self.views.places.shape[1]
        draw = np.random.default_rng([self.seed, self.repeat, _VIEWS])
        return np.asarray(draw.integers(count, size=count), np.int64)

    def trains(self, held: int) -> NDArray[np.int64]:
        """The images that the head of a fold learns from. Raises StudyError if they are too few of a class."""
        chosen = self.fold != held
        if self.may_train is not None:
            chosen &= self.may_train[held] if self.may_train.ndim == 2 else self.may_train
        counts = np.bincount(self.labels[chosen], minlength=self.num_classes)
        if counts.min() < INNER_FOLDS:
            raise StudyError(
                f"A head would learn from {counts.min()} images of a class, but needs at least {INNER_FOLDS}. "
                "Use more images."
            )
        return np.flatnonzero(chosen)


@dataclass(frozen=True, eq=False)
class Heads:
    """The heads of all folds, for features as they are, before standardizing.

    Attributes:
        weights: (folds, F + 1, C), the last row is the intercept.
        penalties: (folds,) the chosen ones.
    """

    weights: NDArray[np.float32]
    penalties: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """Both arrays, for the bank."""
        return self.penalties.tobytes() + self.weights.tobytes()

    @classmethod
    def from_bytes(cls, kept: bytes, folds: int, num_classes: int) -> "Heads":
        """What `to_bytes` has written."""
        numbers = np.frombuffer(kept, np.float32)
        return cls(numbers[folds:].reshape(folds, -1, num_classes), numbers[:folds])

    def logits(self, features: NDArray[np.float16]) -> NDArray[np.float32]:
        """Judge images by all heads: (n, F) -> (folds, n, C)."""
        return np.stack([_judged(features, weights) for weights in self.weights])

    def out_of_fold(self, features: NDArray[np.float16], fold: NDArray[np.int64]) -> NDArray[np.float32]:
        """Judge each image by the head that has not seen it.

        Args:
            features: (N, F) of the images, in the order of `fold`.
            fold: (N,) the fold in which each is held out.

        Returns:
            (N, C) logits.
        """
        found = np.empty((len(features), self.weights.shape[2]), np.float32)
        for held, weights in enumerate(self.weights):
            found[fold == held] = _judged(features[fold == held], weights)
        return found


def _judged(features: NDArray[np.float16], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    # In float64: the product of a few rows and of many rows may differ in its last bits, which float32 then hides.
    logits = features.astype(np.float64) @ weights[:-1].astype(np.float64) + weights[-1]
    return np.asarray(logits, np.float32)


class HeadPool:
    """Fits heads in several processes at once, with the same numbers for any number of processes.

    Attributes:
        fitted: How many heads were fitted so far; those of the bank do not count.

    Args:
        processes: How many at most; fewer where memory does not suffice for so many.
        bank: Where heads are looked up and kept, so that a study fits only those that no study has fitted before.
    """

    def __init__(self, processes: int, bank: FeatureBank | None = None) -> None:
        self._processes = processes
        self._bank = bank
        self.fitted = 0

    def fit(self, jobs: Sequence[HeadJob], report: Report = lambda done, total: None) -> list[Heads]:
        """Fit the heads of several variants.

        Args:
            jobs: One for each variant.
            report: Called with the number of folds that are done, and of all; what it raises ends the work.

        Returns:
            The heads in the order of the jobs.

        Raises:
            StudyError: Too few images of a class may be learned from.
            TrainingError: A process was killed.
        """
        keys = [_key(job) for job in jobs] if self._bank is not None else []
        known = {at: heads for at, key in enumerate(keys) if (heads := self._known(key, jobs[at])) is not None}
        missing = [job for at, job in enumerate(jobs) if at not in known]
        fitted = iter(self._fitted(missing, report) if missing else [])
        found = [known[at] if at in known else next(fitted) for at in range(len(jobs))]
        if self._bank is not None:
            for at, key in enumerate(keys):
                if at not in known:
                    self._bank.keep_result(key, found[at].to_bytes())
        return found

    def _known(self, key: bytes, job: HeadJob) -> Heads | None:
        kept = None if self._bank is None else self._bank.result(key)
        return None if kept is None else Heads.from_bytes(kept, job.folds, job.num_classes)

    def _fitted(self, jobs: Sequence[HeadJob], report: Report) -> list[Heads]:
        # Forked where that is safe, so that features are not copied.
        context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        processes = processes_for(jobs, self._processes, memory().available)
        with ProcessPoolExecutor(processes, context, _begin, (list(jobs), os.getpid())) as pool:
            folds = [[pool.submit(_fold_of, at, held) for held in range(job.folds)] for at, job in enumerate(jobs)]
            try:
                _await([future for each in folds for future in each], report)
                self.fitted += sum(len(each) for each in folds)
                return [_stacked([future.result() for future in each]) for each in folds]
            except BrokenExecutor as error:
                raise TrainingError(_KILLED) from error
            finally:
                pool.shutdown(cancel_futures=True)  # what is being fitted takes a second at most


def processes_for(jobs: Sequence[HeadJob], most: int, available: int) -> int:
    """Return how many processes may fit heads at once.

    Args:
        jobs: What they fit.
        most: Processes, at least 1.
        available: Bytes of memory.
    """
    needed = max(_bytes_of(job) for job in jobs)
    return max(1, min(most, int(_MEMORY_SHARE * available / needed)))


def _bytes_of(job: HeadJob) -> float:
    """The bytes that fitting a head takes: rows of features and components, and matrices of rows x classes."""
    rows = job.views.places.size
    return float(4 * rows * (_OF_FEATURES * job.views.vectors.shape[1] + _OF_CLASSES * job.num_classes))


def _key(job: HeadJob) -> bytes:
    """A hash of all that decides the heads: features, labels, folds, and the code that fits."""
    digest = hashlib.blake2b(_code().encode(), digest_size=16)
    arrays = (job.views.take(), job.labels, job.fold, job.groups, job.may_train)
    for array in arrays:
        digest.update(repr(None if array is None else (array.dtype.str, array.shape)).encode())
        digest.update(b"" if array is None else np.ascontiguousarray(array).data)
    digest.update(repr((job.num_classes, job.seed, job.repeat, tuple(job.penalties))).encode())
    return digest.digest()


@cache
def _code() -> str:
    modules = [Path(__file__).with_name(f"{name}.py") for name in ("folds", "heads", "logistic", "rotation")]
    return code_hash(modules, ("torch", "numpy", "scipy", "scikit-learn"))


def fit_heads(job: HeadJob) -> Heads:
    """Fit the heads of one variant in this process. Raises StudyError as `HeadPool.fit` does."""
    with one_thread():
        return _stacked([fit_fold(job, held) for held in range(job.folds)])


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one thread, which is fastest for such small matrices; last bits then do not depend on threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):  # of the libraries of numpy and scipy
            yield
    finally:
        torch.set_num_threads(before)


_Fold = tuple[NDArray[np.float32], np.float32]  # (F + 1, C) weights, and the penalty
_jobs: list[HeadJob] = []  # of a process of a pool


def _begin(jobs: list[HeadJob], parent: int) -> None:
    confined.end_with(parent)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # the parent, which gets them too, decides when to end
    torch.set_num_threads(1)
    threadpool_limits(1)
    _jobs[:] = jobs


def _fold_of(job: int, held: int) -> _Fold:
    return fit_fold(_jobs[job], held)


def _await(futures: Sequence["Future[_Fold]"], report: Report) -> None:
    for done, future in enumerate(futures):
        report(done, len(futures))
        while wait([future], _LOOK_S).not_done:
            report(done, len(futures))
        future.result()
    report(len(futures), len(futures))


def _stacked(folds: Sequence[_Fold]) -> Heads:
    return Heads(np.stack([weights for weights, _ in folds]), np.array([penalty for _, penalty in folds], np.float32))


def fit_fold(job: HeadJob, held: int) -> _Fold:
    """Fit the head of one fold. Raises StudyError if it may learn from too few images of a class."""
    images = job.trains(held)
    views = job.views[images[:, None], job.chosen_views()]
    count = views.places.shape[1]
    rotation, x = Rotation.fit(torch.from_numpy(views.take().reshape(len(images) * count, -1)))
    labels = torch.from_numpy(np.repeat(job.labels[images], count))
    groups = None if job.groups is None else job.groups[images]
    inner = divided(job.labels[images], [job.seed, job.repeat, held], INNER_FOLDS, groups)
    losses = inner_losses(x, labels, np.repeat(inner, count), job.penalties, job.num_classes)
    # Of equal ones the strongest, which is the last.
    penalty = job.penalties[len(losses) - 1 - int(np.argmin(losses[::-1]))]
    weights = logistic.fit(x, labels, penalty, job.num_classes)
    return rotation.undone(weights).numpy(), np.float32(penalty)


def inner_losses(
    x: Tensor, labels: Tensor, inner: NDArray[np.int64], penalties: Sequence[float], num_classes: int
) -> NDArray[np.float64]:
    """The summed log loss of rows while they are held out, by penalty.

    Args:
        x: (n, D) principal components.
        labels: (n,) classes.
        inner: (n,) the inner fold of each row.
        penalties: P of them.
        num_classes: C.

    Returns:
        (P,) losses.
    """
    losses = np.zeros(len(penalties))
    for held in range(INNER_FOLDS):
        out = torch.from_numpy(inner == held)
        rest, truth = x[~out], labels[~out]
        for at, penalty in enumerate(penalties):
            weights = logistic.fit(rest, truth, penalty, num_classes)
            logits = torch.addmm(weights[-1], x[out], weights[:-1]).double()
            losses[at] += float(torch.nn.functional.cross_entropy(logits, labels[out], reduction="sum"))
    return losses
