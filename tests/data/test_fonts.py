"""Fonts are chosen by name among those that are here and open."""

from pathlib import Path

import pytest
from PIL import ImageFont

from explorer.data import fonts
from explorer.data.fonts import BUILT_IN, FontMissing


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where a person's own fonts lie."""
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    folder = tmp_path / "person" / ".local" / "share" / "fonts"
    folder.mkdir(parents=True)
    return folder


def test_the_built_in_font_comes_first_and_draws(home: Path) -> None:
    assert fonts.names()[0] == BUILT_IN
    file = fonts.path(BUILT_IN)
    assert file.is_relative_to(home)
    font = ImageFont.truetype(file, 30)
    assert font.getname()[0] == BUILT_IN
    assert font.getlength("wide") > font.getlength("i") > 0


def test_the_built_in_font_is_written_once() -> None:
    written = fonts.path(BUILT_IN).stat()
    again = fonts.path(BUILT_IN).stat()
    assert (written.st_ino, written.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)


def test_every_font_on_offer_opens() -> None:
    for name in fonts.names():
        ImageFont.truetype(fonts.path(name), 20)


def test_a_persons_own_fonts_are_offered_by_their_file_names(own: Path) -> None:
    content = fonts.path(BUILT_IN).read_bytes()
    for name in ("내 글꼴.ttf", "inner/Second.OTF", "notes.txt"):
        (own / name).parent.mkdir(exist_ok=True)
        (own / name).write_bytes(content)
    (own / "Broken.ttf").write_bytes(content[:100])
    offered = fonts.names()
    assert {"내 글꼴", "Second"} < set(offered)
    assert not {"notes", "Broken"} & set(offered)
    assert list(offered[1:]) == sorted(offered[1:])
    assert fonts.path("내 글꼴") == own / "내 글꼴.ttf"


def test_a_font_that_calls_itself_like_the_built_in_one_does_not_replace_it(own: Path, home: Path) -> None:
    (own / f"{BUILT_IN}.ttf").write_bytes(fonts.path(BUILT_IN).read_bytes())
    assert fonts.names().count(BUILT_IN) == 1
    assert fonts.path(BUILT_IN).is_relative_to(home)


def test_the_search_ends_however_many_fonts_there_are(own: Path) -> None:
    content = fonts.path(BUILT_IN).read_bytes()
    (own / "f000.ttf").write_bytes(content)
    for index in range(1, fonts.MAX_FILES + 50):
        (own / f"f{index:03}.ttf").hardlink_to(own / "f000.ttf")
    assert len(fonts.names()) == 1 + fonts.MAX_FILES


def test_a_name_that_is_no_font_is_answered_with_some_that_are(subtests: pytest.Subtests) -> None:
    for name in ["", "Nobody's", "../../etc/passwd", "/etc/passwd", "a" * 5000, "x\0"]:
        with (
            subtests.test(name=name),
            pytest.raises(FontMissing, match=rf"There is no font .* here. Choose one of {BUILT_IN}"),
        ):
            fonts.path(name)


def test_the_path_of_a_font_is_not_a_name(own: Path) -> None:
    (own / "Mine.ttf").write_bytes(fonts.path(BUILT_IN).read_bytes())
    with pytest.raises(FontMissing):
        fonts.path(str(own / "Mine.ttf"))


def test_a_font_that_was_removed_since_is_missed(own: Path) -> None:
    (own / "Mine.ttf").write_bytes(fonts.path(BUILT_IN).read_bytes())
    fonts.path("Mine")
    (own / "Mine.ttf").unlink()
    with pytest.raises(FontMissing, match="'Mine'"):
        fonts.path("Mine")


def test_a_home_that_cannot_be_written_to_is_named(home: Path) -> None:
    home.mkdir()
    (home / "fonts").write_text("a file in the place of the folder")
    with pytest.raises(FontMissing, match=r"has to be written to a file once. .*fonts: "):
        fonts.path(BUILT_IN)
