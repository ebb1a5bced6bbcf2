"""From pixels to what a browser can show: JPEG pictures, PNG masks of class indices, boxes and points in pixels.

Thumbnails have mask, boxes and keypoints drawn into them.
"""

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

import cv2
import numpy as np

from explorer.data.color_masks import Color

THUMBNAIL_SIDE = 176  # px; shown at half of it, since some screens have twice the pixels
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


class Targets(Protocol):
    """What both `Sample` and `AugmentedSample` have."""

    @property
    def image(self) -> np.ndarray: ...
    @property
    def mask(self) -> np.ndarray | None: ...
    @property
    def bboxes(self) -> np.ndarray | None: ...
    @property
    def keypoints(self) -> np.ndarray | None: ...


@dataclass(frozen=True, eq=False)
class Plain:
    """A picture that is only looked at."""

    image: np.ndarray
    mask: np.ndarray | None = None
    bboxes: np.ndarray | None = None
    keypoints: np.ndarray | None = None


@dataclass(frozen=True)
class Classes:
    """Names and colors of the classes of masks, boxes and keypoints.

    The mask value of class 0 is `first`. If that is 1, the value 0 is no class and has neither color nor name.
    """

    names: tuple[str, ...]
    colors: tuple[Color, ...]
    first: int = 1

    def table(self) -> np.ndarray:
        """(256, 3) uint8: the color of each mask value, black for values that are no class."""
        table = np.zeros((256, 3), np.uint8)
        table[self.first :] = np.resize(np.array(self.colors, np.uint8), (256 - self.first, 3))
        return table


@dataclass(frozen=True)
class Encoded:
    """The image before or after, for the browser: a JPEG, a PNG mask of class indices, boxes and points in pixels."""

    id: str
    width: int
    height: int
    image: bytes
    mask: bytes | None
    boxes: list[list[float]]
    keypoints: list[list[float]]


def encode(targets: Targets, quality: int = 90) -> Encoded:
    """Encode an image, see `as_shown`, with its targets."""
    image = as_shown(targets.image)
    picture = as_jpeg(image, quality)
    mask = None if targets.mask is None else _encode_mask(targets.mask)
    height, width = image.shape[:2]
    identity = blake2b(picture, digest_size=12)
    identity.update(mask or b"")
    boxes, keypoints = _rows(targets.bboxes), _rows(targets.keypoints)
    identity.update(json.dumps([boxes, keypoints]).encode())
    return Encoded(identity.hexdigest(), width, height, picture, mask, boxes, keypoints)


def scale(targets: Targets, long_side: int | None) -> float:
    """The factor that makes an image at most `long_side` px large."""
    return 1.0 if long_side is None else min(1.0, long_side / max(targets.image.shape[:2]))


def reduced(targets: Targets, long_side: int | None) -> Targets:
    """A copy of at most `long_side` px, to be looked at; None: the image itself."""
    if long_side is None:
        return targets
    factor = scale(targets, long_side)
    factors = np.array([factor, factor, 1.0])
    height, width = (max(1, round(side * factor)) for side in targets.image.shape[:2])
    size = (width, height)
    return Plain(
        cv2.resize(as_shown(targets.image), size, interpolation=cv2.INTER_AREA),
        None if targets.mask is None else cv2.resize(targets.mask, size, interpolation=cv2.INTER_NEAREST_EXACT),
        None if targets.bboxes is None else targets.bboxes * factors[[0, 0, 0, 0, 2]],
        None if targets.keypoints is None else targets.keypoints * factors,
    )


def as_jpeg(image: np.ndarray, quality: int = 90) -> bytes:
    """JPEG of an (H, W, 3) or (H, W) uint8 image."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def as_png(image: np.ndarray) -> bytes:
    """The image, pixel for pixel."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    return cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes()


def as_shown(image: np.ndarray) -> np.ndarray:
    """The image as (H, W, 3) or (H, W) uint8, see `as_uint8`.

    Two channels (inside SelectiveChannelTransform) get a black third one; of more than three the first three are shown.
    """
    image = as_uint8(image)
    if image.ndim == 2 or image.shape[2] == 3:
        return image
    if image.shape[2] == 1:
        return image[..., 0]
    missing = np.zeros((*image.shape[:2], max(0, 3 - image.shape[2])), np.uint8)
    return np.concatenate([image[..., :3], missing], axis=2)


def as_uint8(image: np.ndarray) -> np.ndarray:
    """The image as uint8. Another dtype is scaled from its minimum and maximum; a constant image becomes black."""
    if image.dtype == np.uint8:
        return image
    low, high = float(np.nanmin(image)), float(np.nanmax(image))
    scaled = (np.nan_to_num(image.astype(np.float32)) - low) * (255.0 / (high - low) if high > low else 0.0)
    return scaled.clip(0, 255).astype(np.uint8)


def _encode_mask(mask: np.ndarray) -> bytes:
    return cv2.imencode(".png", np.ascontiguousarray(mask, np.uint8), [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def _rows(table: np.ndarray | None) -> list[list[float]]:
    return [] if table is None else np.asarray(table, float).round(1).tolist()


def thumbnail(targets: Targets, classes: Classes, side: int = THUMBNAIL_SIDE) -> bytes:
    """JPEG of at most `side` px. Masks are drawn as outlines: a fill would hide what a step does to colors."""
    image = as_shown(targets.image)
    height, width = image.shape[:2]
    # Averaging whole blocks of pixels is four times as fast as other areas; less than a block is cut off at the edge.
    block = max(1, -(-max(height, width) // side))
    size = (max(1, width // block), max(1, height // block))
    edge = slice(0, size[1] * block), slice(0, size[0] * block)
    small = cv2.resize(image[edge], size, interpolation=cv2.INTER_AREA)
    small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB) if small.ndim == 2 else small
    if targets.mask is not None and targets.mask.ndim == 2 and targets.mask.dtype == np.uint8:
        small = _outlined(small, cv2.resize(targets.mask[edge], size, interpolation=cv2.INTER_NEAREST_EXACT), classes)
    _draw(small, targets, 1 / block, classes.colors)
    return as_jpeg(small, quality=80)


def annotated(targets: Targets, classes: Classes, line: int = 1) -> np.ndarray:
    """The (H, W, 3) uint8 image with outlines of its mask, boxes and keypoints, in lines of `line` px."""
    image = as_shown(targets.image)
    image = cv2.cvtColor(image, cv2.COLOR_GRAY2RGB) if image.ndim == 2 else image.copy()
    if targets.mask is not None:
        image = _outlined(image, targets.mask, classes, line)
    _draw(image, targets, 1.0, classes.colors, line)
    return image


def _outlined(image: np.ndarray, mask: np.ndarray, classes: Classes, line: int = 1) -> np.ndarray:
    """The image with the border of each class in its color."""
    border = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, _CROSS, iterations=line)
    if classes.first:
        border = cv2.bitwise_and(border, border, mask=mask)
    painted = cv2.LUT(cv2.merge([mask, mask, mask]), classes.table()[:, None])
    outlined: np.ndarray = cv2.copyTo(painted, border, image.copy())
    return outlined


def _draw(image: np.ndarray, targets: Targets, scale: float, colors: tuple[Color, ...], line: int = 1) -> None:
    for left, top, right, bottom, label in _table(targets.bboxes):
        corners = [(round(x * scale), round(y * scale)) for x, y in ((left, top), (right, bottom))]
        cv2.rectangle(image, corners[0], corners[1], colors[int(label) % len(colors)], line)
    for x, y, label in _table(targets.keypoints):
        cv2.circle(image, (round(x * scale), round(y * scale)), 1 + line, colors[int(label) % len(colors)], -1)


def _table(table: np.ndarray | None) -> list[Any]:
    return [] if table is None else table.tolist()
