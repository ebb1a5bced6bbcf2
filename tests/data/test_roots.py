"""Pages read inside the allowed folders only, whatever the path says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from explorer.data.dataset import DatasetError
from explorer.data.finding import MAX_VISITED, search
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.spec import FileSpec
from explorer.data.roots import (
    OutsideRoots,
    allowed_roots,
    resolve_inside,
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "allowed"
    for name in ("a", "b"):
        (folder / "insects" / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(folder / "insects" / name / "1.png")
    (tmp_path / "secret").mkdir()
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    return folder


def test_a_folder_inside_is_found_by_either_path(root: Path) -> None:
    assert resolve_inside("insects") == root / "insects"
    assert resolve_inside(str(root / "insects")) == root / "insects"


@pytest.mark.usefixtures("root")
def test_a_folder_outside_is_refused_with_how_to_allow_it(subtests: pytest.Subtests) -> None:
    for path in ["../secret", "/etc", "insects/../../secret", "~root", "/"]:
        with subtests.test(path=path), pytest.raises(OutsideRoots, match="make run DATA="):
            resolve_inside(path)


def test_a_link_that_leads_outside_is_refused(root: Path) -> None:
    (root / "link").symlink_to(root.parent / "secret")
    with pytest.raises(OutsideRoots):
        resolve_inside("link")


@pytest.mark.usefixtures("root")
def test_no_path_at_all_is_said(subtests: pytest.Subtests) -> None:
    for path in ["", "  ", "a\0b"]:
        with subtests.test(path=path), pytest.raises(DatasetError, match="Give the path"):
            resolve_inside(path)


def test_data_sets_are_found_for_the_list(root: Path) -> None:
    assert search((ImageFolderSpec,)).found == ((root / "insects", ImageFolderSpec),)


def format_that(looks_at: Callable[[Path], bool]) -> type[FileSpec]:
    """A format that looks like nothing else, and is searched below."""

    class Sought(FileSpec):
        @classmethod
        def looks(cls, place: Path) -> bool:
            return looks_at(place)

        @classmethod
        def beside(cls, place: Path) -> list[Path]:
            return [child for child in place.iterdir() if child.is_dir()]

    return Sought


def test_folders_of_several_kinds_are_found_in_one_search_also_below_each_other(root: Path) -> None:
    (root / "insects" / "a" / "deep").mkdir()
    (root / "deep").mkdir()
    (root / ".hidden" / "deep").mkdir(parents=True)
    has_b, deep = format_that(lambda folder: (folder / "b").exists()), format_that(lambda folder: folder.name == "deep")
    assert search((has_b, deep)).found == (
        (root / "deep", deep), (root / "insects", has_b), (root / "insects" / "a" / "deep", deep)
    )  # fmt: skip


def test_a_folder_that_cannot_be_looked_at_does_not_end_the_search(root: Path) -> None:
    def looks(folder: Path) -> bool:
        if folder.name == "insects":
            raise PermissionError
        return folder.name == "other"

    (root / "other").mkdir()
    other = format_that(looks)
    assert search((other,)).found == ((root / "other", other),)


def test_the_search_ends_however_deep_and_wide_the_folders_are(root: Path) -> None:
    seen: list[Path] = []
    root.joinpath(*"abcdefgh").mkdir(parents=True)
    for index in range(MAX_VISITED):
        (root / "wide" / str(index)).mkdir(parents=True)
    found = search((format_that(lambda folder: seen.append(folder) is not None),))
    assert root / "a" / "b" / "c" in seen
    assert root / "a" / "b" / "c" / "d" not in seen
    assert len(seen) <= MAX_VISITED
    assert not found.complete


def test_without_a_setting_the_home_and_the_project_have_a_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXPLORER_DATA_ROOTS", raising=False)
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert allowed_roots() == (tmp_path / "data", tmp_path / "data")
