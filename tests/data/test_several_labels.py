from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.dataset import DatasetError
from explorer.data.final_set import divide
from explorer.data.formats.csv_file import CsvSpec, recognized
from explorer.data.label_spreading import spread_labels
from explorer.data.several_labels import delimiter_in, of_cells
from explorer.data.tables import Row

Made = Callable[..., CsvSpec]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Write a table and an image for each of its rows, and give its spec."""

    def make(text: str, **values: object) -> CsvSpec:
        for row in text.strip().splitlines()[1:]:
            if not (path := tmp_path / row.split(",")[0]).exists():
                Image.new("RGB", (12, 10), (len(list(tmp_path.iterdir())), 0, 0)).save(path)
        (tmp_path / "table.csv").write_text(text)
        return CsvSpec(path=str(tmp_path / "table.csv"), **values)

    return make


CELLS = "image,labels\na.png,cat|dog\nb.png,dog\nc.png,\nd.png, dog | cat|dog \ne.png,cat\nf.png,bird|cat\n"
COLUMNS = "image,patient,cat,dog\na.png,1,1,1\nb.png,1,0,1.0\nc.png,2,0,0\nd.png,3,1,\ne.png,4,1,0\n"


def labels_of(spec: CsvSpec) -> dict[str, set[str]]:
    dataset = spec.open()
    return {
        split.ids[at]: {dataset.classes[place] for place in np.flatnonzero(split.labels[at])}
        for split in (dataset.train, dataset.val)
        for at in range(len(split))
    }


def test_a_column_with_a_delimiter_is_recognized_and_read(made: Made) -> None:
    spec = recognized(made(CELLS))
    assert (spec.several, spec.task) == ("|", "labels")
    assert labels_of(spec) == {
        "a.png": {"cat", "dog"}, "b.png": {"dog"}, "c.png": set(), "d.png": {"cat", "dog"}, "e.png": {"cat"},
        "f.png": {"bird", "cat"},
    }  # fmt: skip
    notes = spec.open().notes
    assert "Several labels for an image, with | between them: bird, cat, dog." in notes
    assert "1 row names a label twice: it counts once." in notes
    assert "1 image has none of the labels." in notes


def test_columns_of_0_and_1_are_recognized_and_keep_their_order(made: Made) -> None:
    spec = recognized(made(COLUMNS))
    assert (spec.several, spec.label_column) == ("columns", "")
    assert CsvSpec.looks(spec.root)
    dataset = spec.open()
    assert dataset.classes == ("cat", "dog")
    assert labels_of(spec)["b.png"] == {"dog"}
    assert "1 empty cell of a label counts as 0." in dataset.notes
    groups = {split.name: set(split.groups.tolist()) for split in (dataset.train, dataset.val)}
    assert not groups["train"] & groups["val"]
    only = spec.model_copy(update={"label_column": "dog, cat"})
    assert only.open().classes == ("dog", "cat")
    with pytest.raises(DatasetError, match="has no column bird"):
        spec.model_copy(update={"label_column": "bird"}).open()


def test_two_columns_of_one_label_are_refused(made: Made) -> None:
    with pytest.raises(DatasetError, match="one name to 2 classes: dog"):
        recognized(made(COLUMNS.replace("cat", "dog"))).open()


def test_uncertain_labels_are_named_and_can_be_left_out(made: Made) -> None:
    spec = made(COLUMNS.replace("d.png,3,1,", "d.png,3,-1,0"), several="columns", label_column="cat,dog")
    with pytest.raises(DatasetError, match="cat is -1, which means uncertain in some sets"):
        spec.open()
    assert "d.png" not in labels_of(spec.model_copy(update={"skip_unusable": True}))
    with pytest.raises(DatasetError, match="dog is 'yes'"):
        made(COLUMNS.replace("b.png,1,0,1.0", "b.png,1,0,yes"), several="columns", label_column="cat,dog").open()


def test_a_table_with_one_label_is_what_it_was(made: Made) -> None:
    spec = made("image,label\na.png,cat\nb.png,dog\nc.png,cat\nd.png,dog\n")
    assert recognized(spec).several == "no" == spec.several
    assert spec.task == "classification"
    assert spec.open().train.labels.ndim == 1
    # A config that does not say it has one label for an image, as before, with a note.
    note = "The labels seem to be several for an image, with | between them. Each cell is taken as one class."
    assert note in made(CELLS.replace("c.png,\n", "c.png,dog\n")).open().notes


@pytest.mark.parametrize(
    ("cells", "delimiter"),
    [
        (["healthy", "scab", "rust", "scab rust", "rust complex", "complex"], " "),
        (["Golden Retriever", "Labrador Retriever", "Golden Eagle"], ""),
        (["red apple", "green apple", "red pear", "green pear", "blue apple", "blue pear", "blue fig"], ""),
        (["a,b", "a", "b"], ","),
        (["Smith, John", "Miller, Ann"], ""),
        (["1|2", "2|3", "1"], "|"),
        (["a;b", "b"], ";"),
        (["cat", "dog"], ""),
    ],
)
def test_a_delimiter_is_recognized_where_that_is_safe(cells: list[str], delimiter: str) -> None:
    assert delimiter_in(cells) == delimiter


def test_parts_have_their_share_of_each_label_and_whole_groups() -> None:
    draw = np.random.default_rng(0)
    chance = np.array([0.5, 0.2, 0.05, 0.01])
    labels = (draw.random((1000, 4)) < chance).astype(np.int64)
    part = spread_labels(labels, None, [0.2] * 5, 3)
    wanted = labels.sum(axis=0) / 5
    for each in range(5):
        assert np.abs(labels[part == each].sum(axis=0) - wanted).max() <= 2
        assert abs((part == each).sum() - 200) <= 2
    assert np.array_equal(part, spread_labels(labels, None, [0.2] * 5, 3))
    groups = draw.integers(0, 150, 1000)
    part = spread_labels(labels, groups, [0.2, 0.8], 3)
    assert not set(groups[part == 0]) & set(groups[part == 1])
    assert labels[part == 0].sum(axis=0) == pytest.approx(labels.sum(axis=0) * 0.2, rel=0.35, abs=2)
    few = np.zeros((50, 2), np.int64)
    few[:2, 0] = 1
    few[5:40, 1] = 1
    assert set(spread_labels(few, None, [0.2, 0.8], 0)[:2].tolist()) == {0, 1}  # a label of two images is in both parts


def spread_one_by_one(labels: np.ndarray, unit: np.ndarray, shares: np.ndarray, seed: int) -> np.ndarray:
    """Iterative stratification as the paper writes it: what is missing changes with each unit, for all its labels."""
    draw = np.random.default_rng(seed)
    sizes = np.bincount(unit)
    held = np.stack([np.bincount(unit, with_it, len(sizes)) for with_it in labels.T], axis=1)
    missing, room = shares[:, None] * held.sum(axis=0), shares * sizes.sum()
    has = np.zeros(missing.shape, bool)
    part = np.full(len(sizes), -1)
    while (part < 0).any():
        left = (held[part < 0] > 0).sum(axis=0)
        label = int(np.where(left > 0, left, 10**9).argmin()) if left.any() else None
        members = draw.permutation(np.flatnonzero((part < 0) & (True if label is None else held[:, label] > 0)))
        for place, unit_of in enumerate(members[np.argsort(-sizes[members], kind="stable")]):
            wanted = (room if label is None else missing[:, label]).copy()
            if label is not None and 0 < len(members) - place <= (~has[:, label]).sum():
                wanted[has[:, label]] = -np.inf
            best = np.flatnonzero(wanted >= wanted.max() - 1e-9)
            best = best[room[best] >= room[best].max() - 1e-9]
            chosen = part[unit_of] = best[0] if len(best) == 1 else draw.choice(best)
            missing[chosen] -= held[unit_of]
            room[chosen] -= sizes[unit_of]
            has[chosen] |= held[unit_of] > 0
    return part[unit]


@pytest.mark.parametrize("parts", [[0.2] * 5, [0.75, 0.25], [0.7, 0.2, 0.06, 0.04], [1.0]])
@pytest.mark.parametrize("of_a_group", [1, 3])
def test_parts_are_those_of_spreading_one_unit_after_the_other(parts: list[float], of_a_group: int) -> None:
    for seed in range(5):
        draw = np.random.default_rng(seed)
        labels = (draw.random((300, 6)) < [0.005, 0.01, 0.05, 0.2, 0.5, 0.9]).astype(np.int64)
        groups = draw.integers(0, 300 // of_a_group, 300)
        unit = np.arange(300) if of_a_group == 1 else np.unique(groups, return_inverse=True)[1]
        found = spread_labels(labels, None if of_a_group == 1 else groups, parts, seed)
        assert np.array_equal(found, spread_one_by_one(labels, unit, np.array(parts), seed))


def test_final_set_and_random_part_keep_the_shares_of_labels(made: Made) -> None:
    every = {"a": 2, "b": 3, "c": 5}
    names = ["|".join(name for name, of in every.items() if at % of == 0) for at in range(40)]
    rows = "\n".join(f"{at}.png,{name}" for at, name in enumerate(names))
    spec = made(f"image,labels\n{rows}\n", several="|")
    found = divide(spec.whole(), 0.25)
    assert found.final.labels.sum(axis=0).tolist() == pytest.approx([5, 3.5, 2], abs=1)
    assert not set(found.final.ids) & set(found.dataset.train.ids + found.dataset.val.ids)
    drawn = spec.drawing(0.5, 0).open()
    whole = spec.open()
    assert drawn.val.ids == whole.val.ids
    assert drawn.train.labels.sum(axis=0) == pytest.approx(whole.train.labels.sum(axis=0) / 2, abs=1.5)


def test_more_labels_than_can_be_learned_are_refused_with_their_number() -> None:
    rows = [
        Row(place, "a.png", " ".join(f"l{place}-{number}" for number in range(60)), "", "", "") for place in range(100)
    ]
    with pytest.raises(DatasetError, match="6,000 different labels for 100 rows"):
        of_cells(rows, " ")
