"""What a trainer reports while it works: one JSON record per line, appended, never rewritten."""

import math
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, get_args

from explorer.base import records
from explorer.base.processes import Moment
from explorer.runs.record.paths import RunPaths

Kind = Literal["phase", "start", "step", "epoch"]
_TAIL_BYTES = 8192  # read at once from the end of a file, about 30 records
_SEARCHED_BYTES = 1 << 22  # searched at either end of a file for its first or last record


@dataclass(frozen=True)
class Event:
    """One record.

    Attributes:
        kind: One of `Kind`, or of a later version.
        seq: The number of the record, from 0 within an attempt.
        time, mono, boot: When it was written, see `Moment`.
        epoch: Counts from 0.
        step: Optimizer steps done in the whole run.
        promise_s: The next record comes within this many seconds.
        values: What belongs to the kind. A number that was nan or infinite is None.
    """

    kind: str
    seq: int
    time: float
    mono: float
    boot: str
    epoch: int
    step: int
    promise_s: float
    values: Mapping[str, Any]

    @property
    def moment(self) -> Moment:
        """When it was written."""
        return Moment(self.time, self.mono, self.boot)

    def number(self, name: str) -> float:
        """Return a value as a number; nan where it is missing or is not a number."""
        value = self.values.get(name)
        return float(value) if isinstance(value, int | float) else math.nan

    def count(self, name: str) -> int:
        """Return a value as an integer; 0 where it is missing or is not a number."""
        value = self.values.get(name)
        return int(value) if isinstance(value, int | float) else 0


def parse(line: bytes) -> Event | None:
    """Read the event of one line; None where the line is damaged."""
    try:
        return records.read_as(Event, records.parse(line))
    except (ValueError, TypeError, RecursionError):  # TypeError: it holds something else than an object
        return None


def _plain(value: Any) -> Any:
    """Turn a value into what JSON can hold: numpy scalars become numbers, arrays lists, nan and inf null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "tolist"):  # numpy and torch, without importing either
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


class EventWriter:
    """Appends the records of one attempt. Threads may share it."""

    def __init__(self, paths: RunPaths, attempt: int) -> None:
        """Open events-<attempt>.jsonl, and end a line that an earlier writer left torn. Raises OSError."""
        path = paths.events(attempt)
        last = last_event(path)
        self._seq = 0 if last is None else last.seq + 1
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        size = os.fstat(self._file).st_size
        self._torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"

    def write(self, kind: Kind, *, epoch: int = 0, step: int = 0, promise_s: float, **values: Any) -> None:
        """Append one record in one system call, so that a reader sees all of it or a torn last line.

        Args:
            kind: What it reports.
            epoch, step: See `Event`.
            promise_s: The next record comes within this many seconds. A run that breaks the promise is shown as
                stalled.
            **values: What belongs to the kind.

        Raises:
            ValueError: The kind or the promise is not allowed.
            TypeError: JSON cannot hold one of the values.
            OSError: The record cannot be written, for example because the disk is full.
        """
        if kind not in get_args(Kind):
            raise ValueError(f"kind must be one of {', '.join(get_args(Kind))}; got {kind!r}")
        if not (math.isfinite(promise_s) and promise_s > 0):
            raise ValueError(f"promise_s must be seconds above 0; got {promise_s}")
        with self._lock:
            now = Moment.now()
            record = {
                "kind": kind,
                "seq": self._seq,
                "time": round(now.wall, 3),
                "mono": round(now.mono, 3),
                "boot": now.boot,
                "epoch": int(epoch),
                "step": int(step),
                "promise_s": round(float(promise_s), 3),
                "values": _plain(values),
            }
            self._append(records.dump(record) + b"\n")
            self._seq += 1

    def _append(self, line: bytes) -> None:
        data = b"\n" + line if self._torn else line
        self._torn = True
        written = os.write(self._file, data)
        if written != len(data):
            raise OSError(f"only {written} of {len(data)} bytes of an event could be written: is the disk full?")
        self._torn = False

    def sync(self) -> None:
        """Make what was written survive a power cut. It takes 0.2 ms, and once an epoch is enough."""
        os.fsync(self._file)

    def close(self) -> None:
        """Sync and close the file. Writing afterwards raises OSError."""
        self.sync()
        os.close(self._file)
        self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file >= 0:
            self.close()


def first_event(path: Path) -> Event | None:
    """Read the record in the first line of a file; None if there is none."""
    try:
        with path.open("rb") as file:
            return parse(file.readline(_SEARCHED_BYTES))
    except FileNotFoundError:
        return None


def last_event(path: Path) -> Event | None:
    """Read the last complete record of a file, searching from its end; None if there is none."""
    return next((event for line in _lines_from_end(path) if (event := parse(line)) is not None), None)


def _lines_from_end(path: Path) -> Iterator[bytes]:
    """Yield the complete lines at the end of a file, the last one first."""
    try:
        with path.open("rb") as file:
            size = begin = os.fstat(file.fileno()).st_size
            rest, torn = b"", True  # torn: the text after the last line break is incomplete
            while begin > max(0, size - _SEARCHED_BYTES):
                end, begin = begin, max(0, begin - _TAIL_BYTES)
                rest, *lines = (os.pread(file.fileno(), end - begin, begin) + rest).split(b"\n")
                yield from reversed(lines[:-1] if torn else lines)
                torn = torn and not lines
            if begin == 0 and not torn:
                yield rest
    except FileNotFoundError:
        return
