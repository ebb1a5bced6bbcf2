"""Steps that need more than the sample: reference pictures, overlays, tiles, a text with its font, a box.

albumentations takes these with each call, under a key that the step's constructor names. Here a step has only names and
numbers, which travel as JSON; what they name is passed with the call, and is equal for equal names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from explorer.augment.parameters import Choice, JsonValue, Kind, Parameter
from explorer.augment.targets import TargetRules
from explorer.data import fonts, references
from explorer.data.sample import Sample

Params = Mapping[str, JsonValue]
LARGEST_BOX = "largest box"
MAX_PICTURES = 16
MAX_TEXT = 500  # characters


@dataclass(frozen=True)
class Extra:
    """What a step takes besides albumentations' own arguments.

    Attributes:
        key: Argument of the constructor that names the key of the call.
        keyword: That key in exported code.
        wants: Description of its value in exported code.
        parameters: Parameters that the form asks for.
        give: Makes the value that is passed with a call.
        fixed: Makes further arguments of the constructor.
    """

    key: str
    keyword: str
    wants: str
    parameters: tuple[Parameter, ...]
    give: Callable[[Params, Sample, TargetRules], Any]
    fixed: Callable[[Params], dict[str, Any]] = lambda params: {}

    @property
    def starts(self) -> dict[str, JsonValue]:
        return {parameter.name: parameter.default for parameter in self.parameters}


def split(transform: str, params: Params, node_id: str) -> tuple[dict[str, JsonValue], dict[str, Any]]:
    """The parameters of a step: albumentations' own arguments as JSON, and further arguments of the constructor."""
    extra = EXTRAS.get(transform)
    if extra is None:
        return dict(params), {}
    own = {parameter.name for parameter in extra.parameters}
    given = {**extra.starts, **params}
    return {name: v for name, v in params.items() if name not in own}, {extra.key: key(node_id), **extra.fixed(given)}


def key(node_id: str) -> str:
    """The key of a call under which a node's extra is passed."""
    return f"extra of {node_id}"


def hand_over(transform: str, params: Params, sample: Sample, rules: TargetRules) -> Any:
    """What a step needs besides the sample. Raises ValueError for a name that does not exist, or no longer does."""
    extra = EXTRAS[transform]
    return extra.give({**extra.starts, **params}, sample, rules)


def check(transform: str, params: Params) -> dict[str, str]:
    """Parameter -> the mistake in it, for what a step takes besides albumentations' own arguments."""
    extra = EXTRAS.get(transform)
    if extra is None:
        return {}
    found = {p.name: _CHECKS[p.kind](p, params[p.name]) for p in extra.parameters if p.name in params}
    return {name: message for name, message in found.items() if message}


# Pictures


def _pictures(name: str, start: list[str], doc: str) -> Parameter:
    return Parameter(name, Kind.PICTURES, start, required=True, doc=doc)


def _overlays(params: Params, sample: Sample, rules: TargetRules) -> list[dict[str, Any]]:  # noqa: ARG001
    side = max(1, round(min(sample.size) * float(params["overlay_size"])))
    return [_overlay(name, side, params["mask_class"]) for name in params["overlays"]]


@lru_cache(maxsize=64)
def _overlay(name: str, side: int, mask_class: int | None) -> dict[str, Any]:
    picture = references.load(name)
    factor = side / max(picture.size)
    size = (max(1, round(picture.size[1] * factor)), max(1, round(picture.size[0] * factor)))
    cover = np.ones(picture.size, np.uint8) if picture.mask is None else (picture.mask > 0).astype(np.uint8)
    overlay: dict[str, Any] = {
        "image": cv2.resize(picture.image, size, interpolation=cv2.INTER_AREA),
        "mask": cv2.resize(cover, size, interpolation=cv2.INTER_NEAREST_EXACT),
    }
    return overlay if mask_class is None else {**overlay, "mask_id": mask_class}


def _tile(picture: Sample, sample: Sample, rules: TargetRules) -> dict[str, Any]:
    """A picture with the targets that the sample has; those that it lacks are empty."""
    tile: dict[str, Any] = {"image": picture.image}
    if sample.mask is not None:
        tile["mask"] = np.zeros(picture.size, np.uint8) if picture.mask is None else picture.mask
    if sample.bboxes is not None:
        boxes = np.zeros((0, 5), np.float32) if picture.bboxes is None else picture.bboxes
        tile["bboxes"] = rules.give_boxes(boxes, picture.size)
    if sample.keypoints is not None:
        points = np.zeros((0, 3), np.float32) if picture.keypoints is None else picture.keypoints
        tile["keypoints"] = rules.give_points(points)
    return tile


def _check_pictures(parameter: Parameter, value: JsonValue) -> str:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return f"{parameter.name} must be a list of names of images. You gave {str(value)[:60]}."
    if not 1 <= len(value) <= MAX_PICTURES:
        return f"{parameter.name}: choose 1 to {MAX_PICTURES} images. {len(value)} are chosen."
    for name in value:
        try:
            references.require(name)
        except ValueError as error:
            return f"{parameter.name}: {error}"
    return ""


# Text


def _lines(params: Params, sample: Sample, rules: TargetRules) -> list[dict[str, Any]]:  # noqa: ARG001
    """The lines of the text, one below the other inside the box."""
    left, top, right, bottom = _fractions(params["text_box"], sample)
    lines = [line for line in str(params["text"]).replace("\\n", "\n").splitlines() if line.strip()]
    height = (bottom - top) / max(1, len(lines))
    return [
        {"text": line, "bbox": (left, top + height * at, right, min(1.0, top + height * (at + 1)))}
        for at, line in enumerate(lines)
    ]


def _check_text(parameter: Parameter, value: JsonValue) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        return f"{parameter.name} must be a text of 1 to {MAX_TEXT} characters."
    return ""


def _check_font(parameter: Parameter, value: JsonValue) -> str:
    try:
        fonts.path(str(value))
    except ValueError as error:
        return f"{parameter.name}: {error}"
    return ""


# A box


def _near_box(params: Params, sample: Sample, rules: TargetRules) -> tuple[int, int, int, int]:  # noqa: ARG001
    height, width = sample.size
    left, top, right, bottom = _fractions(params["box"], sample)
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def _fractions(box: JsonValue, sample: Sample) -> tuple[float, float, float, float]:
    """A box in fractions of the picture; the sample's largest one for `LARGEST_BOX`."""
    if box != LARGEST_BOX:
        left, top, right, bottom = map(float, box)
        return left, top, right, bottom
    if sample.bboxes is None or not len(sample.bboxes):
        raise ValueError(f"The sample has no boxes, and this step wants its {LARGEST_BOX}. Give a box of your own.")
    edges = sample.bboxes[:, :4].clip(0, np.tile(sample.size[::-1], 2)) / np.tile(sample.size[::-1], 2)
    largest = np.argmax((edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1]))
    left, top, right, bottom = edges[largest].tolist()
    return left, top, right, bottom


def _check_box(parameter: Parameter, value: JsonValue) -> str:
    if value == LARGEST_BOX:
        return ""
    numbers = isinstance(value, list) and len(value) == 4 and all(type(part) in (int, float) for part in value)
    if not numbers or not (0 <= value[0] < value[2] <= 1 and 0 <= value[1] < value[3] <= 1):
        return (
            f"{parameter.name} must be left, top, right and bottom in fractions of the image, from 0 to 1, "
            f"with left before right and top before bottom. You gave {str(value)[:60]}."
        )
    return ""


def _check_number(parameter: Parameter, value: JsonValue) -> str:
    if value is None and parameter.nullable:
        return ""
    whole = parameter.kind is Kind.INT
    fits = type(value) is int if whole else type(value) in (int, float)
    if not fits or not (parameter.low or 0) <= value <= (parameter.high or 0):
        what = "a whole number" if whole else "a number"
        return f"{parameter.name} must be {what} from {parameter.low:g} to {parameter.high:g}. You gave {value}."
    return ""


_CHECKS: dict[Kind, Callable[[Parameter, JsonValue], str]] = {
    Kind.PICTURES: _check_pictures,
    Kind.TEXT: _check_text,
    Kind.FONT: _check_font,
    Kind.BOX: _check_box,
    Kind.FLOAT: _check_number,
    Kind.INT: _check_number,
}
_BOX_WORDS = (Choice(LARGEST_BOX, "the largest box of the sample"),)
_REFERENCES = Extra(
    key="metadata_key",
    keyword="references",
    wants="list of RGB images, each (H, W, 3) uint8; chosen here: {names}",
    parameters=(
        _pictures(
            "references", ["photograph/coffee"], "Images whose look is taken over; one of them is drawn each time."
        ),
    ),
    give=lambda params, *_: [references.load(name).image for name in params["references"]],
)  # fmt: skip
EXTRAS: Mapping[str, Extra] = {
    "FDA": _REFERENCES,
    "HistogramMatching": _REFERENCES,
    "PixelDistributionAdaptation": _REFERENCES,
    "OverlayElements": Extra(
        key="metadata_key",
        keyword="overlays",
        wants='list of {{"image": RGB (H, W, 3) uint8, "mask": (H, W) uint8}}; chosen here: {names}',
        parameters=(
            _pictures("overlays", ["shape/star"], "Images that are laid over, each at a place that is drawn. What "
                      "their mask or their transparency leaves out stays clear."),
            Parameter("overlay_size", Kind.FLOAT, 0.3, low=0.02, high=1.0, soft_low=0.02, soft_high=1.0, step=0.01,
                      doc="The longer side of an overlay, as a fraction of the image's shorter side."),
            Parameter("mask_class", Kind.INT, None, nullable=True, low=0, high=255, soft_low=1, soft_high=20, step=1,
                      doc="The class that the mask gets under an overlay; not set: none."),
        ),
        give=_overlays,
    ),
    "Mosaic": Extra(
        key="metadata_key",
        keyword="tiles",
        wants='list of {{"image": RGB (H, W, 3) uint8}}, with "mask", "bboxes" and "keypoints" where the sample has '
        "them; chosen here: {names}",
        parameters=(
            _pictures("pictures", ["photograph/coffee", "photograph/chelsea", "photograph/flower"],
                      "Further images for the tiles, with their masks, boxes and keypoints."),
        ),
        give=lambda params, sample, rules: [
            _tile(references.load(name), sample, rules) for name in params["pictures"]
        ],
    ),
    "TextImage": Extra(
        key="metadata_key",
        keyword="text",
        wants='list of {{"text": line, "bbox": (left, top, right, bottom) in fractions of the image}}; '
        "chosen here: {names}",
        parameters=(
            Parameter("text", Kind.TEXT, "augmentation", doc="What is written; \\n begins a new line."),
            Parameter("font", Kind.FONT, fonts.BUILT_IN, doc="A font of this machine."),
            Parameter("text_box", Kind.BOX, [0.1, 0.75, 0.9, 0.95], choices=_BOX_WORDS,
                      doc="Where it is written, in fractions of the image."),
        ),
        give=_lines,
        fixed=lambda params: {"font_path": str(fonts.path(params["font"]))},
    ),
    "RandomCropNearBBox": Extra(
        key="cropping_bbox_key",
        keyword="near_box",
        wants="the box near which is cropped, (left, top, right, bottom) in px; chosen here, in fractions: {names}",
        parameters=(
            Parameter("box", Kind.BOX, [0.25, 0.25, 0.75, 0.75], choices=_BOX_WORDS,
                      doc="The box to crop near, in fractions of the image."),
        ),
        give=_near_box,
    ),
}  # fmt: skip
