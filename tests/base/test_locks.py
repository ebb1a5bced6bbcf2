"""Whether locks can be relied on is tried before the first run, not found out when two have trained the same one."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.base import locks
from explorer.runs.life import launcher
from explorer.runs.record.paths import list_runs, runs_root
from tests.runs.conftest import config_of

PROJECT = Path(explorer.__file__).parents[1]
GRANTS_ALL = "int flock(int file, int how) { return 0; }"
REFUSES = "#include <errno.h>\nint flock(int file, int how) { errno = ENOLCK; return -1; }"


def probe_with(flock: str, folder: Path) -> str:
    """What the probe says in a process whose C library has this flock, as some network file systems behave."""
    source, library = folder / "flock.c", folder / "flock.so"
    source.write_text(flock)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
    code = f"from pathlib import Path\nfrom explorer.base import locks\nprint(locks.probe(Path({str(folder)!r})))"
    environment = os.environ | {"LD_PRELOAD": str(library)}
    call = [sys.executable, "-c", code]
    return subprocess.run(call, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_a_local_folder_is_good_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    assert locks.probe(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="makes a C library")
def test_a_file_system_that_gives_every_lock_to_everybody_is_found_out(tmp_path: Path) -> None:
    assert probe_with(GRANTS_ALL, tmp_path) == "its file system gives the same lock to two processes"


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="makes a C library")
def test_a_file_system_without_locks_is_found_out(tmp_path: Path) -> None:
    assert probe_with(REFUSES, tmp_path) == "its file system has no locks (No locks available)"
    assert not list(tmp_path.glob(".probe-*"))


def test_where_locks_do_not_work_no_run_is_made_until_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_file: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as broken:
        broken.setattr(locks.fcntl, "flock", refuse)
        with pytest.raises(launcher.LaunchError, match=r"no locks .*Set EXPLORER_HOME to a folder on a local disk"):
            launcher.start(config_of("finishes"))
    assert list(runs_root().iterdir()) == []
    launcher.start(config_of("finishes"))
    assert len(list_runs()) == 1


def test_who_holds_a_lock_is_told_in_words(tmp_path: Path) -> None:
    lock = tmp_path / "some.lock"
    assert locks.who_holds(lock) == "another process"
    with lock.open("w") as file:
        locks.note_holder(file.fileno())
    assert locks.who_holds(lock) == f"process {os.getpid()}"
