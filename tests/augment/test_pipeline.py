"""A draft may be wrong; each mistake is told at the field that it is in."""

import pytest
from pydantic import ValidationError

from explorer.augment.catalog import exclusions
from explorer.augment.code.writing import to_python
from explorer.augment.firing import effective
from explorer.augment.pipeline import GROUP_KINDS, Draft, DraftErrors, Group, Pipeline, Step, validate


def errors_of(transform: str, p: float = 0.5, **params: object) -> dict[tuple[str, str], str]:
    with pytest.raises(DraftErrors) as caught:
        validate(Draft(nodes=(Step(id="a", transform=transform, params=params, p=p),)))
    return dict(caught.value.errors)


@pytest.mark.parametrize(
    ("transform", "params", "field", "words"),
    [
        ("Affine", {"rotate": "much"}, "rotate", "two numbers, from and to"),
        ("Affine", {"interpolation": 99}, "interpolation", "INTER_LINEAR"),
        ("GaussNoise", {"std_range": [0.5, 2.0]}, "std_range", "1"),
        ("GaussNoise", {"std_range": [0.5, 0.1]}, "std_range", "You gave"),
        ("PixelDropout", {"dropout_prob": 3}, "dropout_prob", "less than or equal to 1"),
        ("Blur", {"blur_limit": [4, 6]}, "blur_limit", ""),
        ("RandomCrop", {"height": 0, "width": 10}, "height", "greater than or equal to 1"),
        ("RandomCrop", {"height": 10}, "width", "required"),
        ("HorizontalFlip", {"often": True}, "often", "no parameter often"),
        ("Affine", {"scale": [float("nan"), 1]}, "scale", "ordinary numbers"),
        ("Affine", {"scale": [1, float("inf")]}, "scale", "ordinary numbers"),
        ("Equalize", {"mask": "lambda: 0"}, "mask", "code or arrays"),
        ("Resize", {"height": 2**70, "width": 10}, "height", "ordinary numbers"),
    ],
)
def test_a_wrong_parameter_is_told_at_its_field(
    transform: str, params: dict[str, object], field: str, words: str
) -> None:
    errors = errors_of(transform, **params)
    assert list(errors) == [("a", field)]
    assert words in errors["a", field]


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_a_wrong_probability_is_told_at_p(p: float) -> None:
    assert "from 0 to 1" in errors_of("HorizontalFlip", p=p)["a", "p"]


def test_every_mistake_is_told_not_only_the_first() -> None:
    errors = errors_of("RandomBrightnessContrast", p=7, brightness_limit="x", contrast_limit="y")
    assert set(errors) == {("a", "brightness_limit"), ("a", "contrast_limit"), ("a", "p")}


def test_a_transform_that_is_left_out_gives_its_reason() -> None:
    assert exclusions()["Lambda"] in errors_of("Lambda")["a", ""]
    assert 'no transform "rm -rf"' in errors_of("rm -rf")["a", ""]


def test_two_nodes_of_one_id_are_a_mistake() -> None:
    step = Step(id="a", transform="HorizontalFlip")
    with pytest.raises(DraftErrors, match="Two nodes"):
        validate(Draft(nodes=(step, step)))


def test_a_group_without_enough_steps_is_valid_and_does_nothing() -> None:
    step = Step(id="a", transform="InvertImg", p=1.0)
    for kind, children in [*((kind, ()) for kind in GROUP_KINDS), ("OneOrOther", (step,))]:
        inner = Group(kind=kind, id="g", p=1.0, children=children)
        pipeline = validate(Draft(nodes=(Group(kind="OneOf", id="outer", p=1.0, children=(inner,)),)))
        assert pipeline.to_compose().transforms == [], kind
        assert set(effective(pipeline.nodes).values()) == {0.0}, kind
        assert "InvertImg" not in to_python(pipeline), kind


def test_forty_levels_are_allowed_and_more_are_told() -> None:
    node: Step | Group = Step(id="leaf", transform="HorizontalFlip")
    for level in range(39):
        node = Group(kind="Sequential", id=f"g{level}", children=(node,))
    validate(Draft(nodes=(node,)))
    with pytest.raises(DraftErrors, match="nested at most 40"):
        validate(Draft(nodes=(Group(kind="Sequential", id="top", children=(node,)),)))


def test_a_wrong_pipeline_cannot_be_made() -> None:
    with pytest.raises(ValidationError, match="no transform"):
        Pipeline(nodes=(Step(id="a", transform="Nothing"),))


def test_values_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Draft().name = "x"  # type: ignore[misc]


def test_the_key_knows_what_the_pipeline_does_and_not_what_it_is_called() -> None:
    step = Step(id="a", transform="HorizontalFlip")
    assert Pipeline(name="x", nodes=(step,)).key == Pipeline(name="y", nodes=(step,)).key
    assert Pipeline(nodes=(step,)).key != Pipeline(nodes=(step.model_copy(update={"p": 0.1}),)).key
