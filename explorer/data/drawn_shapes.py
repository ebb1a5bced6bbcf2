"""Generated pictures of one shape each, with label, mask, box and keypoints. They depend on the seed alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Dataset, Split
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.mask_classes import MaskClasses
from explorer.data.sample import Sample

Points = NDArray[np.float64]  # (N, 2) x, y; a unit shape is inside the circle of radius 1

_DRAWING = 1  # to be raised with each change of what `draw` gives


def _ring_of(count: int, radii: tuple[float, ...] = (1.0,)) -> Points:
    angles = np.arange(count) * (2 * np.pi / count) - np.pi / 2
    radius = np.resize(np.array(radii), count)
    return np.stack([np.cos(angles) * radius, np.sin(angles) * radius], axis=1)


def _plus() -> Points:
    arm = np.array([[-0.3, -1], [0.3, -1], [0.3, -0.3]])
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    return np.concatenate([arm @ np.linalg.matrix_power(turn, quarter) for quarter in range(4)])


OUTLINES: dict[str, Callable[[], Points]] = {
    "circle": lambda: _ring_of(48),
    "square": lambda: _ring_of(4),
    "triangle": lambda: _ring_of(3),
    "star": lambda: _ring_of(10, (1.0, 0.45)),
    "cross": _plus,
    "hexagon": lambda: _ring_of(6),
}


def open_shapes(spec: ShapesSpec) -> Dataset:
    """Two splits with the same shares of classes; training and validation pictures never coincide."""
    classes = tuple(OUTLINES)[: spec.num_classes]
    masks = MaskClasses(("background", *classes)) if spec.task == "segmentation" else None
    train, val = (
        _split(name, _Loader(spec, number, labels_of(count, spec.num_classes, spec.imbalance, (spec.seed, number))))
        for number, (name, count) in enumerate([("train", spec.train_images), ("val", spec.val_images)])
    )
    if masks is None:
        return Dataset("shapes", classes, train, val)
    train, val = (replace(split, labels=np.zeros(len(split), np.int64), masks=masks) for split in (train, val))
    return Dataset("shapes", masks.classes, train, val)


def _split(name: str, loader: "_Loader") -> Split:
    ids = tuple(f"{name}-{index:05d}" for index in range(len(loader.labels)))
    return Split(name, loader.labels, ids, loader, loader.source)


def labels_of(count: int, classes: int, imbalance: float, place: tuple[int, int]) -> NDArray[np.int64]:
    """(count,) labels, shuffled; class sizes fall geometrically from the first class to the last by `imbalance`.

    place: seed and number of the split.
    """
    weights = imbalance ** -np.linspace(0, 1, classes)
    ends = np.rint(np.cumsum(weights / weights.sum()) * count).astype(int)
    labels = np.searchsorted(ends, np.arange(count), side="right")
    return np.random.default_rng(place).permutation(labels).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Loader:
    """A class and not a closure, so that it can be pickled."""

    spec: ShapesSpec
    split: int
    labels: NDArray[np.int64]

    def __call__(self, index: int) -> Sample:
        generator = np.random.default_rng([self.spec.seed, self.split, index])
        name = ("train", "val")[self.split]
        return draw(generator, int(self.labels[index]), self.spec.image_size, self.spec.noise, f"{name}-{index:05d}")

    def source(self, index: int) -> str:
        """The words that say what a sample is made of, whatever other samples there are."""
        spec = self.spec
        drawn = (spec.seed, self.split, index, int(self.labels[index]), spec.image_size, spec.noise)
        return f"shape {_DRAWING} {drawn}"


def draw(generator: np.random.Generator, label: int, side: int, noise: float, name: str) -> Sample:
    """A picture of `side` × `side` px with a shape of class `label`, which is harder to see with more noise, 0 to 1."""
    image, cover, corners, place = picture(generator, label, side, noise)
    mask = np.where(cover >= 0.5, label + 1, 0).astype(np.uint8)
    center, radius, turn = place
    tip = (np.array([[0.0, -1.0]]) @ turn * radius + center)[0]
    points = np.array([[*center, label], [*tip, label]], np.float32)
    return Sample(
        image=image,
        mask=mask,
        bboxes=_box(corners, side, label),
        keypoints=points[((points[:, :2] >= 0) & (points[:, :2] < side)).all(axis=1)],
        label=label,
        id=name,
    )


def picture(
    generator: np.random.Generator, label: int, side: int, noise: float
) -> tuple[NDArray[np.uint8], Points, Points, tuple[Points, float, Points]]:
    """Draw the shape of a class.

    Returns:
        The image, (side, side, 3) RGB; how much of each pixel the shape covers, 0 to 1; its corners; and its center and
        radius in px with the (2, 2) matrix that turns it.
    """
    outline = OUTLINES[tuple(OUTLINES)[label]]()
    radius = generator.uniform(0.22, 0.4) * side
    center = generator.uniform(radius * 0.9, side - radius * 0.9, 2)
    angle = generator.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = outline @ turn * radius + center
    cover = _cover(corners, side)
    ground, color = _colors(generator, noise)
    image = _background(generator, ground, side, noise)
    image += cover[:, :, None] * (color - image)
    image += generator.normal(0, 6 + 60 * noise, image.shape)
    return image.clip(0, 255).astype(np.uint8), cover, corners, (center, radius, turn)


def _cover(corners: Points, side: int) -> NDArray[np.float64]:
    """(side, side): how much of each pixel the shape covers, 0 to 1."""
    canvas = np.zeros((side, side), np.uint8)
    shift = 4  # cv2 takes corners in 1/16 px
    cv2.fillPoly(canvas, [np.rint(corners * (1 << shift)).astype(np.int32)], 255, cv2.LINE_AA, shift)
    return canvas / 255.0


def _colors(generator: np.random.Generator, noise: float) -> tuple[Points, Points]:
    """The colors of ground and shape, RGB, which are more alike with more noise."""
    ground = generator.uniform(40, 215, 3)
    away = np.where(ground > 127, -1.0, 1.0) * generator.uniform(60, 130, 3)
    return ground, (ground + away * (1 - 0.6 * noise)).clip(0, 255)


def _background(generator: np.random.Generator, ground: Points, side: int, noise: float) -> Points:
    """(side, side, 3) float: a soft gradient, and lines across it, more of them with more noise."""
    steps = np.linspace(-0.5, 0.5, side)
    slope = generator.uniform(-40, 40, (2, 3))
    image: Points = ground + steps[:, None, None] * slope[0] + steps[None, :, None] * slope[1]
    for _ in range(generator.poisson(2 + 12 * noise)):
        ends = generator.uniform(0, side, (2, 2)).astype(int).tolist()
        shade = (ground + generator.uniform(-70, 70, 3)).clip(0, 255).tolist()
        image = np.ascontiguousarray(image)
        cv2.line(image, ends[0], ends[1], shade, int(generator.integers(1, max(2, side // 32) + 1)))
    return image


def _box(corners: Points, side: int, label: int) -> NDArray[np.float32]:
    edges = corners + 0.5  # cv2 counts from the middle of a pixel, boxes from its edge
    low, high = edges.min(axis=0).clip(0, side), edges.max(axis=0).clip(0, side)
    return np.array([[*low, *high, label]], np.float32)
