"""Names of constants in code: those of OpenCV that a step can take, and enumerations that albumentations once had."""

import functools
from collections.abc import Mapping
from types import MappingProxyType

from explorer.augment.catalog import catalog

# The last two parts of a dotted name -> what 2.0.8 has in its place.
ENUMERATIONS: Mapping[str, str] = MappingProxyType(
    {
        "ImageCompressionType.JPEG": "jpeg",
        "ImageCompressionType.WEBP": "webp",
        "PositionType.CENTER": "center",
        "PositionType.TOP_LEFT": "top_left",
        "PositionType.TOP_RIGHT": "top_right",
        "PositionType.BOTTOM_LEFT": "bottom_left",
        "PositionType.BOTTOM_RIGHT": "bottom_right",
        "PositionType.RANDOM": "random",
    }
)
# Other names that OpenCV has for the same numbers.
_ALSO = {"BORDER_DEFAULT": "BORDER_REFLECT_101", "BORDER_REFLECT101": "BORDER_REFLECT_101"}


@functools.cache
def opencv() -> Mapping[str, int]:
    """Name without "cv2." -> number, for every constant that some parameter of the catalog offers."""
    found = {
        choice.label: choice.value
        for transform in catalog().values()
        for parameter in transform.parameters.values()
        for choice in parameter.choices
        if choice.label.startswith(("INTER_", "BORDER_"))
    }
    return MappingProxyType({**found, **{name: found[other] for name, other in _ALSO.items() if other in found}})
