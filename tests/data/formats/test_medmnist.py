"""Arrays read by the app and by plain numpy, and every way in which such a file can be wrong."""

import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.data import arrays as arrays_of_files
from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.formats.medmnist import MedMnistSpec
from explorer.data.medmnist_names import names_of

COUNTS = (("train", 9), ("val", 6), ("test", 3))


def arrays(shape: tuple[int, ...] = (28, 28), **changed: Any) -> dict[str, Any]:
    draw, found = np.random.default_rng(0), {}
    for part, count in COUNTS:
        found[f"{part}_images"] = draw.integers(0, 256, (count, *shape), np.uint8)
        found[f"{part}_labels"] = (np.arange(count, dtype=np.uint8) % 3)[:, None]
    return found | changed


def save(folder: Path, values: dict[str, Any]) -> Path:
    file = folder / "pneumonia.npz"
    np.savez_compressed(file, **{name: value for name, value in values.items() if value is not None})
    return file


@pytest.mark.parametrize("shape", [(28, 28), (20, 24, 3)])
def test_images_and_labels_are_those_of_plain_numpy(allowed: Path, shape: tuple[int, ...]) -> None:
    file = save(allowed, arrays(shape))
    assert [each.key for each in picture_sets.offer().sets][2:] == [f"medmnist:{file}"]
    dataset = MedMnistSpec(path=str(file)).open()
    assert (dataset.classes, dataset.test is not None) == (("class 0", "class 1", "class 2"), True)
    with np.load(file, allow_pickle=False) as held:
        for split in (dataset.train, dataset.val, dataset.test):
            assert split is not None
            np.testing.assert_array_equal(split.labels, held[f"{split.name}_labels"][:, 0])
            again = pickle.loads(pickle.dumps(split))  # noqa: S301 - as for workers
            for index in range(len(split)):
                stored = held[f"{split.name}_images"][index]
                expected = stored if stored.ndim == 3 else np.stack([stored] * 3, axis=2)
                np.testing.assert_array_equal(again.load(index).image, expected)
                shown = picture_sets.load(f"medmnist:{file}", split.name, index)
                np.testing.assert_array_equal(shown.sample.image, expected)
                assert shown.sample.label == split.labels[index]
    found = MedMnistSpec(path=str(file)).contents()
    assert (found.parts, found.part.tolist()) == (("train", "val", "test"), [0] * 9 + [1] * 6 + [2] * 3)
    assert found.pixels is not None
    np.testing.assert_array_equal(found.pixels(0), dataset.train.load(0).image)
    assert found.source(0) == dataset.train.source(0)
    assert MedMnistSpec.is_split(file)


def test_what_a_person_decides_and_folds_hold_for_arrays(allowed: Path) -> None:
    file = save(allowed, arrays(train_labels=np.array([0, 1, 2, 0, 1, 2, 0, 1, -1], np.int64)))
    with pytest.raises(DatasetError, match=r"train/8: Its label is no whole number"):
        MedMnistSpec(path=str(file)).open()
    spec = MedMnistSpec(path=str(file), skip_unusable=True, left_out=("train/0",))
    assert [split and len(split) for split in (spec.open().train, spec.open().val, spec.open().test)] == [7, 6, 3]
    assert {entry.name for entry in spec.contents().left_out} == {"train/8", "train/0"}
    seen: list[str] = []
    for fold in range(3):
        divided = spec.model_copy(update={"folds": 3, "fold": fold}).open()
        seen += divided.val.ids
        assert divided.test is not None
    assert len(seen) == len(set(seen)) == 13
    plain = save(allowed, {"x_train": arrays()["train_images"], "y_train": np.arange(9) % 3})
    assert len(MedMnistSpec(path=str(plain), val_fraction=0.4).open().val) == 3


def test_classes_of_medmnist_have_their_names(allowed: Path) -> None:
    sizes = {"train": 546, "val": 78, "test": 156}
    values = {f"{part}_images": np.zeros((count, 2, 2), np.uint8) for part, count in sizes.items()}
    values |= {f"{part}_labels": np.arange(count)[:, None] % 2 for part, count in sizes.items()}
    file = save(allowed, values).rename(allowed / "breastmnist_64.npz")
    found = MedMnistSpec(path=str(file)).contents()
    assert found.classes == ("malignant", "normal, benign")
    assert any("as MedMNIST calls" in note for note in found.notes)
    other = file.rename(allowed / "other.npz")
    assert MedMnistSpec(path=str(other)).contents().classes == ("class 0", "class 1")


def _of_labels(**changed: Any) -> dict[str, Any]:
    """Arrays whose images can have several of 4 labels."""
    draw = np.random.default_rng(1)
    labels = {f"{part}_labels": draw.integers(0, 2, (count, 4), np.uint8) for part, count in COUNTS}
    return arrays(**{**labels, **changed})


def test_several_labels_are_those_of_plain_numpy(allowed: Path) -> None:
    file = save(allowed, _of_labels())
    spec = MedMnistSpec(path=str(file)).recognized()
    assert (spec.several, spec.task) == ("columns", "labels")
    dataset, found = spec.open(), spec.contents()
    assert dataset.classes == found.classes == ("label 0", "label 1", "label 2", "label 3")
    assert found.several is not None
    with np.load(file, allow_pickle=False) as held:
        for split in (dataset.train, dataset.val, dataset.test):
            assert split is not None
            np.testing.assert_array_equal(split.labels, held[f"{split.name}_labels"])
            assert pickle.loads(pickle.dumps(split)).load(0).label is None  # noqa: S301 - as for workers
        np.testing.assert_array_equal(found.several, np.concatenate([held[f"{part}_labels"] for part, _ in COUNTS]))
        words = [f"label {number}" for number in np.flatnonzero(held["train_labels"][2])]
        assert found.words(2) == ", ".join(words)
        assert spec.pictures().name("train", 2) == ", ".join(["train/2", *words])
    folds = [spec.model_copy(update={"folds": 3, "fold": fold}).open().val.ids for fold in range(3)]
    assert sorted(name for ids in folds for name in ids) == sorted((*dataset.train.ids, *dataset.val.ids))
    assert names_of("chestmnist_64", (78_468, 11_219, 22_433), 14)[:2] == ("atelectasis", "cardiomegaly")


@pytest.mark.parametrize(
    ("labels", "several", "words"),
    [
        (np.eye(3, dtype=np.uint8)[np.arange(9) % 3], "no", "has 3 labels for each image, and one is expected"),
        (np.arange(9) % 3, "columns", "has one label for each image, and several are expected"),
        (np.arange(18).reshape(9, 2), "columns", "train/1, train/2, .*One of its labels is neither"),
    ],
)
def test_labels_that_do_not_fit_what_is_expected(allowed: Path, labels: np.ndarray, several: Any, words: str) -> None:
    file = save(allowed, {"train_images": arrays()["train_images"], "train_labels": labels})
    with pytest.raises(DatasetError, match=words):
        MedMnistSpec(path=str(file), several=several).open()


def test_labels_of_several_parts_have_to_be_the_same_and_one_for_each_image_is_noted(allowed: Path) -> None:
    file = save(allowed, _of_labels(train_labels=np.eye(4, dtype=np.uint8)[np.arange(9) % 4]))
    assert not any("they may be classes" in note for note in MedMnistSpec(path=str(file)).recognized().contents().notes)
    alone = save(allowed, {"x_train": arrays()["train_images"], "y_train": np.eye(3)[np.arange(9) % 3]})
    assert any("they may be classes" in note for note in MedMnistSpec(path=str(alone)).recognized().contents().notes)
    with pytest.raises(DatasetError, match="have 1 and 4 labels for each image"):
        MedMnistSpec(path=str(save(allowed, _of_labels(val_labels=np.zeros(6, int))))).open()


class Harmful:
    """What would be executed if it were unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return exec, ("raise SystemExit('it was unpickled')",)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"train_images": None}, "no arrays train_images and train_labels"),
        ({"train_images": np.zeros((9, 28, 28, 28), np.uint8)}, "only flat images"),
        ({"train_images": np.zeros((9, 28, 28), np.float32)}, "Expected .N, H, W"),
        ({"train_images": np.zeros((9, 0, 28), np.uint8)}, "cannot be read"),
        ({"train_images": np.zeros((8, 28, 28), np.uint8)}, "but labels of shape"),
        ({"train_labels": np.zeros((9, 1, 1), np.uint8)}, "but labels of shape"),
        ({"train_labels": np.array([Harmful()] * 9, object)}, "values of type object"),
        ({"train_labels": np.array(["a"] * 9)}, "Expected whole numbers"),
        (
            {f"{part}_labels": np.zeros(count, int) for part, count in COUNTS},
            "one class",
        ),
    ],
)
def test_arrays_that_cannot_be_used_are_named(allowed: Path, changed: dict[str, Any], message: str) -> None:
    file = allowed / "x.npz"
    np.savez(file, **{name: value for name, value in arrays(**changed).items() if value is not None})
    with pytest.raises(DatasetError, match=message):
        MedMnistSpec(path=str(file)).open()


def header(shape: str) -> bytes:
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    "content",
    [
        header("(9, 100000, 100000)"),
        header("(9, -28, 28)") + bytes(7056),
        header("(" * 3000),
        header("(10**99999999, 28)"),
        header("(9, 28, 28)") + bytes(7055),
        b"\x93NUMPY\x09\x00",
        b"",
    ],
)
def test_nothing_is_unpacked_that_its_header_does_not_fit(allowed: Path, content: bytes) -> None:
    file = save(allowed, arrays(train_images=None))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as held:
        held.writestr("train_images.npy", content)
    with pytest.raises(DatasetError, match=r"damaged|cannot be read|GB"):
        MedMnistSpec(path=str(file)).open()


def test_a_bomb_and_files_that_are_none_are_refused(allowed: Path, subtests: pytest.Subtests) -> None:
    file = save(allowed, arrays(train_images=None))
    for images, message in ((2_000, r"2\.0 GB of images and labels; at most 1\.5 GB"), (9, "damaged")):
        with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as held:
            held.writestr("train_images.npy", begin := header(f"({images}, 1000, 1000)"))
            held.filelist[-1].file_size = len(begin) + images * 1_000_000  # which is not so
        with pytest.raises(DatasetError, match=message):
            MedMnistSpec(path=str(file)).open()
        file = save(allowed, arrays(train_images=None, train_labels=np.zeros(9, int)))
    for content in (b"", b"PK\x03\x04", b"x" * 100):
        with subtests.test(content[:9]):
            file.write_bytes(content)
            with pytest.raises(DatasetError, match=r"not an \.npz file"):
                MedMnistSpec(path=str(file)).contents()
    with zipfile.ZipFile(file, "w") as held:
        for number in range(5_000):
            held.writestr(f"{number}.npy", b"")
    with pytest.raises(DatasetError, match="lists too many arrays"):
        MedMnistSpec(path=str(file)).contents()
    pipe = allowed / "pipe.npz"
    os.mkfifo(pipe)  # which would be waited for without end
    with pytest.raises(DatasetError, match="no ordinary file"):
        MedMnistSpec(path=str(pipe)).contents()
    assert not MedMnistSpec.looks(pipe)
    assert [each.key for each in picture_sets.offer().sets][2:] == []


def test_arrays_are_kept_as_long_as_all_together_are_small(allowed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays_of_files, "MAX_UNPACKED", 40_000)  # each file has 14 KB
    files = [save(allowed, arrays()).rename(allowed / f"{name}.npz") for name in "abc"]
    first, second = (arrays_of_files.read(file) for file in files[:2])
    assert arrays_of_files.read(files[0]) is first
    arrays_of_files.read(files[2])
    assert arrays_of_files.read(files[0]) is first
    assert arrays_of_files.read(files[1]) is not second
