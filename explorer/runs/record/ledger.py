"""ledger.jsonl: how often the validation images of each data set have been looked at, and final sets that were opened.

Looking at a validation and then changing something adapts to these images, a little more each time. So each look
is noted: one JSON record a line, appended by the trainers of this home when they end, and never rewritten. It survives
the deletion of runs. Runs that were there before the ledger are counted once, when it is made.
"""

import contextlib
import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from explorer.base import locks, records
from explorer.base.atomic import read_json_object, write_bytes_atomic
from explorer.base.home import made_home
from explorer.base.records import RecordError, read_as
from explorer.runs.record import final
from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunNotFound, RunPaths, list_runs, run_paths
from explorer.runs.record.scanning import milestones
from explorer.runs.record.studies import answers
from explorer.runs.record.studies.images import StudyImages, StudyRecordError
from explorer.runs.record.studies.part_names import has_parts
from explorer.runs.record.studies.parts import images_path
from explorer.runs.record.validation import ValidationImages, ValidationRecordError

Kind = Literal["train", "study", "final"]
_LOCK_S = 5.0
_MOST = 64_000_000  # bytes that are read


@dataclass(frozen=True)
class Entry:
    """A line of the ledger.

    Attributes:
        kind: A training run, a study, or the opening of a final set.
        key: A hash of the images that were looked at, see `key_of`.
        run: The id of the run.
        looks: How often it has looked: once for each validation of a training run or of those of a confirmation, and
            once for another study.
        time: Seconds since 1970.
        ask: What a study asked.
        insisted: Whether a final set was opened although it had been opened before.
        images: The different images of a final set, see `short_hashes`.
    """

    kind: Kind
    key: str
    run: str
    looks: int = 1
    time: float = 0.0
    ask: str = ""
    insisted: bool = False
    images: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looks:
    """How often some images have been looked at.

    Attributes:
        validations: By training runs, in all of their epochs.
        runs: How many training runs these were.
        studies: How many studies.
        studied: By studies: once by each, and by a confirmation in all validations of its training runs.
    """

    validations: int = 0
    runs: int = 0
    studies: int = 0
    studied: int = 0

    @property
    def total(self) -> int:
        """All looks."""
        return self.validations + self.studied


@dataclass(frozen=True)
class Ledger:
    """The lines of the ledger that can be read.

    Attributes:
        entries: In the order in which they were written. A run that was resumed has several.
        skipped: How many lines are damaged.
        problem: Why it cannot be read or made; "" where it can.
    """

    entries: tuple[Entry, ...] = ()
    skipped: int = 0
    problem: str = ""

    def looks(self, key: str, own: Entry | None = None) -> Looks:
        """Return how often the images of a key have been looked at, with those of a run that is not noted yet."""
        most: Counter[tuple[Kind, str]] = Counter()
        for entry in (*self.entries, *([own] if own else [])):
            if entry.key == key and entry.kind != "final":
                most[entry.kind, entry.run] = max(most[entry.kind, entry.run], entry.looks)
        trained = [looks for (kind, _), looks in most.items() if kind == "train"]
        studied = [looks for (kind, _), looks in most.items() if kind == "study"]
        return Looks(sum(trained), len(trained), len(studied), sum(studied))

    def opened(self, images: Iterable[str]) -> tuple[Entry, ...]:
        """Return when some of these images were in a final set that was opened, the first time first.

        Sets overlap where the share or the seed of the split differs: what counts is the images, not the set.

        Args:
            images: As `short_hashes` gives them.
        """
        own = set(images)
        found = [entry for entry in self.entries if entry.kind == "final" and not own.isdisjoint(entry.images)]
        return tuple(sorted(found, key=lambda entry: entry.time))

    def has(self, entry: Entry) -> bool:
        """Return whether all looks of an entry are noted."""
        return any(
            (known.kind, known.key, known.run) == (entry.kind, entry.key, entry.run) and known.looks >= entry.looks
            for known in self.entries
        )


def file() -> Path:
    """Return the file of the ledger."""
    return made_home() / "ledger.jsonl"


def key_of(hashes: Iterable[str]) -> str:
    """Return a hash of images by the hashes of their contents in hexadecimal, as a run records it; "" for none."""
    joined = b"".join(map(bytes.fromhex, hashes))
    return hashlib.blake2b(joined, digest_size=8).hexdigest() if joined else ""


def short_hashes(hashes: Iterable[str]) -> tuple[str, ...]:
    """Return the first 8 bytes of the hash of each different image, in hexadecimal and sorted."""
    return tuple(sorted({one[:16] for one in hashes}))


# Reading


_read: dict[Path, tuple[tuple[int, int], Ledger]] = {}


def read() -> Ledger:
    """Read the ledger, and make it where there is none; the same object while the file is unchanged."""
    path = file()
    try:
        _make()
        stamp = path.stat()
        version = stamp.st_mtime_ns, stamp.st_size
        known = _read.get(path)
        if known is None or known[0] != version:
            known = _read[path] = version, _parsed(path)
    except FileNotFoundError:
        return Ledger(tuple(_of_runs()), problem="it cannot be made")
    except OSError as error:
        return Ledger(problem=f"it cannot be read ({error.strerror})")
    return known[1]


def with_results() -> Ledger:
    """Read the ledger, and add openings of final sets that are recorded only in the results of runs."""
    found = read()
    noted = {entry.run for entry in found.entries if entry.kind == "final"}
    opened = [of_final(paths) for paths in list_runs() if paths.id not in noted]
    lost = [entry for entry in opened if entry is not None]
    return replace(found, entries=(*found.entries, *lost)) if lost else found


def _parsed(path: Path) -> Ledger:
    with path.open("rb") as opened:
        lines = opened.read(_MOST).split(b"\n")
    entries, skipped = [], 0
    for line in filter(None, lines):
        try:
            entries.append(read_as(Entry, records.parse(line)))
        except (ValueError, TypeError, RecursionError, RecordError):
            skipped += 1
    return Ledger(tuple(entries), skipped)


# Writing


def note(entry: Entry) -> None:
    """Append a line. Raises OSError: the ledger is read-only, or the disk is full."""
    _make(needed=True)
    descriptor = os.open(file(), os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        line = (b"\n" if torn else b"") + _line(entry)
        # In one call, so that the lines of several processes do not mix.
        if os.write(descriptor, line) != len(line):
            raise OSError("the line of the ledger could be written in part only: is the disk full?")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def note_run(paths: RunPaths) -> Entry | None:
    """Note the looks of a run that has ended, unless they are noted; returns them, None without any.

    Raises OSError: The ledger is read-only, or the disk is full.
    """
    entry = of_run(paths)
    for one in (*([] if entry is None else [entry]), *of_map(paths)):
        if not read().has(one):
            note(one)
    return entry


def _line(entry: Entry) -> bytes:
    return records.dump(asdict(entry)) + b"\n"


def _make(*, needed: bool = False) -> None:
    """Make the ledger unless there is one, from the runs that are there. Raises OSError where it is `needed`."""
    path = file()
    if path.exists():
        return
    refused = contextlib.nullcontext() if needed else contextlib.suppress(OSError)
    with refused, locks.changing(path, "the ledger of looks", _LOCK_S):
        if path.exists():
            return
        lines = b"".join(map(_line, _of_runs()))
        if not path.exists():  # it takes a while to look at all runs
            write_bytes_atomic(path, lines)


def _of_runs() -> Iterator[Entry]:
    for paths in list_runs():
        with contextlib.suppress(OSError):
            if (entry := of_run(paths)) is not None:
                yield entry
            yield from of_map(paths)
            if (opened := of_final(paths)) is not None:
                yield opened


# What a run has looked at


def of_run(paths: RunPaths) -> Entry | None:
    """Return what a run has looked at; None for a run that has validated nothing, or whose images are not known."""
    config = read_json_object(paths.config) or {}
    study = config.get("study")
    if isinstance(study, Mapping):
        return _of_study(paths, study)
    if config.get("kind", "train") != "train":
        return None
    key = key_of_run(paths)
    epochs = _validated(paths)
    return Entry("train", key, paths.id, looks=epochs, time=time.time()) if key and epochs else None


def _of_study(paths: RunPaths, plan: Mapping[str, object]) -> Entry | None:
    """Return the looks of a study; None before the first part of its result: there is nothing to see."""
    ask, pairs = str(plan.get("ask", "")), plan.get("pairs")
    key, looks = _key_of_study(paths), int(has_parts(paths))
    if ask == "confirm" and isinstance(pairs, int):
        members = [paths.member(number) for number in range(2 * pairs)]
        looks = sum(map(_validated, members))  # its page shows them all
        key = key or key_of_run(members[0])
    return Entry("study", key, paths.id, looks=looks, time=time.time(), ask=ask) if key and looks else None


def _validated(paths: RunPaths) -> int:
    """Return how many epochs of a training run were validated."""
    return len({event.epoch for event in _milestones(paths) if event.kind == "epoch"})


def of_map(paths: RunPaths) -> Iterator[Entry]:
    """Return the looks of an immunity map of runs, which lists no images: one at those of each of its runs."""
    study = (read_json_object(paths.config) or {}).get("study")
    runs = study.get("runs") if isinstance(study, Mapping) and study.get("ask") == "immunity" else None
    if not isinstance(runs, list) or not answers.finished(paths):
        return
    keys = set()
    for run in runs:
        with contextlib.suppress(RunNotFound):
            keys.add(key_of_run(run_paths(str(run))))
    yield from (Entry("study", key, paths.id, time=time.time(), ask="immunity") for key in sorted(keys - {""}))


def of_final(paths: RunPaths) -> Entry | None:
    """Return the opening of the final set for a run; None where there is no result of it."""
    found = final.read(paths)
    if found is None:
        return None
    result = found[0]
    return Entry("final", result.key, paths.id, time=result.time, insisted=result.before > 0, images=result.contents)


def key_of_run(paths: RunPaths) -> str:
    """Return the key of the validation images of a training run; "" where it has not recorded them."""
    try:
        return key_of(ValidationImages.load(paths.validation).hashes)
    except (ValidationRecordError, ValueError):
        pass
    starts = [event.values.get("identity") for event in _milestones(paths) if event.kind == "start"]
    for found in starts:
        # Earlier versions listed no images, but recorded hashes of those of both parts.
        contents = str(found.get("contents", "")).split() if isinstance(found, Mapping) else []
        if len(contents) == 2:
            return contents[1]
    return ""


def _milestones(paths: RunPaths) -> Iterator[Event]:
    return (event for attempt in paths.attempts() for event in milestones(paths.events(attempt)))


def _key_of_study(paths: RunPaths) -> str:
    try:
        images = StudyImages.load(images_path(paths))
        return key_of(images.hashes[images.from_training :])
    except (StudyRecordError, ValueError):
        return ""


def key_of_looked(paths: RunPaths) -> str:
    """Return the key of the validation images of a training run or a study; "" where they are not known."""
    return _key_of_study(paths) or key_of_run(paths)
