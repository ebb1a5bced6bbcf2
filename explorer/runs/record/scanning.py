"""Reading files of events in bounded portions, without decoding the records of steps that are not needed.

A run of days has a million records of steps, and a chart has room for a thousand points. So the lines of a portion are
distinguished by their bytes, which takes a hundredth of the time of decoding them.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.runs.record.events import Event, parse

Seqs = NDArray[np.int64]
Mask = NDArray[np.bool_]
Pick = Callable[[Seqs], Mask]

FIRST_BYTES = 1 << 16  # of the first portion; each later one is twice as large
PORTION_BYTES = 1 << 22  # of the largest portion; a longer line counts as damaged
RECENT_BYTES = 1 << 18  # at the end of a file, where every record is decoded for step times and phases
_STEP = np.frombuffer(b'{"kind": "step", "seq": ', np.uint8)  # as EventWriter begins the record of a step
_DIGITS = 12  # of a number that is read without decoding its record
_SHORTEST = len(_STEP) + _DIGITS + 2


class EventReader:
    """Reads a file of events, and continues where it stopped. Several threads must not share it.

    `pick` gets the numbers of records of steps and says which ones to decode. Records at the end of the file, and those
    before and after a record of another kind, are always decoded. Without `pick` every record is.

    `skipped` counts damaged lines, and `offset` the bytes that were consumed; a torn last line waits for its rest.
    """

    def __init__(self, path: Path, pick: Pick | None = None) -> None:
        self.path = path
        self.offset = 0
        self.skipped = 0
        self._pick = pick
        self._last_seq = -1
        self._in_long_line = False

    def read(self) -> Iterator[Event]:
        """Yield the complete records that came since the last call; none of a file that does not exist yet.

        A caller that does not take all of them cannot use this reader again.
        """
        for portion, recent in self._portions():
            lines = _Lines.of(portion)
            wanted = np.ones(len(lines.ends), np.bool_) if self._pick is None else lines.wanted(self._pick, recent)
            yield from self._decoded(portion, lines, wanted)

    def _decoded(self, portion: bytes, lines: "_Lines", wanted: Mask) -> Iterator[Event]:
        counted = np.where(wanted, -1, lines.seqs)  # a record counts once it was decoded or skipped
        passed = np.maximum.accumulate(np.concatenate([[self._last_seq], counted]))
        for place in np.flatnonzero(wanted):
            line = portion[lines.starts[place] : lines.ends[place]]
            event = parse(line) if line else None
            if event is None:
                self.skipped += bool(line)
            elif event.seq > max(self._last_seq, passed[place]):  # a file restored from a copy counts nothing twice
                self._last_seq = event.seq
                yield event
        self._last_seq = max(self._last_seq, int(passed[-1]))

    def _portions(self) -> Iterator[tuple[bytes, int]]:
        """Yield whole lines, and the byte in them from which every record is decoded."""
        try:
            with self.path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size < self.offset:
                    self.offset, self._in_long_line = 0, False
                for data in self._read_on(file.fileno()):
                    begin, self.offset = self.offset, self.offset + len(data)
                    if whole := self._without_long_line(data):
                        yield whole, size - RECENT_BYTES - begin - (len(data) - len(whole))
        except FileNotFoundError:
            return

    def _read_on(self, descriptor: int) -> Iterator[bytes]:
        """Yield bytes from the offset, which the caller moves, to the end of a line or of a part of a too long one."""
        length = FIRST_BYTES  # a search near the beginning reads no more than this
        while data := os.pread(descriptor, length, self.offset):
            end = data.rfind(b"\n") + 1
            if not end and len(data) < length:
                return
            if end or length == PORTION_BYTES:
                yield data[:end] if end else data
            length = min(2 * length, PORTION_BYTES)

    def _without_long_line(self, data: bytes) -> bytes:
        """Return the whole lines of a portion. A line that is longer than a portion counts as damaged."""
        ends = data.endswith(b"\n")
        whole = data[data.find(b"\n") + 1 :] if self._in_long_line and ends else data if ends else b""
        self.skipped += not ends and not self._in_long_line
        self._in_long_line = not ends
        return whole


def milestones(path: Path) -> Iterator[Event]:
    """Yield the records of a file that are not of steps, in order. It is hardly slower than reading the bytes."""
    return (event for event in EventReader(path, _none).read() if event.kind != "step")


def _none(seqs: Seqs) -> Mask:
    return np.zeros(len(seqs), np.bool_)


@dataclass(frozen=True, eq=False)
class _Lines:
    """The L lines of a portion.

    `starts` and `ends` are (L,) places without the line break. `seqs` are (L,) numbers of lines that look like a whole
    record of a step, and -1 for all others.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    seqs: Seqs

    @classmethod
    def of(cls, portion: bytes) -> "_Lines":
        codes = np.frombuffer(portion, np.uint8)
        ends = np.flatnonzero(codes == ord("\n"))
        starts = np.concatenate([[0], ends[:-1] + 1])
        return cls(starts, ends, _seqs(codes, starts, ends))

    def wanted(self, pick: Pick, recent: int) -> Mask:
        """Return which lines to decode. From the byte `recent` on all of them are."""
        other = np.concatenate([[True], self.seqs < 0, [True]])  # lines of other portions may be of another kind
        wanted: Mask = other[1:-1] | other[:-2] | other[2:] | (self.starts >= recent)
        steps = self.seqs >= 0
        wanted[steps] |= pick(self.seqs[steps])
        return wanted


def _seqs(codes: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Seqs:
    seqs = np.full(len(starts), -1, np.int64)
    places = np.flatnonzero(ends - starts >= _SHORTEST)
    whole = (codes[ends[places] - 1] == ord("}")) & (codes[ends[places] - 2] == ord("}"))  # a torn line has not both
    places = places[whole]
    if not len(places):
        return seqs
    heads = np.lib.stride_tricks.sliding_window_view(codes, len(_STEP) + _DIGITS + 1)[starts[places]]
    same = (heads[:, : len(_STEP)] == _STEP).all(axis=1)
    places, digits = places[same], heads[same, len(_STEP) :]
    found, more = np.zeros(len(places), np.int64), np.ones(len(places), np.bool_)
    for column in digits.T:
        more &= (column >= ord("0")) & (column <= ord("9"))
        found = np.where(more, found * 10 + (column - np.uint8(ord("0"))), found)
    seqs[places[~more]] = found[~more]
    return seqs
