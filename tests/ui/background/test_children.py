"""Child processes that a page waits for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.base.child import ChildError
from explorer.base.confined import PAGE_PID
from explorer.base.processes import pid_alive, start_ticks
from explorer.runs.overview import label_issues
from explorer.runs.record.paths import RunPaths
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs


def test_what_a_child_prints_is_its_answer() -> None:
    child = Child([sys.executable, "-c", "import sys; sys.stdin.read(); print('사과')"])
    assert child.wait(60)
    assert child.result().decode() == "사과\n"
    assert not child.running


def test_the_last_line_says_why_a_child_failed() -> None:
    child = Child([sys.executable, "-c", "raise SystemExit('first\\nthe disk is full')"])
    assert child.wait(60)
    with pytest.raises(ChildError, match=r"^the disk is full$"):
        child.result()


def test_a_command_that_cannot_be_started_says_so() -> None:
    child = Child(["/nowhere/python"])
    assert child.wait(60)
    with pytest.raises(ChildError, match="No such file"):
        child.result()


def test_a_canceled_child_is_gone_with_all_that_it_has_started(tmp_path_factory: pytest.TempPathFactory) -> None:
    note = tmp_path_factory.mktemp("child") / "pid"
    code = (
        "import pathlib, subprocess, sys, time\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])\n"
        f"pathlib.Path({str(note)!r} + '.part').write_text(str(inner.pid))\n"
        f"pathlib.Path({str(note)!r} + '.part').rename({str(note)!r})\n"
        "time.sleep(300)\n"
    )
    child = Child([sys.executable, "-c", code])
    while not note.exists():
        assert not child.wait(0.02)
    inner = int(note.read_text())
    ticks = start_ticks(inner)
    child.cancel()
    assert child.wait(60)
    assert child.canceled
    while pid_alive(inner, ticks):
        child.wait(0.01)
    with pytest.raises(ChildError):
        child.result()


def test_a_child_that_takes_too_long_is_ended_and_says_so() -> None:
    child = Child([sys.executable, "-c", "import time; time.sleep(300)"], limit=0.3)
    assert child.wait(60)
    with pytest.raises(ChildError, match=r"^it took longer than 0 s$"):
        child.result()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these limits")
def test_a_child_ends_with_its_server_and_leaves_the_pages_cores_and_memory() -> None:
    limits = (
        "import ctypes, os, resource\n"
        "from explorer.base import confined\n"
        "confined.limit_if_for_page()\n"
        "signal = ctypes.c_int()\n"
        "ctypes.CDLL(None).prctl(2, ctypes.byref(signal))\n"  # PR_GET_PDEATHSIG
        "print(signal.value, os.nice(0), resource.getrlimit(resource.RLIMIT_AS)[0] > 0)\n"
    )
    child = Child([sys.executable, "-c", limits])
    assert child.wait(60)
    signal_of_death, niceness, limited = child.result().split()
    assert (signal_of_death, limited) == (b"9", b"True")
    assert int(niceness) == min(19, os.nice(0) + 10)


def test_the_search_for_label_errors_takes_the_limits() -> None:
    # The server that is named has not started this process, so it ends at once, before it looks for a run.
    command = label_issues.command(RunPaths(Path("missing")), 0)
    environment = explorer.child_environment() | {PAGE_PID: str(os.getppid())}
    ended = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_jobs_beyond_the_most_at_once_are_not_started() -> None:
    jobs: Jobs[Child] = Jobs(most=2)
    for key in ("a", "b", "c"):
        assert jobs.full is (key == "c")
        jobs.start(key, lambda: Child([sys.executable, "-c", "import time; time.sleep(300)"]))
    assert sorted(jobs.all()) == ["a", "b"]
    for key in ("a", "b"):
        jobs.cancel(key)
    assert not jobs.full
