"""What people call a run and say about it."""

import json
import multiprocessing
from typing import Any

import pytest

from explorer.runs.overview.summary import summarize
from explorer.runs.record import meta
from explorer.runs.record.meta import Meta, MetaError
from explorer.runs.record.paths import RunPaths, runs_root


def test_nothing_is_said_of_a_run_until_somebody_does(folder: RunPaths) -> None:
    assert meta.read(folder) == Meta()


def test_words_stay_words_whatever_they_look_like(folder: RunPaths) -> None:
    before = {path.name for path in runs_root().parent.rglob("*")}
    meta.change(folder, name="  ../../개미 와 벌\n", tags=["../x", " 실험 1 ", "../x"], note="한 줄\n두 줄")
    assert meta.read(folder) == Meta("../../개미 와 벌", ("../x", "실험 1"), "한 줄\n두 줄")
    assert {path.name for path in runs_root().parent.rglob("*")} - before == {"meta.json", "meta.lock"}
    assert summarize(folder).name == "../../개미 와 벌"


def test_a_change_keeps_the_other_fields_and_what_a_newer_version_wrote(folder: RunPaths) -> None:
    folder.meta.write_text(json.dumps({"name": "old", "note": "kept", "colour": "green"}))
    assert meta.change(folder, archived=True) == Meta("old", (), "kept", archived=True)
    assert json.loads(folder.meta.read_text())["colour"] == "green"
    assert meta.change(folder, name="") == Meta("", (), "kept", archived=True)
    assert summarize(folder).name == "ants against bees"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "x" * 101}, "at most 100"),
        ({"tags": [str(number) for number in range(11)]}, "at most 10"),
        ({"tags": ["good", "  "]}, "empty"),
        ({"tags": ["y" * 31]}, "at most 30"),
        ({"note": "z" * 10_001}, "10,000"),
        ({"name": "\ud800"}, "half of a character"),
    ],
)
def test_what_is_too_long_is_refused_and_nothing_changes(folder: RunPaths, fields: dict[str, Any], words: str) -> None:
    meta.change(folder, name="before")
    with pytest.raises(MetaError, match=words):
        meta.change(folder, **fields)
    assert meta.read(folder) == Meta("before")


def test_the_longest_that_is_allowed_is_kept_whole(folder: RunPaths) -> None:
    longest = Meta("개" * 100, tuple(f"{number:030}" for number in range(10)), "벌" * 10_000)
    meta.change(folder, name=longest.name, tags=longest.tags, note=longest.note)
    assert meta.read(folder) == longest


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"name": 3, "tags": "abc", "note": [], "archived": "yes"}']
)
def test_a_damaged_file_says_nothing_and_can_be_written_again(folder: RunPaths, content: str) -> None:
    folder.meta.write_text(content)
    assert meta.read(folder) == Meta()
    meta.change(folder, name="mended")
    assert meta.read(folder).name == "mended"


def test_what_a_file_holds_too_much_of_is_cut(folder: RunPaths) -> None:
    tags = ["a" * 50, 7, *map(str, range(20))]
    folder.meta.write_text(json.dumps({"name": "n" * 500, "tags": tags, "note": "o" * 20_000}))
    found = meta.read(folder)
    assert (len(found.name), len(found.note), found.tags) == (100, 10_000, ("a" * 30, *map(str, range(9))))


def _write(paths: RunPaths, fields: dict[str, Any]) -> None:
    for _ in range(30):
        meta.change(paths, **fields)


def test_windows_that_change_different_things_at_the_same_time_lose_nothing(folder: RunPaths) -> None:
    changes: list[dict[str, Any]] = [{"name": "a name"}, {"tags": ["b"]}, {"note": "c"}, {"archived": True}]
    processes = [multiprocessing.Process(target=_write, args=(folder, fields)) for fields in changes]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    assert meta.read(folder) == Meta("a name", ("b",), "c", archived=True)


def test_a_run_that_is_gone_is_not_made_again(folder: RunPaths) -> None:
    folder.config.unlink()
    folder.root.rmdir()
    with pytest.raises(FileNotFoundError):
        meta.change(folder, name="late")
    assert not folder.root.exists()
