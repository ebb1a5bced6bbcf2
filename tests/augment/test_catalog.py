"""The catalog is what albumentations has, taken apart faithfully."""

import inspect
import warnings

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
ALL = [(name, parameter) for name, transform in catalog().items() for parameter in transform.parameters.values()]
OWN = {name: {parameter.name for parameter in extra.parameters} for name, extra in EXTRAS.items()}
THEIRS = [(name, parameter) for name, parameter in ALL if parameter.name not in OWN.get(name, set())]
IDS = [f"{name}.{parameter.name}" for name, parameter in ALL]


def test_every_transform_is_offered_or_left_out_with_a_reason() -> None:
    assert set(catalog()) | set(exclusions()) >= TWO_D
    assert not set(catalog()) & set(exclusions())
    assert all(reason.endswith(".") and len(reason) > 20 for reason in exclusions().values())
    assert len(catalog()) == 109


@pytest.mark.parametrize("name", list(catalog()))
def test_every_transform_can_be_read_about(name: str) -> None:
    transform = catalog()[name]
    assert transform.group in GROUPS
    assert transform.summary
    assert len(transform.documentation) > 40
    assert "image" in transform.targets
    assert transform.default_p == inspect.signature(getattr(A, name)).parameters["p"].default


@pytest.mark.parametrize(("name", "parameter"), THEIRS, ids=[f"{name}.{parameter.name}" for name, parameter in THEIRS])
def test_every_parameter_starts_with_albumentations_own_default(name: str, parameter) -> None:  # type: ignore[no-untyped-def]
    """A transform made with what the form shows is the one made with nothing."""
    signature = inspect.signature(getattr(A, name)).parameters[parameter.name]
    assert parameter.required == (signature.default is inspect.Parameter.empty)
    starts = {key: value for key, value in catalog()[name].starts.items() if key not in OWN.get(name, set())}
    starts |= {"font_path": str(fonts.path(fonts.BUILT_IN))} if name == "TextImage" else {}
    shown = {
        key: tuple(v) if isinstance(v, list) else v for key, v in {parameter.name: parameter.default, **starts}.items()
    }
    bare = {key: tuple(v) if isinstance(v, list) else v for key, v in starts.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert getattr(A, name)(**shown).get_transform_init_args() == getattr(A, name)(**bare).get_transform_init_args()


@pytest.mark.parametrize(("name", "parameter"), ALL, ids=IDS)
def test_every_number_has_a_soft_range_within_its_bounds(name: str, parameter) -> None:  # type: ignore[no-untyped-def]
    if parameter.kind not in NUMERIC:
        return
    assert parameter.soft_low < parameter.soft_high
    assert parameter.step > 0
    assert parameter.low is None or parameter.soft_low >= parameter.low
    assert parameter.high is None or parameter.soft_high <= parameter.high
    values = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    assert all(v is None or parameter.soft_low <= v <= parameter.soft_high for v in values), name


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


@pytest.mark.parametrize(
    ("name", "parameter", "kind"),
    [
        ("Affine", "rotate", Kind.FLOAT_RANGE),
        ("Blur", "blur_limit", Kind.INT_RANGE),
        ("RandomResizedCrop", "size", Kind.INT_PAIR),
        ("Morphological", "scale", Kind.INT_RANGE),
        ("CoarseDropout", "fill", Kind.FILL),
        ("CoarseDropout", "fill_mask", Kind.INT),
        ("Normalize", "mean", Kind.LITERAL),
        ("RandomFog", "alpha_coef", Kind.FLOAT),
        ("Resize", "area_for_downscale", Kind.CHOICE),
    ],
)
def test_kinds(name: str, parameter: str, kind: Kind) -> None:
    assert catalog()[name].parameters[parameter].kind is kind
