"""Ids never lead out of the folder of runs; every file of a run has one name."""

import stat
from pathlib import Path

import pytest

from explorer.base.home import made_home
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunNotFound, RunPaths, list_runs, new_run_id, run_paths, runs_root, slug


@pytest.mark.parametrize(
    "run_id",
    ["", ".", "..", "../other", "a/b", "/etc", "a\\b", "a\0b", "a\n", "~", ".new-0a1b2c", "-rf", "x" * 101, "실험"],
)
def test_an_id_that_could_be_a_path_is_no_id(run_id: str) -> None:
    (runs_root().parent / "other").mkdir()
    (runs_root().parent / "other" / "outcome.json").touch()
    with pytest.raises(RunNotFound, match="is not the id of a run"):
        run_paths(run_id)


def test_an_unknown_id_says_where_was_looked(home: Path) -> None:
    with pytest.raises(RunNotFound, match=r"There is no run '20261123-x'") as caught:
        run_paths("20261123-x")
    assert str(home / "runs") in str(caught.value)


def test_a_run_is_found_by_its_id(folder: RunPaths) -> None:
    assert run_paths(folder.id) == folder


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ants & bees!", "-ants-bees-"),
        ("Ménagerie", "-menagerie-"),
        ("개미와 벌", "-digits-"),
        ("../../etc/passwd", "-etc-passwd-"),
        ("x" * 300, f"-{'x' * 40}-"),
        ("", "-digits-"),
    ],
)
def test_any_name_gives_an_id_that_is_one(name: str, words: str) -> None:
    run_id = new_run_id(name, fallback="digits")
    assert words in run_id
    RunPaths(runs_root() / run_id).root.mkdir()
    (runs_root() / run_id / "outcome.json").touch()
    assert run_paths(run_id).id == run_id


def test_ids_made_in_the_same_second_differ() -> None:
    assert len({new_run_id("same") for _ in range(50)}) > 45


def test_a_slug_does_not_end_in_the_middle_of_its_hyphen() -> None:
    assert slug("aaaa bbbb", limit=5) == "aaaa"


def test_runs_are_listed_newest_first_and_damaged_ones_too(home: Path) -> None:
    for run_id in ("20260101-000000-old-abc", "20270101-000000-new-abc"):
        (home / "runs" / run_id).mkdir(parents=True)
        (home / "runs" / run_id / "run.json").write_text("{ damaged")
    (home / "runs" / ".new-0a1b2c").mkdir()
    (home / "runs" / "20280101-000000-empty-abc").mkdir()
    (home / "runs" / "a file").touch()
    assert [paths.id for paths in list_runs()] == ["20270101-000000-new-abc", "20260101-000000-old-abc"]


def test_home_is_made_for_its_owner_only(home: Path) -> None:
    runs_root()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_home_without_a_setting_is_in_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPLORER_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert made_home() == tmp_path / ".augmentation-explorer"


def test_a_relative_home_does_not_move_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_HOME", "mine")
    assert made_home() == tmp_path / "mine"
    assert runs_root().is_absolute()


def test_an_attempt_that_has_told_something_is_not_begun_again(folder: RunPaths) -> None:
    assert folder.begin_attempt() == 1
    folder.launch(1).touch()
    assert folder.begin_attempt() == 1
    EventWriter(folder, 1).close()
    assert folder.begin_attempt() == 2
    folder.launch(10).touch()
    assert folder.attempts() == (1, 10)
    assert folder.begin_attempt() == 10
