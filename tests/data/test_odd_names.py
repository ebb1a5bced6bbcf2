"""Names and paths that no person would type, and links that lead away."""

import os
from pathlib import Path

import pytest
from PIL import Image

from explorer.base.names import existing, shown
from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.roots import OutsideRoots, resolve_inside
from explorer.data.stored import ImageError

ODD = os.fsdecode(b"gr\xfcn")  # Latin-1, as an old disk has it


def write(file: Path, mode: str = "RGB") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (8, 8)).save(file)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data sets whose folder, whose classes and whose images have such names, beside one like any other."""
    folder = tmp_path / "roots"
    for name in ("ants", "bees"):
        for number in range(3):
            write(folder / "insects" / name / f"{number}.png")
    for name in (ODD, "red"):
        for number in range(3):
            write(folder / ODD / name / f"{ODD}{number}.png")
    for number in range(3):
        write(folder / "masked" / "images" / f"{ODD}{number}.png")
        write(folder / "masked" / "masks" / f"{ODD}{number}.png", "L")
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(folder))
    return folder


def test_a_name_that_is_no_text_is_shown_and_found_again(root: Path) -> None:
    assert shown(ODD) == "gr\\xfcn"
    assert shown("a\ud800b") == "a\\ud800b"
    assert existing(root / "gr\\xfcn") == root / ODD
    assert resolve_inside("gr\\xfcn/red") == root / ODD / "red"


def test_every_set_of_a_root_is_offered_and_every_sample_shown(subtests: pytest.Subtests, root: Path) -> None:
    for kind in ["insects", "gr\\xfcn", "masked"]:
        with subtests.test(kind=kind):
            offer = picture_sets.offer()
            offered = {each.title: each for each in offer.sets}
            assert {"insects", "gr\\xfcn", "masked"} <= set(offered)
            assert root.name in offered[kind].key
            found = offered[kind]
            words = [
                found.key,
                *(text for pair in offer.unusable for text in pair),
                *picture_sets.opened(found.key).notes,
            ]
            for split in found.splits:
                for index in range(picture_sets.count(found.key, split)):
                    loaded = picture_sets.load(found.key, split, index)
                    words += [loaded.sample.id, *loaded.classes, picture_sets.name_of(found.key, split, index)]
                    assert loaded.sample.image.shape == (8, 8, 3)
                    assert (loaded.sample.mask is not None) == (kind == "masked")
            " ".join(words).encode()
            assert picture_sets.typed(found.key.partition(":")[2]) == found


def test_a_set_of_such_names_is_read_as_training_reads_it(root: Path) -> None:
    dataset = ImageFolderSpec(path=str(root / "gr\\xfcn"), links="inside").open()
    assert (dataset.name, dataset.classes) == ("gr\\xfcn", ("gr\\xfcn", "red"))
    for split in (dataset.train, dataset.val):
        for index in range(len(split)):
            assert split.load(index).id == split.ids[index]
    assert all("gr\\xfcn" in name for name in dataset.train.ids)


def test_a_damaged_image_of_such_a_name_is_named(root: Path) -> None:
    (root / ODD / "red" / f"{ODD}9.png").write_bytes(b"no image")
    dataset = ImageFolderSpec(path=str(root / "gr\\xfcn"), val_fraction=0.5).open()
    split, index = next(
        (split, split.ids.index("red/gr\\xfcn9.png"))
        for split in (dataset.train, dataset.val)
        if "red/gr\\xfcn9.png" in split.ids
    )
    with pytest.raises(ImageError, match=r"red/gr\\xfcn9\.png"):
        split.load(index)


def loop(folder: Path) -> str:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return "a/pictures"


PATHS = [
    "~nosuch/x",
    "~root/x",
    "~",
    "~/x",
    "x" * 300,
    "insects/" + "x" * 300,
    "x/" * 2100,
    "a\0b",
    "\ud800",
    "",
    " ",
    "a",
]


def test_a_path_that_cannot_be_is_refused_in_words(subtests: pytest.Subtests, root: Path) -> None:
    for path in [*PATHS, "loop"]:
        for kind in ["image_folder", "mask_folder"]:
            with subtests.test(path=path, kind=kind):
                if path == "loop":
                    path = loop(root)
                for ask in (
                    resolve_inside,
                    picture_sets.typed,
                    lambda path, kind=kind: picture_sets.count(f"{kind}:{path}", "train"),
                    lambda path, kind=kind: picture_sets.opened(f"{kind}:{path}").notes,
                ):
                    try:
                        found = ask(path)
                    except DatasetError as error:
                        str(error).encode()
                    else:
                        assert ask is resolve_inside  # it says where, and others whether there is such a folder
                        assert isinstance(found, Path)
                        assert found.is_relative_to(root)


def test_no_answer_tells_which_accounts_there_are(root: Path) -> None:
    def answer(path: str) -> str:
        with pytest.raises(OutsideRoots) as told:
            resolve_inside(path)
        return str(told.value).removeprefix(path)

    assert root
    assert answer("~root/x") == answer("~nosuch/x") == answer("~root") == answer("~nosuch")


@pytest.fixture
def linked(root: Path, tmp_path: Path) -> Path:
    """A class with an image that is a link out of the roots."""
    write(tmp_path / "elsewhere" / "secret.png")
    (root / "insects" / "ants" / "link.png").symlink_to(tmp_path / "elsewhere" / "secret.png")
    return root / "insects"


def test_a_link_that_leads_out_is_refused_on_both_pages_and_named(linked: Path) -> None:
    with pytest.raises(OutsideRoots, match=r"ants/link\.png is a link that leads outside") as told:
        ImageFolderSpec(path=str(linked), links="inside").open()
    assert "elsewhere" not in str(told.value)
    key = f"image_folder:{linked}"
    places = [(split, index) for split in ("train", "val") for index in range(picture_sets.count(key, split))]
    ((split, index),) = (place for place in places if "link.png" in picture_sets.name_of(key, *place))
    with pytest.raises(OutsideRoots, match=r"ants/link\.png is a link that leads outside"):
        picture_sets.load(key, split, index)


def test_a_class_that_is_a_link_that_leads_out_is_not_even_listed(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "elsewhere" / "secret.png")
    (root / "insects" / "wasps").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutsideRoots, match="wasps is a link that leads outside"):
        ImageFolderSpec(path=str(root / "insects"), links="inside").open()


def test_links_within_the_roots_are_followed_and_others_where_the_owner_trains(linked: Path, root: Path) -> None:
    assert len(ImageFolderSpec(path=str(linked)).open().train) > 0
    (linked / "ants" / "link.png").unlink()
    (linked / "ants" / "green.png").symlink_to(root / ODD / ODD / f"{ODD}0.png")
    (linked / "wasps").symlink_to(root / ODD / "red")
    dataset = ImageFolderSpec(path=str(linked), links="inside").open()
    assert dataset.classes == ("ants", "bees", "wasps")
    assert any("green.png" in name for name in (*dataset.train.ids, *dataset.val.ids))
