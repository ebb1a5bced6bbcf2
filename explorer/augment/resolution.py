"""The size at which images are kept for a pipeline, by the parameters of its steps.

A crop or a zoom enlarges a part of the image to the network's input. This part should have as many pixels as the
input has, so the image is kept larger than the input by the factor by which the narrowest part is smaller than it.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.augment.pipeline import Group, Node, Pipeline, Step, draws, is_on
from explorer.augment.sizes import ByParameters, first_rule
from explorer.augment.values import known, limits, numbers
from explorer.data.fit import Fit

LARGEST = 1024  # px of the short side that is kept at most, whatever a pipeline asks for
ENLARGED = 2.0  # times; a crop that is enlarged more is worth a word
_SLIGHT = 1.25  # times; a part that is enlarged less is not worth more pixels, which every step would have to change
_BY_BOXES = 0.5  # of the side that is left by a crop around boxes, whose size is not known beforehand
_LEAST = 0.01  # of the side: no crop is taken for smaller
_MANY = 64  # ways through a pipeline that are looked at


@dataclass(frozen=True)
class Narrow:
    """The smallest visible part of an image: its side in px, and the transform that makes it so small."""

    transform: str
    pixels: int


def fit(pipeline: Pipeline, size: int) -> Fit:
    """The size at which whole images are kept for a pipeline and a network's input of `size` px.

    It is large enough for the narrowest crop or zoom, if that is enlarged more than slightly. A small image is enlarged
    to the network's input, or to the size of crops of a fixed size.
    """
    ways = _ways(pipeline)
    least = max(size, *(way.taken for way in ways))
    wanted = max((size / way.share for way in ways if way.pixels is None), default=0.0)
    most = max(least, wanted if wanted > size * _SLIGHT else 0.0)
    bound = max(LARGEST, size)
    return Fit(most=min(bound, math.ceil(most)), least=min(bound, math.ceil(least)))


def narrowest(pipeline: Pipeline, kept: Iterable[tuple[int, int]], size: int) -> Narrow | None:
    """The smallest part that is enlarged more than `ENLARGED` times, None for none.

    Args:
        pipeline: The pipeline.
        kept: Heights and widths in px of images as augmentation gets them.
        size: Side of the network's input in px.
    """
    sizes = list(kept)
    found = [Narrow(way.by, max(1, int(way.side(height, width)))) for way in _ways(pipeline) for height, width in sizes]
    least = min((one for one in found if one.transform), key=lambda one: one.pixels, default=None)
    return least if least is not None and least.pixels * ENLARGED < size else None


@dataclass(frozen=True)
class _Way:
    """One way through the steps so far, along the short side of the image.

    Attributes:
        share: Visible share of the side.
        pixels: Visible px of the image, if these do not grow with it.
        low: Least side of the result as a multiple of the image's, or in px if it is `fixed`; `high` likewise the most.
        padded: Least px of the side.
        taken: Px without which a crop of a fixed size fails.
        by_area: Whether the share is that of the area.
        by: The transform that made the visible part smallest.
    """

    share: float = 1.0
    pixels: float | None = None
    low: float = 1.0
    high: float = 1.0
    fixed: bool = False
    padded: float = 0.0
    taken: float = 0.0
    by_area: bool = False
    by: str = ""

    def side(self, height: int, width: int) -> float:
        """Side in px of the visible part of an image of that size."""
        if self.pixels is not None:
            return self.pixels
        return self.share * (math.sqrt(height * width) if self.by_area else min(height, width))

    def narrowed(self, share: float, by: str) -> "_Way":
        """The way with only a share of the visible part."""
        share = min(1.0, max(_LEAST, share))
        if share == 1.0:
            return self
        pixels = None if self.pixels is None else self.pixels * share
        return replace(self, share=max(_LEAST, self.share * share), pixels=pixels, by=by)

    def sized(self, side: float) -> "_Way":
        """The way scaled to a side in px."""
        return replace(self, low=side, high=side, fixed=True)

    def scaled(self, low: float, high: float) -> "_Way":
        """The way scaled by a factor between two numbers."""
        return replace(self, low=self.low * low, high=self.high * high)

    def cropped(self, side: float, by: str, needs: float = 0.0) -> "_Way":
        """The way cropped to a side in px; the crop fails with less than `needs` px."""
        if self.fixed:
            return self.narrowed(side / self.high, by).sized(side)
        taken = 0.0 if self.padded >= needs else needs / self.low
        shown = replace(self, pixels=side * self.share / self.high, taken=max(self.taken, taken), by=by)
        return shown.sized(side)


_Values = Mapping[str, Any]
_Effect = Callable[[_Way, _Values, str], _Way]


def _ways(pipeline: Pipeline) -> list[_Way]:
    return _through(pipeline.nodes, [_Way()])


def _through(nodes: Sequence[Node], ways: list[_Way]) -> list[_Way]:
    for node in nodes:
        if not is_on(node) or node.p == 0:
            continue
        ways = _group(node, ways) if isinstance(node, Group) else [_applied(node, way) for way in ways]
        # The narrowest ones decide, and very many choices in a row would take long.
        ways = sorted(set(ways), key=lambda way: (way.side(1, 1), -way.taken))[:_MANY]
    return ways


def _group(group: Group, ways: list[_Way]) -> list[_Way]:
    chooses = group.kind in ("OneOf", "OneOrOther") or (group.kind in ("SomeOf", "RandomOrder") and draws(group) == 1)
    if not chooses:
        return _through(group.children, ways)
    return [way for child in group.children if is_on(child) for way in _through((child,), ways)]


def _applied(step: Step, way: _Way) -> _Way:
    effect = first_rule(_EFFECTS, step.transform)
    return way if effect is None else effect(way, known(step.transform, step.params), step.transform)


def _resized_crop(way: _Way, values: _Values, by: str) -> _Way:
    side = math.sqrt(max(0.0, min(numbers(values["scale"]), default=1.0)))
    return replace(way.narrowed(side, by), by_area=True).sized(min(numbers(values["size"])))


def _sized_crop(way: _Way, values: _Values, by: str) -> _Way:
    heights = numbers(values["min_max_height"])
    return way.cropped(min(heights), by, max(heights)).sized(min(numbers(values["size"])))


def _box_crop(way: _Way, values: _Values, by: str) -> _Way:
    width, height = values["x_max"] - values["x_min"], values["y_max"] - values["y_min"]
    needs = 0.0 if values["pad_if_needed"] else max(values["x_max"], values["y_max"])
    return way.cropped(max(1, min(width, height)), by, needs)


def _around_boxes(way: _Way, values: _Values, by: str) -> _Way:
    narrowed = way.narrowed(min(_BY_BOXES, 1 - values.get("erosion_rate", 0.0)), by)
    sides = numbers([values.get("height"), values.get("width")])
    return narrowed.sized(min(sides)) if sides else narrowed.scaled(_BY_BOXES, 1.0)


def _border_crop(way: _Way, values: _Values, by: str) -> _Way:
    cut = max(values["crop_left"] + values["crop_right"], values["crop_top"] + values["crop_bottom"])
    return way.narrowed(1 - cut, by).scaled(max(_LEAST, 1 - cut), 1.0)


def _crop_and_pad(way: _Way, values: _Values, by: str) -> _Way:
    cut = -2 * min([0.0, *numbers(values["percent"])])  # negative numbers crop
    return way.narrowed(1 - cut, by) if values["keep_size"] else way.narrowed(1 - cut, by).scaled(1 - cut, 1.0)


def _fixed_crop(way: _Way, values: _Values, by: str) -> _Way:
    sides = values["height"], values["width"]
    return way.cropped(min(sides), by, 0.0 if values.get("pad_if_needed") else max(sides))


def _resize(way: _Way, values: _Values, _by: str) -> _Way:
    sides = numbers([values.get(name) for name in ("height", "width", "max_size", "max_size_hw")])
    return way.sized(min(sides)) if sides else way


def _pad(way: _Way, values: _Values, _by: str) -> _Way:
    return replace(way, padded=min(numbers([values["min_height"], values["min_width"]]), default=0.0))


def _random_scale(way: _Way, values: _Values, _by: str) -> _Way:
    low, high = limits(values["scale_limit"])
    return way.scaled(max(_LEAST, 1 + low), max(_LEAST, 1 + high))


def _zoom_by_limit(way: _Way, values: _Values, by: str) -> _Way:
    return way.narrowed(1 / max(1.0, 1 + limits(values["scale_limit"])[1]), by)


def _zoom(way: _Way, values: _Values, by: str) -> _Way:
    return way if values["fit_output"] else way.narrowed(1 / max([1.0, *numbers(values["scale"])]), by)


def _perspective(way: _Way, values: _Values, by: str) -> _Way:
    # The corners move inwards by shares that are drawn around 0 with this deviation.
    return way if values["fit_output"] else way.narrowed(1 - 2 * max(numbers(values["scale"]), default=0.0), by)


def _rotate(way: _Way, values: _Values, by: str) -> _Way:
    if not values["crop_border"]:
        return way
    angle = math.radians(min(45.0, max(map(abs, numbers(values["limit"])), default=0.0)))
    left = 1 / (math.sin(angle) + math.cos(angle))  # the square that a turned square leaves
    return way.narrowed(left, by).scaled(left, 1.0)


_EFFECTS: ByParameters[_Effect] = {
    "Crop": (
        ({"size", "scale"}, _resized_crop),
        ({"size", "min_max_height"}, _sized_crop),
        ({"x_min", "y_min", "x_max", "y_max"}, _box_crop),
        ({"erosion_rate"}, _around_boxes),
        ({"box"}, _around_boxes),
        ({"crop_left", "crop_right", "crop_top", "crop_bottom"}, _border_crop),
        ({"percent", "keep_size"}, _crop_and_pad),
        ({"height", "width"}, _fixed_crop),
    ),
    "Resize and pad": (
        ({"scale_limit"}, _random_scale),
        ({"min_height", "min_width"}, _pad),
        ({"height", "width"}, _resize),
        ({"max_size"}, _resize),
    ),
    "Geometry": (
        ({"scale_limit", "shift_limit"}, _zoom_by_limit),
        ({"scale", "fit_output", "keep_size"}, _perspective),
        ({"scale", "fit_output"}, _zoom),
    ),
    "Flip and rotate": (({"limit", "crop_border"}, _rotate),),
}
