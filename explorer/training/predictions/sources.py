"""The images of a prediction: a part of a data set with labels, or images without."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import existing, expanded
from explorer.data import unlabeled
from explorer.data.dataset import Dataset, DatasetError, Split
from explorer.data.depth import Decided
from explorer.data.formats.spec import FileSpec
from explorer.data.inspection import Looking, inspect
from explorer.data.specs import DatasetSpec
from explorer.data.unlabeled import Unlabeled
from explorer.runs.record.predictions import NO_LABEL
from explorer.runs.record.reasons import Why
from explorer.runs.spec.config import ConfigError
from explorer.runs.spec.predict import Images, PredictedPart, PredictPlan
from explorer.training.attempt import Attempt

_PHASE = "reading data"


@dataclass(frozen=True, eq=False)
class Source:
    """N images, in their order.

    Attributes:
        files: The names of their files relative to `root`.
        labels: (N,) int64 classes of the prediction; NO_LABEL where they are unknown.
        splits: The images by how values of more than 8 bits become pixels; all are lists of the same images.
        root: The folder of the files; empty where the images are in no files.
        left_out: Name -> why it is left out.
        notes: What is to be known about them.
    """

    ids: tuple[str, ...]
    files: tuple[str, ...]
    labels: NDArray[np.int64]
    splits: dict[Decided | None, Split]
    root: str
    left_out: dict[str, str] = field(default_factory=dict)
    notes: tuple[Why, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def mask_values(self, classes: tuple[str, ...], trained: tuple[int, ...] | None) -> tuple[int, ...] | None:
        """The mask value of each class.

        Args:
            classes: Those of the prediction.
            trained: Their values in the data set of the run, if it has recorded them.

        Returns:
            Those of the data set that is predicted where it has masks of these classes, else `trained`.
        """
        masks = next(iter(self.splits.values())).masks
        if masks is None or set(masks.classes) != set(classes):
            return trained
        values = dict(zip(masks.classes, masks.values, strict=True))
        return tuple(values[name] for name in classes)


def opened(
    attempt: Attempt,
    plan: PredictPlan,
    own: DatasetSpec,
    classes: tuple[str, ...],
    depths: Sequence[Decided | None],
    threads: int,
) -> Source:
    """List the images of a plan.

    Args:
        attempt: Reports progress.
        plan: What is predicted.
        own: The data set of the first run, which is predicted where the plan names no other.
        classes: Those of the prediction.
        depths: How values of more than 8 bits become pixels for the networks, each once; None where the run of one has
            not recorded it.
        threads: How many look at files at once.

    Raises:
        StopRun: The run was asked to stop.
        DatasetError: The images cannot be listed.
        ConfigError: The data set has a class that the networks do not know, or lacks the part.
    """
    attempt.phase(_PHASE)
    looking = Looking(report=attempt.reporter(_PHASE, "stopped_looking"), threads=threads)
    if plan.images is not None:
        return _of_images(_listed(plan.images), depths, looking, skip=plan.skip_unusable)
    spec = plan.dataset or own
    # Not of the run's own data set: without some of its images it would be divided in another way.
    if isinstance(plan.dataset, FileSpec) and isinstance(spec, FileSpec) and plan.skip_unusable:
        spec = spec.model_copy(update={"skip_unusable": True})
    found = {depth: spec.with_range(depth).open(looking) for depth in dict.fromkeys(depths)}
    dataset = next(iter(found.values()))
    splits = {depth: _part(each, plan.part) for depth, each in found.items()}
    split = next(iter(splits.values()))
    several = own.task == "labels"
    if split.labels.ndim == 2 and not several:
        raise ConfigError(
            {"predict.dataset": f"Images of {dataset.name} have several labels, and the network does not answer them."}
        )
    if own.task == "segmentation":
        _check_mask_classes(split, classes, dataset.name)
    if own.task == "classification":
        labels = _labels(split, dataset.classes, classes, dataset.name)
    else:
        labels = np.full(len(split), NO_LABEL, np.int64)
    unjudged = ("The labels that the data set has are not compared with these predictions.",) if several else ()
    root = str(spec.images.absolute()) if isinstance(spec, FileSpec) and spec.has_files else ""
    ids = tuple(map(str, split.ids))
    return Source(ids, ids, labels, splits, root, notes=(*dataset.notes, *unjudged))


def _listed(images: Images) -> Unlabeled:
    inside = images.links == "inside"
    if existing(expanded(images.path)).is_dir():
        return unlabeled.in_folder(images.path, inside=inside)
    return unlabeled.in_table(images.path, images.folder, images.image_column, images.encoding, inside=inside)


def _of_images(found: Unlabeled, depths: Sequence[Decided | None], looking: Looking, *, skip: bool) -> Source:
    if found.left_out and not skip:
        raise DatasetError(_missing(found))
    notes: list[Why] = [*found.notes]
    splits: dict[Decided | None, Split] = {}
    for depth in dict.fromkeys(depths):
        decided = depth
        if decided is None:  # as for a data set that is read for the first time
            files = [(name, found.root / file) for name, file in zip(found.ids, found.files, strict=True)]
            decided = inspect(files, looking).range()
        splits[depth] = found.split(decided)
    left_out = {one.name: one.reason for one in found.left_out}
    labels = next(iter(splits.values())).labels
    return Source(found.ids, found.files, labels, splits, str(found.root.absolute()), left_out, tuple(notes))


def _missing(found: Unlabeled) -> str:
    named = " ".join(one.reason for one in found.left_out[: unlabeled.NAMED])
    more = len(found.left_out) - unlabeled.NAMED
    rest = f" And {more:,} more." if more > 0 else ""
    return (
        f"{len(found.left_out):,} names of the table have no image. {named}{rest} Correct them, or let what cannot be "
        "used be left out."
    )


def _part(dataset: Dataset, part: PredictedPart) -> Split:
    if part == "test" and dataset.test is None:
        raise ConfigError({"predict.part": f"{dataset.name} has no part for testing. Choose another part."})
    splits = {"train": dataset.train, "val": dataset.val, "test": dataset.test}
    if part != "all":
        chosen = splits[part]
        assert chosen is not None
        return chosen
    return _chained([split for split in splits.values() if split is not None])


def _chained(splits: list[Split]) -> Split:
    """Several parts of a data set, one after the other."""
    starts = np.cumsum([0, *map(len, splits)])
    return replace(
        splits[0],
        name="all",
        labels=np.concatenate([split.labels for split in splits]),
        ids=tuple(name for split in splits for name in split.ids),
        load=_Chained(starts, tuple(split.load for split in splits)),
        source=_Chained(starts, tuple(split.source for split in splits)),
    )


@dataclass(frozen=True, eq=False)
class _Chained:
    starts: NDArray[np.int64]
    parts: tuple[Any, ...]

    def __call__(self, index: int) -> Any:
        part = int(np.searchsorted(self.starts, index, side="right")) - 1
        return self.parts[part](index - int(self.starts[part]))


def _check_mask_classes(split: Split, classes: tuple[str, ...], name: str) -> None:
    """Raise ConfigError for a class of masks that the networks do not know, or that is two of theirs."""
    if len(set(classes)) < len(classes):
        raise ConfigError({"predict.runs": "The network was trained on two classes of one name. Train it again."})
    unknown = [] if split.masks is None else [one for one in split.masks.classes if one not in classes]
    if unknown:
        raise _unknown(name, unknown, classes)


def _unknown(name: str, unknown: Sequence[str], classes: tuple[str, ...]) -> ConfigError:
    return ConfigError(
        {
            "predict.dataset": f"{name} has classes that the network was not trained on: {', '.join(unknown[:6])}. "
            f"It knows {', '.join(classes[:6])}."
        }
    )


def _labels(split: Split, own: tuple[str, ...], classes: tuple[str, ...], name: str) -> NDArray[np.int64]:
    """The labels of a split as classes of the prediction. Raises ConfigError for a class that is not among them."""
    used = {own[label] for label in np.unique(split.labels).tolist()}
    if unknown := sorted(used - set(classes)):
        raise _unknown(name, unknown, classes)
    numbers = np.array([classes.index(each) if each in classes else -1 for each in own], np.int64)
    return numbers[split.labels]


def damage(source: Source, start: int, looking: Looking, first: str) -> list[str]:
    """The messages of all damaged images from a place on, so that an error names more than the first one."""
    split = next(iter(source.splits.values()))
    files = [
        (split.ids[index], file) for index in range(start, len(split)) if isinstance(file := split.source(index), Path)
    ]
    return list(inspect(files, replace(looking, thorough=True)).damaged) or [first]
