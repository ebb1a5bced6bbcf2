"""The one function that augments: preview, training and whatever comes later call it."""

import random
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import albumentations as A
import numpy as np
from numpy.typing import NDArray

from explorer.augment.pipeline import Pipeline
from explorer.data.sample import Sample

_POOL_KEYS = 32  # pipelines whose composes are kept
_POOL_DEPTH = 4  # idle composes kept of each
_GUARDED = ("get_params", "update_transform_params", "get_params_dependent_on_data", "apply_with_params")


class AugmentError(ValueError):
    """A step that failed on a sample. node_id: "" where it was none in particular. reason: without the step's name."""

    def __init__(self, node_id: str, transform: str, reason: str) -> None:
        super().__init__(f"{transform}: {reason}" if transform else reason)
        self.node_id = node_id
        self.transform = transform
        self.reason = reason

    def __reduce__(self) -> tuple[type["AugmentError"], tuple[str, str, str]]:
        return AugmentError, (self.node_id, self.transform, self.reason)  # it crosses from loader workers


@dataclass(frozen=True, eq=False)
class Drawn:
    """What a step that fired had drawn: albumentations' own names and values."""

    node_id: str
    transform: str
    params: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class AugmentedSample:
    """A sample after the pipeline: types as in `Sample`, but the image may have another dtype, size or channel count.

    drawn: the steps that fired, in their order.
    """

    image: NDArray[Any]
    mask: NDArray[np.uint8] | None
    bboxes: NDArray[np.float32] | None
    keypoints: NDArray[np.float32] | None
    label: int | None
    id: str | None
    drawn: tuple[Drawn, ...]


def random_state(seed: int, epoch: int, index: int) -> tuple[np.random.Generator, random.Random]:
    """The random state of one sample, from nothing but its place: the same in any worker, order or attempt."""
    generator = np.random.default_rng([seed, epoch, index])
    return generator, random.Random(int(generator.integers(2**63)))


def augment(sample: Sample, pipeline: Pipeline, seed: int, epoch: int = 0, index: int = 0) -> AugmentedSample:
    """Apply the pipeline to a sample; the result depends on the arguments only. Raises AugmentError.

    seed, epoch, index: whole numbers from 0; `index` is the sample's place in its data set.
    """
    has_boxes, has_points = sample.bboxes is not None, sample.keypoints is not None
    data: dict[str, Any] = {"image": sample.image}
    if sample.mask is not None:
        data["mask"] = sample.mask
    if has_boxes:
        data["bboxes"] = sample.bboxes
    if has_points:
        data["keypoints"] = sample.keypoints
    with _POOL.lend(pipeline, has_boxes, has_points) as made:
        made.drawn.clear()
        made.compose.set_random_state(*random_state(seed, epoch, index))
        try:
            result = made.compose(**data)
        except _StepFailedError as failure:
            raise AugmentError(failure.node_id, failure.transform, _words(failure.error)) from failure.error
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise AugmentError("", "", _words(error)) from error  # before the first step, or between two
        drawn = tuple(made.drawn)
    return AugmentedSample(
        image=result["image"],
        mask=result.get("mask"),
        bboxes=_table(result.get("bboxes"), 5) if has_boxes else None,
        keypoints=_table(result.get("keypoints"), 3) if has_points else None,
        label=sample.label,
        id=sample.id,
        drawn=drawn,
    )


def _table(rows: Any, columns: int) -> NDArray[np.float32]:
    return np.asarray(rows, np.float32).reshape(-1, columns)


def _words(error: BaseException) -> str:
    text = " ".join(str(error.args[0] if error.args else error).split()) or type(error).__name__
    if isinstance(error, KeyError | IndexError | AttributeError):
        text = f"{type(error).__name__}: {text}"  # their message is often a bare name
    text = text[:400]
    return text if text.endswith((".", "!", "?")) else text + "."


class _StepFailedError(Exception):
    def __init__(self, node_id: str, transform: str, error: Exception) -> None:
        super().__init__(str(error))
        self.node_id, self.transform, self.error = node_id, transform, error


@dataclass(frozen=True, eq=False)
class _Made:
    """A compose, and the list that its steps report to."""

    compose: A.Compose
    drawn: list[Drawn]


class _Pool:
    """Composes that are ready. They hold state, so each is used by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: OrderedDict[tuple[str, bool, bool], list[_Made]] = OrderedDict()

    @contextmanager
    def lend(self, pipeline: Pipeline, bboxes: bool, keypoints: bool) -> Iterator[_Made]:
        key = (pipeline.key, bboxes, keypoints)
        with self._lock:
            idle = self._idle.get(key)
            made = idle.pop() if idle else None
        made = made or _make(pipeline, bboxes, keypoints)
        try:
            yield made
        finally:
            with self._lock:
                kept = self._idle.setdefault(key, [])
                self._idle.move_to_end(key)
                if len(kept) < _POOL_DEPTH:
                    kept.append(made)
                while len(self._idle) > _POOL_KEYS:
                    self._idle.popitem(last=False)


_POOL = _Pool()


def _make(pipeline: Pipeline, bboxes: bool, keypoints: bool) -> _Made:
    made = _Made(pipeline.to_compose(bboxes=bboxes, keypoints=keypoints), [])
    for leaf in _leaves(made.compose):
        _listen(leaf, made.drawn)
    return made


def _leaves(composer: Any) -> Iterator[A.BasicTransform]:
    for child in composer.transforms:
        if isinstance(child, A.BasicTransform):
            yield child
        else:
            yield from _leaves(child)


def _listen(leaf: Any, drawn: list[Drawn]) -> None:
    """Wrap the leaf's methods on this instance: they tell what was drawn, and which step it was that failed.

    The results stay what they are; albumentations itself calls the methods in the same order.
    """
    node_id, name = leaf.explorer_node, type(leaf).__name__
    apply = leaf.apply_with_params

    def apply_with_params(params: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        drawn.append(Drawn(node_id, name, params))
        return apply(params, *args, **kwargs)

    leaf.apply_with_params = apply_with_params
    for method in _GUARDED:
        setattr(leaf, method, partial(_guarded, getattr(leaf, method), node_id, name))


def _guarded(method: Callable[..., Any], node_id: str, name: str, *args: Any, **kwargs: Any) -> Any:
    try:
        return method(*args, **kwargs)
    except _StepFailedError:
        raise
    except Exception as error:  # albumentations and OpenCV raise whatever they like: here the step is known
        raise _StepFailedError(node_id, name, error) from error
