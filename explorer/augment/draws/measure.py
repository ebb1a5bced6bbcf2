"""Draw many times, and count what happens: labels, masks, pixels, what was drawn, time."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentError, Watched, apply_watched
from explorer.augment.draws import similarity
from explorer.augment.draws.counts import DrawCounts, add
from explorer.augment.observe import Visit
from explorer.augment.pipeline import Pipeline, all_steps
from explorer.augment.targets import with_extent
from explorer.augment.trace import NOISE, Snapshot
from explorer.data.sample import Sample

RULES = "rules"  # in place of a step: what only the last check of the Compose drops
SIMILAR = 60  # how many draws, about, are compared with their input pixel by pixel
CROP = "crop_coords"  # name of the rectangle that a crop of albumentations keeps
MOST_PARTS = 4  # numbers of a drawn tuple or array that are looked at one by one
Classes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Input:
    """A sample with what is counted of it once: the `areas` are pixels of each of 256 classes, None without a mask."""

    sample: Sample
    areas: Classes | None
    pixels: tuple[int, list[float], list[float]]


def measure(
    samples: Sequence[Sample],
    pipeline: Pipeline,
    seed: int,
    draws: range,
    total: int,
    on_draw: Callable[[], None] = lambda: None,
) -> DrawCounts:
    """The counts of some of `total` draws: draw i is `augment(samples[i % len(samples)], pipeline, seed, 0, i)`.

    Draws that fail are counted with the reason. `on_draw` is called after each draw; what it raises ends the work.
    """
    inputs = [_Input(sample, _areas(sample.mask), _pixels(sample.image)) for sample in samples]
    steps = {step.id for step in all_steps(pipeline.nodes)}
    every = max(1, total // SIMILAR)
    counts: DrawCounts = {}
    for index in draws:
        given = inputs[index % len(inputs)]
        add(counts, "draws")
        begun = time.perf_counter()
        try:
            watched = apply_watched(given.sample, pipeline, (seed, 0, index), keep=True)
        except AugmentError as error:
            add(counts, "failed", f"{error.node_id}:{error}")
        else:
            add(counts, "seconds", by=time.perf_counter() - begun)
            _count(counts, given, watched, steps)
            if index % every == 0:
                _compare(counts, given.sample.image, watched.result.image)
        on_draw()
    return counts


def _count(counts: DrawCounts, given: _Input, watched: Watched, steps: set[str]) -> None:
    calls = [visit for visit in watched.visits if visit.node_id in steps]
    for visit in calls:
        if visit.fired:
            _drawn(counts, visit)
    for node_id in {visit.node_id for visit in watched.visits if visit.fired}:
        add(counts, "steps", node_id, "applied")
    _labels(counts, given, watched, calls)
    if given.areas is not None and watched.result.mask is not None:
        _mask(counts, given.areas, watched.result.mask, calls)
    _channels(counts, "before", given.pixels)
    image = watched.result.image
    if image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8:
        _channels(counts, "after", _pixels(image))
    else:
        add(counts, "channels", "skipped")


def _drawn(counts: DrawCounts, visit: Visit) -> None:
    """Count the time that a step took, and the values that it drew."""
    own = counts.setdefault("steps", {}).setdefault(visit.node_id, {})
    add(own, "calls")
    add(own, "milliseconds", by=visit.milliseconds)
    for name in visit.params.keys() - NOISE - {"seed"}:
        value = visit.params[name]
        if name == CROP and visit.before is not None:
            name, value = "crop", _crop(value, visit.before["image"])
        _value(own.setdefault("params", {}), name, value)


def _crop(corners: Sequence[float], image: NDArray[Any]) -> dict[str, float]:
    """The share of the image's area and the ratio of width to height, which people set for a crop.

    Args:
        corners: Left, top, right and bottom in px.
        image: (H, W, ...), before the crop.
    """
    left, top, right, bottom = map(float, corners)
    width, height = right - left, bottom - top
    return {"scale": width * height / (image.shape[0] * image.shape[1]), "ratio": width / height}


def _value(params: DrawCounts, name: str, value: Any) -> None:
    kind = type(value)
    if kind is float or kind is int:
        if math.isfinite(value):
            params.setdefault(name, {}).setdefault("numbers", []).append(float(value))
    elif kind is bool or kind is str:
        add(params, name, "words", str(value))
    elif isinstance(value, np.generic):
        _value(params, name, value.item())
    elif kind is dict:
        for key, part in value.items():
            _value(params, f"{name}.{key}", part)
    elif kind in (tuple, list, np.ndarray) and 0 < len(value) <= MOST_PARTS and np.ndim(value[0]) == 0:
        for at, part in enumerate(value):
            _value(params, f"{name}[{at}]", part)
    elif value is not None:
        add(params, name, "large")


# Boxes and keypoints

_LABELS = {"boxes": "bboxes", "points": "keypoints"}  # among the counts, and in a sample
_ADDING = frozenset({"Mosaic"})  # what they add could hide what is lost


def _labels(counts: DrawCounts, given: _Input, watched: Watched, calls: Sequence[Visit]) -> None:
    for kind, name in _LABELS.items():
        before, after = getattr(given.sample, name), getattr(watched.result, name)
        if before is None or after is None:
            continue
        own = counts.setdefault(kind, {})
        for when, table in (("before", before), ("after", after)):
            for label in table[:, -1].tolist():
                add(own, when, str(int(label)))
        # Which step it was is looked up only if something is lost: it takes time.
        if len(before) > len(after) or any(visit.fired and visit.transform in _ADDING for visit in calls):
            reached = [visit for visit in calls if visit.fired and visit.before and name in visit.before]
            exact = any(visit.depth and _moved(visit, name) for visit in reached)
            left = _left(reached, name, watched if exact else None)
            _blame_for_lost(counts, kind, [len(before), *left[1:], len(after)], reached)


def _moved(visit: Visit, name: str) -> bool:
    return visit.before is not None and visit.after is not None and visit.after[name] is not visit.before[name]


def _left(visits: Sequence[Visit], name: str, exactly: Watched | None) -> list[int]:
    """How many boxes or keypoints there were before each step.

    The Compose checks after each step at the top, and drops what has left the image. Groups check nothing between
    their steps: then `exactly` is given, and the check is made here.
    """
    data = [visit.before for visit in visits if visit.before]
    if exactly is not None:
        return [len(getattr(Snapshot(one["image"], one.get("mask"), one, exactly.compose), name)) for one in data]
    if name == "keypoints":
        return [len(one[name]) for one in data]
    # A box that leaves the image is cut to no size by that check, and dropped only by the next one.
    return [len(with_extent(one[name], one["image"].shape[1::-1])) for one in data]


def _blame_for_lost(counts: DrawCounts, kind: str, left: Sequence[int], visits: Sequence[Visit]) -> None:
    """Count a loss at the step that moved the targets last; `left` is how many there were before each step and last."""
    last = ""
    for at, visit in enumerate(visits):
        if _moved(visit, _LABELS[kind]):
            last = visit.node_id
        lost = left[at] - left[at + 1]
        if lost > 0:
            path = ("steps", last, f"{kind}_lost") if last else (kind, RULES)
            add(counts, *path, by=lost)


# Masks


def _areas(mask: NDArray[Any] | None) -> Classes | None:
    if mask is None or mask.dtype != np.uint8 or mask.ndim != 2:
        return None
    areas: Classes = cv2.calcHist([mask], [0], None, [256], [0, 256])[:, 0].astype(np.int64)
    return areas


def _mask(counts: DrawCounts, before: Classes, mask: NDArray[Any], calls: Sequence[Visit]) -> None:
    after = _areas(mask)
    if after is None:
        return
    own = counts.setdefault("mask", {})
    add(own, "draws")
    for when, areas in (("before", before), ("after", after)):
        for label in np.flatnonzero(areas).tolist():
            add(own, when, str(label), by=int(areas[label]))
            add(own, f"draws_{when}", str(label))
    new = np.flatnonzero((after > 0) & (before == 0)).tolist()
    gone = np.flatnonzero((before > 0) & (after == 0)).tolist()
    for what, labels in (("appeared", new), ("vanished", gone)):
        for label in labels:
            add(own, what, str(label))
    if new or gone:
        _blame(counts, new, gone, calls)


def _blame(counts: DrawCounts, new: list[int], gone: list[int], calls: Sequence[Visit]) -> None:
    """Count the steps after which classes appeared or vanished, for those that did so at the end."""
    present = dict.fromkeys(new, False) | dict.fromkeys(gone, True)
    for visit in calls:
        mask = visit.after.get("mask") if visit.fired and visit.after else None
        if mask is None or visit.before is None or mask is visit.before.get("mask"):
            continue
        now = {label: bool((mask == label).any()) for label in present}  # a quarter of the time of a histogram
        changed = {label for label in present if now[label] != present[label]}
        present = now
        if any(now[label] and label in new for label in changed):
            add(counts, "steps", visit.node_id, "appeared")
        if any(not now[label] and label in gone for label in changed):
            add(counts, "steps", visit.node_id, "vanished")


# Pixels


def _pixels(image: NDArray[Any]) -> tuple[int, list[float], list[float]]:
    """How many pixels, and for each channel the sum of the values and of their squares."""
    count = image.shape[0] * image.shape[1]
    mean, deviation = (part[:, 0] for part in cv2.meanStdDev(image))
    # Sums of bytes are whole numbers: rounded they are exact, in whatever order they are added up.
    return count, np.rint(mean * count).tolist(), np.rint((deviation**2 + mean**2) * count).tolist()


def _channels(counts: DrawCounts, when: str, pixels: tuple[int, list[float], list[float]]) -> None:
    own = counts.setdefault("channels", {}).setdefault(when, {})
    count, sums, squares = pixels
    add(own, "pixels", by=count)
    for at in range(3):
        add(own, f"sum{at}", by=sums[at])
        add(own, f"square{at}", by=squares[at])


def _compare(counts: DrawCounts, before: NDArray[np.uint8], after: NDArray[Any]) -> None:
    own = counts.setdefault("similarity", {})
    if after.shape != before.shape:
        add(own, "other_size")
    elif after.dtype != np.uint8 or min(before.shape[:2]) < similarity.WINDOW:
        add(own, "not_comparable")
    else:
        own.setdefault("ssim", []).append(similarity.ssim(before, after))
        ratio = similarity.psnr(before, after)
        if math.isinf(ratio):
            add(own, "equal")
        else:
            own.setdefault("psnr", []).append(ratio)
