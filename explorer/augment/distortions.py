"""The distortions of an immunity map: what photographs suffer in practice, each in five strengths.

Each is a pipeline of one of the editor's own steps, which always fires and always with the same strength. What a step
draws besides, such as the noise itself, depends on the image and not on the strength.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Self

import cv2
from pydantic import BaseModel, ConfigDict, Field, model_validator

from explorer.augment.catalog import catalog
from explorer.augment.checks import check_step
from explorer.augment.extras import EXTRAS
from explorer.augment.neutral import NEUTRAL
from explorer.augment.parameters import JsonValue, Parameter
from explorer.augment.pipeline import Pipeline, Step
from explorer.augment.spread import NUMBERS, RANGES, bounds, spread

STRENGTHS = 5
_OF_MASKS = ("fill_mask", "mask_drop_value")  # numbers that change masks only
_GRAY = [124, 116, 104]  # the mean color of ImageNet: what is missing of an image looks like nothing in particular


class Distortion(BaseModel):
    """A distortion in rising strength.

    Attributes:
        name: Its key in records.
        title: What it is called on pages.
        steps: The step of each strength, the weakest first. All have one id, on which their random numbers depend.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    title: Annotated[str, Field(max_length=100)]
    steps: Annotated[tuple[Step, ...], Field(min_length=STRENGTHS, max_length=STRENGTHS)]

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        if len({step.id for step in self.steps}) > 1:
            raise ValueError(f"The steps of the distortion {self.title} need one id, so that they share their draws.")
        if not all(step.enabled and step.p == 1 for step in self.steps):
            raise ValueError(f"Each step of the distortion {self.title} has to fire always: enabled, with p = 1.")
        self.strengths  # noqa: B018 - pydantic checks the steps as it makes the pipelines
        return self

    @functools.cached_property
    def strengths(self) -> tuple[Pipeline, ...]:
        """The pipeline of each strength."""
        return tuple(Pipeline(nodes=(step,)) for step in self.steps)

    @property
    def amounts(self) -> tuple[str, ...]:
        """What differs between the strengths, such as "quality_range 25", one text for each."""
        params = [step.params for step in self.steps]
        names = [name for name in params[0] if any(one.get(name) != params[0][name] for one in params)]
        return tuple(", ".join(f"{name} {_words(one.get(name))}" for name in names) for one in params)


def _words(value: JsonValue) -> str:
    if isinstance(value, list):
        parts = list(dict.fromkeys(map(_words, value)))
        return " to ".join(parts)
    return f"{value:g}" if isinstance(value, float) else str(value)


Params = Mapping[str, Any]


def _made(
    name: str, title: str, transform: str, values: Sequence[JsonValue], params: Callable[[Any], Params]
) -> Distortion:
    steps = tuple(Step(id=name, transform=transform, params=dict(params(value)), p=1.0) for value in values)
    return Distortion(name=name, title=title, steps=steps)


def _twice(value: JsonValue) -> list[JsonValue]:
    """A range of one value, from which a step always draws that value."""
    return [value, value]


# Noise, JPEG and contrast are as strong as in ImageNet-C (Hendrycks and Dietterich 2019, arXiv 1903.12261), which is
# made for squares of 224 px. Blurs are weaker, since squares are often smaller here.
_TABLE: tuple[tuple[str, str, str, Sequence[JsonValue], Callable[[Any], Params]], ...] = (
    ("noise", "Noise", "GaussNoise", (0.08, 0.12, 0.18, 0.26, 0.38), lambda std: {"std_range": _twice(std)}),
    ("blur", "Blur", "GaussianBlur", (0.5, 1.0, 1.5, 2.0, 3.0), lambda sigma: {"sigma_limit": _twice(sigma)}),
    (
        "motion_blur", "Motion blur", "MotionBlur", (3, 5, 9, 13, 17),
        lambda size: {"blur_limit": _twice(size), "allow_shifted": False},
    ),
    ("jpeg", "JPEG", "ImageCompression", (25, 18, 15, 10, 7), lambda quality: {"quality_range": _twice(quality)}),
    (
        "brightness", "Brightness", "RandomBrightnessContrast", (0.1, 0.2, 0.3, 0.4, 0.5),
        lambda more: {"brightness_limit": _twice(more), "contrast_limit": [0.0, 0.0]},
    ),
    (
        "contrast", "Contrast", "ColorJitter", (0.4, 0.3, 0.2, 0.1, 0.05),
        lambda left: {
            "contrast": _twice(left), "brightness": [1.0, 1.0], "saturation": [1.0, 1.0], "hue": [0.0, 0.0],
        },
    ),
    (
        "rotation", "Rotation", "Rotate", (10, 20, 30, 45, 90),
        lambda angle: {"limit": _twice(angle), "border_mode": cv2.BORDER_REFLECT_101},
    ),
    (
        "scale", "Scale", "Affine", (0.8, 0.65, 0.5, 0.4, 0.3),
        lambda scale: {"scale": _twice(scale), "border_mode": cv2.BORDER_CONSTANT, "fill": _GRAY},
    ),
    (
        "occlusion", "Occlusion", "CoarseDropout", (0.3, 0.4, 0.5, 0.6, 0.7),
        lambda side: {
            "num_holes_range": [1, 1], "hole_height_range": _twice(side), "hole_width_range": _twice(side),
            "fill": _GRAY,
        },
    ),
    ("fog", "Fog", "RandomFog", (0.3, 0.45, 0.6, 0.75, 0.9), lambda coef: {"fog_coef_range": _twice(coef)}),
)  # fmt: skip


@functools.cache
def distortions() -> tuple[Distortion, ...]:
    """Return the table of distortions, in the order in which they are shown."""
    return tuple(_made(*entry) for entry in _TABLE)


@functools.cache
def own_parameters(transform: str) -> tuple[Parameter, ...]:
    """Return the parameters of a transform of the catalog that can grow in five steps, each valid by itself."""
    found = catalog()[transform].parameters.values()
    return tuple(parameter for parameter in found if _are_valid(transform, parameter))


def _are_valid(transform: str, parameter: Parameter) -> bool:
    params = _params_of(transform, parameter.name)
    values = _values(parameter, falling=False)
    return bool(values) and not any(check_step(transform, params(value)) for value in values)


def distorts(transform: str) -> bool:
    """Whether a transform of the catalog may be a distortion: it needs nothing but an image, and something can grow."""
    found = catalog()[transform]
    grows = any(_values(parameter, falling=False) for parameter in found.parameters.values())
    return grows and transform not in EXTRAS and not found.needs


def of_step(transform: str, parameter: str, *, falling: bool = False) -> Distortion:
    """Make a distortion of any step of the catalog, whose parameter grows over the range of its slider in five steps.

    A range becomes one value, so that the strength is not left to chance. A slider with both signs begins at 0. What
    else the step does is turned off where `neutral.NEUTRAL` knows how.

    Args:
        transform: Its name.
        parameter: The name of one of `own_parameters`.
        falling: Whether a smaller value is the stronger distortion, as of a quality.

    Raises:
        ValueError: The transform has no such parameter.
    """
    found = next((one for one in own_parameters(transform) if one.name == parameter), None)
    if found is None:
        raise ValueError(f"{transform} has no parameter {parameter} that could grow in {STRENGTHS} steps.")
    name = f"{transform}-{parameter}"[:32] + ("-falling" if falling else "")
    title = f"{transform}, {parameter}"
    return _made(name, title, transform, _values(found, falling=falling), _params_of(transform, parameter))


def _params_of(transform: str, parameter: str) -> Callable[[Any], Params]:
    """Return a function from a value of the parameter to all parameters of the step."""
    entry = catalog()[transform]
    start = {**entry.starts, **entry.gentle, **NEUTRAL.get(transform, {})}
    return lambda value: {**start, parameter: value}


def _values(parameter: Parameter, *, falling: bool) -> tuple[JsonValue, ...]:
    """Return five values of growing strength; nothing for a parameter that has none."""
    if parameter.kind not in RANGES | NUMBERS or parameter.name in _OF_MASKS:
        return ()
    low, high = bounds(parameter)
    ends = (max(low, 0) if low < 0 < high else low, high)
    steps = spread(parameter, ends, STRENGTHS + 1)
    if len(steps) <= STRENGTHS:
        return ()
    ordered = steps[::-1][1:] if falling else steps[1:]
    return tuple(_twice(value) if parameter.kind in RANGES else value for value in ordered)
