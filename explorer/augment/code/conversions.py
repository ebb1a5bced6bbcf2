"""Rules for single arguments of 1.x whose values mean something else in 2.0.8.

Pixels are taken to be uint8: 1.x counted noise and thresholds in 0 to 255, 2.0.8 counts them in 0 to 1.
"""

import math

from explorer.augment.code.results import NoteKind
from explorer.augment.code.rules import Arguments, Rule, Untranslatable, is_number, numbers, rule
from explorer.augment.parameters import JsonValue

WHITE = 255.0
Found = dict[str, JsonValue]

# Noise


def deviations(low: float, high: float) -> list[float]:
    """Variances of uint8 gray values as deviations, in fractions of 255."""
    return [math.sqrt(low) / WHITE, math.sqrt(high) / WHITE]


@rule(
    "var_limit",
    kind="changed",
    why="A variance in gray values became a deviation as a fraction of 255. 1.x drew the variance evenly, 2.0.8 draws "
    "the deviation; and on uint8 it cuts noise off towards 0, which takes 0.8 deviations from the variance.",
)
def variance(given: Arguments) -> Found:
    low, high = numbers(given["var_limit"], 0)
    if low < 0:
        raise Untranslatable("A variance is not negative.")
    return {"std_range": deviations(low, high)}


def in_fractions(old: str, new: str) -> Rule:
    """Gray values become fractions of 255; a single number meant itself."""

    @rule(old)
    def fractions(given: Arguments) -> Found:
        value = given[old]
        low, high = numbers(value, value if is_number(value) else None)
        return {new: [low / WHITE, high / WHITE]}

    return fractions


# Compression and resolution

_COMPRESSION: dict[JsonValue, str] = {0: "jpeg", 1: "webp", "jpeg": "jpeg", "webp": "webp"}


@rule("compression_type")
def compression(given: Arguments) -> Found:
    kind = given["compression_type"]
    if isinstance(kind, bool | list | dict) or kind not in _COMPRESSION:
        raise Untranslatable("It should be JPEG or WEBP.")
    return {"compression_type": _COMPRESSION[kind]}


@rule("interpolation")
def interpolations(given: Arguments) -> Found:
    value = given["interpolation"]
    if value is None:
        return {}
    return {"interpolation_pair": value if isinstance(value, dict) else {"downscale": value, "upscale": value}}


# Light and blur


@rule("threshold")
def threshold(given: Arguments) -> Found:
    """1.x inverted gray values >= threshold; half a gray value below, no whole one changes sides by rounding."""
    value = given["threshold"]
    low, high = numbers(value, value if is_number(value) else None)
    if isinstance(low, int) and low == high:
        return {"threshold_range": [max(0.0, (low - 0.5) / WHITE)] * 2}
    return {"threshold_range": [low / WHITE, high / WHITE]}


# OpenCV has kernels of its own for these sides (px) if it is given a deviation of 0; these come closest to them.
_SIGMAS = {3: 0.85, 5: 1.08, 7: 1.43}


def _sigma(side: float) -> float:
    """The deviation that OpenCV takes for a kernel of this side (px) if it is given 0."""
    return _SIGMAS.get(int(side), 0.3 * ((max(side, 3) - 1) * 0.5 - 1) + 0.8)


def _gaussian_kind(given: Arguments) -> NoteKind:
    return "translated" if numbers(given.get("sigma_limit", 0), 0)[0] > 0 else "changed"


@rule(
    "blur_limit",
    "sigma_limit",
    kind=_gaussian_kind,
    why="A sigma of 0 let OpenCV choose it by the kernel's side; what it chooses for both ends is written out.",
)
def gaussian(given: Arguments) -> Found:
    low, high = numbers(given.get("blur_limit", [3, 7]), 3)
    sides: Found = {"blur_limit": [int(low), int(high)]}
    start, end = numbers(given.get("sigma_limit", 0), 0)
    return sides | {"sigma_limit": [start, end] if end > 0 else [_sigma(low), _sigma(high)]}


# Holes


def _holes_kind(given: Arguments) -> NoteKind:
    sizes = [value for name, value in given.items() if name.endswith(("height", "width")) and value is not None]
    return "changed" if len({isinstance(size, float) for size in sizes}) > 1 else "translated"


@rule("max_holes", "max_height", "max_width", "min_holes", "min_height", "min_width", kind=_holes_kind)
def holes(given: Arguments) -> Found:
    found: Found = {}
    for old, new in (("holes", "num_holes_range"), ("height", "hole_height_range"), ("width", "hole_width_range")):
        high = given.get(f"max_{old}", 8)
        low = given.get(f"min_{old}")
        found[new] = [high if low is None else low, high]
    return found


def holes_of_1_4(given: Arguments) -> Found:
    """The defaults of 1.4, one hole of 8 px, for code with arguments that only 1.4 and 2.0.8 have; none for others."""
    names = ("num_holes_range", "hole_height_range", "hole_width_range")
    if not any(name in given for name in names):
        return {}
    return dict(zip(names, ([1, 1], [8, 8], [8, 8]), strict=True))


@rule("num_holes", "max_h_size", "max_w_size")
def cutout(given: Arguments) -> Found:
    height, width = given.get("max_h_size", 8), given.get("max_w_size", 8)
    count = given.get("num_holes", 8)
    return {"num_holes_range": [count] * 2, "hole_height_range": [height] * 2, "hole_width_range": [width] * 2}


@rule("unit_size_min", "unit_size_max")
def units(given: Arguments) -> Found:
    low, high = given.get("unit_size_min"), given.get("unit_size_max")
    return {} if low is None or high is None else {"unit_size_range": [low, high]}


@rule("holes_number_x", "holes_number_y", kind="changed", why="The cells are divided up in another way at the border.")
def grid(given: Arguments) -> Found:
    across, down = given.get("holes_number_x"), given.get("holes_number_y")
    if across is None and down is None:
        return {}
    # 2.0.8 calls it xy and reads it as (rows, columns). 1.x took 10 for one that was left out.
    return {"holes_number_xy": [10 if down is None else down, 10 if across is None else across]}


@rule("shift_x", "shift_y")
def shift(given: Arguments) -> Found:
    return {"shift_xy": [given.get("shift_x") or 0, given.get("shift_y") or 0]}


# Geometry

_NUMPY_BORDERS: dict[JsonValue, int] = {"constant": 0, "edge": 1, "symmetric": 2, "reflect": 4, "wrap": 3}


@rule("mode")
def border(given: Arguments) -> Found:
    mode = given["mode"]
    if isinstance(mode, str) and mode not in _NUMPY_BORDERS:
        raise Untranslatable(f"It should be one of {', '.join(map(str, _NUMPY_BORDERS))}.")
    return {"border_mode": _NUMPY_BORDERS[mode] if isinstance(mode, str) else mode}


_ORDERS: dict[JsonValue, int] = {0: 0, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4}  # of a spline -> cv2.INTER_


@rule("order", kind=lambda given: "translated" if given["order"] in (0, 1) else "changed")
def spline_order(given: Arguments) -> Found:
    if not is_number(given["order"]) or given["order"] not in _ORDERS:
        raise Untranslatable("It should be a number from 0 to 5.")
    return {"interpolation": _ORDERS[given["order"]]}


@rule("pad_cval")
def pad_color(given: Arguments) -> Found:
    if not is_number(given["pad_cval"]):
        raise Untranslatable("2.0.8 fills with one color and does not choose from a list.")
    return {"fill": given["pad_cval"]}


@rule("height", "width")
def size(given: Arguments) -> Found:
    if "height" not in given or "width" not in given:
        raise Untranslatable("height and width belong together.")
    return {"size": [given["height"], given["width"]]}


def affine_at_rest(given: Arguments) -> Found:
    """What Affine of 1.x did if none of its movements was given."""
    moves = ("scale", "translate_percent", "translate_px", "rotate", "shear")
    if any(given.get(name) is not None for name in moves):
        return {}
    return {"scale": [0.9, 1.1], "translate_percent": [-0.1, 0.1], "rotate": [-15.0, 15.0], "shear": [-10.0, 10.0]}
