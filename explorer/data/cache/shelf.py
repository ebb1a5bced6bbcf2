"""The files of the cache while a split is looked up in them and what they lack is added."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from explorer.data.cache import keys
from explorer.data.cache.keys import Contents
from explorer.data.cache.limits import DISK, folder, make_room
from explorer.data.cache.pack import Pack, Place, Writer, packs
from explorer.data.cache.record import Bytes
from explorer.data.fit import Fit

_LOOK_EVERY_S = 0.1
PATIENCE_S = 20.0  # with another process that fills the same file and does not get on

Found = tuple[Pack, Place]


class Shelf:
    """All packs together, and the one of this data set, to which it adds.

    trouble: why nothing more is kept in files, in a sentence; empty while all is well.
    """

    def __init__(self, words: str, fit: Fit, limit: int) -> None:
        """words: tell the data set from others. limit: bytes that all packs may take; 0 keeps nothing in files."""
        self.trouble = ""
        self._limit = limit
        self._writer: Writer | None = None
        self._known: dict[bytes, Found] = {}
        self._damaged: set[Place] = set()
        self._wanted: frozenset[bytes] = frozenset()
        self._used: set[Pack] = set()
        self._beginning, self._name = keys.beginning(fit), keys.name(words, fit)
        self._own = Pack(folder(), self._name)
        self._lock = ExitStack()
        self._open = limit > 0
        if self._open:
            # 0700: it holds pictures of the person who made it.
            self._try(lambda: folder().mkdir(mode=0o700, parents=True, exist_ok=True))

    def look_up(self, digests: Iterable[bytes]) -> None:
        """Find out where these are, and no others: files may hold a million."""
        self._wanted = frozenset(digests)
        for pack in packs(folder(), self._beginning) if self._open else ():
            self._try(lambda pack=pack: self._add_known(pack))  # type: ignore[misc]

    def _add_known(self, pack: Pack) -> None:
        if pack.hold():  # before its index is read, so that both are of the same file
            found = {digest: place for digest, place in pack.places() if digest in self._wanted}
            for digest, place in found.items():  # of a record that was made again the last counts
                if place not in self._damaged:
                    self._known.setdefault(digest, (pack, place))

    @property
    def takes(self) -> bool:
        """Whether it may take more."""
        return self._open

    def find(self, digest: bytes) -> Found | None:
        """Where a record lies."""
        found = self._known.get(digest)
        if found is not None:
            self._used.add(found[0])
        return found

    def read(self, digest: bytes) -> Bytes | None:
        """A record that is there; None where it is damaged, or its file cannot be read: then it is made again."""
        pack, place = self._known[digest]
        try:
            record = pack.read(place)
        except OSError:
            record = None
        if record is None:
            self._damaged.add(place)
            del self._known[digest]
        return record

    def contents(self) -> Contents:
        """What is known of the contents of files; nothing where nothing may be kept."""
        memo = folder() / keys.MEMO
        try:
            return Contents(memo if self._open else None)
        except OSError as error:
            self._close(_words(error))
            return Contents(None)

    def note(self, contents: Contents, *, last: bool) -> None:
        """Keep what was learnt of the contents of files."""
        if self._open:
            self._try(lambda: contents.keep(all_of_it=last))

    def lacking(self, digests: Sequence[bytes], idle: Callable[[], None]) -> set[bytes]:
        """Those that have to be made here. Waits while another process makes them; idle: called meanwhile."""
        missing = {digest for digest in digests if digest not in self._known}
        if missing and self._open and self._writer is None:
            self._try(lambda: self._wait(missing, idle))
        return {digest for digest in missing if digest not in self._known}

    def _wait(self, missing: set[bytes], idle: Callable[[], None]) -> None:
        count, moved = len(self._known), time.monotonic()
        while not self._begin() and not missing <= self._known.keys():
            if len(self._known) > count:
                count, moved = len(self._known), time.monotonic()
            elif time.monotonic() - moved > PATIENCE_S:
                self._close("Another run is filling the cache of these images and does not get on")
                return
            idle()
            time.sleep(_LOOK_EVERY_S)

    def _begin(self) -> bool:
        """Whether this process may write now; what others have written meanwhile is known then."""
        with ExitStack() as stack:
            self._writer = stack.enter_context(self._own.writing())
            if self._writer is not None:
                self._lock = stack.pop_all()
                # Somebody may have deleted the file that we held, and this is another one.
                self._own = Pack(folder(), self._name)
        self._add_known(self._own)
        return self._writer is not None

    def add(self, records: Sequence[tuple[bytes, Bytes]]) -> None:
        """Keep (digest, record) in this data set's file, where there is room."""
        if records and self._writer is not None and self._open:
            self._try(lambda: self._append(records))

    def _append(self, records: Sequence[tuple[bytes, Bytes]]) -> None:
        assert self._writer is not None
        needed = sum(len(record) for _, record in records)
        if not make_room(self._own, needed, self._limit):
            self._close(f"The cache of images may take {self._limit / 1e9:.3g} GB of the disk ({DISK}), which is full")
            return
        places = self._writer.append(records)
        self._known |= {digest: (self._own, place) for (digest, _), place in zip(records, places, strict=True)}

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except OSError as error:
            self._close(_words(error))

    def _close(self, trouble: str) -> None:
        self.trouble, self._open = trouble, False
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pack in self._used:
            self._try(pack.used)
        self._lock.close()


def _words(error: OSError) -> str:
    return f"Nothing more can be kept in {folder()} ({os.strerror(error.errno) if error.errno else error})"
