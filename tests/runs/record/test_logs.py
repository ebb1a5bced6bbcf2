"""The log: its end, a search in it, following it while it grows and is shortened."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.runs.record import logs
from tests.runs.conftest import wait_for


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with a progress bar, Korean, a byte that is none of UTF-8, and a line without end."""
    path = tmp_path / "log.txt"
    path.write_bytes("first\n 10 %\r 100 %\r\n안녕 Loss\n".encode() + b"bad \xff\nhalf")
    return path


def test_the_tail_is_the_last_lines_as_a_terminal_shows_them(log: Path) -> None:
    assert logs.tail(log, 3).splitlines() == ["안녕 Loss", "bad \N{REPLACEMENT CHARACTER}", "half"]
    assert logs.tail(log, 99).splitlines()[:2] == ["first", " 100 %"]
    assert logs.tail(log, 0) == ""
    assert logs.tail(log.with_name("none"), 5) == ""


def test_a_search_is_for_plain_text_in_upper_or_lower_case(log: Path) -> None:
    assert logs.search(log, "lOSS") == [(3, "안녕 Loss")]
    assert logs.search(log, "안녕") == [(3, "안녕 Loss")]
    assert logs.search(log, ".*") == []
    assert logs.search(log, "10") == [(2, " 100 %")]  # what was overwritten is not there
    assert [number for number, _ in logs.search(log, "", most=2)] == [1, 2]
    assert logs.search(log.with_name("none"), "x") == []


class Following:
    """A thread that follows a log."""

    def __init__(self, path: Path, lines: int = 0) -> None:
        self.seen: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, args=(path, lines), daemon=True)
        self._thread.start()

    def _follow(self, path: Path, lines: int) -> None:
        for line in logs.follow(path, self._over.is_set, lines):
            self.seen.append(line)

    def end(self) -> list[str]:
        self._over.set()
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self.seen


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Following]:
    monkeypatch.setattr(logs, "_FOLLOW_EVERY_S", 0.005)
    return Following


def append(path: Path, text: str) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(text.encode())


def test_following_gives_the_last_lines_and_then_each_that_comes(
    log: Path, following: Callable[..., Following]
) -> None:
    found = following(log, 2)
    wait_for(lambda: len(found.seen) == 2, "the last lines")
    append(log, " and its rest\nnext\nno end")
    wait_for(lambda: len(found.seen) == 4, "the new lines")
    expected = ["안녕 Loss", "bad \N{REPLACEMENT CHARACTER}", "half and its rest", "next"]
    assert found.seen == expected
    assert found.end() == [*expected, "no end"]


def test_following_waits_for_a_log_that_is_not_there_yet(tmp_path: Path, following: Callable[..., Following]) -> None:
    found = following(tmp_path / "log.txt", 10)
    append(tmp_path / "log.txt", "first\n")
    wait_for(lambda: found.seen == ["first"], "the first line")
    assert found.end() == ["first"]


def test_following_loses_and_repeats_nothing_when_the_log_is_shortened(
    tmp_path: Path, following: Callable[..., Following]
) -> None:
    path = tmp_path / "log.txt"
    path.write_text("begin\n")
    found = following(path, 1)
    wait_for(lambda: found.seen == ["begin"], "the first line")
    for part in range(4):
        append(path, "".join(f"line {part}-{number}\n" for number in range(1000)))
        wait_for(lambda: len(found.seen) > 1000 * (part + 1), "what was printed")  # noqa: B023 - awaited at once
        wait_for(lambda: logs.shorten(path, most=4000, head=500, tail=2000), "a moment to shorten it in")
    append(path, "the end\n")
    assert found.end()[1:] == [*(f"line {part}-{number}" for part in range(4) for number in range(1000)), "the end"]


def test_following_goes_on_after_a_log_is_emptied(log: Path, following: Callable[..., Following]) -> None:
    found = following(log, 1)
    wait_for(lambda: len(found.seen) == 1, "the last line")
    log.write_text("new\n")
    wait_for(lambda: found.seen[-1] == "new", "the new line")
    found.end()


def test_a_shortened_log_keeps_its_beginning_and_its_end_and_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("".join(f"line {number}\n" for number in range(2000)))
    size = path.stat().st_size
    assert not logs.shorten(path, most=size)
    with path.open("ab", buffering=0) as writer:
        assert logs.shorten(path, most=size - 1, head=100, tail=200)
        writer.write(b"after\n")
    lines = path.read_text().splitlines()
    assert (lines[0], lines[-2], lines[-1]) == ("line 0", "line 1999", "after")
    (marker,) = (line for line in lines if "left out" in line)
    kept = sum(len(line) + 1 for line in lines if line not in (marker, "after"))
    assert marker == f"[{size - kept:,} bytes left out: the log had grown too long]"
