"""Masks, scores and boxes of views that are put back are those of the image, for all steps of the catalog that move."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.augment.catalog import catalog
from explorer.augment.pipeline import Pipeline
from explorer.augment.put_back import NotInvertible, WayBack, check_steps
from explorer.augment.trace import trace
from explorer.data.sample import Sample

SIZE = (61, 83)
# Steps whose views hold each pixel that is seen unchanged, and the values with which they do something.
EXACT: dict[str, dict[str, Any]] = {
    "HorizontalFlip": {},
    "VerticalFlip": {},
    "Transpose": {},
    "D4": {},
    "SquareSymmetry": {},
    "RandomRotate90": {},
    "CenterCrop": {"height": 40, "width": 51},
    "Crop": {"x_min": 7, "y_min": 5, "x_max": 60, "y_max": 49},
    "RandomCrop": {"height": 33, "width": 47},
    "RandomCropFromBorders": {"crop_left": 0.3, "crop_right": 0.3, "crop_top": 0.3, "crop_bottom": 0.3},
    "CropAndPad": {"px": [-9, 9], "keep_size": False},
    "Pad": {"padding": [3, 11]},
    "PadIfNeeded": {"min_height": 90, "min_width": 101},
    "AtLeastOneBBoxRandomCrop": {"height": 33, "width": 47},
    "BBoxSafeRandomCrop": {},
    "CropNonEmptyMaskIfExists": {"height": 33, "width": 47},
}
# Steps that draw pixels anew: only those at the edges of regions may differ, by as many px as the number says.
RESAMPLED: dict[str, tuple[dict[str, Any], float]] = {
    "Rotate": ({"limit": [-40, 40]}, 1.5),
    "SafeRotate": ({"limit": [-40, 40]}, 2.0),
    "Affine": ({"scale": [0.8, 1.2], "rotate": [-30, 30], "shear": [-10, 10], "translate_percent": [-0.1, 0.1]}, 2.0),
    "ShiftScaleRotate": ({}, 2.0),
    "Perspective": ({}, 2.5),
    "RandomResizedCrop": ({"size": [48, 64], "scale": [0.5, 1.0]}, 3.0),
    "RandomSizedCrop": ({"min_max_height": [30, 60], "size": [48, 64]}, 3.0),
    "RandomSizedBBoxSafeCrop": ({"height": 48, "width": 64}, 3.0),
    "Resize": ({"height": 100, "width": 130}, 1.5),
    "LongestMaxSize": ({"max_size": 60}, 3.0),
    "SmallestMaxSize": ({"max_size": 80}, 2.0),
    "RandomScale": ({}, 3.0),
    "CropAndPad": ({"px": [-9, 9], "keep_size": True}, 2.0),
}
BENT = (
    "GridElasticDeform", "RandomGridShuffle", "ElasticTransform", "GridDistortion", "OpticalDistortion",
    "PiecewiseAffine", "ThinPlateSpline",
)  # fmt: skip


def _sample() -> Sample:
    """An image with a mask of three regions and a box around each of two."""
    mask = np.zeros(SIZE, np.uint8)
    cv2.circle(mask, (30, 25), 14, 1, -1)
    cv2.rectangle(mask, (48, 30), (74, 52), 2, -1)
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
    boxes = np.array([[16, 11, 45, 40, 1], [48, 30, 75, 53, 2]], np.float32)
    return Sample(image, mask, boxes)


def _pipeline(*steps: tuple[str, dict[str, Any]]) -> Pipeline:
    nodes = [
        {"kind": "step", "id": f"n{number}", "transform": name, "p": 1.0, "params": params}
        for number, (name, params) in enumerate(steps)
    ]
    return Pipeline.model_validate({"nodes": nodes, "streams": 2})


def _drawn(pipeline: Pipeline, seed: int) -> tuple[WayBack, Any, Sample]:
    sample = _sample()
    found = trace(sample, pipeline, seed)
    return WayBack.of(found, SIZE), found.result, sample


def _edges(mask: NDArray[np.uint8], within: float) -> NDArray[np.bool_]:
    """The pixels that are nearer than so many px to another class."""
    edge = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    return cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 5) < within


@pytest.mark.parametrize("name", EXACT)
def test_what_is_put_back_equals_what_was_there_in_all_that_was_seen(name: str) -> None:
    for seed in range(5):
        way, result, sample = _drawn(_pipeline((name, EXACT[name])), seed)
        assert way.exact
        back, seen = way.mask(result.mask, unseen=9)
        assert sample.mask is not None
        assert np.array_equal(back[seen], sample.mask[seen])
        assert (back[~seen] == 9).all()
        if name != "CropAndPad":  # each of the others either cuts or pads
            assert seen.sum() == min(np.prod(SIZE), np.prod(result.image.shape[:2]))
        colors, _ = way.scores(result.image.astype(np.float32))
        assert np.array_equal(colors[seen], sample.image[seen].astype(np.float32))


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("RandomScale", {"scale_limit": [-0.7, 0.2]}),
        ("LongestMaxSize", {"max_size": 37}),
        ("SmallestMaxSize", {"max_size": 23}),
    ],
)
def test_each_pixel_of_an_image_that_was_scaled_as_a_whole_is_seen_at_its_place(
    name: str, params: dict[str, Any]
) -> None:
    ramp = np.tile(np.linspace(0, 255, SIZE[1], dtype=np.float32).astype(np.uint8)[None, :, None], (SIZE[0], 1, 3))
    for seed in range(5):
        found = trace(Sample(ramp), _pipeline((name, params)), seed)
        way = WayBack.of(found, SIZE)
        columns = np.arange(way.view[1], dtype=np.float32)
        scores = np.tile(columns[None, :, None], (way.view[0], 1, 1))
        back, seen = way.scores(scores)
        assert seen.all()
        # Where OpenCV takes each pixel from, clipped as at the borders of the view.
        place = (np.arange(SIZE[1]) + 0.5) * way.view[1] / SIZE[1] - 0.5
        np.testing.assert_allclose(back[0, :, 0], place.clip(0, way.view[1] - 1), atol=0.05)


@pytest.mark.parametrize("name", ["HorizontalFlip", "Transpose", "D4", "RandomRotate90", "PadIfNeeded"])
def test_boxes_that_are_put_back_are_the_ones_that_were_there(name: str) -> None:
    for seed in range(4):
        way, result, sample = _drawn(_pipeline((name, EXACT[name])), seed)
        np.testing.assert_allclose(way.boxes(result.bboxes), sample.bboxes, atol=1e-3)


@pytest.mark.parametrize("name", RESAMPLED)
def test_only_edges_of_regions_differ_where_pixels_are_drawn_anew(name: str) -> None:
    params, within = RESAMPLED[name]
    for seed in range(4):
        way, result, sample = _drawn(_pipeline((name, params)), seed)
        back, seen = way.mask(result.mask)
        assert sample.mask is not None
        assert seen.mean() > 0.2
        wrong = seen & (back != sample.mask)
        assert not (wrong & ~_edges(sample.mask, within)).any(), f"seed {seed}: {wrong.sum()} pixels differ"


def test_several_steps_are_put_back_together() -> None:
    steps = [
        ("Transpose", {}),
        ("RandomCrop", {"height": 50, "width": 40}),
        ("D4", {}),
        ("PadIfNeeded", EXACT["PadIfNeeded"]),
    ]
    way, result, sample = _drawn(_pipeline(*steps), 3)
    back, seen = way.mask(result.mask)
    assert sample.mask is not None
    assert (way.exact, int(seen.sum())) == (True, 2000)
    assert np.array_equal(back[seen], sample.mask[seen])


@pytest.mark.parametrize("name", BENT)
def test_a_step_that_bends_the_image_is_refused_by_its_name(name: str) -> None:
    params = {"num_grid_xy": [4, 4], "magnitude": 8} if name == "GridElasticDeform" else {}
    with pytest.raises(NotInvertible, match=name):
        _drawn(_pipeline((name, params)), 1)


@pytest.mark.parametrize("name", ["ElasticTransform", "RandomGridShuffle"])
def test_a_pipeline_is_refused_by_a_step_that_would_seldom_bend(name: str) -> None:
    step = {"kind": "step", "id": "n1", "transform": name, "p": 1e-6}
    other = {"kind": "step", "id": "n2", "transform": "HorizontalFlip", "p": 0.5}
    group = {"kind": "OneOf", "id": "n3", "p": 1e-6, "children": [other, step]}
    with pytest.raises(NotInvertible, match=name):
        check_steps(Pipeline.model_validate({"nodes": [group]}))
    off = {**group, "children": [other, {**step, "enabled": False}]}
    check_steps(Pipeline.model_validate({"nodes": [off]}))


def test_a_step_that_moves_single_channels_is_refused_and_one_that_moves_all_is_not() -> None:
    channels = {"kind": "SelectiveChannelTransform", "id": "n1", "p": 0.1, "params": {"channels": [0]}}
    rotated = {"kind": "step", "id": "n2", "transform": "Rotate", "p": 0.1}
    with pytest.raises(NotInvertible, match="Rotate"):
        check_steps(Pipeline.model_validate({"nodes": [{**channels, "children": [rotated]}]}))
    check_steps(_pipeline(("Rotate", {}), *((name, params) for name, (params, _) in RESAMPLED.items())))


def test_each_step_that_moves_pixels_is_in_one_of_the_lists() -> None:
    groups = {"Geometry", "Crop", "Flip and rotate", "Distortion", "Resize and pad"}
    moving = {name for name, found in catalog().items() if found.group in groups}
    others = {"Morphological", "RandomCropNearBBox"}  # it moves nothing; it needs a box of its own
    assert moving == {*EXACT, *RESAMPLED, *BENT, *others}
