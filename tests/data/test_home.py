"""What is kept in the home is there as a whole or not at all."""

from pathlib import Path

import pytest

from explorer.base.home import home as home_of_person
from explorer.base.home import made_home
from explorer.data.keeping import NotKept, keep


def test_the_home_is_that_of_the_environment_else_of_the_person(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert home_of_person() == home
    assert not home.exists()
    assert made_home() == home
    assert home.is_dir()
    monkeypatch.setenv("EXPLORER_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_of_person() == tmp_path / ".augmentation-explorer"


def test_a_file_is_kept_in_a_home_that_only_its_owner_may_enter(home: Path) -> None:
    keep(home / "pictures" / "a.bin", b"1")
    keep(home / "pictures" / "a.bin", b"22")
    assert (home / "pictures" / "a.bin").read_bytes() == b"22"
    assert home.stat().st_mode & 0o777 == 0o700


def test_a_file_that_cannot_be_put_in_place_leaves_nothing_behind(home: Path) -> None:
    (home / "pictures" / "a.bin").mkdir(parents=True)
    with pytest.raises(NotKept, match=r"pictures: Is a directory. Make room or give permission"):
        keep(home / "pictures" / "a.bin", b"1")
    assert [path.name for path in (home / "pictures").iterdir()] == ["a.bin"]
