"""What is kept in the home is there as a whole or not at all."""

from pathlib import Path

import pytest

from explorer.data.home import NotKept, keep
from explorer.data.home import home as home_of_data
from explorer.runs.record.paths import home as home_of_runs


def test_every_room_has_the_same_home(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert home_of_data() == home == home_of_runs()
    monkeypatch.setenv("EXPLORER_HOME", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_of_data() == tmp_path / ".augmentation-explorer" == home_of_runs()


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
