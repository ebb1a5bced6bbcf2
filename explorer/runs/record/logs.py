"""log.txt: bounded while it grows; its end, a search in it, and following it while it grows."""

import contextlib
import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from explorer.base.locks import lock

MOST_BYTES = 4_000_000
_HEAD_BYTES = 500_000  # how it began is worth as much as how it ended
_TAIL_BYTES = 1_500_000
_LOOK_EVERY_S = 1.0
_SHOWN_BYTES = 262144
_FOLLOW_EVERY_S = 0.2
_CONTEXT_BYTES = 512


def write_any_name() -> None:
    """Let this process print names of files that are no UTF-8, with their bytes written out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a test may have put something else in its place
            stream.reconfigure(errors="backslashreplace")


def shorten(path: Path, most: int = MOST_BYTES, head: int = _HEAD_BYTES, tail: int = _TAIL_BYTES) -> bool:
    """Leave out the middle of a log that is larger than `most` bytes; False where it is not, or is being read.

    In place: the process that prints into it holds it open, to append. What is printed within that moment may be lost.
    Raises OSError.
    """
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        if size <= most or not _locked(file):
            return False
        beginning = file.read(head)
        beginning = beginning[: beginning.rfind(b"\n") + 1]
        file.seek(size - tail)
        end = file.read()
        end = end[end.find(b"\n") + 1 :]
        file.seek(len(beginning))
        file.write(f"[{size - len(beginning) - len(end):,} bytes left out: the log had grown too long]\n".encode())
        file.write(end)
        file.truncate()
    return True


def _locked(file: BinaryIO, *, shared: bool = False) -> bool:
    """Keep who shortens the file and who follows it apart until it is closed; never waits for a paused one."""
    try:
        return lock(file.fileno(), shared=shared)
    except OSError:  # a copy on a file system without locks: nobody shortens it
        return True


@contextlib.contextmanager
def kept_short(path: Path) -> Iterator[None]:
    """Keep the log of the running process within bounds, from a thread, until the block ends."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_EVERY_S):
            with contextlib.suppress(OSError):
                shorten(path)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def tail(path: Path, lines: int) -> str:
    """The last lines of a log, of its last 256 kB; empty where there is none. See `_shown`."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _SHOWN_BYTES))
            data = file.read()
    except FileNotFoundError:
        return ""
    kept = data.rstrip(b"\n").split(b"\n")[-lines:] if lines > 0 else []
    return "\n".join(map(_shown, kept))


def search(path: Path, text: str, most: int = 500) -> list[tuple[int, str]]:
    """The first lines that hold `text`, in upper or lower case, with their numbers from 1; at most `most`.

    None of a missing log. An empty text is in every line.
    """
    found: list[tuple[int, str]] = []
    wanted = text.casefold()
    try:
        with path.open("rb") as file:
            for number, data in enumerate(file, 1):
                if len(found) >= most:
                    break
                line = _shown(data)
                if wanted in line.casefold():
                    found.append((number, line))
    except FileNotFoundError:
        return []
    return found


def follow(path: Path, over: Callable[[], bool], lines: int = 0) -> Iterator[str]:
    """The last `lines` lines, then each line as it is printed, until `over` says so and all has been read.

    Goes on at the right place when the log is shortened meanwhile.
    """
    reader = _Follower(path, lines)
    while True:
        last = over()  # asked first: what was printed before the end is read after it
        yield from map(_shown, reader.new_lines(last))
        if last:
            return
        time.sleep(_FOLLOW_EVERY_S)


class _Follower:
    """Reads on in a file whose middle may be left out at any time."""

    def __init__(self, path: Path, lines: int) -> None:
        self._path = path
        self._offset = 0
        self._context = b""  # what lies before the offset: tells whether the file is still the same up to there
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            self._skip_all_but(lines, file.read())

    def _skip_all_but(self, lines: int, data: bytes) -> None:
        complete = data[: data.rfind(b"\n") + 1]
        kept = complete.split(b"\n")[:-1][-lines:] if lines > 0 else []
        self._move(complete[: len(complete) - sum(len(line) + 1 for line in kept)])

    def _move(self, passed: bytes) -> None:
        self._offset += len(passed)
        self._context = (self._context + passed)[-_CONTEXT_BYTES:]

    def new_lines(self, last: bool) -> list[bytes]:
        """What came since; last: also a line that has no end."""
        try:
            with self._path.open("rb") as file:
                if not _locked(file, shared=True):
                    return []
                self._find_place(file.fileno())
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        passed = data if last else data[: data.rfind(b"\n") + 1]
        self._move(passed)
        return passed.removesuffix(b"\n").split(b"\n") if passed else []

    def _find_place(self, descriptor: int) -> None:
        begin = self._offset - len(self._context)
        if os.pread(descriptor, len(self._context), begin) == self._context:
            return
        data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        found = data.rfind(self._context)
        self._offset = found + len(self._context) if found >= 0 else 0
        self._context = data[max(0, self._offset - _CONTEXT_BYTES) : self._offset]


def _shown(line: bytes) -> str:
    """A line as a terminal shows it in the end: of a progress bar, which overwrites itself, the last version."""
    return line.rstrip(b"\r\n").rpartition(b"\r")[2].decode("utf-8", "replace")
