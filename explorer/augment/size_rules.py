"""What one transform does to the size of an image, read from its parameters; what chance decides is taken at its
largest. A transform of which the parameters say nothing leaves the size as it is.
"""

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from explorer.augment.catalog import catalog
from explorer.augment.values import known, largest, limits, numbers

Size = tuple[int, int]  # height, width in px
Sizes = tuple[Size, ...]  # those that chance may give

_BEYOND = 10**9  # px of a side: nothing is made as large


def area(size: Size) -> int:
    return size[0] * size[1]


def result_sizes(transform: str, params: Mapping[str, Any], sizes: Sizes) -> Sizes:
    """The largest sizes that a transform that fires gives of images of some sizes."""
    if (rule := _rule(transform)) is None:
        return sizes
    values = known(transform, params)
    return tuple(found for size in sizes for found in _results(rule, values, size))


def keeps_size(transform: str) -> bool:
    """Whether the result has the size of the image; at most the sides of an image that is no square change places."""
    return _rule(transform) is None


def made_size(transform: str, params: Mapping[str, Any], size: Size) -> Size:
    """The largest image that a step that fires has in hand: what it gets, what it returns, or one on the way there."""
    if (rule := _rule(transform)) is None:
        return size
    values = known(transform, params)
    if values.get("keep_size"):  # made first, and then resized
        values["keep_size"] = False
    made = (size, *_results(rule, values, size))
    cells = numbers(values.get("cell_shape"))  # other images become as large before they are put together
    return max((*made, (int(cells[0]), int(cells[1]))) if len(cells) == 2 else made, key=area)


_Values = Mapping[str, Any]


@functools.cache
def _rule(transform: str) -> "_Result | None":
    """The rule for a transform's result; None where the size stays."""
    offered = catalog().get(transform)
    if offered is None:
        return None
    rules = _RESULTS.get(offered.group, ())
    return _BY_NAME.get(transform) or next((rule for names, rule in rules if names <= offered.parameters.keys()), None)


def _results(rule: "_Result", values: _Values, size: Size) -> Sizes:
    return tuple({(_whole(height), _whole(width)) for height, width in rule(values, size)})


def _whole(side: float) -> int:
    return int(max(1.0, min(_BEYOND, side)))


def _given(name: str) -> "_Result":
    """A size that stands in a parameter."""
    return lambda values, _: [_pair(values[name])]


def _pair(value: Any) -> tuple[float, float]:
    found = numbers(value)
    return found[0], found[-1]


def _sides(values: _Values, _: Size) -> list[tuple[float, float]]:
    return [(values["height"], values["width"])]


def _part(values: _Values, size: Size) -> list[tuple[float, float]]:
    """A crop of fixed size: no larger than the image, unless that is padded."""
    wanted = values["height"], values["width"]
    return [wanted if values.get("pad_if_needed") else (min(wanted[0], size[0]), min(wanted[1], size[1]))]


def _box(values: _Values, size: Size) -> list[tuple[float, float]]:
    part = {"height": values["y_max"] - values["y_min"], "width": values["x_max"] - values["x_min"]}
    return _part({**values, **part}, size)


def _near_box(values: _Values, size: Size) -> list[tuple[float, float]]:
    left, top, right, bottom = numbers(values["box"])
    down, across = (1 + 2 * shift for shift in _pair(values["max_part_shift"]))
    return [(min(1.0, (bottom - top) * down) * size[0], min(1.0, (right - left) * across) * size[1])]


def _borders(values: _Values, size: Size) -> list[tuple[float, float]]:
    height, width = size
    low = height * max(0.0, 1 - values["crop_top"] - values["crop_bottom"])
    narrow = width * max(0.0, 1 - values["crop_left"] - values["crop_right"])
    return [size, (low, width), (height, narrow), (low, narrow)]


def _crop_and_pad(values: _Values, size: Size) -> list[tuple[float, float]]:
    if values["keep_size"]:
        return [size]
    height, width = size
    share = _added(values["percent"])
    pixels = _added(values["px"])
    down = int(share[0] * height) + int(share[2] * height) + pixels[0] + pixels[2]
    across = int(share[1] * width) + int(share[3] * width) + pixels[1] + pixels[3]
    return [(height + down, width + across)]


def _added(value: Any) -> list[float]:
    """What is added at most at the top, right, bottom and left; negative numbers crop."""
    if isinstance(value, list | tuple) and len(value) == 4:
        return [max(numbers(side), default=0.0) for side in value]
    return [max(numbers(value), default=0.0)] * 4


def _scaled(values: _Values, size: Size) -> list[tuple[float, float]]:
    most = 1 + limits(values["scale_limit"])[1]
    return [(size[0] * most, size[1] * most)]


def _padded(values: _Values, size: Size) -> list[tuple[float, float]]:
    found = []
    for side, name in zip(size, ("height", "width"), strict=True):
        divisor = values[f"pad_{name}_divisor"]
        found.append(math.ceil(side / divisor) * divisor if divisor else max(side, values[f"min_{name}"] or 0))
    return [(found[0], found[1])]


def _framed(values: _Values, size: Size) -> list[tuple[float, float]]:
    pads = numbers(values["padding"])
    left, top, right, bottom = pads if len(pads) == 4 else [*pads, *pads] if len(pads) == 2 else pads[:1] * 4
    return [(size[0] + top + bottom, size[1] + left + right)]


def _meeting(
    values: _Values, size: Size, side: Callable[[Iterable[float]], float], choose: Callable[[Iterable[float]], float]
) -> tuple[float, float]:
    wanted = values["max_size"]
    by_side = values["max_size_hw"] or (None, None)
    scales = [most / has for most, has in zip(by_side, size, strict=True) if most is not None]
    factor = max(numbers(wanted)) / side(size) if numbers(wanted) else choose(scales or [1.0])
    return round(size[0] * factor), round(size[1] * factor)


def _affine(values: _Values, size: Size) -> list[tuple[float, float]]:
    """The frame around the corners: first scaled, then rotated, then sheared."""
    if not values["fit_output"]:
        return [size]
    across, down = (size[1] * _axis(values["scale"], "x"), size[0] * _axis(values["scale"], "y"))
    cosine, sine = _turned(limits(values["rotate"]))
    reach = math.hypot(across, down)
    width = min(reach, cosine * across + sine * down)
    height = min(reach, sine * across + cosine * down)
    slant = math.tan(math.radians(min(89.9, largest(values["shear"]))))
    return [(math.ceil(height + slant * width) + 1, math.ceil(width + slant * height) + 1)]


def _axis(value: Any, axis: str) -> float:
    return largest(value[axis] if isinstance(value, Mapping) and axis in value else value)


def _turned(degrees: tuple[float, float]) -> tuple[float, float]:
    """The largest cosine and sine, signs aside, of all angles between two."""
    low, high = sorted(degrees)
    first, last = math.ceil(low / 90), math.floor(high / 90)  # quarter turns on the way
    crossed = {quarter % 2 for quarter in range(first, min(first + 1, last) + 1)}
    ends = [math.radians(low), math.radians(high)]
    cosine = 1.0 if 0 in crossed else max(abs(math.cos(end)) for end in ends)
    sine = 1.0 if 1 in crossed else max(abs(math.sin(end)) for end in ends)
    return cosine, sine


def _perspective(values: _Values, size: Size) -> list[tuple[float, float]]:
    """Corners are drawn around 0 without a bound: this is what 99 of 100 draws stay within (20,000 draws)."""
    if values["keep_size"] or not values["fit_output"]:
        return [size]
    times = 1 / max(0.1, 1 - 5 * largest(values["scale"]))
    return [(size[0] * times, size[1] * times)]


_Result = Callable[[_Values, Size], Iterable[tuple[float, float]]]

# Where no parameter says it.
_BY_NAME: Mapping[str, _Result] = {
    "LongestMaxSize": lambda values, size: [_meeting(values, size, max, min)],
    "SmallestMaxSize": lambda values, size: [_meeting(values, size, min, max)],
    **dict.fromkeys(["D4", "RandomRotate90", "SquareSymmetry", "Transpose"], lambda values, size: [size, size[::-1]]),
}
# Group of transforms -> the sizes of the result, by the parameters that they have; the first that fits.
_RESULTS: Mapping[str, tuple[tuple[frozenset[str], _Result], ...]] = {
    "Crop": (
        (frozenset({"size"}), _given("size")),
        (frozenset({"height", "width", "erosion_rate"}), _sides),
        (frozenset({"x_min", "y_min", "x_max", "y_max"}), _box),
        (frozenset({"box", "max_part_shift"}), _near_box),
        (frozenset({"crop_left", "crop_right", "crop_top", "crop_bottom"}), _borders),
        (frozenset({"percent", "px", "keep_size"}), _crop_and_pad),
        (frozenset({"height", "width"}), _part),
    ),
    "Resize and pad": (
        (frozenset({"scale_limit"}), _scaled),
        (frozenset({"min_height", "min_width"}), _padded),
        (frozenset({"padding"}), _framed),
        (frozenset({"height", "width"}), _sides),
    ),
    "Images and text": ((frozenset({"target_size"}), _given("target_size")),),
    "Geometry": (
        (frozenset({"scale", "fit_output", "keep_size"}), _perspective),
        (frozenset({"scale", "fit_output", "rotate", "shear"}), _affine),
    ),
}
