"""How large an image can get is read from parameters, and holds against what albumentations makes of images."""

from typing import Any

import numpy as np
import pytest

from explorer.augment.apply import augment
from explorer.augment.catalog import catalog
from explorer.augment.pipeline import Pipeline, Step
from explorer.augment.sizes import Size, area, made_size, step_sizes
from explorer.data.sample import Sample

SIZE = (96, 128)  # px


def _step(transform: str, p: float = 1.0, node: str = "n1", **params: Any) -> dict[str, Any]:
    return {"kind": "step", "id": node, "transform": transform, "p": p, "params": params}


def _group(kind: str, *children: dict[str, Any], p: float = 1.0, **params: Any) -> dict[str, Any]:
    return {"kind": kind, "id": "g", "p": p, "params": params, "children": children}


def _pipeline(*nodes: dict[str, Any]) -> Pipeline:
    # With the draws of one generator, each gets about as large as it can.
    return Pipeline.model_validate({"nodes": nodes, "streams": 1})


def output_size(pipeline: Pipeline, size: Size) -> Size:
    """The size with which a step behind all others can be called."""
    last = Step(id="behind", transform="NoOp", p=1.0)
    return step_sizes(Pipeline(nodes=(*pipeline.nodes, last)), size)["behind"]


def _sample() -> Sample:
    height, width = SIZE
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : height // 2, width // 4 : width // 2] = 1
    return Sample(image, mask)


def _drawn(transform: str, pipeline: Pipeline, draws: int) -> list[tuple[int, int]]:
    """The sizes that albumentations gives."""
    sample = _sample()
    if "bboxes" in catalog()[transform].needs:
        boxes = np.array([[32, 24, 64, 48, 0]], np.float32)
        sample = Sample(sample.image, sample.mask, bboxes=boxes)
    return [augment(sample, pipeline, 0, 0, index).image.shape[:2] for index in range(draws)]


def _small(transform: str) -> dict[str, Any]:
    """Starting values that fit into a small image."""
    offered = catalog()[transform]
    return {**offered.starts, **SMALL.get(transform, {})}


CROP = {"height": 50, "width": 40}
SMALL: dict[str, dict[str, Any]] = {
    "AtLeastOneBBoxRandomCrop": CROP,
    "CenterCrop": CROP,
    "Crop": {"x_max": 60, "y_max": 80},
    "CropNonEmptyMaskIfExists": CROP,
    "LongestMaxSize": {"max_size": 256},
    "Mosaic": {"target_size": [60, 70], "cell_shape": [50, 50]},
    "PadIfNeeded": {"min_height": 150, "min_width": 100},
    "PiecewiseAffine": {"nb_rows": [2, 2], "nb_cols": [2, 2]},
    "RandomCrop": CROP,
    "RandomSizedBBoxSafeCrop": {"height": 70, "width": 60},
    "RandomSizedCrop": {"min_max_height": [40, 60], "size": [70, 80]},
}


def test_no_transform_gives_an_image_that_is_larger_than_its_parameters_say(subtests: pytest.Subtests) -> None:
    for transform in catalog():
        with subtests.test(transform):
            pipeline = _pipeline(_step(transform, **_small(transform)))
            most = output_size(pipeline, SIZE)
            found = _drawn(transform, pipeline, draws=1 if transform == "PiecewiseAffine" else 10)
            assert max(map(area, found)) <= area(most)
            if any(size != SIZE for size in found):
                assert area(most) <= 1.5 * max(map(area, found))  # and it does get about as large


@pytest.mark.parametrize(
    ("transform", "params", "close"),
    [
        ("Affine", {"fit_output": True, "scale": [1.5, 2.0]}, 1.5),
        ("Affine", {"fit_output": True, "scale": {"x": [1.0, 1.0], "y": [3.0, 3.0]}}, 1.05),
        ("Affine", {"fit_output": True, "rotate": [40, 50]}, 1.05),
        ("Affine", {"fit_output": True, "rotate": [80, 100]}, 1.2),
        ("Affine", {"fit_output": True, "shear": [-30, 30]}, 1.8),
        ("Affine", {"fit_output": False, "scale": [2.0, 2.0]}, 1.0),
        ("CenterCrop", {"height": 300, "width": 40, "pad_if_needed": True}, 1.0),
        ("Crop", {"x_max": 300, "y_max": 200, "pad_if_needed": True}, 1.0),
        ("CropAndPad", {"percent": None, "px": 20, "keep_size": False}, 1.0),
        ("CropAndPad", {"percent": None, "px": [10, 20], "keep_size": False}, 1.2),
        ("CropAndPad", {"percent": None, "px": [1, 2, 3, 4], "keep_size": False}, 1.0),
        ("CropAndPad", {"percent": [0.1, 0.2], "keep_size": False}, 1.1),
        ("CropAndPad", {"percent": -0.1, "keep_size": False}, 1.6),
        ("CropAndPad", {"percent": None, "px": 20}, 1.0),
        ("LongestMaxSize", {"max_size": [20, 200]}, 1.0),
        ("LongestMaxSize", {"max_size": None, "max_size_hw": [200, 400]}, 1.0),
        ("LongestMaxSize", {"max_size": None, "max_size_hw": [None, 400]}, 1.0),
        ("SmallestMaxSize", {"max_size": 200}, 1.0),
        ("SmallestMaxSize", {"max_size": None, "max_size_hw": [200, 400]}, 1.0),
        ("SmallestMaxSize", {"max_size": None, "max_size_hw": [200, None]}, 1.0),
        ("Mosaic", {"target_size": [300, 200], "cell_shape": [150, 150], "grid_yx": [3, 2]}, 1.0),
        ("Pad", {"padding": [10, 20]}, 1.0),
        ("Pad", {"padding": [1, 2, 3, 4]}, 1.0),
        (
            "PadIfNeeded",
            {"min_height": None, "min_width": None, "pad_height_divisor": 50, "pad_width_divisor": 50},
            1.0,
        ),
        ("Perspective", {"fit_output": True, "keep_size": False, "scale": [0.05, 0.05]}, 1.3),
        ("RandomScale", {"scale_limit": [0.5, 1.0]}, 1.1),
        ("RandomScale", {"scale_limit": 0.5}, 1.1),
        ("Resize", {"height": 300, "width": 20}, 1.0),
        ("Rotate", {"limit": [-90, 90], "crop_border": True}, 1.2),
        ("Transpose", {}, 1.0),
    ],
    ids=str,
)
def test_parameters_that_change_the_size_are_read(transform: str, params: dict[str, Any], close: float) -> None:
    pipeline = _pipeline(_step(transform, **{**_small(transform), **params}))
    most = area(output_size(pipeline, SIZE))
    found = max(map(area, _drawn(transform, pipeline, draws=40)))
    assert found <= most <= close * found + 1


def test_a_crop_is_no_larger_than_the_image_that_it_is_cut_from() -> None:
    assert output_size(_pipeline(_step("CropNonEmptyMaskIfExists", height=500, width=40)), SIZE) == (96, 40)
    assert output_size(_pipeline(_step("RandomCropNearBBox", box=[0.0, 0.0, 1.0, 1.0])), SIZE) == SIZE


LARGER = _step("Resize", node="larger", height=1000, width=1000)
DOUBLED = _step("RandomScale", node="doubled", scale_limit=[1.0, 1.0])
SMALLER = _step("Resize", node="smaller", height=10, width=10)
FLIP = _step("HorizontalFlip", node="flip")


@pytest.mark.parametrize(
    ("nodes", "met", "result"),
    [
        ([FLIP], {"flip": SIZE}, SIZE),
        ([LARGER, FLIP], {"larger": SIZE, "flip": (1000, 1000)}, (1000, 1000)),
        ([LARGER | {"enabled": False}, FLIP], {"flip": SIZE}, SIZE),
        ([LARGER | {"p": 0.0}, FLIP], {"flip": SIZE}, SIZE),
        ([LARGER | {"p": 0.1}, FLIP], {"larger": SIZE, "flip": (1000, 1000)}, (1000, 1000)),
        ([SMALLER | {"p": 0.9}, FLIP], {"smaller": SIZE, "flip": SIZE}, SIZE),
        ([SMALLER, FLIP], {"smaller": SIZE, "flip": (10, 10)}, (10, 10)),
        ([DOUBLED, SMALLER, FLIP], {"doubled": SIZE, "smaller": (192, 256), "flip": (10, 10)}, (10, 10)),
        ([_group("OneOf", SMALLER, LARGER)], {"smaller": SIZE, "larger": SIZE}, (1000, 1000)),
        ([_group("OneOf", SMALLER, p=0.5)], {"smaller": SIZE}, SIZE),
        ([_group("Sequential", DOUBLED, LARGER)], {"doubled": SIZE, "larger": (192, 256)}, (1000, 1000)),
        ([_group("SomeOf", DOUBLED, FLIP, n=2)], {"doubled": SIZE, "flip": (192, 256)}, (192, 256)),
        ([_group("RandomOrder", FLIP, DOUBLED, n=2)], {"doubled": SIZE, "flip": (192, 256)}, (192, 256)),
        (
            [_group("SomeOf", DOUBLED, FLIP, n=3, replace=True)],
            {"doubled": (384, 512), "flip": (384, 512)},
            (768, 1024),
        ),
        ([_group("OneOrOther", SMALLER, DOUBLED, p=0.5)], {"smaller": SIZE, "doubled": SIZE}, (192, 256)),
        (
            [_group("OneOrOther", SMALLER, FLIP, p=0.5), DOUBLED],
            {"smaller": SIZE, "flip": SIZE, "doubled": SIZE},
            (192, 256),
        ),
        ([_group("OneOrOther", FLIP, DOUBLED)], {"flip": SIZE, "doubled": SIZE}, (192, 256)),
    ],
    ids=str,
)
def test_the_largest_size_is_followed_through_groups(
    nodes: list[dict[str, Any]], met: dict[str, tuple[int, int]], result: tuple[int, int]
) -> None:
    pipeline = _pipeline(*nodes)
    assert step_sizes(pipeline, SIZE) == met
    assert output_size(pipeline, SIZE) == result


def test_a_strip_that_is_enlarged_by_its_short_side_is_long() -> None:
    cut = _step("RandomCropFromBorders", node="cut", crop_left=0.45, crop_right=0.45, crop_top=0.0, crop_bottom=0.0)
    height, width = output_size(_pipeline(cut, _step("SmallestMaxSize", max_size=300)), SIZE)
    assert (height, width) == (2400, 300)  # the strip is 12 px wide


def test_sizes_stay_bounded_where_a_group_draws_a_hundred_times() -> None:
    tenfold = _step("RandomScale", scale_limit=[9.0, 9.0])
    most = output_size(_pipeline(_group("SomeOf", tenfold, n=100, replace=True)), SIZE)
    assert most == (10**9, 10**9)


@pytest.mark.parametrize(
    ("transform", "params", "made"),
    [
        ("HorizontalFlip", {}, SIZE),
        ("Resize", {"height": 10, "width": 10}, SIZE),  # what it gets is larger
        ("Resize", {"height": 300, "width": 300}, (300, 300)),
        ("CropAndPad", {"px": 100, "percent": None, "keep_size": True}, (296, 328)),  # padded, and then resized
        ("Mosaic", {"target_size": [60, 70], "cell_shape": [500, 500]}, (500, 500)),
        ("Nothing", {}, SIZE),
    ],
    ids=str,
)
def test_what_a_step_has_in_hand_on_its_way_counts(
    transform: str, params: dict[str, Any], made: tuple[int, int]
) -> None:
    assert made_size(transform, params, SIZE) == made


@pytest.mark.parametrize("params", [{"n": 100, "replace": True}, {"n": 2}], ids=str)
@pytest.mark.parametrize("kind", ["SomeOf", "RandomOrder"])
def test_groups_in_groups_that_draw_often_come_to_an_end(kind: str, params: dict[str, Any]) -> None:
    """Followed to their end these would be 2 to the 38th ways, or 100 to it."""
    node = _step("RandomScale", node="leaf", scale_limit=[0.001, 0.001])
    for depth in range(38):
        node = _group(kind, node, _step("HorizontalFlip", node=f"flip{depth}"), **params) | {"id": f"g{depth}"}
    height, width = output_size(_pipeline(node), (10_000, 10_000))
    assert 10_000 < height == width < 20_000
