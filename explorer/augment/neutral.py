"""Values of parameters at which they change nothing, for transforms that do several things at once.

A sweep of one of these parameters would otherwise show the others' random effects too. A test applies each of these
transforms with all of its values here and compares the result with the input.
"""

from collections.abc import Mapping

from explorer.augment.edits import find, set_param
from explorer.augment.parameters import JsonValue
from explorer.augment.pipeline import Draft, Step

_ZERO: JsonValue = [0.0, 0.0]
_ONE: JsonValue = [1.0, 1.0]

NEUTRAL: Mapping[str, Mapping[str, JsonValue]] = {
    "Affine": {"scale": _ONE, "translate_percent": None, "translate_px": None, "rotate": _ZERO, "shear": _ZERO},
    "ChromaticAberration": {"primary_distortion_limit": _ZERO, "secondary_distortion_limit": _ZERO},
    "ColorJitter": {"brightness": _ONE, "contrast": _ONE, "saturation": _ONE, "hue": _ZERO},
    "HueSaturationValue": {"hue_shift_limit": _ZERO, "sat_shift_limit": _ZERO, "val_shift_limit": _ZERO},
    "PlasmaBrightnessContrast": {"brightness_range": _ZERO, "contrast_range": _ZERO},
    "RGBShift": {"r_shift_limit": _ZERO, "g_shift_limit": _ZERO, "b_shift_limit": _ZERO},
    "RandomBrightnessContrast": {"brightness_limit": _ZERO, "contrast_limit": _ZERO},
    "RandomCropFromBorders": {"crop_left": 0.0, "crop_right": 0.0, "crop_top": 0.0, "crop_bottom": 0.0},
    "ShiftScaleRotate": {"shift_limit": _ZERO, "scale_limit": _ZERO, "rotate_limit": _ZERO},
}


def others_neutral(draft: Draft, node_id: str, parameter: str) -> tuple[Draft, tuple[str, ...]]:
    """A draft in which all parameters of a step but one change nothing, and the names of those that were set so.

    Nothing is set if `NEUTRAL` has no entry for the step and this parameter.
    """
    step = find(draft, node_id)
    values = NEUTRAL.get(step.transform, {}) if isinstance(step, Step) else {}
    if step is None or parameter not in values:
        return draft, ()
    changed = []
    for name, value in values.items():
        if name != parameter and (name not in step.params or step.params[name] != value):
            draft = set_param(draft, node_id, name, value)
            changed.append(name)
    return draft, tuple(changed)
