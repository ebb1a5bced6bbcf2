"""Soft ranges of sliders, and gentle values for new steps if the library's defaults leave little of an image.

Neither is a limit: values beyond them are fine, and steps from elsewhere keep their values.
"""

import math
from collections.abc import Mapping

Ends = tuple[float, float]

# "Transform.parameter" or "parameter" -> the range that makes a visible difference on a photograph of about 500 px.
SOFT: Mapping[str, Ends] = {
    **dict.fromkeys(("height", "width", "size", "max_size", "min_height", "min_width", "min_max_height"), (16, 1024)),
    **dict.fromkeys(("x_min", "y_min"), (0, 1024)),
    **dict.fromkeys(("x_max", "y_max"), (1, 1024)),
    **dict.fromkeys(("rotate", "limit", "rotate_limit", "hue_shift_limit"), (-180, 180)),
    "shear": (-45, 45),
    **dict.fromkeys(("translate_percent", "percent", "hue"), (-0.5, 0.5)),
    **dict.fromkeys(("translate_px", "px"), (-128, 128)),
    "blur_limit": (3, 31),
    **dict.fromkeys(("fill_mask", "mask_drop_value", "num_masks_x", "num_masks_y"), (0, 20)),
    "fill": (0, 255),
    **dict.fromkeys(("brightness", "contrast", "saturation"), (0, 3)),
    **dict.fromkeys(("brightness_limit", "contrast_limit", "distort_limit"), (-1, 1)),
    **dict.fromkeys(("shift_limit", "shift_limit_x", "shift_limit_y"), (-1, 1)),
    **dict.fromkeys(("sat_shift_limit", "val_shift_limit"), (-255, 255)),
    **dict.fromkeys(("r_shift_limit", "g_shift_limit", "b_shift_limit"), (-255, 255)),
    "scale_limit": (-0.9, 2),
    **dict.fromkeys(("hole_height_range", "hole_width_range"), (0, 1)),
    "num_holes_range": (1, 30),
    **dict.fromkeys(("mask_x_length", "mask_y_length"), (0, 200)),
    "temperature_limit": (3000, 15000),
    "num_bits": (1, 8),
    "Affine.scale": (0.1, 3),
    "CLAHE.clip_limit": (1, 20),
    **dict.fromkeys((f"ChromaticAberration.{ring}_distortion_limit" for ring in ("primary", "secondary")), (-0.5, 0.5)),
    "Defocus.radius": (1, 30),
    "ElasticTransform.alpha": (0, 500),
    "ElasticTransform.sigma": (1, 100),
    "GaussianBlur.blur_limit": (0, 31),
    "GridElasticDeform.magnitude": (1, 100),
    "GridDropout.unit_size_range": (2, 256),
    "MaskDropout.max_objects": (1, 10),
    "Morphological.scale": (1, 20),
    "MultiplicativeNoise.multiplier": (0, 3),
    "Pad.padding": (0, 256),
    "Perspective.scale": (0, 0.5),
    **dict.fromkeys(("PiecewiseAffine.nb_cols", "PiecewiseAffine.nb_rows"), (2, 12)),
    "PiecewiseAffine.scale": (0, 0.2),
    "PlasmaBrightnessContrast.plasma_size": (8, 1024),
    "RandomGamma.gamma_limit": (1, 300),
    "RandomRain.drop_length": (1, 100),
    "RandomSizedCrop.w2h_ratio": (0.2, 5),
    "RandomSunFlare.src_radius": (2, 1000),
    "Sharpen.lightness": (0, 3),
    "ShotNoise.scale_range": (0.01, 2),
    "Superpixels.n_segments": (1, 500),
    "ThinPlateSpline.num_control_points": (2, 8),
    "ZoomBlur.max_factor": (1, 3),
}
# Values of a step that is added here, if albumentations' default leaves little of a photograph. They are about as
# strong as people use the step for training; presets and imported pipelines have their own values.
GENTLE: Mapping[str, Mapping[str, list[float]]] = {
    "ColorJitter": {"hue": [-0.05, 0.05]},
    "Defocus": {"radius": [1, 3]},
    "Downscale": {"scale_range": [0.5, 0.75]},
    "GaussNoise": {"std_range": [0.02, 0.1]},
    "ISONoise": {"intensity": [0.1, 0.25]},
    "PixelDistributionAdaptation": {"blend_ratio": [0.1, 0.4]},
    "PlasmaShadow": {"shadow_intensity_range": [0.1, 0.4]},
    "RandomFog": {"fog_coef_range": [0.1, 0.3]},
    "RandomSnow": {"snow_point_range": [0.05, 0.15]},
    "SaltAndPepper": {"amount": [0.002, 0.01]},
    "ShotNoise": {"scale_range": [0.005, 0.03]},
    "Solarize": {"threshold_range": [0.8, 0.95]},
    "ZoomBlur": {"max_factor": [1.0, 1.1]},
}
_ODD = {"blur_limit": 2, "kernel_size": 2, "blur_value": 2}


def soft_range(transform: str, name: str, default: object, low: float | None, high: float | None, whole: bool) -> Ends:
    """The ends of a slider: the table's, else the hard bounds, else some room around the default."""
    ends = SOFT.get(f"{transform}.{name}") or SOFT.get(name) or _guess(default, low, high, whole)
    start = ends[0] if low is None else max(ends[0], low)
    end = ends[1] if high is None else min(ends[1], high)
    return (math.floor(start), math.ceil(end)) if whole else (start, end)


def _guess(default: object, low: float | None, high: float | None, whole: bool) -> Ends:
    if low is not None and high is not None and high - low <= 1000:
        return low, high
    values = [abs(float(value)) for value in _numbers(default)]
    negative = any(value < 0 for value in _numbers(default))
    reach = max([*(4 * value for value in values), 10.0 if whole else 1.0])
    return (low if low is not None else -reach if negative else 0.0), (high if high is not None else reach)


def _numbers(value: object) -> list[float]:
    parts = value if isinstance(value, list | tuple) else [value]
    return [part for part in parts if isinstance(part, int | float) and not isinstance(part, bool)]


def step_for(name: str, ends: Ends, whole: bool) -> float:
    """The step of a slider: kernels of odd size move by 2, whole numbers by 1, others by about a hundredth."""
    if whole:
        return _ODD.get(name, 1) if ends[0] % 2 else 1
    rough = (ends[1] - ends[0]) / 100
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 0.01
    return round(min((1, 2, 5, 10), key=lambda digit: abs(digit * power - rough)) * power, 6)
