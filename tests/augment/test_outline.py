"""The outline on the image before it is what the result shows, pixel by pixel, as plain albumentations moves them."""

import copy
from typing import Any

import albumentations as A
import cv2
import numpy as np
import pytest

from explorer.augment import outline
from explorer.augment.apply import apply_watched
from explorer.augment.catalog import catalog
from explorer.augment.edits import add, set_p
from explorer.augment.pipeline import Draft, Group, Pipeline, Step, validate
from explorer.augment.trace import trace
from explorer.data.sample import Sample
from tests.augment.samples import acceptable

BENDING = {
    "ElasticTransform", "GridDistortion", "GridElasticDeform", "Mosaic", "OpticalDistortion", "PiecewiseAffine",
    "RandomGridShuffle", "ThinPlateSpline",
}  # fmt: skip
UNMOVED = {"Morphological"}  # it grows what is bright and dark, and moves no point


def arrived(node: Any, params: dict[str, Any], size: tuple[int, int]) -> np.ndarray:
    """What albumentations makes of an image whose channels are x, y and 1: where each pixel of the result is from."""
    rows, columns = np.mgrid[: size[0], : size[1]].astype(np.float32)
    twin = copy.copy(node)
    for name, value in (("interpolation", cv2.INTER_LINEAR), ("fill", 0)):
        if hasattr(twin, name):
            setattr(twin, name, value)
    params = params | ({"interpolation": cv2.INTER_LINEAR} if "interpolation" in params else {})
    found: np.ndarray = twin.apply(np.stack([columns, rows, np.ones_like(rows)], axis=-1), **params)
    return found


def test_every_transform_that_moves_pixels_has_the_outline_of_where_they_come_from(photograph: Sample) -> None:
    outlined = set()
    for name in (name for name, known in catalog().items() if issubclass(known.cls, A.DualTransform)):
        sample = acceptable(photograph, name)
        draft, own = add(Draft(), name, None)
        pipeline = validate(set_p(draft, own, 1.0))
        for seed in range(1 if name in BENDING else 2):
            watched = apply_watched(sample, pipeline, (seed, 0, 0), keep=True)
            (visit,), node = watched.visits, outline.steps(watched.compose)[own]
            if not outline.moves(node):
                continue
            if name in BENDING:
                with pytest.raises(outline.BentError):
                    outline.homography(node, visit.params, sample.size)
                continue
            matrix = outline.homography(node, visit.params, sample.size)
            truth = arrived(node, visit.params, sample.size)
            rows, columns = np.mgrid[: truth.shape[0], : truth.shape[1]].astype(np.float64)
            here = np.stack([columns, rows], axis=-1).reshape(1, -1, 2)
            there = cv2.perspectiveTransform(here, np.linalg.inv(matrix))[0].reshape(*truth.shape[:2], 2)
            inside = truth[..., 2] > 0.999  # the rest is filled in
            apart = np.abs(there - truth[..., :2])[inside].max()
            assert apart < (1.01 if name in UNMOVED else 0.8), f"{name}, seed {seed}: {apart:.2f} px"
            outlined.add(name)
    assert {"RandomResizedCrop", "Affine", "Perspective", "Rotate", "ShiftScaleRotate", "Pad", "D4"} <= outlined
    assert len(outlined) > 25


def step(name: str, transform: str, **params: Any) -> Step:
    return Step(id=name, transform=transform, p=1.0, params=params)


def test_a_crop_is_the_rectangle_that_it_drew_and_steps_add_up(photograph: Sample) -> None:
    height, width = photograph.size
    crop = step("c", "Crop", x_min=20, y_min=30, x_max=120, y_max=90)
    alone = trace(photograph, Pipeline(nodes=(crop,)), 0).outline()
    np.testing.assert_allclose(alone, [[20, 30], [120, 30], [120, 90], [20, 90]], atol=1e-3)

    # Mirrored first, the same crop shows the other side; colors in between change nothing.
    nodes = (step("f", "HorizontalFlip"), step("i", "InvertImg"), crop)
    traced = trace(photograph, Pipeline(nodes=nodes), 0)
    mirrored = [[width - 20, 30], [width - 120, 30], [width - 120, 90], [width - 20, 90]]
    np.testing.assert_allclose(traced.outline(), mirrored, atol=1e-3)
    np.testing.assert_allclose(traced.outline(traced.entries[2]), alone, atol=1e-3)  # type: ignore[arg-type]
    assert trace(photograph, Pipeline(nodes=(step("i", "InvertImg"),)), 0).outline() is None

    # A border that mirrors gives each point several places; the outline is that of the frame all the same.
    wide = trace(photograph, Pipeline(nodes=(step("p", "Pad", padding=32, border_mode=4),)), 0).outline()
    expected = [[-32, -32], [width + 32, -32], [width + 32, height + 32], [-32, height + 32]]
    np.testing.assert_allclose(wide, expected, atol=1e-3)

    bending = (step("e", "ElasticTransform", alpha=120.0, sigma=12.0), crop)
    channels = (
        Group(kind="SelectiveChannelTransform", id="g", p=1.0, params={"channels": [0]},
              children=(step("r", "Rotate", limit=[20, 20]),)),
    )  # fmt: skip
    for nodes, name in ((bending, "ElasticTransform"), (channels, "Rotate")):
        with pytest.raises(outline.BentError, match=name):
            trace(photograph, Pipeline(nodes=nodes), 0).outline()  # type: ignore[arg-type]
