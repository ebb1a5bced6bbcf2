"""How large an image becomes, by the parameters of transforms and the largest values that chance can draw.

A transform whose parameters say nothing about the size leaves it as it is.
"""

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from explorer.augment.catalog import catalog
from explorer.augment.pipeline import Group, Node, Pipeline, Step, draws, group_params, is_on
from explorer.augment.values import known, largest, limits, numbers

Size = tuple[int, int]  # height, width in px
Sizes = tuple[Size, ...]  # those that chance may give

_BEYOND = 10**9  # px of a side: nothing is made as large
_ROUNDS = 100  # as often as a group draws at most
_MANY = 16  # sizes that an image may have at one place in a pipeline; of more the largest are followed


def area(size: Size) -> int:
    return size[0] * size[1]


def step_sizes(pipeline: Pipeline, size: Size) -> Mapping[str, Size]:
    """Step id -> the largest size with which it can be called, for an image of `size`; other steps have none."""
    met: dict[str, Size] = {}
    _through(pipeline.nodes, (size,), _Walk(met))
    return met


@dataclass(frozen=True)
class _Walk:
    """A walk through a pipeline: the largest size of each step so far, and how often a step may still be visited.

    The latter bounds nested groups that draw many times: what would come later is not followed.
    """

    met: dict[str, Size]
    rounds: int = _ROUNDS

    def each_of(self, times: int) -> "_Walk":
        """The walk with a share of the rounds, for what is visited so often."""
        return replace(self, rounds=max(1, self.rounds // times))


def _through(nodes: Sequence[Node], sizes: Sizes, walk: _Walk) -> Sizes:
    for node in nodes:
        p = 1.0 if node.kind == "OneOrOther" else node.p  # whose p is that of its first child
        if is_on(node) and p > 0:
            fired = _group(node, sizes, walk) if isinstance(node, Group) else _fired(node, sizes, walk)
            sizes = fired if p == 1 or fired == sizes else _distinct((*sizes, *fired))
    return sizes


def _fired(step: Step, sizes: Sizes, walk: _Walk) -> Sizes:
    walk.met[step.id] = max(*sizes, walk.met.get(step.id, (0, 0)), key=area)
    if (rule := _rule(step.transform)) is None:
        return sizes
    values = known(step.transform, step.params)
    return _distinct(found for size in sizes for found in _results(rule, values, size))


def _group(group: Group, sizes: Sizes, walk: _Walk) -> Sizes:
    if group.kind in ("OneOf", "OneOrOther"):
        return _either(group, sizes, walk)
    if group.kind not in ("SomeOf", "RandomOrder"):
        return _through(group.children, sizes, walk)
    count = draws(group)
    if group_params(group)["replace"] or count == 1:
        return _repeatedly(group, sizes, walk, min(count, walk.rounds))
    there = _skipping(group.children, sizes, walk.each_of(2))
    if walk.rounds == 1 or group.kind == "SomeOf":
        return there
    return _distinct((*there, *_skipping(group.children[::-1], sizes, walk.each_of(2))))


def _repeatedly(group: Group, sizes: Sizes, walk: _Walk, times: int) -> Sizes:
    for _ in range(times):
        further = _either(group, sizes, walk.each_of(times))
        if set(further) <= set(sizes):
            break
        sizes = _distinct((*sizes, *further))
    return sizes


def _either(group: Group, sizes: Sizes, walk: _Walk) -> Sizes:
    found = [_through((child,), sizes, walk) for child in group.children if is_on(child)]
    return sizes if all(one == sizes for one in found) else _distinct(size for one in found for size in one)


def _skipping(nodes: Sequence[Node], sizes: Sizes, walk: _Walk) -> Sizes:
    """The sizes after all nodes, of which each may be left out."""
    for node in nodes:
        fired = _through((node,), sizes, walk)
        sizes = sizes if fired == sizes else _distinct((*sizes, *fired))
    return sizes


def _distinct(sizes: Iterable[Size]) -> Sizes:
    return tuple(sorted(set(sizes), key=area, reverse=True)[:_MANY])


# One transform


def keeps_size(transform: str) -> bool:
    """Whether the result has the size of the image."""
    return _rule(transform) is None


def made_size(transform: str, params: Mapping[str, Any], size: Size) -> Size:
    """The largest image that a step that fires works on: its input, its result, or one in between."""
    if (rule := _rule(transform)) is None:
        return size
    values = known(transform, params)
    if values.get("keep_size"):  # made first, and then resized
        values["keep_size"] = False
    made = (size, *_results(rule, values, size))
    cells = numbers(values.get("cell_shape"))  # other images become as large before they are put together
    return max((*made, (int(cells[0]), int(cells[1]))) if len(cells) == 2 else made, key=area)


_Values = Mapping[str, Any]
_Result = Callable[[_Values, Size], Iterable[tuple[float, float]]]
Rule = TypeVar("Rule")
ByParameters = Mapping[str, tuple[tuple[set[str], Rule], ...]]  # group of transforms -> rules by names of parameters


def first_rule(rules: ByParameters[Rule], transform: str) -> Rule | None:
    """The first rule for the group of a transform whose parameters the transform has, None for none."""
    offered = catalog().get(transform)
    if offered is None:
        return None
    return next((rule for names, rule in rules.get(offered.group, ()) if names <= offered.parameters.keys()), None)


@functools.cache
def _rule(transform: str) -> _Result | None:
    """The rule for the result of a transform, None if the size does not change."""
    return _BY_NAME.get(transform) or first_rule(_RESULTS, transform)


def _results(rule: _Result, values: _Values, size: Size) -> Sizes:
    return tuple({(_whole(height), _whole(width)) for height, width in rule(values, size)})


def _whole(side: float) -> int:
    return int(max(1.0, min(_BEYOND, side)))


def _given(name: str) -> _Result:
    """The size is the value of a parameter."""
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
    """Corners are drawn around 0 without a bound; 99 of 100 draws stay within this size (20,000 draws)."""
    if values["keep_size"] or not values["fit_output"]:
        return [size]
    times = 1 / max(0.1, 1 - 5 * largest(values["scale"]))
    return [(size[0] * times, size[1] * times)]


# Transforms whose parameters do not show what they do.
_BY_NAME: Mapping[str, _Result] = {
    "LongestMaxSize": lambda values, size: [_meeting(values, size, max, min)],
    "SmallestMaxSize": lambda values, size: [_meeting(values, size, min, max)],
    **dict.fromkeys(["D4", "RandomRotate90", "SquareSymmetry", "Transpose"], lambda values, size: [size, size[::-1]]),
}
_RESULTS: ByParameters[_Result] = {
    "Crop": (
        ({"size"}, _given("size")),
        ({"height", "width", "erosion_rate"}, _sides),
        ({"x_min", "y_min", "x_max", "y_max"}, _box),
        ({"box", "max_part_shift"}, _near_box),
        ({"crop_left", "crop_right", "crop_top", "crop_bottom"}, _borders),
        ({"percent", "px", "keep_size"}, _crop_and_pad),
        ({"height", "width"}, _part),
    ),
    "Resize and pad": (
        ({"scale_limit"}, _scaled),
        ({"min_height", "min_width"}, _padded),
        ({"padding"}, _framed),
        ({"height", "width"}, _sides),
    ),
    "Images and text": (({"target_size"}, _given("target_size")),),
    "Geometry": (
        ({"scale", "fit_output", "keep_size"}, _perspective),
        ({"scale", "fit_output", "rotate", "shear"}, _affine),
    ),
}
