"""The index of a folder beside a plain walk, with everything that folders hold, changed and damaged meanwhile."""

import os
import pickle
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest

from explorer.data.dataset import DatasetError
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.index import Index, suffix_of
from explorer.data.listing import MAX_IMAGES, files_below, images_below, names_below
from explorer.data.suffixes import SUFFIXES

OLD = time.time() - 60
NAMES = (
    "b.jpg", "a.JPG", "a-b.png", ".hidden.jpg", "._a.jpg", ".DS_Store", "Thumbs.db", "desktop.ini", "notes.txt", "none",
    "old.HEIC", "a\nb.jpg", " space .jpeg", "개미.png", "two.tar.gz", "ends.", "x.jpg.bak", ".jpg", "ё.webp",
)  # fmt: skip


def _old(root: Path) -> None:
    """Let all folders look as if nothing had changed in them for a minute."""
    for place, _, _ in os.walk(root):
        os.utime(place, (OLD, OLD))


@pytest.fixture
def tree(tmp_path: Path, home: Path) -> Path:
    """Folders beside files, links that lead back and nowhere, and a name that is not UTF-8."""
    home.mkdir(exist_ok=True)
    root = tmp_path / "tree"
    for folder in ("a", "a/a", "a-b", "b", "b/c/d", ".hidden", "ё", "empty"):
        (root / folder).mkdir(parents=True)
        for name in NAMES if folder != "empty" else ():
            (root / folder / name).touch()
    (root / os.fsdecode(b"gr\xfcn.jpg")).touch()
    (root / "b" / "loop").symlink_to(root)
    (root / "b" / "linked.png").symlink_to(root / "a" / "b.jpg")
    (root / "b" / "nowhere.png").symlink_to(root / "nothing")
    _old(root)
    return root


def _walked(root: Path) -> tuple[list[Path], Counter[str]]:
    files = list(files_below(root))
    others = Counter(file.suffix.lower() for file in files if file.suffix.lower() not in SUFFIXES)
    return sorted(file for file in files if file.suffix.lower() in SUFFIXES), others


def _paths(root: Path, index: Index) -> list[Path]:
    return [root / name for name in names_below(root, index).names]


def test_an_index_lists_what_a_walk_finds_in_the_same_order(tree: Path) -> None:
    images, others = _walked(tree)
    first = Index(tree)
    assert (_paths(tree, first), names_below(tree, first).others) == (images, others)
    first.save()
    again = Index(tree)
    assert (_paths(tree, again), names_below(tree, again).others) == (images, others)
    assert images_below(tree).images == tuple(images)
    assert sorted(names_below(tree, again).links) == ["b/linked.png", "b/nowhere.png"]
    for folder in ("a", "b", "empty"):
        assert _paths(tree / folder, again) == _walked(tree / folder)[0]


def test_only_folders_that_have_changed_are_listed_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Index(tree)
    names_below(tree, first)
    first.save()
    (tree / "a" / "new.jpg").touch()
    (tree / "b" / "c" / "d" / "b.jpg").unlink()
    shutil.rmtree(tree / "ё")
    listed: list[str] = []
    scandir = os.scandir

    def counted(place: str) -> object:
        listed.append(place)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", counted)
    index = Index(tree)
    found = _paths(tree, index)
    monkeypatch.undo()
    assert sorted(listed) == sorted(map(str, (tree, tree / "a", tree / "b" / "c" / "d")))
    assert found == _walked(tree)[0]
    index.save()
    assert _paths(tree, Index(tree)) == found


def test_a_folder_that_was_changed_just_now_is_listed_each_time(tree: Path) -> None:
    first = Index(tree)
    (tree / "a" / "one.jpg").touch()
    names_below(tree, first)
    first.save()
    modified = (tree / "a").stat().st_mtime_ns
    (tree / "a" / "two.jpg").touch()
    os.utime(tree / "a", ns=(modified, modified))  # within the same tick of the clock
    assert tree / "a" / "two.jpg" in _paths(tree, Index(tree))


def test_a_damaged_or_unwritable_index_does_no_harm(tree: Path, home: Path) -> None:
    expected, index = _walked(tree)[0], Index(tree)
    names_below(tree, index)
    index.save()
    (kept,) = (home / "cache" / "index").iterdir()
    content = kept.read_bytes()
    for damaged in (b"", content[:50], content[:-9] + b"xxxxxxxxx", bytes(len(content))):
        kept.write_bytes(damaged)
        assert _paths(tree, Index(tree)) == expected
    shutil.rmtree(home)
    again = Index(tree)
    assert _paths(tree, again) == expected
    again.save()
    assert not home.exists()


def test_a_folder_that_disappears_or_refuses_is_an_error_of_the_data_set(tree: Path) -> None:
    def remove(place: Path) -> None:
        if place.name == "a":
            shutil.rmtree(place)

    with pytest.raises(DatasetError, match="cannot be read"):
        names_below(tree, Index(tree), remove)
    with pytest.raises(DatasetError, match="cannot be read"):
        names_below(tree / "nothing", Index(tree))
    assert Index(tree).images(tree, lambda place: None, 5) is None
    assert MAX_IMAGES == 1_000_000


def test_suffixes_are_those_of_paths() -> None:
    for name in (*NAMES, "..", "a.b.JPG", "x."):
        assert suffix_of(name) == Path(name).suffix.lower()


def test_the_contents_of_a_data_set_do_not_depend_on_whether_it_is_known(tree: Path) -> None:
    (tree / "empty").rmdir()
    spec = ImageFolderSpec(path=str(tree))
    first, again = spec.contents(), spec.contents()
    assert list(first.ids) == list(again.ids)
    assert (first.part == again.part).all()
    assert (first.label == again.label).all()
    assert first.notes == again.notes
    assert [first.source(place) for place in range(len(first))] == [again.source(place) for place in range(len(again))]
    assert r"b/loop/gr\xfcn.jpg" in first.ids  # a link out of a class folder is followed, and its way back is not
    assert pickle.dumps(spec.open().train.load)  # for loader workers
