"""How long a step will take, and how much memory: measured once for all transforms, and times corrected by what steps
really took here.

`python -m bench costs` measures them. Times are of one thread of a server of 2024: they say which steps are slow.
All depends on the image that a step has in hand, which is the larger of what it gets and what it makes.
"""

import json
import math
import statistics
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Any

from explorer.augment import drivers
from explorer.augment.size_rules import Size, area, made_size
from explorer.augment.values import ends, known, mean

_FIXED = 0.1  # ms of any step
_USUAL = 5.0  # ms per megapixel of a transform that no table names

# ms per megapixel at the starting values, of those that take more than 25.
_PER_MEGAPIXEL = {
    "FDA": 400.0,
    "FancyPCA": 100.0,
    "FromFloat": 42.0,
    "HEStain": 150.0,
    "ISONoise": 36.0,
    "PixelDistributionAdaptation": 80.0,
    "PlasmaBrightnessContrast": 35.0,
    "ShotNoise": 143.0,
    "Spatter": 50.0,
    "UnsharpMask": 30.0,
}

# How many times longer a choice takes than the others.
_TIMES_LONGER = {
    ("GlassBlur", "mode", "exact"): 16.0,
    ("HEStain", "method", "vahadane"): 25.0,
    ("ImageCompression", "compression_type", "webp"): 13.0,
    ("RandomSnow", "method", "texture"): 7.0,
    ("ToGray", "method", "desaturation"): 15.0,
}
_INPAINTING = 25.0  # the same, wherever `fill` is one of OpenCV's inpainting methods


# Bytes per pixel of the image at the starting values, of those that take more than 40, with image and mask.
_PER_PIXEL = {
    "ElasticTransform": 50.0,
    "FDA": 145.0,
    "FancyPCA": 74.0,
    "GaussNoise": 50.0,
    "GlassBlur": 74.0,
    "HEStain": 131.0,
    "ISONoise": 62.0,
    "Illumination": 53.0,
    "PixelDistributionAdaptation": 115.0,
    "PlasmaBrightnessContrast": 103.0,
    "PlasmaShadow": 42.0,
    "ShotNoise": 89.0,
    "Spatter": 78.0,
    "UnsharpMask": 123.0,
    "ZoomBlur": 53.0,
}
_USUAL_BYTES = 20.0

_Values = Mapping[str, Any]
_Formula = Callable[[_Values, float], float]


def _from_kernel(size: int) -> _Formula:
    """OpenCV takes another, slower way from a kernel size on: the cost is the share of the sizes that are drawn."""

    def cost(values: _Values, megapixels: float) -> float:
        low, high = ends(values["blur_limit"])
        share = (high - max(low, size - 2)) / (high - low) if high > low else float(low >= size)
        return megapixels * (_USUAL + 65 * min(max(share, 0.0), 1.0))

    return cost


def _superpixels(values: _Values, megapixels: float) -> float:
    # SLIC works on the picture made smaller, then each segment is visited.
    return 0.75 * mean(values["n_segments"]) + 2700 * min(megapixels, mean(values["max_size"]) ** 2 / 1e6)


def _thin_plates(values: _Values, megapixels: float) -> float:
    points = float(values["num_control_points"]) ** 2
    return megapixels * (45 + 5.3 * points + 0.02 * points**2)


def _pieces(values: _Values, megapixels: float) -> float:
    pieces = mean(values["nb_rows"]) * mean(values["nb_cols"])
    return megapixels * 11900 + 0.3 * pieces + 1e-4 * pieces**2


# Where a parameter changes the cost more than twofold over its slider: parameters, megapixels -> ms.
_FORMULAS: dict[str, _Formula] = {
    "AdvancedBlur": _from_kernel(11),
    "Defocus": lambda at, mp: mp * 55 + 4.4e-4 * mean(at["radius"]) ** 2,
    "ElasticTransform": lambda at, mp: mp * (40 + 4.5 * at["sigma"] * (not at["approximate"])),
    "GlassBlur": lambda at, mp: mp * (57 + 16 * at["sigma"]) * at["iterations"],
    "GridElasticDeform": lambda at, mp: mp * 9.5 * math.prod(ends(at["num_grid_xy"])),
    "MedianBlur": _from_kernel(7),
    "Morphological": lambda at, mp: mp * (_USUAL + 0.054 * mean(at["scale"]) ** 2),
    "MotionBlur": _from_kernel(11),
    "PiecewiseAffine": _pieces,
    # Thin fog is drawn as many small clouds.
    "RandomFog": lambda at, mp: mp * 280 / max(math.sqrt(math.prod(ends(at["fog_coef_range"]))), 1e-4),
    "RandomGravel": lambda at, mp: mp * _USUAL + 0.06 * at["number_of_patches"],
    "RandomShadow": lambda at, mp: mean(at["num_shadows_limit"]) * (mp * 6 + 1e-5 * at["shadow_dimension"] ** 2),
    "RandomSunFlare": lambda at, mp: mp * (20 + 0.22 * at["src_radius"]) + 0.4 * mean(at["num_flare_circles_range"]),
    "RingingOvershoot": _from_kernel(11),
    "Superpixels": _superpixels,
    "ThinPlateSpline": _thin_plates,
    "ZoomBlur": lambda at, mp: mp * (6 + 1.1 * (mean(at["max_factor"]) - 1) / max(mean(at["step_factor"]), 1e-9)),
}

# What parameters add to that: parameters, pixels -> bytes.
_MORE_BYTES: dict[str, _Formula] = {
    "Defocus": lambda at, _: 160 * mean(at["radius"]) ** 2,
    "GlassBlur": lambda at, pixels: 15 * at["iterations"] * pixels,
    "ThinPlateSpline": lambda at, pixels: (
        12.5 * at["num_control_points"] ** 2 * pixels
    ),  # from each pixel to each point
}


def estimate(transform: str, params: Mapping[str, Any], size: Size) -> float:
    """Milliseconds that a step takes when it fires, for an image of that size with its mask; by the tables."""
    values, made = known(transform, params), made_size(transform, params, size)
    megapixels = area(made) / 1e6
    formula = _FORMULAS.get(transform)
    cost = formula(values, megapixels) if formula else megapixels * _PER_MEGAPIXEL.get(transform, _USUAL)
    for (name, parameter, choice), times in _TIMES_LONGER.items():
        if name == transform and values.get(parameter) == choice:
            cost *= times
    if str(values.get("fill")).startswith("inpaint_"):
        cost *= _INPAINTING
    return _FIXED + cost + drivers.milliseconds(transform, values, made)


def memory(transform: str, params: Mapping[str, Any], size: Size) -> float:
    """Bytes that a step takes when it fires, for an image of that size with its mask; by the tables."""
    values, made = known(transform, params), made_size(transform, params, size)
    more = _MORE_BYTES[transform](values, area(made)) if transform in _MORE_BYTES else 0.0
    per_pixel = _PER_PIXEL.get(transform, _USUAL_BYTES)
    return per_pixel * area(made) + more + drivers.bytes_needed(transform, values, made)


class Observed:
    """What steps really took in this process, by transform and parameters; may be used by several threads.

    Of each the latest three times are kept and the middle one counts: a pause of the machine is no property of a step.
    """

    def __init__(self, limit: int = 512) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._ratios: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def note(self, transform: str, params: Mapping[str, Any], size: Size, milliseconds: float) -> None:
        """Remember how long a step took on an image of that size; the steps noted longest ago are forgotten."""
        ratio = milliseconds / estimate(transform, params, size)
        key = _key(transform, params)
        with self._lock:
            self._ratios.setdefault(key, deque(maxlen=3)).append(ratio)
            self._ratios.move_to_end(key)
            while len(self._ratios) > self._limit:
                self._ratios.popitem(last=False)

    def estimate(self, transform: str, params: Mapping[str, Any], size: Size) -> float:
        """Milliseconds, from what was noted of this step where it was, else from the tables.

        Other picture sizes are reckoned as the tables do: not every step takes twice as long for twice the pixels.
        """
        with self._lock:
            ratios = list(self._ratios.get(_key(transform, params), ()))
        return estimate(transform, params, size) * (statistics.median_low(ratios) if ratios else 1.0)

    def __len__(self) -> int:
        return len(self._ratios)


def _key(transform: str, params: Mapping[str, Any]) -> tuple[str, str]:
    return transform, json.dumps(params, sort_keys=True, default=str)


OBSERVED = Observed()  # the one of this process
