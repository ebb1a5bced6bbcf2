"""What albumentations 0.x and 1.x had, transform by transform, and what it is in 2.0.8.

Orders and defaults are those of 1.3, the last version that took all of these arguments. A transform that is not here
has the same arguments in the same order and with the same meaning in both, `always_apply` aside.
"""

from collections.abc import Mapping

from explorer.augment.code import conversions as to
from explorer.augment.code.rules import Old, Rule, color, ends, fixed, gone, renamed

_REFLECT = {"border_mode": 4}  # cv2.BORDER_REFLECT_101; 2.0.8 leaves the border black
_VALUES = (color("value", "fill"), color("mask_value", "fill_mask"))
_FILLS = (renamed("fill_value", "fill"), renamed("mask_fill_value", "fill_mask"))
_CVALS = (color("cval", "fill"), color("cval_mask", "fill_mask"))
_IMGAUG = "It was imgaug's own code, and differs from 2.0.8 in small things."
_AFFINE = tuple(map(fixed, ("scale", "translate_percent", "translate_px", "rotate", "shear")))
_NO_HEIR = "2.0.8 has nothing in its place."
_PICTURES = Rule(
    ("reference_images", "read_fn"), lambda given: {}, "changed",
    "Its images are files that the code does not contain. A built-in image stands in for them: choose your own.",
    unread=True,
)  # fmt: skip


def _limit(name: str, other: str) -> Old:
    """One half of RandomBrightnessContrast."""
    return Old(("limit",), (renamed("limit", name),), {other: [0.0, 0.0]}, becomes="RandomBrightnessContrast")


OLD: Mapping[str, Old] = {
    # Flips and turns
    "Flip": Old((), becomes="Flip"),
    "RandomRotate90": Old((), p=0.5),
    "Rotate": Old(
        ("limit", "interpolation", "border_mode", "value", "mask_value", "rotate_method", "crop_border"),
        _VALUES, _REFLECT,
    ),
    "SafeRotate": Old(("limit", "interpolation", "border_mode", "value", "mask_value"), _VALUES, _REFLECT),
    "ShiftScaleRotate": Old(
        ("shift_limit", "scale_limit", "rotate_limit", "interpolation", "border_mode", "value", "mask_value",
         "shift_limit_x", "shift_limit_y", "rotate_method"),
        _VALUES, _REFLECT,
    ),
    # Geometry
    "Affine": Old(
        ("scale", "translate_percent", "translate_px", "rotate", "shear", "interpolation", "mask_interpolation",
         "cval", "cval_mask", "mode", "fit_output", "keep_ratio", "rotate_method"),
        (*_CVALS, to.border, *_AFFINE),
        fallback=to.affine_at_rest,
    ),
    "Perspective": Old(
        ("scale", "keep_size", "pad_mode", "pad_val", "mask_pad_val", "fit_output", "interpolation"),
        (renamed("pad_mode", "border_mode"), color("pad_val", "fill"), color("mask_pad_val", "fill_mask")),
    ),
    "PiecewiseAffine": Old(
        ("scale", "nb_rows", "nb_cols", "interpolation", "mask_interpolation", "cval", "cval_mask", "mode",
         "absolute_scale", "always_apply", "keypoints_threshold", "p"),
        (*_CVALS, to.border, fixed("scale"),
         gone("keypoints_threshold", "2.0.8 moves keypoints without a threshold.")),
    ),
    "ElasticTransform": Old(
        ("alpha", "sigma", "alpha_affine", "interpolation", "border_mode", "value", "mask_value", "always_apply",
         "approximate", "same_dxdy", "p"),
        (*_VALUES, gone("alpha_affine", "ElasticTransform of 2.0.8 has no affine part; put an Affine before it.")),
        {**_REFLECT, "noise_distribution": "uniform"}, unsaid={"alpha_affine": 50},
    ),
    "GridDistortion": Old(
        ("num_steps", "distort_limit", "interpolation", "border_mode", "value", "mask_value", "normalized"),
        _VALUES, {**_REFLECT, "normalized": False},
    ),
    "OpticalDistortion": Old(
        ("distort_limit", "shift_limit", "interpolation", "border_mode", "value", "mask_value"),
        (*_VALUES, gone("shift_limit", "In 2.0.8 the middle of the distortion stays in the middle.")),
        _REFLECT, unsaid={"shift_limit": 0.05},
    ),
    # Crops and sizes
    "PadIfNeeded": Old(
        ("min_height", "min_width", "pad_height_divisor", "pad_width_divisor", "position", "border_mode", "value",
         "mask_value"),
        _VALUES, _REFLECT,
    ),
    "CropAndPad": Old(
        ("px", "percent", "pad_mode", "pad_cval", "pad_cval_mask", "keep_size", "sample_independently",
         "interpolation"),
        (renamed("pad_mode", "border_mode"), to.pad_color, color("pad_cval_mask", "fill_mask")),
    ),
    "RandomResizedCrop": Old(("height", "width", "scale", "ratio", "interpolation"), (to.size,)),
    "RandomSizedCrop": Old(("min_max_height", "height", "width", "w2h_ratio", "interpolation"), (to.size,)),
    "RandomCropNearBBox": Old(
        ("max_part_shift", "cropping_box_key"),
        (fixed("max_part_shift"),
         gone("cropping_box_key", "The box to crop near is a setting of the step here.")),
        {"max_part_shift": [0.3, 0.3]},
    ),
    "LongestMaxSize": Old(("max_size", "interpolation"), usual={"max_size": 1024}),
    "SmallestMaxSize": Old(("max_size", "interpolation"), usual={"max_size": 1024}),
    # Light and color
    "RandomBrightness": _limit("brightness_limit", "contrast_limit"),
    "RandomContrast": _limit("contrast_limit", "brightness_limit"),
    "RandomGamma": Old(("gamma_limit", "eps"), (gone("eps", "It only kept 1.x from dividing by 0."),)),
    "ColorJitter": Old(("brightness", "contrast", "saturation", "hue"), usual={"hue": [-0.2, 0.2]}),
    "Solarize": Old(("threshold",), (to.threshold,)),
    "ChannelDropout": Old(("channel_drop_range", "fill_value"), (renamed("fill_value", "fill"),)),
    "FDA": Old(("reference_images", "beta_limit", "read_fn"), (_PICTURES,)),
    "HistogramMatching": Old(("reference_images", "blend_ratio", "read_fn"), (_PICTURES,)),
    "PixelDistributionAdaptation": Old(
        ("reference_images", "blend_ratio", "read_fn", "transform_type"), (_PICTURES,)
    ),
    "TemplateTransform": Old(("templates", "img_weight", "template_weight", "template_transform", "name"),
                             becomes="", why=_NO_HEIR),
    "MixUp": Old(("reference_data", "read_fn", "mix_coef_return_name", "alpha"), becomes="", why=_NO_HEIR),
    # Blur and noise
    "GaussianBlur": Old(("blur_limit", "sigma_limit"), (to.gaussian,), to.gaussian.gives({}), usual_kind="changed"),
    "AdvancedBlur": Old(
        ("blur_limit", "sigmaX_limit", "sigmaY_limit", "rotate_limit", "beta_limit", "noise_limit"),
        (renamed("sigmaX_limit", "sigma_x_limit"), renamed("sigmaY_limit", "sigma_y_limit")),
    ),
    "GaussNoise": Old(
        ("var_limit", "mean", "per_channel"), (to.variance, to.in_fractions("mean", "mean_range")),
        {"std_range": to.deviations(10.0, 50.0)}, usual_kind="changed",
    ),
    "MultiplicativeNoise": Old(("multiplier", "per_channel", "elementwise"), (fixed("multiplier"),)),
    "ImageCompression": Old(
        ("quality_lower", "quality_upper", "compression_type"),
        (ends("quality_lower", "quality_upper", "quality_range", (99, 100)), to.compression),
    ),
    "JpegCompression": Old(
        ("quality_lower", "quality_upper"),
        (ends("quality_lower", "quality_upper", "quality_range", (99, 100)),),
        becomes="ImageCompression",
    ),
    "Downscale": Old(
        ("scale_min", "scale_max", "interpolation"),
        (ends("scale_min", "scale_max", "scale_range", (0.25, 0.25)), to.interpolations),
    ),
    "Superpixels": Old(
        ("p_replace", "n_segments", "max_size", "interpolation"), (fixed("p_replace"), fixed("n_segments")),
        {"p_replace": [0.1, 0.1]},
    ),
    # Holes
    "Cutout": Old(
        ("num_holes", "max_h_size", "max_w_size", "fill_value"),
        (to.cutout, renamed("fill_value", "fill")), to.cutout.gives({}),
        becomes="CoarseDropout", why="Cutout cut its holes off at the border; these lie whole inside.",
    ),
    "CoarseDropout": Old(
        ("max_holes", "max_height", "max_width", "min_holes", "min_height", "min_width", "fill_value",
         "mask_fill_value"),
        (to.holes, *_FILLS), to.holes.gives({}), fallback=to.holes_of_1_4,
    ),
    "GridDropout": Old(
        ("ratio", "unit_size_min", "unit_size_max", "holes_number_x", "holes_number_y", "shift_x", "shift_y",
         "random_offset", "fill_value", "mask_fill_value"),
        (to.units, to.grid, to.shift, *_FILLS), {"random_offset": False},
    ),
    "XYMasking": Old(
        ("num_masks_x", "num_masks_y", "mask_x_length", "mask_y_length", "fill_value", "mask_fill_value"), _FILLS
    ),
    "MaskDropout": Old(
        ("max_objects", "image_fill_value", "mask_fill_value"),
        (Rule(("image_fill_value",), lambda given: {
            "fill": "inpaint_telea" if given["image_fill_value"] == "inpaint" else given["image_fill_value"]
         }), renamed("mask_fill_value", "fill_mask")),
    ),
    # Weather
    "RandomFog": Old(
        ("fog_coef_lower", "fog_coef_upper", "alpha_coef"),
        (ends("fog_coef_lower", "fog_coef_upper", "fog_coef_range", (0.3, 1.0)),),
    ),
    "RandomRain": Old(
        ("slant_lower", "slant_upper", "drop_length", "drop_width", "drop_color", "blur_value",
         "brightness_coefficient", "rain_type"),
        (ends("slant_lower", "slant_upper", "slant_range", (-10, 10)),
         Rule(("rain_type",), lambda given: {"rain_type": given["rain_type"] or "default"})),
        {"drop_length": 20},
    ),
    "RandomSnow": Old(
        ("snow_point_lower", "snow_point_upper", "brightness_coeff"),
        (ends("snow_point_lower", "snow_point_upper", "snow_point_range", (0.1, 0.3)),),
    ),
    "RandomSunFlare": Old(
        ("flare_roi", "angle_lower", "angle_upper", "num_flare_circles_lower", "num_flare_circles_upper",
         "src_radius", "src_color"),
        (ends("angle_lower", "angle_upper", "angle_range", (0.0, 1.0)),
         ends("num_flare_circles_lower", "num_flare_circles_upper", "num_flare_circles_range", (6, 10))),
    ),
    "RandomShadow": Old(
        ("shadow_roi", "num_shadows_lower", "num_shadows_upper", "shadow_dimension"),
        (ends("num_shadows_lower", "num_shadows_upper", "num_shadows_limit", (1, 2)),),
    ),
    # 2.0.8 has more arguments of these at the places of `always_apply` and p in 1.x
    "CenterCrop": Old(("height", "width")),
    "Crop": Old(("x_min", "y_min", "x_max", "y_max")),
    "MotionBlur": Old(("blur_limit", "allow_shifted")),
    "Normalize": Old(("mean", "std", "max_pixel_value")),
    "RandomBrightnessContrast": Old(("brightness_limit", "contrast_limit", "brightness_by_max")),
    "RandomCrop": Old(("height", "width")),
    "RandomScale": Old(("scale_limit", "interpolation")),
    "RandomSizedBBoxSafeCrop": Old(("height", "width", "erosion_rate", "interpolation")),
    "RandomToneCurve": Old(("scale",)),
    "Resize": Old(("height", "width", "interpolation")),
    "Sharpen": Old(("alpha", "lightness")),
    "ToRGB": Old(()),
    # The family that called imgaug
    "IAAFliplr": Old((), becomes="HorizontalFlip"),
    "IAAFlipud": Old((), becomes="VerticalFlip"),
    "IAAAdditiveGaussianNoise": Old(
        ("loc", "scale", "per_channel"), (to.in_fractions("loc", "mean_range"), to.in_fractions("scale", "std_range")),
        {"std_range": [0.01, 0.05], "per_channel": False}, becomes="GaussNoise", why=_IMGAUG,
    ),
    "IAAAffine": Old(
        ("scale", "translate_percent", "translate_px", "rotate", "shear", "order", "cval", "mode"),
        (*_AFFINE, to.spline_order, color("cval", "fill"), to.border), _REFLECT, becomes="Affine", why=_IMGAUG,
    ),
    "IAACropAndPad": Old(
        ("px", "percent", "pad_mode", "pad_cval", "keep_size"),
        (Rule(("pad_mode",), lambda given: to.border.gives({"mode": given["pad_mode"]})), to.pad_color),
        becomes="CropAndPad", p=1.0, why=_IMGAUG,
    ),
    "IAAEmboss": Old(("alpha", "strength"), becomes="Emboss", why=_IMGAUG),
    "IAAPerspective": Old(("scale", "keep_size"), becomes="Perspective", why=_IMGAUG),
    "IAAPiecewiseAffine": Old(
        ("scale", "nb_rows", "nb_cols", "order", "cval", "mode"),
        (fixed("scale"), to.spline_order, color("cval", "fill"), to.border), becomes="PiecewiseAffine", why=_IMGAUG,
    ),
    "IAASharpen": Old(("alpha", "lightness"), becomes="Sharpen", why=_IMGAUG),
    "IAASuperpixels": Old(
        ("p_replace", "n_segments"), (fixed("p_replace"), fixed("n_segments")), {"p_replace": [0.1, 0.1]},
        becomes="Superpixels", why=_IMGAUG,
    ),
}  # fmt: skip
# Steps that 2.0.8 does not have and that an image cannot show.
GONE: Mapping[str, str] = {"ToTensor": "It makes a torch tensor; training does that after the pipeline."}
