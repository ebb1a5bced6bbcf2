"""What albumentations itself saves is read back: every transform, as JSON and as YAML."""

import io
import json
from typing import Any

import albumentations as A
import pytest
import yaml

from explorer.augment.catalog import build, catalog
from explorer.augment.code import CodeError, read_record
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Pipeline, Step, validate
from tests.augment.code.plain import nodes

NOT_SAVED = {"FDA", "HistogramMatching", "PixelDistributionAdaptation"}  # albumentations refuses to


def saved(compose: A.Compose, form: str) -> Any:
    """What `A.save` writes, as plain values."""
    stream = io.StringIO()
    A.save(compose, stream, data_format=form)
    return json.loads(stream.getvalue()) if form == "json" else yaml.safe_load(stream.getvalue())


@pytest.mark.filterwarnings("ignore")
def test_every_transform_comes_back_from_its_record(subtests: pytest.Subtests) -> None:
    for name in sorted(set(catalog()) - NOT_SAVED):
        with subtests.test(name):
            offered = catalog()[name]
            params = dict(offered.starts)
            made = build(name, params, offered.default_p, "n")[0]
            whole = Pipeline(nodes=(Step(id="n1", transform=name, params=params, p=offered.default_p),)).nodes[0]
            assert isinstance(whole, Step)
            usual = {key: parameter.default for key, parameter in offered.parameters.items()}
            for form in ("json", "yaml"):
                found = read_record(saved(A.Compose([made]), form))
                (step,) = validate(found.draft).nodes
                assert isinstance(step, Step)
                assert (step.transform, step.p) == (name, offered.default_p)
                assert _rounded({**usual, **step.params}) == _rounded({**usual, **whole.params})
                assert [note.kind for note in found.notes] == (["to check"] if name in EXTRAS else [])


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, 9) if isinstance(value, float) else value


COMPOSE = A.Compose(
    [
        A.OneOf([A.Rotate(limit=(-10, 20), p=0.3), A.Sequential([A.Blur(p=1)], p=0.7)], p=0.8),
        A.SomeOf([A.HorizontalFlip(), A.VerticalFlip()], n=2, p=0.4),
    ],
    bbox_params=A.BboxParams("yolo", min_area=3, label_fields=["labels"]),
    keypoint_params=A.KeypointParams("xy", remove_invisible=False),
    p=0.9,
)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_composers_and_rules_come_back_from_a_file(form: str) -> None:
    found = read_record(saved(COMPOSE, form))
    validate(found.draft)
    inner = [
        ["OneOf", 0.8, {}, [["Rotate", 0.3, {"limit": [-10.0, 20.0]}], ["Sequential", 0.7, {}, [["Blur", 1.0, {}]]]]],
        ["SomeOf", 0.4, {"n": 2}, [["HorizontalFlip", 0.5, {}], ["VerticalFlip", 0.5, {}]]],
    ]
    assert nodes(found.draft.nodes) == [["Sequential", 0.9, {}, inner]]
    assert found.draft.targets.boxes.format == "yolo"
    assert found.draft.targets.boxes.min_area == 3
    assert found.draft.targets.keypoints.remove_invisible is False


def test_a_record_of_1_x_is_translated() -> None:
    step = {"__class_fullname__": "albumentations.augmentations.transforms.GaussNoise", "always_apply": False, "p": 0.4}
    record = {
        "__version__": "1.3.1",
        "transform": {
            "__class_fullname__": "albumentations.core.composition.Compose",
            "p": 1.0,
            "transforms": [
                {**step, "var_limit": [25.0, 25.0]},
                {"__class_fullname__": "Flip", "always_apply": False, "p": 0.5},
                {"__class_fullname__": "Rotate", "always_apply": True, "p": 0.5, "limit": [-5, 5], "border_mode": 4},
            ],
            "bbox_params": None,
            "keypoint_params": None,
            "additional_targets": {},
        },
    }
    found = read_record(record)
    noise, flip, turn = nodes(found.draft.nodes)
    assert noise == ["GaussNoise", 0.4, {"std_range": [5 / 255, 5 / 255]}]
    assert flip[0] == "OneOf"
    assert turn == ["Rotate", 1.0, {"limit": [-5.0, 5.0], "border_mode": 4}]


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"__class_fullname__": "NoOp", "p": 1}
    for _ in range(depth):
        inner = {"__class_fullname__": "Sequential", "p": 1, "transforms": [inner]}
    return inner


@pytest.mark.parametrize(
    "record",
    [{}, {"transform": 3}, {"transform": {"p": 1}}, {"transform": nested(60)}, {"transform": nested(5000)}],
)
def test_a_record_that_is_none_gives_a_message(record: dict[str, Any]) -> None:
    with pytest.raises(CodeError):
        read_record(record)


def test_a_class_that_is_not_in_the_catalog_is_set_aside() -> None:
    step = {"__class_fullname__": "os.system", "command": "true", "p": 1}
    found = read_record({"transform": {"__class_fullname__": "Compose", "transforms": [step, 7, nested(1)]}})
    assert nodes(found.draft.nodes) == [["Sequential", 1.0, {}, [["NoOp", 1.0, {}]]]]
    assert [note.kind for note in found.notes] == ["left out", "left out"]
