"""The one function that augments: both the preview and training call it."""

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
from explorer.augment.pipeline import Pipeline, all_steps, is_on, made_ids
from explorer.augment.streams import Stream, begin_sample, give_streams, random_state
from explorer.data.sample import Sample

_MOST_PIPELINES = 32  # whose composes are kept
_MOST_OF_EACH = 4  # idle composes that are kept


class AugmentError(ValueError):
    """A step that failed on a sample.

    Attributes:
        node_id: The step, "" for none in particular.
        reason: The message without the name of the transform.
        out_of_memory: Whether it asked for more memory than the process may have.
    """

    def __init__(self, node_id: str, transform: str, reason: str, out_of_memory: bool = False) -> None:
        super().__init__(f"{transform}: {reason}" if transform else reason)
        self.node_id, self.transform, self.reason, self.out_of_memory = node_id, transform, reason, out_of_memory

    def __reduce__(self) -> tuple[type["AugmentError"], tuple[str, str, str, bool]]:
        # It is pickled in workers of data loaders.
        return AugmentError, (self.node_id, self.transform, self.reason, self.out_of_memory)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The values that a step drew when it fired, under albumentations' own names."""

    node_id: str
    transform: str
    params: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class AugmentedSample:
    """A sample after the pipeline, with the steps that fired in their order in `drawn`.

    Types are as in `Sample`, but the image may have another dtype, size or channel count.
    """

    image: NDArray[Any]
    mask: NDArray[np.uint8] | None
    bboxes: NDArray[np.float32] | None
    keypoints: NDArray[np.float32] | None
    label: int | None
    id: str | None
    drawn: tuple[Drawn, ...]


def augment(sample: Sample, pipeline: Pipeline, seed: int, epoch: int = 0, index: int = 0) -> AugmentedSample:
    """Apply the pipeline to a sample; the result depends on the arguments only. Raises AugmentError.

    Seed, epoch and index are whole numbers from 0; the index is the sample's place in its data set.
    """
    return apply_watched(sample, pipeline, (seed, epoch, index)).result


@dataclass(frozen=True, eq=False)
class Watched:
    """A result, every call of a node in the order of beginning, and the compose, which must not be called again."""

    result: AugmentedSample
    visits: list[Visit]
    compose: A.Compose


def apply_watched(sample: Sample, pipeline: Pipeline, place: tuple[int, int, int], keep: bool = False) -> Watched:
    """Do what `augment` does, and record each call of a node. Raises AugmentError.

    The place is seed, epoch and index; with `keep` the targets before and after each step are kept.
    """
    data = _targets(sample, pipeline) | _handed_over(sample, pipeline)
    with _lent(pipeline, "bboxes" in data, "keypoints" in data) as lent:
        lent.observer.reset(keep)
        lent.begin(*place)
        try:
            result = lent.compose(**data)
        except StepFailedError as failed:
            reason = _missing(failed.transform, sample, data) or _words(failed.error)
            too_large = _is_out_of_memory(failed.error)
            raise AugmentError(failed.node_id, failed.transform, reason, too_large) from failed.error
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise AugmentError("", "", _words(error)) from error  # before the first step, or between two
        finally:
            visits = lent.observer.take()
    return Watched(_result(sample, pipeline, result, visits), visits, lent.compose)


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
    for step in all_steps(pipeline.nodes):
        if step.transform in extras.EXTRAS and is_on(step):
            try:
                given[extras.key(step.id)] = extras.hand_over(step.transform, step.params, sample, pipeline.targets)
            except ValueError as error:
                raise AugmentError(step.id, step.transform, str(error)) from error
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
    """A sentence about the targets that a step needs and did not get, "" if it got all."""
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
    """A compose, its observer, and the streams of its nodes; None where all share one generator."""

    compose: A.Compose
    observer: Observer
    streams: tuple[Stream, ...] | None

    def begin(self, seed: int, epoch: int, index: int) -> None:
        """Set the random state of a sample."""
        if self.streams is None:
            self.compose.set_random_state(*random_state(seed, epoch, index))
        else:
            begin_sample(self.streams, seed, epoch, index)


def _make(pipeline: Pipeline, bboxes: bool, keypoints: bool) -> _Made:
    compose = pipeline.to_compose(bboxes=bboxes, keypoints=keypoints)
    streams = give_streams(compose, made_ids(pipeline.nodes)) if pipeline.streams == 2 else None
    return _Made(compose, observe(compose), streams)


_lock = threading.Lock()
_idle: OrderedDict[tuple[str, bool, bool], list[_Made]] = OrderedDict()


@contextmanager
def _lent(pipeline: Pipeline, bboxes: bool, keypoints: bool) -> Iterator[_Made]:
    """A compose that is ready. Composes are kept; they hold state, so one thread at a time uses each."""
    key = (pipeline.key, bboxes, keypoints)
    with _lock:
        idle = _idle.get(key)
        made = idle.pop() if idle else None
    if made is None:
        made = _make(pipeline, bboxes, keypoints)
    try:
        yield made
    finally:
        with _lock:
            kept = _idle.setdefault(key, [])
            _idle.move_to_end(key)
            if len(kept) < _MOST_OF_EACH:
                kept.append(made)
            if len(_idle) > _MOST_PIPELINES:
                _idle.popitem(last=False)
