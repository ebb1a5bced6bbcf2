"""Divisions: shares, folds and groups, beside scikit-learn's splitters; and what is divided further on."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from explorer.data.dataset import Dataset, DatasetError, stratified_split
from explorer.data.division import Given, divide
from explorer.data.drawing import with_drawn
from explorer.data.final_set import divide as set_aside
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.parts import TEST, TRAIN, UNUSED, VAL, joined, merged
from explorer.data.spreading import spread

Numbers = NDArray[np.int64]


def random_set(seed: int) -> tuple[Numbers, Numbers, int]:
    """Labels, groups of 1 to 30 images with shares of classes of their own, and a number of folds."""
    draw = np.random.default_rng(seed)
    classes, count, folds = int(draw.integers(2, 8)), int(draw.integers(12, 150)), int(draw.integers(2, 8))
    groups = np.repeat(np.arange(count), draw.integers(1, draw.integers(2, 30), count))
    shares = draw.dirichlet(np.full(classes, draw.choice([0.1, 1, 10])), count)
    labels = np.array([draw.choice(classes, p=shares[group]) for group in groups])
    order = draw.permutation(len(labels))
    return np.unique(labels, return_inverse=True)[1][order], groups[order], folds


def uneven(labels: Numbers, part: Numbers, folds: int) -> tuple[float, int]:
    """The largest deviation of a fold from its share of a class, and how many folds lack a class."""
    counts = np.array([np.bincount(labels[part == fold], minlength=labels.max() + 1) for fold in range(folds)])
    return float(np.abs(counts / counts.sum(axis=0) - 1 / folds).max()), int((counts == 0).sum())


def of_sklearn(labels: Numbers, groups: Numbers | None, folds: int, seed: int) -> Numbers:
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    part = np.empty(len(labels), np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for fold, (_, held) in enumerate(kind(folds, shuffle=True, random_state=seed).split(labels, labels, groups)):
            part[held] = fold
    return part


def test_folds_keep_groups_whole_and_are_at_least_as_even_as_those_of_scikit_learn() -> None:
    ours, theirs = [], []
    for seed in range(12):
        labels, groups, folds = random_set(seed)
        part = spread(labels, groups, [1 / folds] * folds, seed)
        assert len({*zip(groups.tolist(), part.tolist(), strict=True)}) == len(set(groups.tolist()))
        np.testing.assert_array_equal(part, spread(labels, groups, [1 / folds] * folds, seed))
        ours.append(uneven(labels, part, folds))
        theirs.append(uneven(labels, of_sklearn(labels, groups, folds, seed), folds))
        assert ours[-1][1] <= theirs[-1][1]  # every class is in as many folds
    assert np.mean([one for one, _ in ours]) <= np.mean([one for one, _ in theirs])
    assert any((spread(labels, groups, [0.5, 0.5], 1) != spread(labels, groups, [0.5, 0.5], 2)).tolist())


@given(st.lists(st.integers(0, 4), min_size=2, max_size=80), st.integers(2, 7), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_folds_without_groups_are_as_even_as_can_be(drawn: list[int], folds: int, seed: int) -> None:
    labels = np.unique(np.array(drawn), return_inverse=True)[1].astype(np.int64)
    part = spread(labels, None, [1 / folds] * folds, seed)
    counts = np.array([np.bincount(labels[part == fold], minlength=labels.max() + 1) for fold in range(folds)])
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()
    assert counts.sum(axis=1).max() - counts.sum(axis=1).min() <= 1
    if np.bincount(labels).min() >= folds:
        assert uneven(labels, part, folds) == pytest.approx(uneven(labels, of_sklearn(labels, None, folds, 0), folds))


@given(st.integers(0, 200), st.floats(0.05, 0.6))
@example(136, 0.0625)  # a small share, of which each of seven classes takes an image
@settings(max_examples=40, deadline=None)
def test_a_share_in_groups_is_near_the_share_and_leaves_each_class_to_training(seed: int, share: float) -> None:
    labels, groups, _ = random_set(seed)
    part = spread(labels, groups, [share, 1 - share], seed)
    assert not set(groups[part == 0]) & set(groups[part == 1])
    assert set(labels[part == 1].tolist()) == set(labels.tolist())
    largest = np.bincount(groups).max()
    assert abs((part == 0).sum() - share * len(labels)) <= max(2 * largest, 0.1 * len(labels), labels.max() + 1)


def spec(**options: object) -> CsvSpec:
    return CsvSpec.model_validate({"path": "x.csv", **options})


IDS = [f"{number}.png" for number in range(40)]
LABELS = np.arange(40, dtype=np.int64) % 2
CLASSES = ("ant", "bee")


def test_a_plain_share_is_that_of_runs_of_before() -> None:
    found = divide(spec(val_fraction=0.3, seed=5), IDS, LABELS, CLASSES)
    train, val = stratified_split(LABELS, 0.3, 5)
    np.testing.assert_array_equal(found.of(TRAIN), train)
    np.testing.assert_array_equal(found.of(VAL), val)
    assert found.notes == ()


def test_each_image_validates_in_one_fold_and_testing_takes_no_part() -> None:
    part = np.array([TRAIN] * 20 + [VAL] * 10 + [TEST] * 10, np.int8)
    known = Given(part, group=np.arange(40) // 4, part_by="The column split", group_by="patient")
    folds = [divide(spec(folds=5, fold=fold), IDS, LABELS, CLASSES, known) for fold in range(5)]
    assert sorted(np.concatenate([found.of(VAL) for found in folds]).tolist()) == list(range(30))
    assert all(found.of(TEST).tolist() == list(range(30, 40)) for found in folds)
    assert folds[1].notes[:3] == (
        "5 folds, by patient, 8 groups: fold 2 of 5 validates.",
        "The images of train and val are divided together, whichever part was given.",
        "10 images are for testing: neither trained nor validated on.",
    )
    given_part = divide(spec(), IDS, LABELS, CLASSES, known)
    np.testing.assert_array_equal(given_part.part, part)
    assert given_part.notes[0] == "The column split divides the images: 20 train, 10 validate."
    both = Given(part, group=np.arange(40) % 5, group_by="patient")
    assert (
        "5 groups by patient are in training and in validation" in divide(spec(), IDS, LABELS, CLASSES, both).notes[-1]
    )


def test_given_folds_are_used_and_others_are_refused() -> None:
    known = Given(fold=np.repeat([0, 1, 2, -1], 10), fold_by="the column fold")
    assert divide(spec(folds=3, fold=2), IDS, LABELS, CLASSES, known).of(VAL).tolist() == list(range(20, 30))
    found = divide(spec(), IDS, LABELS, CLASSES, known)
    assert found.of(VAL).tolist() == list(range(10))
    assert found.notes == ("3 folds, given by the column fold: fold 1 of 3 validates.",)
    with pytest.raises(DatasetError, match="the column fold gives 3 folds, and 5 are chosen"):
        divide(spec(folds=5), IDS, LABELS, CLASSES, known)
    with pytest.raises(DatasetError, match="There are 2 groups by patient, and 3 parts need at least 3"):
        divide(spec(folds=3), IDS, LABELS, CLASSES, Given(group=np.arange(40) // 20, group_by="patient"))


def test_what_a_person_has_decided_is_kept() -> None:
    together = (("0.png", "7.png"), ("7.png", "39.png"), ("3.png", "gone.png"))
    for fold in range(4):
        options = {"folds": 4, "fold": fold, "together": together, "left_out": ("1.png", "nowhere.png")}
        found = divide(spec(**options), IDS, LABELS, CLASSES)
        assert len({int(found.part[place]) for place in (0, 7, 39)}) == 1
        assert found.of(UNUSED).tolist() == [1]
        assert "1 image is left out by choice." in found.notes
    part = np.array([TRAIN] * 20 + [VAL] * 20, np.int8)
    moved = divide(spec(together=together), IDS, LABELS, CLASSES, Given(part))
    assert moved.of(VAL).tolist() == list(range(20, 39))
    assert moved.notes[0].endswith("; 1 image is for training, although given for validation.")
    folds = Given(fold=np.arange(40) % 4, fold_by="the column fold")
    found = divide(spec(folds=4, fold=0, together=together), IDS, LABELS, CLASSES, folds)
    assert {0, 7, 39} <= set(found.of(VAL).tolist())


def test_whole_groups_move_where_a_person_joins_what_the_data_set_divides() -> None:
    part = np.array([TRAIN] * 20 + [VAL] * 20, np.int8)
    known = Given(part, group=np.arange(40) // 4, part_by="The column split", group_by="patient")
    together = (("0.png", "39.png"),)
    found = divide(spec(together=together), IDS, LABELS, CLASSES, known)
    assert found.of(VAL).tolist() == list(range(20, 36))
    assert found.notes[1].endswith("; 4 images are for training, although given for validation.")
    assert not any("are in training and in validation" in note for note in found.notes)
    copy = divide(spec(together=together, left_out=("0.png",)), IDS, LABELS, CLASSES, known)
    assert copy.of(VAL).tolist() == list(range(20, 40))  # nothing moves because of a copy that is not used
    # The same with given folds; an image for testing has none, and does not decide which fold its copies are in.
    known = Given(np.array([TEST] * 4 + [TRAIN] * 36, np.int8), np.array([-1] * 4 + [0, 1, 2] * 12), np.arange(40) // 4)
    together = (("0.png", "4.png"), ("5.png", "1.png"), ("38.png", "0.png"))
    parts = [divide(spec(folds=3, fold=fold, together=together), IDS, LABELS, CLASSES, known).part for fold in range(3)]
    judged = np.array(parts) == VAL
    assert judged.sum(axis=0).tolist() == [0] * 4 + [1] * 36
    assert judged[0, [4, 5, 6, 7, 36, 37, 38, 39]].all()
    assert judged[:, 8:36].argmax(axis=0).tolist() == known.fold[8:36].tolist()


def test_groups_that_share_an_image_are_one() -> None:
    chain = [(str(number), str(number + 1)) for number in range(9_998, -1, -1)]
    found = joined(None, [str(number) for number in range(10_000)], chain)
    assert found is not None
    assert len(set(found.tolist())) == 1
    assert merged(np.array([0, 0, 1, 2]), np.array([5, 6, 6, 7])).tolist() == [0, 0, 0, 2]


@pytest.fixture
def patients(tmp_path: Path) -> Dataset:
    """120 images of 30 patients."""
    draw, rows = np.random.default_rng(0), ["path,label,patient"]
    for number in range(120):
        Image.fromarray(draw.integers(0, 256, (6, 6, 3), np.uint8)).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{'ab'[number % 2]},p{number // 4}")
    (tmp_path / "t.csv").write_text("\n".join(rows))
    return CsvSpec(path=str(tmp_path / "t.csv")).whole()


def test_drawn_images_and_the_final_set_keep_groups_whole(patients: Dataset) -> None:
    def of(part: object) -> set[str]:
        return {str(int(name.partition(".")[0]) // 4) for name in part.ids}  # type: ignore[attr-defined]

    drawn = with_drawn(patients, 0.4, 1)
    left = set(patients.train.ids) - set(drawn.train.ids)
    assert not of(drawn.train) & {str(int(name.partition(".")[0]) // 4) for name in left}
    assert 0.3 < len(drawn.train) / len(patients.train) < 0.5
    found = set_aside(patients, 0.2)
    assert not of(found.final) & (of(found.dataset.train) | of(found.dataset.val))
    assert not of(found.dataset.train) & of(found.dataset.val)
    assert found.final.counts(2).tolist() == [12, 12]
    assert "in whole groups" in found.dataset.notes[-1]


def test_folders_give_a_test_part_and_are_divided_into_folds(tmp_path: Path) -> None:
    for part, count in (("train", 12), ("valid", 4), ("test", 3)):
        for name in ("ants", "bees"):
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / part / name / f"{number}.png")
    whole = ImageFolderSpec(path=str(tmp_path)).open()
    assert [len(part) for part in (whole.train, whole.val)] == [24, 8]
    assert whole.test is not None
    assert whole.test.ids[0] == "test/ants/0.png"
    assert whole.test.load(5).label == 1
    folds = [ImageFolderSpec(path=str(tmp_path), folds=4, fold=fold).open() for fold in range(4)]
    assert {name for found in folds for name in found.val.ids} == {*whole.train.ids, *whole.val.ids}
    assert all(found.val.counts(2).tolist() == [4, 4] for found in folds)
    contents = ImageFolderSpec(path=str(tmp_path), left_out=("train/ants/0.png",)).contents()
    assert (contents.parts, np.bincount(contents.part).tolist()) == (("train", "val", "test"), [23, 8, 6])
    assert contents.left_out[0].name == "train/ants/0.png"
    (tmp_path / "valid").rename(tmp_path / "elsewhere")
    shared = ImageFolderSpec(path=str(tmp_path), val_fraction=0.25).open()
    assert (len(shared.train), len(shared.val)) == (18, 6)
    assert shared.test is not None
