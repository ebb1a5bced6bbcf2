"""Flags and notes of single validation images."""

import json
import multiprocessing

import pytest

from explorer.runs.record import flags
from explorer.runs.record.flags import Flag, FlagsError
from explorer.runs.record.paths import RunPaths

ANT, BEE = Flag(3, "ants/a.jpg", "0f"), Flag(4, "ants/a.jpg", "1e")  # ids repeat


def test_flags_and_notes_are_kept_apart_by_row_also_where_ids_repeat(folder: RunPaths) -> None:
    assert flags.read(folder) == {}
    flags.change(folder, BEE, flagged=True)
    flags.change(folder, ANT, note=" a wasp? ")
    found = flags.read(folder)
    assert [(flag.index, flag.id, flag.hash, flag.flagged, flag.note) for flag in flags.flagged(found)] == [
        (3, "ants/a.jpg", "0f", True, "a wasp?"),
        (4, "ants/a.jpg", "1e", True, ""),
    ]
    assert all(flag.time > 1e9 for flag in found.values())


def test_a_flag_that_is_taken_back_leaves_its_note_and_without_a_note_nothing(folder: RunPaths) -> None:
    flags.change(folder, ANT, flagged=True, note="blurred")
    flags.change(folder, BEE, flagged=True)
    flags.change(folder, BEE, flagged=False)
    found = flags.change(folder, ANT, flagged=False)
    assert (list(found), flags.flagged(found), found[3].note) == ([3], (), "blurred")
    assert flags.change(folder, ANT, flagged=True)[3].note == "blurred"
    assert flags.change(folder, ANT, flagged=False, note="") == {}


def _write(paths: RunPaths, rows: range) -> None:
    for row in rows:
        flags.change(paths, Flag(row, f"{row}.jpg"), note=f"note {row}")


def test_windows_that_flag_images_at_the_same_time_lose_nothing(folder: RunPaths) -> None:
    processes = [multiprocessing.Process(target=_write, args=(folder, range(at, 60, 3))) for at in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert {row: flag.note for row, flag in flags.read(folder).items()} == {row: f"note {row}" for row in range(60)}


@pytest.mark.parametrize(
    "content", ["", "[]", '{"images": [{"index": "3", "id": "a"}]}', '{"images": [7]}', '{"images": 7}']
)
def test_a_damaged_file_is_named_and_never_written_over(folder: RunPaths, content: str) -> None:
    folder.flags.write_text(content)
    with pytest.raises(FlagsError, match="damaged"):
        flags.read(folder)
    with pytest.raises(FlagsError, match="damaged"):
        flags.change(folder, ANT, flagged=True)
    assert folder.flags.read_text() == content


def test_what_a_newer_version_has_written_beside_the_images_stays(folder: RunPaths) -> None:
    folder.flags.write_text(json.dumps({"colors": ["red"]}))
    flags.change(folder, ANT, flagged=True)
    assert json.loads(folder.flags.read_text())["colors"] == ["red"]


def test_too_much_is_refused(folder: RunPaths, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FlagsError, match="at most 1,000 characters"):
        flags.change(folder, ANT, note="a" * 1001)
    with pytest.raises(FlagsError, match="half of a character"):
        flags.change(folder, ANT, note="\ud800")
    monkeypatch.setattr(flags, "MAX_FLAGS", 1)
    flags.change(folder, ANT, flagged=True)
    with pytest.raises(FlagsError, match="at most 1 flagged images"):
        flags.change(folder, BEE, flagged=True)
    assert list(flags.read(folder)) == [3]


def test_a_run_that_is_gone_is_not_made_again(folder: RunPaths) -> None:
    folder.config.unlink()
    folder.root.rmdir()
    with pytest.raises(FileNotFoundError):
        flags.change(folder, ANT, flagged=True)
    assert not folder.root.exists()
