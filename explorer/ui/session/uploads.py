"""What a person has uploaded for one workspace: an image, and a mask with it, each a file beside the draft."""

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

PARTS = ("picture", "mask", "colors")  # colors: the mask's own file where its classes were made of colors
IMAGE_TYPES = [suffix.removeprefix(".") for suffixes in FORMATS.values() for suffix in suffixes]  # an uploader takes


def made_drafts_folder() -> Path:
    """The same folder, made where it is missing. Raises OSError."""
    folder = drafts_folder()
    folder.mkdir(exist_ok=True)
    return folder


def draft_file(draft_id: str) -> Path:
    """The file of a draft with its history and its view."""
    return drafts_folder() / f"{draft_id}.json"


def draft_files(draft_id: str) -> tuple[Path, ...]:
    """The files of a draft and of all that belongs to it, such as its uploads and the form of its run."""
    return tuple(sorted(file for file in drafts_folder().glob(f"{draft_id}.*") if file.is_file()))


def draft_lock(draft_id: str) -> FileLock:
    """Held while a file of a draft is read, changed and written: windows of one address take turns. Raises OSError.

    A few drafts share a lock, so that locks do not pile up; one for all would let everybody wait for everybody.
    """
    share = blake2b(draft_id.encode(), digest_size=1).hexdigest()
    return FileLock(made_drafts_folder() / f".lock-{share}", poll_interval=0.005)


Stamp = tuple[int, int] | None


def stamp(file: Path) -> Stamp:
    """Identifies the version of a file without reading it; None where there is no file."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


Revision = tuple[Stamp, bytes] | None
_HEAD = 64  # bytes of a file with `revised` values that hold its mark


def write_shared(file: Path, values: Mapping[str, Any]) -> None:
    """Write a file beside the drafts that windows share, with a mark of its own in front, see `revision`.

    Raises:
        OSError: the disk is full or read-only, or what visitors leave has no room left on it.
    """
    made_drafts_folder()
    room.check()
    # Not synced: it is written with each key press, and a power cut may take the last seconds of a draft.
    write_json_atomic(file, {"revision": secrets.token_hex(8), **values}, sync=False)
    room.wrote(file)


def revision(file: Path) -> Revision:
    """Identifies the version of a file of `write_shared`; None where there is no file.

    Its stamp does not do: two windows write within one tick of the file system's clock, and the next file may get the
    inode of the one before the last.
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
    """What the uploader of this key holds; None where it is empty, and where its bytes are lost (see `is_lost`)."""
    file = st.session_state.get(key)
    return None if file is None or isinstance(file, DeletedFile) else Received(file.name, file.getvalue())


def is_lost(key: str) -> bool:
    """Whether the browser names a file that the server has let go, as after a connection that was lost for a while."""
    return isinstance(st.session_state.get(key), DeletedFile)


@dataclass(frozen=True)
class Uploads:
    """The uploads of a workspace. Raises KeyError for a part that is not one of `PARTS`."""

    workspace_id: str

    def read(self, part: str) -> bytes | None:
        """What was uploaded, or None."""
        try:
            return self.file(part).read_bytes()
        except FileNotFoundError:
            return None

    def stamp(self, part: str) -> Stamp:
        """Identifies the version of a part, see `stamp`."""
        return stamp(self.file(part))

    def keep(self, part: str, content: bytes | None) -> None:
        """Keep a part, or drop it where `content` is None. Raises OSError."""
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
        """Where a part lies, if it was uploaded."""
        if part not in PARTS:
            raise KeyError(part)
        return drafts_folder() / f"{self.workspace_id}.{part}"
