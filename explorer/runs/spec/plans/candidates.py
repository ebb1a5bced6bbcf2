"""The steps that a search may choose from unless others are given: a list that suits photographs, in one table.

The part of a name before the colon is its family: a pipeline holds one strength of it. The order of the table is that
in which chosen steps are applied: first how the thing lies before the camera, then light, lens and sensor, and last
what hides a part of the image.
"""

from functools import cache
from typing import Any

import cv2

from explorer.augment.pipeline import Pipeline, Step
from explorer.runs.spec.plans.plan import Variant


def _candidate(name: str, title: str, transform: str, **params: Any) -> Variant:
    step = Step(id=name.replace(":", "-").replace(" ", "-"), transform=transform, params=params, p=0.5)
    return Variant(name=name, title=title, pipeline=Pipeline(nodes=(step,)))


def _color(name: str, title: str, reach: float, hue: float) -> Variant:
    factor = [1 - reach, 1 + reach]
    return _candidate(
        name, title, "ColorJitter", brightness=factor, contrast=factor, saturation=factor, hue=[-hue, hue]
    )


@cache
def photographs() -> tuple[Variant, ...]:
    """Return single steps that are often tried on photographs."""
    return (
        _candidate("mirror", "HorizontalFlip", "HorizontalFlip"),
        _candidate("upside down", "VerticalFlip", "VerticalFlip"),
        _candidate("crop:mild", "CropAndPad, mild", "CropAndPad", percent=[-0.1, 0.0]),
        _candidate("crop:strong", "CropAndPad, strong", "CropAndPad", percent=[-0.25, 0.0]),
        _candidate("rotation:mild", "Rotate, mild", "Rotate", limit=[-10.0, 10.0], border_mode=cv2.BORDER_REFLECT_101),
        _candidate(
            "rotation:strong", "Rotate, strong", "Rotate", limit=[-30.0, 30.0], border_mode=cv2.BORDER_REFLECT_101
        ),
        _color("color:mild", "ColorJitter, mild", 0.2, 0.02),
        _color("color:strong", "ColorJitter, strong", 0.4, 0.05),
        _candidate("blur", "GaussianBlur", "GaussianBlur", sigma_limit=[0.5, 1.5]),
        _candidate("noise:mild", "GaussNoise, mild", "GaussNoise", std_range=[0.02, 0.06]),
        _candidate("noise:strong", "GaussNoise, strong", "GaussNoise", std_range=[0.1, 0.2]),
        _candidate("dropout:mild", "CoarseDropout, mild", "CoarseDropout"),
        _candidate("dropout:strong", "CoarseDropout, strong", "CoarseDropout", num_holes_range=[3, 6]),
    )


def family(name: str) -> str:
    """Return the family of a candidate: of one family, a pipeline holds one strength."""
    return name.partition(":")[0]
