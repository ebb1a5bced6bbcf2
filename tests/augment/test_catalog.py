"""The catalog is what albumentations has, taken apart faithfully."""

import inspect
import warnings
from collections.abc import Mapping
from typing import Any

import albumentations as A
import cv2
import pytest

from explorer.augment.catalog import GROUPS, catalog, exclusions
from explorer.augment.extras import EXTRAS
from explorer.augment.parameters import NUMERIC, Kind
from explorer.data import fonts

TWO_D = {
    name
    for name, cls in inspect.getmembers(A, inspect.isclass)
    if issubclass(cls, A.DualTransform | A.ImageOnlyTransform) and not issubclass(cls, A.Transform3D)
} - {"DualTransform", "ImageOnlyTransform"}
OWN = {name: {parameter.name for parameter in extra.parameters} for name, extra in EXTRAS.items()}


def test_every_transform_is_offered_or_left_out_with_a_reason() -> None:
    assert set(catalog()) | set(exclusions()) >= TWO_D
    assert not set(catalog()) & set(exclusions())
    assert all(reason.endswith(".") and len(reason) > 20 for reason in exclusions().values())
    assert len(catalog()) == 109


def test_every_transform_can_be_read_about(subtests: pytest.Subtests) -> None:
    for name, transform in catalog().items():
        with subtests.test(name):
            assert transform.group in GROUPS
            assert transform.summary
            assert len(transform.documentation) > 40
            assert "image" in transform.targets
            assert transform.default_p == inspect.signature(getattr(A, name)).parameters["p"].default


def init_args(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What a transform that is made with these parameters says that it was made with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = getattr(A, name)(**{key: tuple(v) if isinstance(v, list) else v for key, v in params.items()})
    arguments: dict[str, Any] = made.get_transform_init_args()
    return arguments


def test_every_parameter_starts_with_albumentations_own_default(subtests: pytest.Subtests) -> None:
    """A transform made with what the form shows is the one made with nothing."""
    for name, transform in catalog().items():
        with subtests.test(name):
            own = OWN.get(name, set())
            starts = {key: value for key, value in transform.starts.items() if key not in own}
            starts |= {"font_path": str(fonts.path(fonts.BUILT_IN))} if name == "TextImage" else {}
            bare = init_args(name, starts)
            signature = inspect.signature(getattr(A, name)).parameters
            for key, parameter in transform.parameters.items():
                if key not in own:
                    assert parameter.required == (signature[key].default is inspect.Parameter.empty), key
                    assert init_args(name, {key: parameter.default, **starts}) == bare, key


def test_every_number_has_a_soft_range_within_its_bounds(subtests: pytest.Subtests) -> None:
    for name, transform in catalog().items():
        with subtests.test(name):
            for key, parameter in transform.parameters.items():
                if parameter.kind in NUMERIC:
                    assert parameter.soft_low < parameter.soft_high, key
                    assert parameter.step > 0, key
                    assert parameter.low is None or parameter.soft_low >= parameter.low, key
                    assert parameter.high is None or parameter.soft_high <= parameter.high, key
                    values = parameter.default if isinstance(parameter.default, list) else [parameter.default]
                    assert all(v is None or parameter.soft_low <= v <= parameter.soft_high for v in values), key


def test_limits_are_found_in_annotations_and_in_closures() -> None:
    assert (lambda p: (p.low, p.high))(catalog()["GaussNoise"].parameters["std_range"]) == (0, 1)
    assert (lambda p: (p.low, p.high))(catalog()["RandomRain"].parameters["slant_range"]) == (-45, 45)
    assert (lambda p: (p.low, p.high))(catalog()["PixelDropout"].parameters["dropout_prob"]) == (0, 1)
    assert catalog()["GridDropout"].parameters["unit_size_range"].low == 2  # inside Optional[Annotated[...]]


def test_opencv_constants_are_shown_by_name() -> None:
    choices = {choice.label: choice.value for choice in catalog()["Affine"].parameters["interpolation"].choices}
    assert choices["INTER_CUBIC"] == cv2.INTER_CUBIC
    borders = {choice.label: choice.value for choice in catalog()["Affine"].parameters["border_mode"].choices}
    assert borders["BORDER_REFLECT_101"] == cv2.BORDER_REFLECT_101


def test_the_kind_of_a_parameter_follows_from_its_annotation() -> None:
    kinds = {
        ("Affine", "rotate"): Kind.FLOAT_RANGE,
        ("Blur", "blur_limit"): Kind.INT_RANGE,
        ("RandomResizedCrop", "size"): Kind.INT_PAIR,
        ("Morphological", "scale"): Kind.INT_RANGE,
        ("CoarseDropout", "fill"): Kind.FILL,
        ("CoarseDropout", "fill_mask"): Kind.INT,
        ("Normalize", "mean"): Kind.LITERAL,
        ("RandomFog", "alpha_coef"): Kind.FLOAT,
        ("Resize", "area_for_downscale"): Kind.CHOICE,
    }
    assert {(name, key): catalog()[name].parameters[key].kind for name, key in kinds} == kinds
