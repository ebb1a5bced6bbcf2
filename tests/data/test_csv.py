"""A table of labels: what it may look like, how it is found, and what is said where it is wrong."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data import picture_sets, table_opening
from explorer.data.dataset import DatasetError
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.spec import TRAIN_AND_VAL
from explorer.data.roots import OutsideRoots
from explorer.data.tables import TooLarge, table_of

HEADER = "path,label\n"
ROWS = "".join(f"images/{number}.png,{('ant', 'bee')[number % 2]}\n" for number in range(8))


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A table beside its images, in an allowed folder."""
    folder = tmp_path / "allowed" / "insects"
    (folder / "images").mkdir(parents=True)
    for number in range(8):
        Image.new("RGB", (12, 10), (number, 0, 0)).save(folder / "images" / f"{number}.png")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "allowed"))
    (folder / "labels.csv").write_text(HEADER + ROWS)
    return folder / "labels.csv"


def labels_of(spec: CsvSpec) -> dict[str, str]:
    dataset = spec.open()
    splits = (dataset.train, dataset.val)
    return {split.ids[i]: dataset.classes[split.labels[i]] for split in splits for i in range(len(split))}


def test_tables_are_read_however_they_are_written(table: Path) -> None:
    expected = {f"images/{number}.png": ("ant", "bee")[number % 2] for number in range(8)}
    assert labels_of(CsvSpec(path=str(table))) == expected
    quoted = "".join(f'"images/{number}.png",7,"{("ant", "bee")[number % 2]}"\r\n' for number in range(8))
    for name, text, options in (
        ("a.csv", "\ufeffFilename;id;Class\n" + quoted.replace(",", ";"), {}),
        ("b.tsv", "id\timage\ttarget\n" + "".join(f"x\t{row.replace(',', chr(9))}\n" for row in ROWS.split()), {}),
        ("c.csv", " photo , n , kind of it \n\n" + quoted, {"image_column": "photo", "label_column": "kind of it"}),
        ("d.csv", HEADER + ROWS.replace("images/", ""), {"folder": str(table.parent / "images")}),
        ("e.csv", HEADER + ROWS.replace("images/", f"{table.parent}/images/") + ROWS[:17] + "\n", {}),
    ):
        file = table.with_name(name)
        file.write_text(text)
        found = labels_of(CsvSpec(path=str(file), **options))
        assert {key.rpartition("/")[2]: value for key, value in found.items()} == {
            key.rpartition("/")[2]: value for key, value in expected.items()
        }, name
    notes = CsvSpec(path=str(table.with_name("e.csv"))).open().notes
    assert notes[0].startswith("1 row repeats an image")


def test_each_class_gives_its_share_with_the_seed(table: Path) -> None:
    first, again, other = (CsvSpec(path=str(table), val_fraction=0.5, seed=seed).open() for seed in (1, 1, 2))
    assert first.val.counts(2).tolist() == [2, 2]
    assert first.val.ids == again.val.ids != other.val.ids
    np.testing.assert_array_equal(first.val.load(0).image[0, 0], [int(first.val.ids[0][7]), 0, 0])


def test_what_is_wrong_is_said_with_its_line(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_opening, "MAX_IMAGES", 20)
    monkeypatch.setattr(table_opening, "MAX_BYTES", 2_000)
    wrong: list[tuple[str | bytes, dict[str, str], str]] = [
        ("", {}, "has no column path or file or"),
        ("path,other\n" + ROWS, {}, "has no column label or class or"),
        (HEADER + ROWS, {"label_column": "species"}, "has no column species. It has path, label. Add it"),
        (HEADER, {}, "has no images: there is no row"),
        (HEADER + ROWS + "images/9.png,ant\n", {}, "1 row or file of .* line 10: There is no image images/9.png in"),
        (
            HEADER + "".join(f"no/{n}.png,a\n" for n in range(5)),
            {},
            "5 rows or files .* line 4: There is no image no/2",
        ),
        (HEADER + ROWS + "images/1.png,\n", {}, "line 10: the label is empty"),
        (HEADER + ROWS + "images/1.png\n", {}, "line 10: the label is empty"),
        (HEADER + ROWS + ",ant\n", {}, "line 10: the path is empty"),
        (HEADER + ROWS + "images/1.png,ant\n", {}, "images/1.png is bee in line 3 and ant in line 10"),
        (HEADER + ROWS + "labels.csv,ant\n", {}, "line 10: labels.csv is not an image"),
        (HEADER + ROWS + "/etc/x.png,ant\n", {}, "line 10: x.png is outside the folders that this page may read"),
        (HEADER + ROWS + "../../../x.png,ant\n", {}, "line 10: x.png is outside the folders"),
        ((HEADER + ROWS).encode() + b"images/1.png,Ameis\xe9\n", {}, "line 10: it is not UTF-8"),
        (HEADER + 'images/1.png,"a"b\n', {}, "is not a table"),
        (HEADER + ROWS.replace("bee", "ant"), {}, "has one class only, ant"),
        (HEADER + ROWS * 3, {}, "has more than 20 rows"),
        (HEADER + ROWS * 20, {}, "is larger than"),
    ]
    failed = []
    for content, options, words in wrong:
        table.write_bytes(content if isinstance(content, bytes) else content.encode())
        try:
            with pytest.raises(DatasetError, match=words):
                CsvSpec(path=str(table), links="inside", **options).open()
        except (AssertionError, pytest.fail.Exception) as error:
            failed.append(f"{words}: {error}")
    assert failed == []
    pipe = table.with_name("pipe.csv")
    os.mkfifo(pipe)  # which would be waited for without end
    os.mkfifo(pipe.with_suffix(".parquet"))
    for path, words in (
        (table.parent, "is a folder, not a table"),
        (table / "x", "x"),
        (pipe, "no ordinary file"),
        (pipe.with_suffix(".parquet"), "no ordinary file"),
        (table.with_name("no.csv"), "no file"),
    ):
        with pytest.raises(DatasetError, match=words):
            CsvSpec(path=str(path)).open()


def test_a_table_that_is_written_to_take_memory_is_refused_before_it_does() -> None:
    assert table_of("a,b\n1,2\n\n3,4", lambda header: ["b"], 3).columns == [[], ["2", "4"]]
    with pytest.raises(TooLarge, match="more than 3 rows"):
        table_of("a,b\n" + ",\n" * 4, most=3)  # rows that hold nothing count too
    for row in ("," * 1_000_001, ('"' + "," * 99_000 + '\n",') * 40):
        with pytest.raises(csv.Error, match=r"more than 1,000,000 characters"):
            table_of(f"a,b\n{row}")


def test_links_that_lead_outside_are_followed_for_the_command_line_only(table: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (table.parent / "images/0.png").rename(tmp_path / "secret/0.png")
    (table.parent / "images/0.png").symlink_to(tmp_path / "secret/0.png")
    (table.parent / "linked").symlink_to(tmp_path / "secret")
    assert len(labels_of(CsvSpec(path=str(table)))) == 8
    for name in ("images/0.png", "linked/0.png"):
        table.write_text(HEADER + ROWS + f"{name},ant\n")
        with pytest.raises(DatasetError, match=r"0\.png is outside the folders that this page may read"):
            CsvSpec(path=str(table), links="inside").open()
        key = f"csv:{table}"
        shown = [
            picture_sets.name_of(key, part, at) for part in TRAIN_AND_VAL for at in range(picture_sets.count(key, part))
        ]
        assert len(shown) == 7
        assert not any("0.png" in name for name in shown)


def test_a_table_is_found_beside_folders_and_looked_through(table: Path) -> None:
    for name in ("train_images", "test_images"):
        (table.parent / name).mkdir()
        Image.new("RGB", (12, 10)).save(table.parent / name / "a.png")
    table.with_name("prices.csv").write_text("day,price\n1,2\n")
    table.with_name("gone.csv").write_text("path,label\nnowhere.png,a\n")
    offer = picture_sets.offer()
    assert [(each.key, each.title) for each in offer.sets][2:] == [(f"csv:{table}", "insects/labels.csv")]
    assert offer.unusable == ()
    key = picture_sets.typed("insects/labels.csv").key
    assert picture_sets.count(key, "train") + picture_sets.count(key, "val") == 8
    assert picture_sets.name_of(key, "train", 0) == "images/0.png, ant"
    table.write_text(HEADER + ROWS.replace("ant", "wasp"))
    assert picture_sets.load(key, "train", 0).classes == ("bee", "wasp")
    with pytest.raises(DatasetError, match="has no column path"):
        picture_sets.count(picture_sets.typed("insects/prices.csv").key, "train")


def test_what_a_data_set_is_asked_for_is_known_without_opencv() -> None:
    code = "import sys, explorer.data.specs; print(sorted({'cv2', 'PIL', 'torch', 'sklearn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_page_opens_a_table_only_if_it_and_its_images_are_inside_the_folders(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = CsvSpec(path=str(table))
    assert spec.for_page() == spec.model_copy(update={"links": "inside"})
    outside = tmp_path / "people.csv"
    outside.write_text(HEADER + "alice@corp.png,ant\n")
    link = table.with_name("link.csv")
    link.symlink_to(outside)
    monkeypatch.chdir(tmp_path)
    for path, folder in (
        (outside, table.parent),
        (tmp_path / "missing.csv", table.parent),
        (link, ""),
        ("people.csv", table.parent),  # would be read from the folder of the server, not from an allowed one
        (table, tmp_path),
    ):
        with pytest.raises(OutsideRoots):
            CsvSpec(path=str(path), folder=str(folder)).for_page()
