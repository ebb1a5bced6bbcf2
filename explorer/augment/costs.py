"""Estimates of the time and memory of a step: from a table, corrected by the times that steps took in this process.

`python -m bench costs` measures the table. Times are of one thread of a server of 2024, and show which steps are slow.
Everything depends on the larger of the image that a step gets and the one that it makes.
"""

import json
import math
import statistics
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.augment import drivers
from explorer.augment.sizes import Size, area, made_size
from explorer.augment.values import ends, known, mean

_FIXED = 0.1  # ms of any step
_USUAL = 5.0  # ms per megapixel of a transform that is not in the table
_USUAL_BYTES = 20.0  # per pixel
_INPAINTING = 25.0  # times that a step takes longer if `fill` is one of OpenCV's inpainting methods

_Values = Mapping[str, Any]
_Formula = Callable[[_Values, float], float]


@dataclass(frozen=True)
class _Cost:
    """What a transform takes.

    Attributes:
        milliseconds: Per megapixel with the starting values; or, if a parameter changes the time more than twofold over
            its slider, a formula of the parameters and the megapixels.
        bytes: Per pixel with the starting values, with image and mask; given if more than 40.
        more_bytes: What the parameters add: a formula of the parameters and the pixels.
        longer: Value of a parameter -> how many times longer than other values it takes.
    """

    milliseconds: float | _Formula = _USUAL
    bytes: float = _USUAL_BYTES
    more_bytes: _Formula = lambda at, pixels: 0.0
    longer: Mapping[tuple[str, str], float] = field(default_factory=dict)


def _from_kernel(size: int) -> _Formula:
    """OpenCV uses a slower algorithm from a kernel size on; the cost is the share of the sizes that are drawn."""

    def cost(values: _Values, megapixels: float) -> float:
        low, high = ends(values["blur_limit"])
        share = (high - max(low, size - 2)) / (high - low) if high > low else float(low >= size)
        return megapixels * (_USUAL + 65 * min(max(share, 0.0), 1.0))

    return cost


def _superpixels(values: _Values, megapixels: float) -> float:
    # SLIC works on a smaller copy of the image, then each segment is visited.
    return 0.75 * mean(values["n_segments"]) + 2700 * min(megapixels, mean(values["max_size"]) ** 2 / 1e6)


def _thin_plates(values: _Values, megapixels: float) -> float:
    points = float(values["num_control_points"]) ** 2
    return megapixels * (45 + 5.3 * points + 0.02 * points**2)


def _pieces(values: _Values, megapixels: float) -> float:
    pieces = mean(values["nb_rows"]) * mean(values["nb_cols"])
    return megapixels * 11900 + 0.3 * pieces + 1e-4 * pieces**2


_COSTS: Mapping[str, _Cost] = {
    "AdvancedBlur": _Cost(_from_kernel(11)),
    "Defocus": _Cost(lambda at, mp: mp * 55 + 4.4e-4 * mean(at["radius"]) ** 2,
                     more_bytes=lambda at, _: 160 * mean(at["radius"]) ** 2),
    "ElasticTransform": _Cost(lambda at, mp: mp * (40 + 4.5 * at["sigma"] * (not at["approximate"])), 50.0),
    "FDA": _Cost(400.0, 145.0),
    "FancyPCA": _Cost(100.0, 74.0),
    "FromFloat": _Cost(42.0),
    "GaussNoise": _Cost(bytes=50.0),
    "GlassBlur": _Cost(lambda at, mp: mp * (57 + 16 * at["sigma"]) * at["iterations"], 74.0,
                       lambda at, pixels: 15 * at["iterations"] * pixels, {("mode", "exact"): 16.0}),
    "GridElasticDeform": _Cost(lambda at, mp: mp * 9.5 * math.prod(ends(at["num_grid_xy"]))),
    "HEStain": _Cost(150.0, 131.0, longer={("method", "vahadane"): 25.0}),
    "ISONoise": _Cost(36.0, 62.0),
    "Illumination": _Cost(bytes=53.0),
    "ImageCompression": _Cost(longer={("compression_type", "webp"): 13.0}),
    "MedianBlur": _Cost(_from_kernel(7)),
    "Morphological": _Cost(lambda at, mp: mp * (_USUAL + 0.054 * mean(at["scale"]) ** 2)),
    "MotionBlur": _Cost(_from_kernel(11)),
    "PiecewiseAffine": _Cost(_pieces),
    "PixelDistributionAdaptation": _Cost(80.0, 115.0),
    "PlasmaBrightnessContrast": _Cost(35.0, 103.0),
    "PlasmaShadow": _Cost(bytes=42.0),
    # Thin fog is drawn as many small clouds.
    "RandomFog": _Cost(lambda at, mp: mp * 280 / max(math.sqrt(math.prod(ends(at["fog_coef_range"]))), 1e-4)),
    "RandomGravel": _Cost(lambda at, mp: mp * _USUAL + 0.06 * at["number_of_patches"]),
    "RandomShadow": _Cost(
        lambda at, mp: mean(at["num_shadows_limit"]) * (mp * 6 + 1e-5 * at["shadow_dimension"] ** 2)),
    "RandomSnow": _Cost(longer={("method", "texture"): 7.0}),
    "RandomSunFlare": _Cost(
        lambda at, mp: mp * (20 + 0.22 * at["src_radius"]) + 0.4 * mean(at["num_flare_circles_range"])),
    "RingingOvershoot": _Cost(_from_kernel(11)),
    "ShotNoise": _Cost(143.0, 89.0),
    "Spatter": _Cost(50.0, 78.0),
    "Superpixels": _Cost(_superpixels),
    # From each pixel to each point.
    "ThinPlateSpline": _Cost(_thin_plates, more_bytes=lambda at, pixels: 12.5 * at["num_control_points"] ** 2 * pixels),
    "ToGray": _Cost(longer={("method", "desaturation"): 15.0}),
    "UnsharpMask": _Cost(30.0, 123.0),
    "ZoomBlur": _Cost(
        lambda at, mp: mp * (6 + 1.1 * (mean(at["max_factor"]) - 1) / max(mean(at["step_factor"]), 1e-9)), 53.0),
}  # fmt: skip
_OTHER = _Cost()


def estimate(transform: str, params: Mapping[str, Any], size: Size) -> float:
    """Milliseconds that a step takes if it fires, for an image of that size with its mask, by the table."""
    values, made = known(transform, params), made_size(transform, params, size)
    cost, megapixels = _COSTS.get(transform, _OTHER), area(made) / 1e6
    formula = cost.milliseconds
    needed = megapixels * formula if isinstance(formula, float) else formula(values, megapixels)
    for (name, choice), times in cost.longer.items():
        needed *= times if values.get(name) == choice else 1.0
    if str(values.get("fill")).startswith("inpaint_"):
        needed *= _INPAINTING
    return _FIXED + needed + drivers.milliseconds(transform, values, made)


def memory(transform: str, params: Mapping[str, Any], size: Size) -> float:
    """Bytes that a step takes if it fires, for an image of that size with its mask, by the table."""
    values, made = known(transform, params), made_size(transform, params, size)
    cost, pixels = _COSTS.get(transform, _OTHER), area(made)
    return cost.bytes * pixels + cost.more_bytes(values, pixels) + drivers.bytes_needed(transform, values, made)


class Observed:
    """Times of steps that were measured in this process, by transform and parameters; several threads may use it.

    The median of the latest three times of a step counts, since a pause of the machine says nothing about the step.
    """

    def __init__(self, limit: int = 512) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._ratios: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def note(self, transform: str, params: Mapping[str, Any], size: Size, milliseconds: float) -> None:
        """Note how long a step took on an image of that size; those noted longest ago are dropped."""
        ratio = milliseconds / estimate(transform, params, size)
        key = _key(transform, params)
        with self._lock:
            self._ratios.setdefault(key, deque(maxlen=3)).append(ratio)
            self._ratios.move_to_end(key)
            while len(self._ratios) > self._limit:
                self._ratios.popitem(last=False)

    def estimate(self, transform: str, params: Mapping[str, Any], size: Size) -> float:
        """Milliseconds, by the table, corrected by the times that were noted of this step if there are any.

        Times of other image sizes follow the table, since not every step takes twice as long for twice the pixels.
        """
        with self._lock:
            ratios = list(self._ratios.get(_key(transform, params), ()))
        return estimate(transform, params, size) * (statistics.median_low(ratios) if ratios else 1.0)

    def __len__(self) -> int:
        return len(self._ratios)


def _key(transform: str, params: Mapping[str, Any]) -> tuple[str, str]:
    return transform, json.dumps(params, sort_keys=True, default=str)


OBSERVED = Observed()  # of this process
