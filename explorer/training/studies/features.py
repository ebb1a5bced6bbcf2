"""Features of views and of validation images, through the bank; equal pixels are computed once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, Dataset

from explorer.augment.pipeline import Pipeline
from explorer.training.data import start_worker
from explorer.training.lost_workers import naming_its_step
from explorer.training.noted_steps import NotedSteps, transforms_of
from explorer.training.prepared import Prepared
from explorer.training.studies.bank import FeatureBank, Vector, hash_of
from explorer.training.studies.drawings import Drawing
from explorer.training.studies.extractor import BATCH, Extractor, Report

_AT_ONCE = 32  # views of one image that a loader worker draws and passes on together
_WRITTEN_AT_ONCE = 256  # vectors


@dataclass(frozen=True, eq=False)
class Features:
    """Feature vectors of many images, each different one held once.

    Attributes:
        vectors: (U, F) the different vectors.
        places: Of any shape, the row in `vectors` of each image.
        made: How many of the places were filled without the bank, by views that were drawn and computed.
    """

    vectors: NDArray[np.float16]
    places: NDArray[np.int64]
    made: int = 0

    def __getitem__(self, index: Any) -> "Features":
        """The features at `places[index]`."""
        return replace(self, places=np.asarray(self.places[index]))

    def take(self, *index: Any) -> NDArray[np.float16]:
        """The vectors at `places[index]`: its shape and F."""
        return np.asarray(self.vectors[self.places[index] if index else self.places])


@dataclass(frozen=True)
class _Drawn:
    """Views of one image.

    Attributes:
        row: The image's place in the order that was asked for.
        places: Of its views in pipelines × views.
        hashes: Of the different ones.
        which: (n,) int64, which of them each view is.
        images: (U, S, S, 3) the different ones.
    """

    row: int
    places: list[int]
    hashes: list[bytes]
    which: torch.Tensor
    images: torch.Tensor


_Part = tuple[int, Sequence[int]]  # row, and at most _AT_ONCE places


class _Parts(Dataset[_Drawn]):
    """Views of single images, a part of them at a time."""

    def __init__(self, drawing: Drawing, indices: Sequence[int], parts: Sequence[_Part]) -> None:
        self._drawing = drawing
        self._indices = indices
        self._parts = parts

    def __len__(self) -> int:
        return len(self._parts)

    def __getitem__(self, number: int) -> _Drawn:
        row, places = self._parts[number]
        different: dict[bytes, NDArray[Any]] = {}
        hashes = []
        for place in places:
            image = self._drawing.image(self._indices[row], place)
            hashes.append(hash_of(image))
            different.setdefault(hashes[-1], image)
        order = {key: at for at, key in enumerate(different)}
        # Tensors are passed on through shared memory.
        which = torch.tensor([order[key] for key in hashes], dtype=torch.int64)
        return _Drawn(row, list(places), list(different), which, torch.from_numpy(np.stack(list(different.values()))))


class _Collected:
    """The different vectors so far, and the images that are still to be computed."""

    def __init__(self, extractor: Extractor, bank: FeatureBank, most: int) -> None:
        self._extractor = extractor
        self._bank = bank
        self._most = most
        self._vectors: NDArray[np.float16] | None = None
        self._rows: dict[bytes, int] = {}
        self._pending: dict[bytes, NDArray[Any]] = {}
        self._unwritten: dict[bytes, Vector] = {}
        self._drawn: dict[bytes, bytes] = {}
        self._recalled: set[bytes] = set()
        self.made = 0

    def recall(self, hashes: Sequence[bytes]) -> None:
        """Take over the vectors of images that the bank has."""
        found = self._bank.get(self._extractor.key, hashes)
        self._recalled |= found.keys()
        for key, vector in found.items():
            self._rows[key] = len(self._rows)
            self._put(key, vector)

    def row(self, key: bytes | None) -> int:
        """The row of an image, -1 where it is not known."""
        return -1 if key is None else self._rows.get(key, -1)

    def note_drawn(self, names: Sequence[bytes], drawn: _Drawn) -> None:
        """Remember the hashes of views, by their names."""
        self._drawn |= {name: drawn.hashes[at] for name, at in zip(names, drawn.which.tolist(), strict=True)}

    def rows(self, drawn: _Drawn) -> NDArray[np.int64]:
        """The row of each view; vectors that the bank does not have are computed now or later."""
        unknown = [key for key in drawn.hashes if key not in self._rows]
        found = self._bank.get(self._extractor.key, unknown) if unknown else {}
        self._recalled |= found.keys()
        for key, image in zip(drawn.hashes, drawn.images.numpy(), strict=True):
            if key in self._rows:
                continue
            self._rows[key] = len(self._rows)
            if key in found:
                self._put(key, found[key])
            else:
                self._pending[key] = image.copy()  # not a view, which would hold all of them
        while len(self._pending) >= BATCH:
            self._compute()
        rows = np.array([self._rows[key] for key in drawn.hashes], np.int64)
        computed = np.array([key not in self._recalled for key in drawn.hashes])
        self.made += int(computed[drawn.which.numpy()].sum())
        return np.take(rows, drawn.which.numpy())

    def _put(self, key: bytes, vector: Vector) -> None:
        if self._vectors is None:
            # The system gives memory only for the rows that are written.
            self._vectors = np.empty((self._most, len(vector)), np.float16)
        self._vectors[self._rows[key]] = vector

    def _compute(self) -> None:
        keys = list(self._pending)[:BATCH]
        vectors = self._extractor.features(np.stack([self._pending.pop(key) for key in keys]))
        for key, vector in zip(keys, vectors, strict=True):
            self._put(key, vector)
            self._unwritten[key] = vector
        if len(self._unwritten) >= _WRITTEN_AT_ONCE:
            self.write()

    def write(self) -> None:
        """Keep in the bank what was computed since the last time."""
        self._bank.add(self._extractor.key, self._unwritten)
        self._bank.note_hashes(self._drawn)
        self._unwritten, self._drawn = {}, {}

    def vectors(self) -> NDArray[np.float16]:
        """(U, F) all different vectors, after the rest is computed."""
        while self._pending:
            self._compute()
        return np.empty((0, 0), np.float16) if self._vectors is None else self._vectors[: len(self._rows)]


def features_of_views(
    extractor: Extractor,
    bank: FeatureBank,
    samples: Prepared,
    pipelines: Sequence[Pipeline],
    indices: Sequence[int],
    views: int,
    *,
    seed: int,
    size: int,
    workers: int,
    report: Report,
) -> Features:
    """Compute the features of augmented views.

    View v of image i is `training_image(samples.sample(i), pipeline, seed, v, i, size)`.

    Args:
        extractor: The frozen backbone.
        bank: Where vectors are looked up and kept.
        samples: The images as augmentation gets them.
        pipelines: V pipelines.
        indices: The places of N images in `samples`.
        views: K views of each image and pipeline.
        seed, size: As `training_image` takes them.
        workers: Processes that draw; 0 draws in this one.
        report: Called with the number of views that are done, and of all.

    Returns:
        Features with places of shape (V, N, K).

    Raises:
        TrainingError: A view cannot be drawn; the message names the image and the step.
        StudyError: A feature is no finite number.
    """
    drawing = Drawing(samples, tuple(pipelines), views, seed, size)
    found = _computed(extractor, bank, drawing, indices, workers, report)
    return replace(found, places=found.places.reshape(len(indices), len(pipelines), views).transpose(1, 0, 2))


def features_of_validation(
    extractor: Extractor,
    bank: FeatureBank,
    samples: Prepared,
    pipeline: Pipeline,
    indices: Sequence[int],
    *,
    workers: int,
    report: Report,
) -> Features:
    """Compute the features of images as validation sees them, where a pipeline only scales their values.

    Arguments and errors are those of `features_of_views`; `samples` are squares of the network's size.

    Returns:
        Features with places of shape (N,).
    """
    found = _computed(extractor, bank, Drawing(samples, (pipeline,), 1, None, 0), indices, workers, report)
    return replace(found, places=found.places[:, 0])


def _computed(
    extractor: Extractor, bank: FeatureBank, drawing: Drawing, indices: Sequence[int], workers: int, report: Report
) -> Features:
    """Features with places of shape (N, pipelines × views)."""
    collected = _Collected(extractor, bank, drawing.count * len(indices))
    places = np.full((len(indices), drawing.count), -1, np.int64)
    names = drawing.names(indices)
    try:
        if names:
            _recall(bank, collected, names, places)
        done = int((places >= 0).sum())
        for drawn in _drawn(drawing, indices, list(_parts(places)), workers):
            report(done, places.size)
            places[drawn.row, drawn.places] = collected.rows(drawn)
            if names:
                collected.note_drawn([names[drawn.row][place] for place in drawn.places], drawn)
            done += len(drawn.places)
        vectors = collected.vectors()
    finally:
        collected.write()
    report(done, places.size)
    return Features(vectors, places, collected.made)


def _recall(bank: FeatureBank, collected: _Collected, names: list[list[bytes]], places: NDArray[np.int64]) -> None:
    """Fill in the places of views that were drawn and computed before."""
    known = bank.hashes([name for row in names for name in row])
    collected.recall(list(dict.fromkeys(known.values())))
    for row, own in enumerate(names):
        places[row] = [collected.row(known.get(name)) for name in own]


def _parts(places: NDArray[np.int64]) -> Iterator[_Part]:
    """The places that are not filled in."""
    for row, own in enumerate(places):
        missing = np.flatnonzero(own < 0).tolist()
        yield from ((row, missing[first : first + _AT_ONCE]) for first in range(0, len(missing), _AT_ONCE))


def _drawn(drawing: Drawing, indices: Sequence[int], parts: Sequence[_Part], workers: int) -> Iterator[_Drawn]:
    if not parts:
        return
    transforms = [transforms_of(pipeline) for pipeline in drawing.pipelines]
    noted = NotedSteps({node: name for each in transforms for node, name in each.items()}, count=workers)
    loader = DataLoader(
        _Parts(drawing, indices, parts),
        batch_size=None,
        num_workers=workers,
        worker_init_fn=partial(start_worker, noted, 0),
        generator=torch.Generator(),  # torch's global one is left alone
    )
    with naming_its_step(noted):
        yield from loader
