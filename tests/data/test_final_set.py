"""The final set: chosen by contents, the same everywhere, with copies together, and never trained on."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.dataset import Dataset, DatasetError
from explorer.data.final_set import divide
from explorer.data.formats.image_folder import ImageFolderSpec


def folder(root: Path, counts: dict[str, int]) -> Path:
    generator = np.random.default_rng(0)
    for name, count in counts.items():
        (root / name).mkdir(parents=True)
        for index in range(count):
            Image.fromarray(generator.integers(0, 256, (8, 8, 3), np.uint8)).save(root / name / f"{index:02}.png")
    return root


def names(dataset: Dataset) -> set[str]:
    return {*dataset.train.ids, *dataset.val.ids}


def test_a_share_of_each_class_is_left_out_and_all_others_stay(tmp_path: Path) -> None:
    root = folder(tmp_path / "data", {"ants": 20, "bees": 10})
    spec = ImageFolderSpec(path=str(root), set_aside=0.2)
    found = divide(spec.whole(), 0.2)
    assert found.final.counts(2).tolist() == [4, 2]
    assert names(found.dataset) | set(found.final.ids) == names(spec.whole())
    assert not names(found.dataset) & set(found.final.ids)
    assert names(spec.open()) == names(found.dataset)
    assert len(found.hashes) == len(found.final) == 6
    last = len(found.final) - 1
    assert found.final.load(last).id == found.final.ids[last]


def test_it_follows_from_contents_alone_and_copies_stay_together(tmp_path: Path) -> None:
    first = folder(tmp_path / "a", {"ants": 10, "bees": 10})
    one = divide(ImageFolderSpec(path=str(first)).whole(), 0.3)
    moved = tmp_path / "b"
    shutil.copytree(first, moved)
    for place, file in enumerate(sorted(moved.rglob("*.png"))):
        file.rename(file.with_name(f"x{(7 * place) % 20:02}.png"))
    other = ImageFolderSpec(path=str(moved), seed=5, val_fraction=0.4)
    assert set(divide(other.whole(), 0.3).hashes) == set(one.hashes)
    # Each image once more, in the same class: it is where its original is.
    for file in sorted(moved.rglob("*.png")):
        shutil.copy(file, file.with_name(f"copy-{file.name}"))
    doubled = divide(other.whole(), 0.3)
    assert set(doubled.hashes) == set(one.hashes)
    assert len(doubled.final) == 2 * len(one.final)


def test_it_is_the_same_in_all_folds_although_copies_have_other_labels(tmp_path: Path) -> None:
    root = folder(tmp_path / "data", {"ants": 16, "bees": 16})
    for file in sorted((root / "ants").iterdir())[::2]:
        shutil.copy(file, root / "bees" / f"copy-{file.name}")
    specs = [ImageFolderSpec(path=str(root), folds=4, fold=fold, set_aside=0.3) for fold in range(4)]
    found = [divide(spec.whole(), 0.3, in_folds=spec.in_folds) for spec in specs]
    assert len({tuple(sorted(one.final.ids)) for one in found}) == 1
    assert [names(one.dataset) for one in found] == [names(spec.open()) for spec in specs]


def test_a_smaller_share_is_part_of_a_larger_one(tmp_path: Path) -> None:
    whole = ImageFolderSpec(path=str(folder(tmp_path / "data", {"ants": 20, "bees": 20}))).whole()
    assert set(divide(whole, 0.1).hashes) < set(divide(whole, 0.3).hashes)


def test_a_class_that_is_too_small_is_named(tmp_path: Path) -> None:
    root = folder(tmp_path / "data", {"ants": 20, "bees": 2})
    with pytest.raises(DatasetError, match="bees has only 2 different images"):
        ImageFolderSpec(path=str(root), set_aside=0.2).open()
