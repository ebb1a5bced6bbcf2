"""How long a step will take: measured once for all transforms, and corrected by what steps really took here.

`python -m bench costs` measures anew. Times are of one thread of a server of 2024; what counts is which steps are slow.
"""

import json
import math
import statistics
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Any

from explorer.augment.catalog import catalog

_FIXED = 0.1  # ms of any step
_USUAL = 5.0  # ms per megapixel of a transform that no table names

# ms per megapixel at the starting values, of those that take more than 25.
_PER_MEGAPIXEL = {
    "Defocus": 55.0,
    "FDA": 400.0,
    "FancyPCA": 100.0,
    "FromFloat": 42.0,
    "HEStain": 150.0,
    "ISONoise": 36.0,
    "PiecewiseAffine": 11900.0,
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


class _Values:
    """The parameters of a step, with albumentations' default where none is given."""

    def __init__(self, transform: str, params: Mapping[str, Any]) -> None:
        offered = catalog().get(transform)
        self._values = {name: parameter.default for name, parameter in offered.parameters.items()} if offered else {}
        self._values |= params

    def get(self, name: str) -> Any:
        return self._values.get(name)

    def ends(self, name: str) -> tuple[float, float]:
        """The ends of a range; a single number is both. What is not set is without bound."""
        value = self._values.get(name)
        low, high = value if isinstance(value, list | tuple) and len(value) == 2 else (value, value)
        return _number(low), _number(high)

    def mean(self, name: str) -> float:
        return sum(self.ends(name)) / 2


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else math.inf


def _from_kernel(size: int) -> Callable[[_Values, float], float]:
    """OpenCV takes another, slower way from a kernel size on: the cost is the share of the sizes that are drawn."""

    def cost(values: _Values, megapixels: float) -> float:
        low, high = values.ends("blur_limit")
        share = (high - max(low, size - 2)) / (high - low) if high > low else float(low >= size)
        return megapixels * (_USUAL + 65 * min(max(share, 0.0), 1.0))

    return cost


def _superpixels(values: _Values, megapixels: float) -> float:
    # SLIC works on the picture made smaller, then each segment is visited.
    return 0.75 * values.mean("n_segments") + 2700 * min(megapixels, values.mean("max_size") ** 2 / 1e6)


# Where a parameter changes the cost more than twofold over its slider: parameters, megapixels -> ms.
_FORMULAS: dict[str, Callable[[_Values, float], float]] = {
    "AdvancedBlur": _from_kernel(11),
    "ElasticTransform": lambda at, mp: mp * (40 + 4.5 * at.mean("sigma") * (not at.get("approximate"))),
    "GlassBlur": lambda at, mp: mp * 68 * at.mean("iterations"),
    "GridElasticDeform": lambda at, mp: mp * 9.5 * math.prod(at.ends("num_grid_xy")),
    "MedianBlur": _from_kernel(7),
    "MotionBlur": _from_kernel(11),
    # Thin fog is drawn as many small clouds.
    "RandomFog": lambda at, mp: mp * 280 / max(math.sqrt(math.prod(at.ends("fog_coef_range"))), 0.01),
    "RandomShadow": lambda at, mp: mp * 6 * at.mean("num_shadows_limit"),
    "RandomSunFlare": lambda at, mp: mp * (20 + 0.22 * at.mean("src_radius")),
    "RingingOvershoot": _from_kernel(11),
    "Superpixels": _superpixels,
    "ThinPlateSpline": lambda at, mp: mp * (45 + 5.3 * at.mean("num_control_points") ** 2),
    "ZoomBlur": lambda at, mp: mp * (6 + 1.1 * (at.mean("max_factor") - 1) / max(at.mean("step_factor"), 1e-3)),
}


def estimate(transform: str, params: Mapping[str, Any], pixels: int) -> float:
    """Milliseconds that a step takes when it fires, for a picture of so many pixels with its mask; by the tables."""
    values, megapixels = _Values(transform, params), pixels / 1e6
    formula = _FORMULAS.get(transform)
    cost = formula(values, megapixels) if formula else megapixels * _PER_MEGAPIXEL.get(transform, _USUAL)
    for (name, parameter, choice), times in _TIMES_LONGER.items():
        if name == transform and values.get(parameter) == choice:
            cost *= times
    if str(values.get("fill")).startswith("inpaint_"):
        cost *= _INPAINTING
    return _FIXED + cost


class Observed:
    """What steps really took in this process, by transform and parameters; may be used by several threads.

    Of each the latest three times are kept and the middle one counts: a pause of the machine is no property of a step.
    """

    def __init__(self, limit: int = 512) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._ratios: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def note(self, transform: str, params: Mapping[str, Any], pixels: int, milliseconds: float) -> None:
        """Remember how long a step took on a picture of so many pixels; the steps noted longest ago are forgotten."""
        ratio = milliseconds / estimate(transform, params, pixels)
        key = _key(transform, params)
        with self._lock:
            self._ratios.setdefault(key, deque(maxlen=3)).append(ratio)
            self._ratios.move_to_end(key)
            while len(self._ratios) > self._limit:
                self._ratios.popitem(last=False)

    def estimate(self, transform: str, params: Mapping[str, Any], pixels: int) -> float:
        """Milliseconds, from what was noted of this step where it was, else from the tables.

        Other picture sizes are reckoned as the tables do: not every step takes twice as long for twice the pixels.
        """
        with self._lock:
            ratios = list(self._ratios.get(_key(transform, params), ()))
        return estimate(transform, params, pixels) * (statistics.median_low(ratios) if ratios else 1.0)

    def __len__(self) -> int:
        return len(self._ratios)


def _key(transform: str, params: Mapping[str, Any]) -> tuple[str, str]:
    return transform, json.dumps(params, sort_keys=True, default=str)


OBSERVED = Observed()  # the one of this process
