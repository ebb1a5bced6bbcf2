"""Child processes that a page waits for."""

import sys

import pytest

from explorer.base.child import ChildError
from explorer.base.processes import pid_alive, start_ticks
from explorer.ui.background.children import Child


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
