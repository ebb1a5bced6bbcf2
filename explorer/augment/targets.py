"""How a pipeline treats the targets of an image: the mask's interpolation, `BboxParams` and `KeypointParams`.

Samples have one format of boxes and keypoints; a pipeline may use another one, as its author's code does, and
albumentations converts between them.
"""

from typing import Annotated, Any, Literal

import albumentations as A
import cv2
import numpy as np
from albumentations.core.bbox_utils import convert_bboxes_from_albumentations, convert_bboxes_to_albumentations
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from explorer.data.annotations import BoxFormat, PointFormat

MaskInterpolation = Literal[
    "INTER_NEAREST", "INTER_NEAREST_EXACT", "INTER_LINEAR", "INTER_LINEAR_EXACT", "INTER_CUBIC", "INTER_AREA",
    "INTER_LANCZOS4",
]  # fmt: skip
Pixels = Annotated[float, Field(ge=0, le=1e9)]
Table = NDArray[np.float32]

_LEAST_EXTENT = 1e-3  # px; the rounding of float32 coordinates in an image of 16,000 px
_EXTRA_COLUMNS = {"a": 0.0, "s": 1.0}  # what a sample does not know of a keypoint: its angle, its scale


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class BoxRules(_Rules):
    """Whether the pipeline gets boxes, and the arguments of `A.BboxParams`.

    `min_area` is in px², `min_width` and `min_height` are in px, `min_visibility` is from 0 to 1.
    """

    use: bool = True
    format: BoxFormat = "pascal_voc"
    min_area: Pixels = 0.0
    min_visibility: Annotated[float, Field(ge=0, le=1)] = 0.0
    min_width: Pixels = 0.0
    min_height: Pixels = 0.0
    max_accept_ratio: Annotated[float, Field(ge=1, le=1e9)] | None = None
    clip: bool = True
    filter_invalid_bboxes: bool = False
    check_each_transform: bool = True

    def params(self) -> A.BboxParams:
        """The rules for a Compose. They drop a box without width or height, which a rotation would bring back."""
        rules = self.model_dump(exclude={"use"})
        least = {name: max(rules[name], _LEAST_EXTENT) for name in ("min_width", "min_height")}
        return A.BboxParams(**(rules | least))


class PointRules(_Rules):
    """Whether the pipeline gets keypoints, and the arguments of `A.KeypointParams`."""

    use: bool = True
    format: PointFormat = "xy"
    remove_invisible: bool = True
    angle_in_degrees: bool = True
    check_each_transform: bool = True


class TargetRules(_Rules):
    """Rules for masks, boxes and keypoints; `mask_interpolation` is for every step, None leaves each its own."""

    use_mask: bool = True
    mask_interpolation: MaskInterpolation | None = None
    boxes: BoxRules = BoxRules()
    keypoints: PointRules = PointRules()

    def compose(self, top: list[Any], *, bboxes: bool, keypoints: bool) -> A.Compose:
        """A Compose of transforms, for samples with or without boxes and keypoints."""
        interpolation = None if self.mask_interpolation is None else getattr(cv2, self.mask_interpolation)
        return A.Compose(
            top,
            bbox_params=self.boxes.params() if bboxes else None,
            keypoint_params=A.KeypointParams(**self.keypoints.model_dump(exclude={"use"})) if keypoints else None,
            mask_interpolation=interpolation,
        )

    def give_boxes(self, boxes: Table, size: tuple[int, int]) -> NDArray[Any]:
        """Boxes of a sample of `size` (height, width in px) in the pipeline's format, the class last."""
        return _convert(boxes, "pascal_voc", self.boxes.format, size)

    def take_boxes(self, boxes: Any, size: tuple[int, int]) -> Table:
        """Boxes in the pipeline's format as (N, 5) float32 of a sample, without those that were cut away."""
        return with_extent(_convert(_table(boxes, 5), self.boxes.format, "pascal_voc", size))

    def give_points(self, points: Table) -> NDArray[Any]:
        """Keypoints of a sample in the pipeline's format, the class last."""
        columns = {"x": points[:, 0], "y": points[:, 1]}
        columns |= {name: np.full(len(points), value, np.float32) for name, value in _EXTRA_COLUMNS.items()}
        return np.stack([*(columns[letter] for letter in self.keypoints.format), points[:, 2]], axis=1)

    def take_points(self, points: Any) -> Table:
        """Keypoints in the pipeline's format as (K, 3) float32 of a sample."""
        table = _table(points, len(self.keypoints.format) + 1)
        letters = self.keypoints.format
        return table[:, [letters.index("x"), letters.index("y"), -1]]


def with_extent(boxes: NDArray[Any], unit: tuple[float, float] = (1.0, 1.0)) -> NDArray[Any]:
    """The boxes that have a width and a height.

    A box that a crop cuts away is first cut to a line at the border. With the library's default rules (min_area and
    min_width of 0) and the rounding of float32, its filter sometimes lets such a line pass.

    Args:
        boxes: (N, 4 or more), with the columns x_min, y_min, x_max, y_max.
        unit: (1, 1) for boxes in px; width and height of the image in px for boxes in fractions.
    """
    if not len(boxes):
        return boxes
    width, height = (boxes[:, 2] - boxes[:, 0]) * unit[0], (boxes[:, 3] - boxes[:, 1]) * unit[1]
    return np.compress((width > _LEAST_EXTENT) & (height > _LEAST_EXTENT), boxes, axis=0)


def _table(rows: Any, columns: int) -> Table:
    return np.asarray(rows, np.float32).reshape(-1, columns)


def _convert(boxes: NDArray[Any], source: str, target: str, size: tuple[int, int]) -> Table:
    if source == target or not len(boxes):
        return boxes
    shape = {"height": size[0], "width": size[1]}
    inner = boxes if source == "albumentations" else convert_bboxes_to_albumentations(boxes, source, shape)
    if target == "albumentations":
        return np.asarray(inner, np.float32)
    return np.asarray(convert_bboxes_from_albumentations(inner, target, shape), np.float32)
