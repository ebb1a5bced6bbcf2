"""Before and after with mask, boxes and keypoints as layers: one component, one binary frame for each change."""

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Protocol

import cv2
import numpy as np

from explorer.ui.components.parts import component
from explorer.ui.palette import CLASS_COLOURS, class_rgb

_component = component("preview")


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


@dataclass(frozen=True)
class Encoded:
    """One side of the pair, ready to travel: JPEG picture, PNG mask of class indices, boxes and points in pixels."""

    id: str
    width: int
    height: int
    picture: bytes
    type: str
    mask: bytes | None
    boxes: list[list[float]]
    keypoints: list[list[float]]


def encode(targets: Targets, quality: int = 90) -> Encoded:
    """Encode an image of (H, W, 3) or (H, W), uint8, or any other dtype stretched from its minimum to its maximum."""
    image = as_uint8(targets.image)
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 and image.shape[2] == 3 else image
    picture = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    mask = None if targets.mask is None else _encode_mask(targets.mask)
    height, width = image.shape[:2]
    identity = blake2b(picture, digest_size=12)
    identity.update(mask or b"")
    boxes, keypoints = _rows(targets.bboxes), _rows(targets.keypoints)
    identity.update(json.dumps([boxes, keypoints]).encode())
    return Encoded(identity.hexdigest(), width, height, picture, "image/jpeg", mask, boxes, keypoints)


def as_uint8(image: np.ndarray) -> np.ndarray:
    """The image as uint8 to be seen: another dtype is stretched between its extremes, a constant one becomes black."""
    if image.dtype == np.uint8:
        return image
    low, high = float(np.nanmin(image)), float(np.nanmax(image))
    scaled = (np.nan_to_num(image.astype(np.float32)) - low) * (255.0 / (high - low) if high > low else 0.0)
    return scaled.clip(0, 255).astype(np.uint8)


def _encode_mask(mask: np.ndarray) -> bytes:
    return cv2.imencode(".png", np.ascontiguousarray(mask, np.uint8), [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def _rows(table: np.ndarray | None) -> list[list[float]]:
    return [] if table is None else np.asarray(table, float).round(1).tolist()


@dataclass(frozen=True)
class Caption:
    title: str
    detail: str


@dataclass(frozen=True)
class DrawnRow:
    """A step that fired, and the values that it drew, in words."""

    step: str
    values: str


def frame(
    before: Encoded,
    after: Encoded,
    captions: tuple[Caption, Caption],
    class_names: Sequence[str],
    words: Mapping[str, str],
    drawn: Sequence[DrawnRow] = (),
    notice: str = "",
    remark: str = "",
) -> bytes:
    """One binary frame: header length (uint32, little endian), header as JSON, then pictures and masks.

    `class_names[i]` names class `i` of boxes and keypoints, and mask value `i + 1`. A `notice` marks the picture stale.
    """
    body = bytearray()

    def place(blob: bytes | None) -> list[int] | None:
        if blob is None:
            return None
        body.extend(blob)
        return [len(body) - len(blob), len(blob)]

    colours = class_rgb(len(CLASS_COLOURS))
    header: dict[str, Any] = {
        "before": _side(before, place),
        "after": _side(after, place),
        "captions": {"before": vars(captions[0]), "after": vars(captions[1])},
        "colours": colours,
        "legend": [{"name": name, "colour": colours[index % len(colours)]} for index, name in enumerate(class_names)],
        "words": dict(words),
        "drawn": [vars(row) for row in drawn],
        "remark": remark,
        "notice": notice,
        "stale": bool(notice),
    }
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + bytes(body)


def _side(side: Encoded, place: Callable[[bytes | None], list[int] | None]) -> dict[str, Any]:
    return {
        "id": side.id,
        "width": side.width,
        "height": side.height,
        "type": side.type,
        "image": place(side.picture),
        "mask": place(side.mask),
        "boxes": side.boxes,
        "keypoints": side.keypoints,
    }


def show(data: bytes, key: str) -> None:
    """Mount the preview, or hand a new frame to the one that is mounted."""
    _component(data=data, key=key)
