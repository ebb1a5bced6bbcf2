"""Tables as people have them: read by the app and by pandas, in every form, and with every fault counted and listed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from explorer.data import table_opening
from explorer.data.contents import Contents
from explorer.data.dataset import DatasetError
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.table_files import _folds
from explorer.runs.spec.config import dumps, loads
from tests.training.conftest import config_of


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with images train/0.jpg to train/11.jpg."""
    root = tmp_path / "data"
    (root / "train").mkdir(parents=True)
    for number in range(12):
        Image.new("RGB", (9, 8), (number, 0, 0)).save(root / "train" / f"{number}.jpg")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(root))
    return root


def frame(**columns: Any) -> pd.DataFrame:
    known = {"image": [f"train/{number}.jpg" for number in range(12)], "label": ["ant", "bee", "wasp"] * 4}
    return pd.DataFrame(known | columns)


def labels_of(contents: Contents) -> dict[str, str]:
    return {name: contents.classes[label] for name, label in zip(contents.ids, contents.label, strict=True)}


def contents_of(path: Path, **options: Any) -> Contents:
    return CsvSpec.model_validate({"path": str(path), "links": "inside", **options}).contents()


WRITERS: dict[str, tuple[str, Callable[[pd.DataFrame, Path], object], dict[str, str]]] = {
    "comma": ("t.csv", lambda table, path: table.to_csv(path, index=False), {}),
    "index first": ("t.csv", lambda table, path: table.to_csv(path), {}),
    "tabs": ("t.tsv", lambda table, path: table.to_csv(path, index=False, sep="\t"), {}),
    "semicolons": ("t.csv", lambda table, path: table.to_csv(path, index=False, sep=";", quoting=1), {}),
    "bars": ("t.csv", lambda table, path: table.to_csv(path, index=False, sep="|"), {}),
    "a mark": ("t.csv", lambda table, path: table.to_csv(path, index=False, encoding="utf-8-sig"), {}),
    "UTF-16": ("t.csv", lambda table, path: table.to_csv(path, index=False, encoding="utf-16"), {}),
    "UTF-16 bare": ("t.csv", lambda table, path: table.to_csv(path, index=False, encoding="utf-16-le"), {}),
    "Windows": ("t.csv", lambda t, p: t.to_csv(p, index=False, encoding="cp1252"), {"encoding": "cp1252"}),
    "old Mac": ("t.csv", lambda table, path: table.to_csv(path, index=False, lineterminator="\r"), {}),
    "Parquet": ("t.parquet", lambda table, path: table.to_parquet(path), {}),
    "Parquet categories": ("t.pq", lambda t, p: t.astype({"label": "category"}).to_parquet(p, engine="pyarrow"), {}),
}


@pytest.mark.parametrize("how", WRITERS)
def test_what_pandas_writes_is_read_with_all_of_its_columns(folder: Path, how: str) -> None:
    name, write, options = WRITERS[how]
    words = ["Train", "train", "VALID", "test"] * 3
    table = frame(label=["Grün", "bee", "wasp"] * 4, split=words, patient=[f"p{number // 2}" for number in range(12)])
    write(table, folder / name)
    found = contents_of(folder / name, **options)
    assert labels_of(found) == dict(zip(table["image"], table["label"], strict=True))
    parts = dict(zip(found.ids, [found.parts[part] for part in found.part], strict=True))
    usual = {"Train": "train", "VALID": "val"}
    assert parts == {image: usual.get(word, word) for image, word in zip(table["image"], words, strict=True)}
    assert found.group is not None
    same = found.group[:, None] == found.group[None]
    patients = table["patient"].to_numpy()
    np.testing.assert_array_equal(same, patients[:, None] == patients[None])
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("names", "options"),
    [
        ([str(number) for number in range(12)], {}),  # ids, as in competitions
        ([f"{number}.jpg" for number in range(12)], {}),
        ([f"train\\{number}.jpg" for number in range(12)], {}),
        ([f"C:\\Users\\me\\bugs\\train\\{number}.jpg" for number in range(12)], {}),
        ([f"/kaggle/input/bugs/train/{number}.jpg" for number in range(12)], {}),
        ([f"TRAIN/{number}.JPG" for number in range(12)], {}),
        ([f"./train/{number}.jpg" for number in range(12)], {}),
        ([f"{number}.jpg" for number in range(12)], {"folder": "train"}),
    ],
)
def test_images_are_found_by_whatever_names_them(folder: Path, names: list[str], options: dict[str, str]) -> None:
    for other in ("test", "masks"):  # the same names in other folders
        (folder / other).mkdir()
        for number in range(12):
            Image.new("RGB", (9, 8)).save(folder / other / f"{number}.png")
    options = {name: str(folder / value) for name, value in options.items()}
    frame(image=names).rename(columns={"image": "id"}).to_csv(folder / "t.csv", index=False)
    found = contents_of(folder / "t.csv", **options)
    assert [Path(found.source(place)).name for place in range(12)] == [f"{number}.jpg" for number in range(12)]
    assert all(Path(found.source(place)).parent.name == "train" for place in range(12))
    assert [found.classes[label] for label in found.label] == ["ant", "bee", "wasp"] * 4


def test_a_name_of_another_folder_is_never_taken_for_the_image(folder: Path) -> None:
    (folder / "bees").mkdir()
    Image.new("RGB", (9, 8)).save(folder / "bees" / "0.jpg")
    table = frame(image=["ants/0.jpg", "C:\\x\\wasps\\0.jpg", "/data/0.jpg", *(f"train/{n}.jpg" for n in range(3, 12))])
    table.to_csv(folder / "t.csv", index=False)
    assert [each.name for each in contents_of(folder / "t.csv").left_out] == ["line 2", "line 3", "line 4"]
    frame(image=["0", *(f"train/{n}.jpg" for n in range(1, 12))]).to_csv(folder / "t.csv", index=False)
    (folder / "train" / "0.jpg").rename(folder / "a.jpg")
    (folder / "wasps").mkdir()
    Image.new("RGB", (9, 8)).save(folder / "wasps" / "0.png")
    (several,) = contents_of(folder / "t.csv").left_out
    assert several.reason.startswith("0 may be bees/0.jpg and wasps/0.png")


def test_faults_are_listed_and_left_out_of_training_only_with_consent(folder: Path) -> None:
    rows = [
        *(f"train/{number}.jpg,{'ab'[number % 2]},p{number}" for number in range(8)),
        "train/1.jpg,b,p1",  # repeats
        "train/8.jpg,a,p8",
        "train/8.jpg,b,p8",  # conflicts
        "train/9.jpg,,p9",
        "train/10.jpg,nan,p9",
        ",a,p9",
        "train/nowhere.jpg,a,p9",
        "t.csv,a,p9",
        "../../secret.jpg,a,p9",
        "",
    ]
    (folder / "t.csv").write_text("path,label,patient\n" + "\n".join(rows))
    spec = CsvSpec(path=str(folder / "t.csv"), links="inside", val_fraction=0.25)
    found = spec.contents()
    assert len(found) == 8
    assert sorted((each.name, each.kind) for each in found.left_out) == [
        ("line 13", "the label is empty"),
        ("line 14", "the label is empty"),
        ("line 15", "the path is empty"),
        ("line 16", "there is no such image"),
        ("line 17", "not an image"),
        ("line 18", "outside of the allowed folders"),
        ("train/8.jpg", "rows of one image differ"),
    ]
    assert "2 rows repeat an image: it is used once where they agree." in found.notes
    with pytest.raises(DatasetError, match=r"7 rows or files of .* line 13: the label is empty. Fill it in. line 14"):
        spec.open()
    dataset = spec.model_copy(update={"skip_unusable": True}).open()
    assert {*dataset.train.ids, *dataset.val.ids} == set(found.ids)
    assert any(
        note.startswith("7 rows or files are left out, because they cannot be used (2: the") for note in dataset.notes
    )


def test_rows_of_one_image_that_differ_in_their_group_are_listed(folder: Path) -> None:
    rows = ["0.jpg,a,p0", "0.jpg,a,p1", "1.jpg,b,p1", "1.jpg,b,p1", "2.jpg,a,", "2.jpg,a,nan", "3.jpg,b,p3"]
    (folder / "t.csv").write_text("path,label,patient\n" + "".join(f"train/{row}\n" for row in rows))
    (fault,) = contents_of(folder / "t.csv").left_out
    assert fault.reason.startswith("train/0.jpg is p0 in line 2 and p1 in line 3. Give each image one")
    assert fault.kind == "rows of one image differ"


def test_given_folds_are_numbered_by_their_order_whatever_their_names() -> None:
    names = ["b", "10", "a", "2", "nan", "-1", "2.0", "inf", "-2"]
    assert _folds(names).tolist() == [5, 2, 4, 1, -1, -1, 1, 3, 0]
    for shift in range(9):
        assert _folds(names[shift:] + names[:shift]).tolist() == np.roll(_folds(names), -shift).tolist()


def test_an_image_of_another_part_is_not_taken_for_that_of_an_id(folder: Path) -> None:
    (folder / "test_images").mkdir()
    (folder / "train").rename(folder / "train_images")
    for number in (8, 9):
        (folder / "train_images" / f"{number}.jpg").rename(folder / "test_images" / f"{number}.jpg")
    Image.new("RGB", (9, 8)).save(folder / "test_images" / "0.jpg")
    table = frame(split=["train"] * 8 + ["test"] * 4).drop(columns="image").assign(id=range(12))
    table.to_csv(folder / "t.csv", index=False)
    found = contents_of(folder / "t.csv")
    assert tuple(found.ids) == (*(f"train_images/{n}.jpg" for n in range(8)), "test_images/8.jpg", "test_images/9.jpg")
    assert [(each.name, each.reason) for each in found.left_out] == [
        (f"line {n + 2}", f"{n} is for test, and the only image of this name is train_images/{n}.jpg. Write paths.")
        for n in (10, 11)
    ]
    table.drop(columns="split").to_csv(folder / "t.csv", index=False)  # then a folder says nothing of a row
    assert len(contents_of(folder / "t.csv")) == 12


def test_damaged_images_are_left_out_with_consent_and_counted(folder: Path) -> None:
    from explorer.data.inspection import Looking

    frame(label=["a", "b"] * 6).to_csv(folder / "t.csv", index=False)
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(folder / "train/3.jpg")
    (folder / "train/3.jpg").write_bytes((folder / "train/3.jpg").read_bytes()[:-900])
    (folder / "train/4.jpg").write_bytes(b"<html>")
    spec = CsvSpec(path=str(folder / "t.csv"), val_fraction=0.25)
    assert len(spec.contents()) == 12
    before = spec.open()
    assert before.inspection is not None
    assert len(before.inspection.damaged) == 1  # the head of the other one is fine
    after = spec.model_copy(update={"skip_unusable": True}).open(Looking(exact=True))
    assert {*before.train.ids, *before.val.ids} - {*after.train.ids, *after.val.ids} == {"train/3.jpg", "train/4.jpg"}
    assert set(after.val.ids) <= set(before.val.ids)  # all others stay where they are
    assert any(note.startswith("2 images are left out, because they cannot be read:") for note in after.notes)
    assert after.inspection is not None
    assert after.inspection.damaged == ()


@pytest.mark.parametrize(
    ("labels", "classes", "note"),
    [
        (["10", "2", "0", "1"], ("0", "1", "2", "10"), ""),
        ([0.0, 1.0, 2.0, 10.0], ("0", "1", "2", "10"), ""),
        (["1", "1.0", "0", "-1"], ("-1", "0", "1"), ""),
        (["0.5", "0.25", "1", "0.75"], ("0.25", "0.5", "0.75", "1"), "3 of 4 labels are numbers with fractions"),
        (["Ant", "ant", "bee", "bee "], ("Ant", "ant", "bee"), "Ant and ant differ only in upper and lower case"),
        (["1", "2", "x", "10"], ("1", "10", "2", "x"), ""),
    ],
)
def test_classes_are_in_the_order_of_numbers_and_doubts_are_said(
    folder: Path, labels: list[Any], classes: tuple[str, ...], note: str
) -> None:
    frame(label=labels * 3).to_csv(folder / "t.csv", index=False)
    found = contents_of(folder / "t.csv")
    assert found.classes == classes
    assert any(said.startswith(note) for said in found.notes) or not note


def test_columns_can_be_corrected_and_a_column_with_another_meaning_is_not_taken(folder: Path) -> None:
    table = frame(set=["A", "B"] * 6, fold=[0.0, 1.0, 2.0] * 4, session=["s"] * 12, species=["x", "y"] * 6)
    table.to_csv(folder / "t.csv", index=False)
    found = contents_of(folder / "t.csv", folds=3, fold=1, group_column="-")
    assert [name for name, part in zip(found.ids, found.part, strict=True) if part == 1] == [
        f"train/{number}.jpg" for number in (1, 4, 7, 10)
    ]
    assert "The column set is not read as parts: none of its values is train, val or test." in found.notes
    other = contents_of(folder / "t.csv", label_column="species", fold_column="-", group_column="set", folds=2, fold=0)
    assert other.classes == ("x", "y")
    assert "2 folds, by set, 2 groups: fold 1 of 2 validates." in other.notes
    with pytest.raises(DatasetError, match="There are 1 groups by session"):
        contents_of(folder / "t.csv", folds=2, fold_column="-")
    with pytest.raises(DatasetError, match=r"has no column lable\. It has image, label, set"):
        contents_of(folder / "t.csv", label_column="lable")
    (folder / "t.csv").write_text(
        "image,label,split\n" + "".join(f"train/{n}.jpg,a,{'train' if n else 'x'}\n" for n in range(12))
    )
    assert contents_of(folder / "t.csv").left_out[0].reason == "its part is 'x'. Expected train, val or test."


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.csv", b"", "has no column path"),
        ("t.csv", b"path,label\ntrain/0.jpg,Gr\xfcn\n", r"line 2: it is not UTF-8. .* 'train/0.jpg,Grün' \(cp1252\)"),
        ("t.csv", b"path,label\n" + bytes(range(256)), "is not a table|not UTF-8"),
        ("t.csv", b"path,label\n\"train/0.jpg,a\n", "is not a table"),
        ("t.csv", b"path,label\nx.jpg,a\n", "1 row or file of .* line 2: There is no image x.jpg"),
        ("t.parquet", b"PAR1 no", "is not a Parquet file that can be read"),
        ("t.parquet", b"", "is not a Parquet file that can be read"),
        ("t.parquet", b"PAR1\x0f\x0f\x0f\x0f\x04\0\0\0PAR1", "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_in_which_nothing_can_be_listed_is_an_error_with_what_to_do(
    folder: Path, name: str, content: bytes, words: str
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(DatasetError, match=words):
        contents_of(folder / name)
    assert CsvSpec.looks(folder / name) is ("cp1252" in words)  # another encoding can be chosen


def test_a_column_of_structures_is_named_and_a_long_text_costs_its_length_once(folder: Path) -> None:
    frame(image=[{"bytes": b"", "path": "train/0.jpg"}] * 12).to_parquet(folder / "t.parquet")
    with pytest.raises(DatasetError, match="the column image holds no texts or numbers"):
        contents_of(folder / "t.parquet")
    nothing = np.zeros(100_000, np.int32)
    long = pa.DictionaryArray.from_arrays(nothing, ["x" * 1_000_000])  # 100 GB if each row had its own
    pq.write_table(pa.table({"path": long, "label": nothing}), folder / "t.parquet")
    with pytest.raises(
        DatasetError, match=r"100,000 rows or files of .* row 1, row 2, row 3: the path or the label is too long"
    ):
        contents_of(folder / "t.parquet")


def test_tables_of_competitions_are_recognized(folder: Path) -> None:
    pd.DataFrame({"id": range(12), "label": ["a", "b"] * 6}).to_csv(folder / "train.csv", index=False)
    frame(split=["train", "val"] * 6).to_parquet(folder / "t.parquet")
    frame().to_csv(folder / "u.csv", index=False, encoding="utf-16")
    assert [CsvSpec.looks(folder / name) for name in ("train.csv", "t.parquet", "u.csv")] == [True] * 3
    assert [CsvSpec.is_split(folder / name) for name in ("train.csv", "t.parquet")] == [False, True]


def test_a_run_of_before_reads_its_table_as_it_did(folder: Path) -> None:
    frame(label=["10", "9", "nan"] * 4, split=["val"] * 12, patient=["p"] * 12).to_csv(folder / "t.csv", index=False)
    new = config_of(dataset={"kind": "csv", "path": str(folder / "t.csv"), "val_fraction": 0.5})
    values = json.loads(dumps(new)) | {"version": 3}
    del values["dataset"]["rules"]
    old = loads(json.dumps(values))
    assert isinstance(old.dataset, CsvSpec)
    assert old.dataset.rules == 1
    assert loads(dumps(old)) == old
    dataset = old.dataset.open()
    assert dataset.classes == ("10", "9", "nan")
    assert (len(dataset.train), len(dataset.val)) == (6, 6)
    assert dataset.train.groups is None


def test_a_small_parquet_file_whose_columns_are_huge_is_refused_before_they_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_opening, "MAX_BYTES", 2_000_000)
    huge = pa.table({"path": ["train/0.jpg"], "label": ["x" * 3_000_000]})
    pq.write_table(huge, folder / "t.parquet", compression="zstd", use_dictionary=False, write_statistics=False)
    assert (folder / "t.parquet").stat().st_size < 10_000
    with pytest.raises(DatasetError, match=r"columns that take 3 MB, more than 2 MB\. Choose a smaller"):
        contents_of(folder / "t.parquet")
    assert not CsvSpec.looks(folder / "t.parquet")
    assert contents_of(folder / "t.parquet", label_column="path").classes == ("train/0.jpg",)
