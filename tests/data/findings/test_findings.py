"""Findings about classes, parts, groups and single images, from columns that were made for them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from explorer.data.contents import NO_LABEL, Contents
from explorer.data.findings.find import find
from explorer.data.findings.finding import Code, Finding
from explorer.data.overview.measured import Measured


def contents(**columns: Any) -> Contents:
    """60 images for training, 40 for validation, of two classes."""
    count = len(columns.get("part", range(100)))
    values: dict[str, Any] = {
        "name": "made",
        "classes": ("ants", "bees"),
        "parts": ("train", "val"),
        "ids": [f"{number:03}.png" for number in range(count)],
        "source": lambda index: f"{index}",
        "part": (np.arange(count) >= 60).astype(np.int8),
        "label": (np.arange(count) % 2).astype(np.int32),
    }
    return Contents(**(values | columns))


def measured(count: int = 100, trouble: Mapping[int, str] | None = None, **columns: Any) -> Measured:
    rng = np.random.default_rng(0)
    whole = np.full(count, 100, np.int32)
    mean = np.full((count, 3), 0.5, np.float32)
    values: dict[str, Any] = {
        "total": count,
        "index": np.arange(count),
        "width": whole,
        "height": whole,
        "size": whole.astype(np.int64),
        "brightness": rng.normal(120, 10, count).astype(np.float32),
        "contrast": rng.normal(50, 5, count).astype(np.float32),
        "sharpness": rng.normal(300, 20, count).astype(np.float32),
        "mean": mean,
        "square": mean**2 + 0.04,
        "dhash": np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15),
        "content": np.arange(count, dtype=np.uint64),
        "format": ["PNG"] * count,
        "trouble": trouble or {},
    }
    return Measured(**(values | columns))


def only(code: Code, whole: Contents, table: Measured, **how: Any) -> Finding:
    """The finding of this code, which has to be the only one."""
    (found,) = find(whole, table, **how).found
    assert found.code == code
    return found


def test_an_even_set_has_no_findings() -> None:
    assert find(contents(), measured()).found == ()


def test_uneven_classes_get_the_weights_of_scikit_learn() -> None:
    label = (np.arange(100) % 8 == 0).astype(np.int32)
    label[60:] = np.arange(40) % 2
    found = find(contents(label=label), measured()).of("imbalance")
    assert found is not None
    train = label[:60]
    assert np.allclose(found.values["weights"], compute_class_weight("balanced", classes=np.arange(2), y=train))
    assert found.values["pos_weight"] == (train == 0).sum() / (train == 1).sum()
    assert (found.values["ratio"], found.actions) == (52 / 8, ("weights",))


def test_uneven_labels_get_a_weight_each_for_the_images_that_have_them() -> None:
    several = np.stack([np.arange(100) % 2 == 0, np.arange(100) % 10 == 0], axis=1)
    found = find(contents(several=several), measured()).of("imbalance")
    assert found is not None
    assert found.values["weights"] == (30 / 30, 54 / 6)
    assert found.values["pos_weight"] is None


def test_a_class_that_a_part_lacks_or_has_few_of_is_named() -> None:
    label = (np.arange(100) % 2).astype(np.int32)
    label[60:] = 0
    missing = only("class_missing", contents(label=label), measured())
    assert (missing.severity, missing.values["missing"]) == ("check", (("val", ("bees",)),))
    label[60:64] = 1
    small = find(contents(label=label), measured()).of("class_small")
    assert small is not None
    assert small.values["small"] == (("val", "bees", 4),)


def test_two_ways_to_write_a_class_are_named() -> None:
    found = only("class_case", contents(classes=("Golden_retriever", "golden retriever")), measured())
    assert found.values["names"] == (("Golden_retriever", "golden retriever"),)


def test_groups_on_both_sides_are_found_with_their_images() -> None:
    group = np.arange(100, dtype=np.int32)
    group[[3, 4, 70]] = 500
    group[[10, 20]] = -1  # not known
    found = only("group_divided", contents(group=group), measured(), given=False)
    assert (found.images.tolist(), [one.tolist() for one in found.groups]) == ([70], [[3, 4, 70]])
    assert found.actions[0] == "together"


def test_images_that_do_not_decode_are_named_with_the_reason_and_are_no_copies() -> None:
    table = measured(
        trouble={4: "cut off", 70: "cut off"}, content=np.where(np.isin(range(100), [4, 70]), 0, range(100))
    )
    found = only("undecodable", contents(), table)
    assert found.values["reasons"] == {4: "cut off", 70: "cut off"}


def test_masks_that_a_run_refuses_are_found() -> None:
    table = measured(mask_trouble={4: "All pixels of the mask are 255.", 70: "The mask has other pixels: 9."})
    found = only("mask_unusable", contents(), table)
    assert (found.severity, found.images.tolist(), found.actions) == ("wrong", [4, 70], ("leave_out",))
    assert only("refused", contents(refused="JPEG."), table).values == {"reason": "JPEG."}


def test_classes_of_masks_that_a_part_lacks_or_has_few_pixels_of_are_named_without_the_void() -> None:
    area = np.zeros((100, 4), np.float32)
    area[:, 0], area[::3, 1], area[:, 3] = 0.9, 0.03, 0.1  # of the third class there is nothing
    area[60:, 1] = 0
    area[5] = np.nan  # its mask cannot be read
    masks = contents(classes=(), label=np.full(100, NO_LABEL, np.int32), mask_classes=("sky", "pole", "sign", "void"))
    missing, uneven = find(masks, measured(mask_area=area)).found
    assert (missing.code, missing.severity) == ("mask_class_missing", "wrong")
    assert missing.values["missing"] == (("train", ("sign",)), ("val", ("pole", "sign")))
    assert (uneven.code, uneven.severity, uneven.actions) == ("mask_imbalance", "note", ("weights",))
    assert np.isclose(uneven.values["ratio"], 0.9 * 59 / (0.03 * 20))
    assert uneven.values["least"][0::2] == ("pole", 20)
    # A class that was not seen in a sample may be in the other images.
    sampled = measured(60, total=100, index=np.arange(0, 100, 5).repeat(3), mask_area=area[::5].repeat(3, axis=0))
    assert find(masks, sampled).of("mask_class_missing") is None


def test_single_images_far_from_the_others_are_found() -> None:
    table = measured()
    table.brightness[7] = 251
    table.contrast[9], table.square[9] = 0.3, table.mean[9] ** 2
    table.width[11], table.height[11] = 4, 4
    found = find(contents(), table)
    assert {one.code: one.images.tolist() for one in found.found} == {
        "single_color": [9],
        "brightness_far": [7],
        "size_far": [11],
    }


def test_a_part_that_differs_is_found_and_chance_is_not() -> None:
    table = measured()
    table.brightness[60:] += 12
    found = only("part_differs", contents(), table)
    assert list(found.values["by"]) == ["brightness"]
    formats = measured(format=["PNG"] * 60 + ["JPEG"] * 40)
    assert list(only("part_differs", contents(), formats).values["by"]) == ["formats"]
    called = 0
    for seed in range(50):
        noise = np.random.default_rng(seed).normal(120, 10, 100).astype(np.float32)
        called += bool(find(contents(), measured(brightness=noise)).found)
    assert called == 0


def test_a_sample_says_that_it_is_one() -> None:
    table = measured(total=100)
    half = table.rows(np.arange(0, 100, 2)) if hasattr(table, "rows") else table
    looked = find(contents(), half).looked
    assert (looked.sampled, looked.images, looked.total) == (True, 50, 100)
