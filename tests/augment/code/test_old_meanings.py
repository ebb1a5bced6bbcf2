"""Where an argument of 1.x has an exact meaning in 2.0.8, the picture proves it: measured, not read in our table."""

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import albumentations as A
import cv2
import numpy as np
import pytest

from explorer.augment.catalog import catalog
from explorer.augment.code import read_code
from explorer.augment.code.legacy import OLD
from explorer.augment.code.normal import kept
from explorer.augment.pipeline import Draft, validate


def draft(step: str) -> Draft:
    """The draft of one step of 1.x."""
    (found,) = read_code(f"t = A.Compose([{step}])")
    return found.draft


def drawn(step: str, image: Any, times: int = 1) -> Iterator[Any]:
    """What a step of 1.x makes of a picture, for one seed after another."""
    compose = validate(draft(step)).to_compose(bboxes=False, keypoints=False)
    for seed in range(times):
        compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
        yield compose(image=image)["image"]


def made(step: str) -> Any:
    """The transform of 2.0.8."""
    return validate(draft(step)).to_compose(bboxes=False, keypoints=False).transforms[0]


GREY = np.full((256, 256, 3), 128, np.uint8)
WHITE = np.full((120, 80, 3), 255, np.uint8)
COLOURS = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
RAMP = np.repeat(np.arange(256, dtype=np.uint8), 12).reshape(32, 32, 3)


@pytest.mark.parametrize("variance", [30.0, 120.0, 400.0])
def test_the_variance_of_noise_is_the_measured_one(variance: float) -> None:
    step = f"A.GaussNoise(var_limit=({variance}, {variance}), p=1)"
    (noisy,) = drawn(step, GREY.astype(np.float32) / 255)
    error = variance * np.sqrt(2 / noisy.size)
    assert np.var(noisy.astype(float) * 255) == pytest.approx(variance, abs=4 * error)
    # On uint8 noise is cut off towards 0: E[trunc(x)^2] = v - E|x| + 1/3, with E|x| = sqrt(2 v / pi).
    (whole,) = drawn(step, GREY)
    cut = variance - np.sqrt(2 * variance / np.pi) + 1 / 3
    assert np.var(whole.astype(float)) == pytest.approx(cut, abs=4 * error + 0.1)


def test_the_mean_of_noise_is_the_measured_one() -> None:
    (noisy,) = drawn("A.GaussNoise(var_limit=(25, 25), mean=-12, p=1)", GREY)
    assert np.mean(noisy.astype(float)) - 128 == pytest.approx(-12, abs=0.6)  # half a grey value is cut off


def test_the_variance_of_imgaug_noise_is_the_measured_one() -> None:
    (noisy,) = drawn("A.IAAAdditiveGaussianNoise(scale=(8, 8), p=1)", GREY.astype(np.float32) / 255)
    assert np.std(noisy.astype(float) * 255) == pytest.approx(8, rel=0.02)
    assert np.array_equal(noisy[..., 0], noisy[..., 1])  # per_channel=False


@pytest.mark.parametrize("step", ["JpegCompression", "ImageCompression"])
def test_the_quality_is_that_of_the_file(step: str) -> None:
    (compressed,) = drawn(f"A.{step}(quality_lower=20, quality_upper=20, p=1)", COLOURS)
    data = cv2.imencode(".jpg", COLOURS[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 20])[1]
    direct = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]
    swapped = cv2.imdecode(cv2.imencode(".jpg", COLOURS, [cv2.IMWRITE_JPEG_QUALITY, 20])[1], cv2.IMREAD_COLOR)
    assert any(np.array_equal(compressed, file) for file in (direct, swapped))


@pytest.mark.parametrize(
    ("step", "size"),
    [
        ("A.RandomResizedCrop(40, 56)", (40, 56)),
        ("A.RandomResizedCrop(width=56, height=40)", (40, 56)),
        ("A.RandomSizedCrop((20, 30), 24, 36)", (24, 36)),
        ("A.RandomSizedCrop(min_max_height=[20, 30], height=24, width=36, always_apply=True)", (24, 36)),
        ("A.PadIfNeeded(200, 150, value=3)", (200, 150)),
    ],
)
def test_height_and_width_are_not_swapped(step: str, size: tuple[int, int]) -> None:
    assert next(drawn(step, WHITE)).shape[:2] == size


def holes(picture: Any) -> list[tuple[int, int]]:
    """Height and width (px) of each black part of a white picture."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((picture[..., 0] == 0).astype(np.uint8), connectivity=4)
    return [(int(row[cv2.CC_STAT_HEIGHT]), int(row[cv2.CC_STAT_WIDTH])) for row in stats[1:]]


def test_the_size_of_holes_is_the_measured_one() -> None:
    step = "A.CoarseDropout(max_holes=1, max_height=9, max_width=5, min_height=6, p=1)"
    found = Counter(size for picture in drawn(step, WHITE, 200) for size in holes(picture))
    assert {height for height, _ in found} == {6, 7, 8, 9}
    assert {width for _, width in found} == {5}
    (cut,) = drawn("A.Cutout(num_holes=1, max_h_size=30, max_w_size=12, p=1)", WHITE)
    assert holes(cut) == [(30, 12)]


def test_the_number_of_holes_is_the_measured_one() -> None:
    step = "A.CoarseDropout(max_holes=3, min_holes=2, max_height=1, max_width=1, p=1)"
    counts = Counter(int((picture[..., 0] == 0).sum()) for picture in drawn(step, WHITE, 100))
    assert set(counts) <= {1, 2, 3}  # two may fall on one another
    assert counts[1] <= 2
    assert min(counts[2], counts[3]) >= 30


def test_the_grid_has_as_many_holes_across_and_down() -> None:
    step = "A.GridDropout(ratio=0.5, holes_number_x=4, holes_number_y=6, p=1)"
    (picture,) = drawn(step, WHITE)
    black = picture[..., 0] == 0

    def runs(line: Any) -> int:
        return int(np.sum(np.diff(line.astype(int), prepend=0) == 1))

    assert max(map(runs, black)) == 4
    assert max(map(runs, black.T)) == 6


def test_flip_has_three_equal_outcomes() -> None:
    outcomes = {
        "up-down": COLOURS[::-1],
        "left-right": COLOURS[:, ::-1],
        "both": COLOURS[::-1, ::-1],
        "none": COLOURS,
    }
    times = 3000
    counts = Counter(
        next(name for name, picture in outcomes.items() if np.array_equal(flipped, picture))
        for flipped in drawn("A.Flip(p=0.6)", COLOURS, times)
    )
    for name, share in {"up-down": 0.2, "left-right": 0.2, "both": 0.2, "none": 0.4}.items():
        assert counts[name] / times == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / times))


@pytest.mark.parametrize("threshold", [0, 1, 77, 128, 200, 255])
def test_a_threshold_inverts_the_grey_values_from_it_on(threshold: int) -> None:
    (picture,) = drawn(f"A.Solarize(threshold={threshold}, always_apply=True)", RAMP)
    assert np.array_equal(picture, np.where(threshold <= RAMP, 255 - RAMP, RAMP))


@pytest.mark.parametrize("side", [3, 5, 7])
def test_a_blur_without_sigma_is_close_to_that_of_opencv(side: int) -> None:
    (blurred,) = drawn(f"A.GaussianBlur(blur_limit=({side}, {side}), sigma_limit=0, always_apply=True)", COLOURS)
    direct = cv2.GaussianBlur(COLOURS, (side, side), 0)
    assert np.max(np.abs(blurred[8:-8, 8:-8].astype(int) - direct[8:-8, 8:-8])) <= 6
    assert np.mean(np.abs(blurred.astype(int) - direct)) < 1.0


def test_brightness_alone_leaves_contrast_alone() -> None:
    theirs = A.Compose([A.RandomBrightnessContrast(brightness_limit=(0.2, 0.3), contrast_limit=0, p=1)])
    for seed, ours in enumerate(drawn("A.RandomBrightness(limit=(0.2, 0.3), p=1)", COLOURS, 5)):
        theirs.set_random_state(np.random.default_rng(seed), random.Random(seed))
        assert np.array_equal(ours, theirs(image=COLOURS)["image"])


def test_a_number_that_stood_for_itself_is_no_range() -> None:
    pictures = list(drawn("A.Affine(rotate=30, mode=0, p=1)", COLOURS, 4))
    assert all(np.array_equal(one, pictures[0]) for one in pictures[1:])
    (bright,) = drawn("A.MultiplicativeNoise(multiplier=1.5, p=1, always_apply=True)", GREY // 2)
    assert set(np.unique(bright)) == {96}


@pytest.mark.parametrize(
    ("step", "attributes"),
    [
        ("A.RandomFog(fog_coef_lower=0.2, fog_coef_upper=0.5)", {"fog_coef_range": (0.2, 0.5)}),
        ("A.RandomFog(0.1, 0.4, 0.05)", {"fog_coef_range": (0.1, 0.4), "alpha_coef": 0.05}),
        ("A.RandomSnow(0.2, 0.4, 3)", {"snow_point_range": (0.2, 0.4), "brightness_coeff": 3.0}),
        ("A.RandomShadow(num_shadows_lower=2, num_shadows_upper=4)", {"num_shadows_limit": (2, 4)}),
        ("A.Downscale(scale_min=0.5, scale_max=0.5)", {"scale_range": (0.5, 0.5)}),
        ("A.ImageCompression(30, 60, 1)", {"quality_range": (30, 60), "compression_type": "webp"}),
        ("A.Rotate(20, always_apply=False)", {"limit": (-20, 20), "border_mode": cv2.BORDER_REFLECT_101}),
        ("A.Affine(mode=cv2.BORDER_WRAP, cval=9)", {"border_mode": cv2.BORDER_WRAP, "fill": 9}),
        ("A.ElasticTransform(alpha_affine=0)", {"noise_distribution": "uniform", "border_mode": 4}),
    ],
)
def test_an_old_argument_reaches_the_new_attribute(step: str, attributes: dict[str, Any]) -> None:
    transform = made(step)
    assert {name: getattr(transform, name) for name in attributes} == attributes


def test_every_entry_of_the_table_speaks_of_what_2_0_8_has(subtests: pytest.Subtests) -> None:
    for name, old in OLD.items():
        with subtests.test(name):
            becomes = name if old.becomes is None else old.becomes
            if becomes in ("", "Flip"):
                assert name not in catalog()
            else:
                assert set(old.usual or {}) <= set(catalog()[becomes].parameters)
                for rule in old.rules:
                    assert set(rule.takes) & {*old.order, "read_fn", "keypoints_threshold"}


def test_every_transform_of_1_x_is_read_or_set_aside(subtests: pytest.Subtests) -> None:
    for name in set(OLD) - {"CropAndPad", "IAACropAndPad"}:  # these want one of two arguments
        with subtests.test(name):
            (found,) = read_code(f"t = A.Compose([A.{name}(always_apply=True), A.NoOp()])")
            assert validate(found.draft)
            assert len(found.draft.nodes) == 2 or any(note.kind == "left out" for note in found.notes)
            assert found.draft.nodes[0].p == 1.0 or len(found.draft.nodes) == 1


@pytest.mark.filterwarnings("ignore")
def test_writing_ranges_out_changes_nothing() -> None:
    for name, transform in catalog().items():
        for key, value in itertools.product(transform.parameters, (0.5, 1, 3, 5)):
            once = kept(name, {**transform.starts, key: value})
            assert kept(name, once) == once
