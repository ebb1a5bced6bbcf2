"""Deletes what was not opened for long: drafts and other uploads, lists of browsers, statistics, unused references.

There is no daemon: a page does it after it is drawn, at most once an hour for each home.
"""

import gc
import logging
import os
import re
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from explorer.base.home import made_home
from explorer.data import references
from explorer.data.roots import predicted_folders
from explorer.runs.machine.capacity import in_words
from explorer.runs.record.paths import RunPaths, list_runs, pipelines_folder, trash_root
from explorer.texts import Keeping as T
from explorer.ui.keeping import limits
from explorer.ui.keeping.places import browsers_folder, drafts_folder, filled, statistics_folder
from explorer.ui.session import browsers, opened, workspace
from explorer.ui.session.dropping import drop, removed
from explorer.ui.session.uploads import draft_file

_LOG = logging.getLogger(__name__)
_EVERY_S, _SOON_S = 3_600.0, 60.0
_MOST = 200  # of each kind at once, because a person waits for the page
_TORN_S = 86_400.0  # a file that was being written when its process was killed
_UNEDITED_MOST = 16_384  # bytes: a draft of more has a history, and need not be read
_NAMED_MOST = 20  # drafts in a line of the log
_UPLOAD = re.compile(rb"upload/([0-9a-f]{24})")


@dataclass(frozen=True)
class Cleared:
    """The ids of the deleted drafts, the number of other deleted files, and the bytes that were freed (`room`).

    Of uploads for predictions (`predicted`) it is the number of their folders.
    """

    drafts: tuple[str, ...] = ()
    references: int = 0
    browsers: int = 0
    statistics: int = 0
    leftovers: int = 0
    predicted: int = 0
    room: int = 0

    @property
    def files(self) -> int:
        """The largest number of one kind; a draft counts as one, however many files it has."""
        return max(len(self.drafts), self.references, self.browsers, self.statistics, self.leftovers, self.predicted)

    def __str__(self) -> str:
        names = ", ".join(f"{draft_id[:6]}…" for draft_id in self.drafts[:_NAMED_MOST])
        more = "…" if len(self.drafts) > _NAMED_MOST else ""
        return T.CLEARED.format(
            home=made_home(), days=limits.keep_days(), sample=limits.SAMPLE_DAYS, drafts=len(self.drafts),
            references=self.references, browsers=self.browsers, statistics=self.statistics, leftovers=self.leftovers,
            predicted=self.predicted, room=in_words(self.room), names=f"{names}{more}" or "-",
        )  # fmt: skip


@dataclass
class _Group:
    """The files of a draft and its uploads, when the newest was written (`changed`), and their bytes together."""

    files: list[Path] = field(default_factory=list)
    changed: float = 0.0
    size: int = 0

    def add(self, file: Path, written: float, size: int) -> None:
        self.files.append(file)
        self.changed, self.size = max(self.changed, written), self.size + size


_turn = threading.Lock()
_next: dict[Path, float] = {}  # home -> when it is searched next, by the monotonic clock


def in_passing() -> None:
    """Delete what is old, unless it was done within the last hour, and log what was deleted."""
    if not _turn.acquire(blocking=False):
        return
    try:
        place = made_home()
        if time.monotonic() < _next.get(place, float("-inf")):
            return
        _next[place] = time.monotonic() + _EVERY_S
        gc.collect()  # the state of a closed page is a reference cycle, which may keep its drafts held for hours
        browsers.note_all(opened.held())  # for the other servers of this home
        cleared = clear(time.time())
        if cleared != Cleared():
            _LOG.warning("%s", cleared)
        if cleared.files >= _MOST:
            _next[place] = time.monotonic() + _SOON_S
    except (OSError, limits.WrongLimit) as error:
        _LOG.warning(T.NOT_CLEARED.format(home=os.environ.get("EXPLORER_HOME", "~"), reason=error))
    finally:
        _turn.release()


def clear(now: float) -> Cleared:
    """Delete at most `_MOST` old files of each kind. `now` is in seconds since 1970. Raises OSError, WrongLimit."""
    oldest = now - limits.keep_days() * limits.DAY_S
    drafts, room = _clear_drafts(now, oldest)
    if len(drafts) >= _MOST:
        return Cleared(drafts, room=room)  # the references that they name can go next time
    pictures, lists, statistics, torn = (
        list(islice(removed(files), _MOST))
        for files in (
            _unnamed(oldest, now),
            _unused_lists(oldest),
            _older(statistics_folder(), "*.json", oldest),
            _torn(now - _TORN_S),
        )
    )
    predicted = list(islice(_clear_predicted(max(oldest, now - limits.SAMPLE_DAYS * limits.DAY_S)), _MOST))
    room += sum(map(sum, (pictures, lists, statistics, torn, predicted)))
    return Cleared(drafts, len(pictures), len(lists), len(statistics), len(torn), len(predicted), room)


# Drafts


def _clear_drafts(now: float, oldest: float) -> tuple[tuple[str, ...], int]:
    """Delete drafts that were not opened since `oldest`, and unedited ones after a few days."""
    unedited = now - limits.SAMPLE_DAYS * limits.DAY_S
    groups = {name: group for name, group in _groups().items() if group.changed < max(oldest, unedited)}
    opened_last = browsers.opened_last() if groups else {}
    freed: dict[str, int] = {}
    for draft_id, group in groups.items():
        if len(freed) >= _MOST:
            break
        used = max(group.changed, opened_last.get(draft_id, 0.0))
        if used < oldest or (used < unedited and _is_unedited(draft_id, group)):
            room = drop(draft_id, group.files, oldest if used < oldest else unedited)
            freed |= {draft_id: room} if room else {}
    return tuple(sorted(freed)), sum(freed.values())


def _groups() -> Mapping[str, _Group]:
    """The files of each draft. One scan serves all drafts, since the folder may hold many thousands."""
    found: defaultdict[str, _Group] = defaultdict(_Group)
    for entry in os.scandir(drafts_folder()) if drafts_folder().is_dir() else ():
        draft_id = entry.name.partition(".")[0]
        if workspace.is_id(draft_id):
            with suppress(FileNotFoundError):
                status = entry.stat()
                found[draft_id].add(Path(entry.path), status.st_mtime, status.st_size)
    return found


def _is_unedited(draft_id: str, group: _Group) -> bool:
    """Whether a draft is the untouched sample or an empty pipeline, without an upload or a form beside it."""
    if group.files != [draft_file(draft_id)] or group.size > _UNEDITED_MOST:
        return False
    found = browsers.read(draft_id)
    return found is not None and not workspace.is_work(found)


# All else


def _unnamed(oldest: float, now: float) -> Iterator[Path]:
    """Reference images that were sent before `oldest` and that no draft, saved pipeline or run names."""
    old = list(_older(references.folder(), "*.png", oldest))
    named = _named() if old else frozenset()
    for file in old:
        if file.stem in named:
            os.utime(file, (now, now))  # so that not every visit searches for it again
        else:
            yield file


def _named() -> frozenset[str]:
    """The ids of all reference images that a pipeline names, including those in undo histories."""
    found: set[str] = set()
    for file in (*drafts_folder().glob("*.json"), *pipelines_folder().glob("*.json"), *_configs()):
        with suppress(FileNotFoundError, NotADirectoryError):
            found.update(digits.decode() for digits in _UPLOAD.findall(file.read_bytes()))
    return frozenset(found)


def _configs() -> list[Path]:
    """The configs of all runs, with those in the trash."""
    trash = trash_root().iterdir() if trash_root().is_dir() else ()
    return [paths.config for paths in (*list_runs(), *map(RunPaths, trash))]


def _clear_predicted(oldest: float) -> Iterator[int]:
    """Delete what was uploaded for a prediction before `oldest` and that no run names; yields the bytes of each."""
    old = [folder for folder in predicted_folders() if folder.stat().st_mtime < oldest]
    named: set[str] = set()
    for file in _configs() if old else ():
        with suppress(FileNotFoundError, NotADirectoryError):
            content = file.read_bytes()
            named.update(folder.name for folder in old if folder.name.encode() in content)
    for folder in old:
        if folder.name in named:
            os.utime(folder)  # so that not every visit searches for it again
        else:
            size = sum(file.stat().st_size for file in folder.iterdir())
            shutil.rmtree(folder)
            yield size


def _unused_lists(oldest: float) -> Iterator[Path]:
    for file in _older(browsers_folder(), "*.json", oldest):
        yield file
        yield file.with_suffix(".lock")


def _torn(oldest: float) -> Iterator[Path]:
    for folder in filled():
        for pattern in (".*.part", ".*.tmp"):
            yield from _older(folder, pattern, oldest)


def _older(folder: Path, pattern: str, oldest: float) -> Iterator[Path]:
    for file in folder.glob(pattern):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < oldest and file.is_file():
                yield file
