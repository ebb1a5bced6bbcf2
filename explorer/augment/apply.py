"""The one function that augments: preview, training and whatever comes later call it."""

import random
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import albumentations as A
import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment import extras
from explorer.augment.catalog import catalog
from explorer.augment.observe import Observer, StepFailedError, Visit, observe
from explorer.augment.pipeline import Pipeline, Step, is_on, walk
from explorer.data.sample import Sample

_POOL_KEYS = 32  # pipelines whose composes are kept
_POOL_DEPTH = 4  # idle composes kept of each


class AugmentError(ValueError):
    """A step that failed on a sample. node_id: "" where it was none in particular. reason: without the step's name.

    out_of_memory: whether it asked for more memory than the process may have.
    """

    def __init__(self, node_id: str, transform: str, reason: str, out_of_memory: bool = False) -> None:
        super().__init__(f"{transform}: {reason}" if transform else reason)
        self.node_id = node_id
        self.transform = transform
        self.reason = reason
        self.out_of_memory = out_of_memory

    def __reduce__(self) -> tuple[type["AugmentError"], tuple[str, str, str, bool]]:
        arguments = (self.node_id, self.transform, self.reason, self.out_of_memory)
        return AugmentError, arguments  # it crosses from loader workers


@dataclass(frozen=True, eq=False)
class Drawn:
    """The values that a step drew when it fired, under albumentations' own names."""

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
    return apply_watched(sample, pipeline, (seed, epoch, index)).result


@dataclass(frozen=True, eq=False)
class Watched:
    """A result, every call of a node on the way to it, and the compose that gave it (not to be called again)."""

    result: AugmentedSample
    visits: list[Visit]
    compose: A.Compose


def apply_watched(sample: Sample, pipeline: Pipeline, place: tuple[int, int, int], keep: bool = False) -> Watched:
    """`augment`, and what was seen on the way. place: seed, epoch, index. keep: see `Observer`. Raises AugmentError."""
    data = _targets(sample, pipeline) | _handed_over(sample, pipeline)
    with _POOL.lend(pipeline, "bboxes" in data, "keypoints" in data) as made:
        made.observer.reset(keep)
        made.compose.set_random_state(*random_state(*place))
        try:
            result = made.compose(**data)
        except StepFailedError as failure:
            reason = _missing(failure.transform, sample, data) or _words(failure.error)
            too_large = _is_out_of_memory(failure.error)
            raise AugmentError(failure.node_id, failure.transform, reason, too_large) from failure.error
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise AugmentError("", "", _words(error)) from error  # before the first step, or between two
        finally:
            visits = made.observer.take()
    return Watched(_result(sample, pipeline, result, visits), visits, made.compose)


def _targets(sample: Sample, pipeline: Pipeline) -> dict[str, Any]:
    rules = pipeline.targets
    data: dict[str, Any] = {"image": sample.image}
    if sample.mask is not None and rules.use_mask:
        data["mask"] = sample.mask
    if sample.bboxes is not None and rules.boxes.use:
        data["bboxes"] = rules.give_boxes(sample.bboxes, sample.size)
    if sample.keypoints is not None and rules.keypoints.use:
        data["keypoints"] = rules.give_points(sample.keypoints)
    return data


def _handed_over(sample: Sample, pipeline: Pipeline) -> dict[str, Any]:
    """What steps need besides the sample, each under its own key."""
    given: dict[str, Any] = {}
    for node, _ in walk(pipeline.nodes):
        if isinstance(node, Step) and node.transform in extras.EXTRAS and is_on(node):
            try:
                given[extras.key(node.id)] = extras.hand_over(node.transform, node.params, sample, pipeline.targets)
            except ValueError as error:
                raise AugmentError(node.id, node.transform, str(error)) from error
    return given


def _result(sample: Sample, pipeline: Pipeline, result: dict[str, Any], visits: list[Visit]) -> AugmentedSample:
    image, rules = result["image"], pipeline.targets
    return AugmentedSample(
        image=image,
        mask=result.get("mask"),
        bboxes=rules.take_boxes(result["bboxes"], image.shape[:2]) if "bboxes" in result else None,
        keypoints=rules.take_points(result["keypoints"]) if "keypoints" in result else None,
        label=sample.label,
        id=sample.id,
        drawn=tuple(Drawn(visit.node_id, visit.transform, visit.params) for visit in visits if visit.params),
    )


_TARGET_WORDS = {"mask": "a mask", "bboxes": "boxes", "keypoints": "keypoints"}


def _missing(transform: str, sample: Sample, data: Mapping[str, Any]) -> str:
    """A sentence about the targets that a step needs and was not given; "" where it had all of them."""
    needs = catalog()[transform].needs if transform in catalog() else frozenset()
    missing = sorted(target for target in needs if target not in data)
    if not missing:
        return ""
    what = " and ".join(_TARGET_WORDS[target] for target in missing)
    if all(getattr(sample, target) is not None for target in missing):
        return f"This step needs {what}, which the pipeline is not given. Change that in Targets, or turn the step off."
    return f"This step needs {what}, and this image has none. Use images that have, or turn the step off."


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or (isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem)


def _words(error: BaseException) -> str:
    if _is_out_of_memory(error):
        return "There is not enough memory for it. Reduce its sizes and counts, or take a smaller image."
    text = " ".join(str(error.args[0] if error.args else error).split()) or type(error).__name__
    if isinstance(error, NotImplementedError):
        return f"{text}. Turn these targets off for the pipeline, or choose an image without them."
    if isinstance(error, KeyError | IndexError | AttributeError):
        text = f"{type(error).__name__}: {text}"  # their message is often a bare name
    text = text[:400]
    return text if text.endswith((".", "!", "?")) else text + "."


@dataclass(frozen=True, eq=False)
class _Made:
    """A compose, and what its nodes report to."""

    compose: A.Compose
    observer: Observer


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
    compose = pipeline.to_compose(bboxes=bboxes, keypoints=keypoints)
    return _Made(compose, observe(compose))
