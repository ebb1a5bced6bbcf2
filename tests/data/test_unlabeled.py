"""Images without labels: those of a folder, and those that tables name in the ways that people write."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from explorer.data.dataset import DatasetError
from explorer.data.roots import OutsideRoots
from explorer.data.unlabeled import in_folder, in_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of four pictures, two of them called alike, and one file that is none."""
    root = tmp_path / "새 사진"
    for name in ("a.jpg", "b c.png", "x/d.png", "y/d.png"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 9, 3), len(name), np.uint8)).save(root / name)
    (root / "notes.txt").write_text("no image")
    (root / ".DS_Store").write_bytes(b"")
    return root


def test_a_folder_gives_its_images_by_name_and_says_what_it_leaves_out(folder: Path) -> None:
    found = in_folder(str(folder))
    assert found.ids == ("a.jpg", "b c.png", "x/d.png", "y/d.png")
    assert "1 file" in " ".join(found.notes)
    assert found.split("by_image").load(0).image.shape == (8, 9, 3)


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("id,label\na,1\nb c,0\n", ("a.jpg", "b c.png")),
        ("\ufeffImage;y\nx\\d.png;1\na.jpg;0\n", ("x/d.png", "a.jpg")),
        ("anything\tz\ny/d\t1\ny/d\t2\n\n", ("y/d.png",)),
    ],
)
def test_a_table_may_leave_out_suffixes_and_use_backslashes(
    folder: Path, tmp_path: Path, text: str, files: tuple[str, ...]
) -> None:
    table = tmp_path / "table.csv"
    table.write_text(text, "utf-8")
    assert in_table(str(table), str(folder)).files == files


def test_a_parquet_table_names_images_too(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.parquet"
    pd.DataFrame({"score": [0.5, 0.1], "image_id": ["y/d", "a"]}).to_parquet(table)
    assert in_table(str(table), str(folder)).ids == ("y/d", "a")


def test_tables_are_read_as_those_of_labels(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id\n/kaggle/input/c/x/d.png\nC:\\data\\a.jpg\n")
    assert in_table(str(table), str(folder)).files == ("x/d.png", "a.jpg")
    pd.DataFrame({"strange": ["y/d"], "label": [1]}).to_parquet(tmp_path / "table.pq")
    assert in_table(str(tmp_path / "table.pq"), str(folder)).files == ("y/d.png",)
    (folder / "a.jpg").rename(folder / "개미.jpg")
    table.write_bytes("id\n개미\n".encode("cp949"))
    with pytest.raises(DatasetError, match="Choose the encoding"):
        in_table(str(table), str(folder))
    assert in_table(str(table), str(folder), encoding="cp949").files == ("개미.jpg",)
    for part in ("train", "test"):
        (folder / part).mkdir()
        (folder / part / "7.png").hardlink_to(folder / "b c.png")
    (folder / "train" / "8.png").hardlink_to(folder / "b c.png")
    table.write_text("id\n7\n8\n")
    assert in_table(str(table), str(folder)).files == ("test/7.png", "train/8.png")


def test_names_without_an_image_and_those_that_fit_several_are_listed(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id\na\nd\nnobody\n")
    left_out = {one.name: one.reason for one in in_table(str(table), str(folder)).left_out}
    assert left_out["d"] == "d may be x/d.png and y/d.png. Write paths."
    assert "There is no image nobody" in left_out["nobody"]
    table.write_text("id\nnobody\n")
    with pytest.raises(DatasetError, match="names no image"):
        in_table(str(table), str(folder))


@pytest.mark.parametrize("content", [b"", b"id\n", b"\xff\xfe\x00\xd8", b'id\n"a\n', b"id,x\n,1\n"])
def test_a_strange_table_is_an_error_with_its_name(folder: Path, tmp_path: Path, content: bytes) -> None:
    table = tmp_path / "strange.csv"
    table.write_bytes(content)
    with pytest.raises(DatasetError, match=r"strange\.csv"):
        in_table(str(table), str(folder))


def test_pages_read_nothing_outside_of_their_folders(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    (tmp_path / "secret.png").write_bytes((folder / "a.jpg").read_bytes())
    table = tmp_path / "table.csv"
    table.write_text("id\n../secret.png\n")
    with pytest.raises(DatasetError, match=r"secret\.png is outside the folders"):
        in_table(str(table), str(folder), inside=True)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(OutsideRoots):
        in_folder(str(folder), inside=True)
