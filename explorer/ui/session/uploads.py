"""The image and the mask that were uploaded for a workspace, each a file beside its draft."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import streamlit as st
from filelock import FileLock
from streamlit.runtime.uploaded_file_manager import DeletedFile

from explorer.base.atomic import write_bytes_atomic, write_json_atomic
from explorer.data.suffixes import FORMATS
from explorer.ui.keeping import room
from explorer.ui.keeping.places import drafts_folder
from explorer.ui.session.keys import Key

PARTS = ("picture", "mask", "colors")  # colors: the original file of a mask whose classes were read from colors
IMAGE_TYPES = [suffix.removeprefix(".") for suffixes in FORMATS.values() for suffix in suffixes]


def made_drafts_folder() -> Path:
    """The folder of drafts, created if it is missing. Raises OSError."""
    folder = drafts_folder()
    folder.mkdir(exist_ok=True)
    return folder


def draft_file(draft_id: str) -> Path:
    """The file of a draft with its history and its view."""
    return drafts_folder() / f"{draft_id}.json"


def draft_files(draft_id: str) -> tuple[Path, ...]:
    """The files of a draft, including its uploads and the form of its run."""
    return tuple(sorted(file for file in drafts_folder().glob(f"{draft_id}.*") if file.is_file()))


def draft_lock(draft_id: str) -> FileLock:
    """The lock for reading, changing and writing a draft's files, so that windows take turns. Raises OSError.

    Each of 256 locks serves several drafts, so that lock files do not pile up and few people wait for each other.
    """
    share = blake2b(draft_id.encode(), digest_size=1).hexdigest()
    return FileLock(made_drafts_folder() / f".lock-{share}", poll_interval=0.005)


Stamp = tuple[int, int] | None


def stamp(file: Path) -> Stamp:
    """Identify the version of a file without reading it. None if there is no file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


Revision = tuple[Stamp, bytes] | None
_HEAD = 64  # bytes at the start of a file that hold its revision


def write_shared(file: Path, values: Mapping[str, Any]) -> None:
    """Write a file that windows share, with a random revision at its start (see `revision`).

    Raises:
        OSError: The disk is full or read-only, or the limit for visitors' files is reached.
    """
    made_drafts_folder()
    room.check()
    # Not synced, because each key press writes it: a power cut may lose the last seconds of a draft.
    write_json_atomic(file, {"revision": secrets.token_hex(8), **values}, sync=False)
    room.wrote(file)


def revision(file: Path) -> Revision:
    """Identify the version of a file written by `write_shared`. None if there is no file.

    The stamp alone is not enough: two windows may write within one tick of the file system's clock, and a new file may
    get an inode that was used before.
    """
    try:
        with file.open("rb") as content:
            return stamp(file), content.read(_HEAD)
    except OSError:
        return None


@dataclass(frozen=True)
class Received:
    """A file from an uploader."""

    name: str
    content: bytes


def received(key: str) -> Received | None:
    """The file in the uploader with this key. None if there is none or its content is lost (see `is_lost`)."""
    file = st.session_state.get(key)
    return None if file is None or isinstance(file, DeletedFile) else Received(file.name, file.getvalue())


def newly_received(key: str) -> Received | None:
    """Return the file in the uploader with this key, once; None where `received` is None, or for the same file again.

    For callbacks that begin something with a file. Streamlit may call the callback of an uploader again for the same
    file in a later run of the page, and an archive would be unpacked twice.
    """
    file = received(key)
    known = st.session_state.setdefault(Key.UPLOADS_TAKEN, {})
    if file is None or known.get(key) == (taken := st.session_state[key].file_id):
        return None
    known[key] = taken
    return file


def is_lost(key: str) -> bool:
    """Whether the browser names a file that the server has dropped, as after a lost connection."""
    return isinstance(st.session_state.get(key), DeletedFile)


@dataclass(frozen=True)
class Uploads:
    """The uploads of a workspace. Its methods raise KeyError for a part that is not in `PARTS`."""

    workspace_id: str

    def read(self, part: str) -> bytes | None:
        """The content of a part, or None."""
        try:
            return self.file(part).read_bytes()
        except FileNotFoundError:
            return None

    def stamp(self, part: str) -> Stamp:
        """Identify the version of a part, see `stamp`."""
        return stamp(self.file(part))

    def keep(self, part: str, content: bytes | None) -> None:
        """Write a part, or delete it if `content` is None. Raises OSError."""
        if content is None:
            self.file(part).unlink(missing_ok=True)
        else:
            made_drafts_folder()
            room.check_upload(sum(map(self._size, set(PARTS) - {part})), len(content))
            write_bytes_atomic(self.file(part), content)

    def _size(self, part: str) -> int:
        try:
            return self.file(part).stat().st_size
        except FileNotFoundError:
            return 0

    def file(self, part: str) -> Path:
        """The path of a part, whether or not it was uploaded."""
        if part not in PARTS:
            raise KeyError(part)
        return drafts_folder() / f"{self.workspace_id}.{part}"
