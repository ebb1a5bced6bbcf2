"""Files that visitors upload for a prediction: kept in a folder of the home that pages may read."""

import os
import shutil
import threading
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import chain, count
from pathlib import Path, PurePosixPath

from explorer.base.atomic import write_bytes_atomic
from explorer.base.names import plain
from explorer.data.roots import predicted_folder
from explorer.data.suffixes import SUFFIXES
from explorer.ui.keeping import limits, room

MOST = 200  # images
MOST_BYTES = 200_000_000
_NAME, _SUFFIX = 200, 20  # bytes of the name of a file, of which file systems take 255, and of its suffix

_lock = threading.Lock()  # so that two uploads do not take the same room

File = tuple[str, bytes]  # name and content


def fits(files: Sequence[File]) -> bool:
    """Return whether so many files are kept."""
    return len(files) <= MOST and sum(len(content) for _, content in files) <= MOST_BYTES


def key_of(files: Sequence[File]) -> str:
    """Return a name for the folder of these files: the same files are kept once."""
    digest = blake2b(digest_size=10)
    for name, content in files:
        digest.update(name.encode("utf-8", "replace") + b"\0" + blake2b(content, digest_size=16).digest())
    return digest.hexdigest()


def keep(files: Sequence[File]) -> Path:
    """Write files into a folder of their own, and return it. Raises OSError, also where there is no room.

    Nothing is left of files that could not be kept together. Those that no run names are deleted after some days.
    """
    folder = predicted_folder(key_of(files))
    targets = [folder / safe for safe in safe_names([name for name, _ in files])]
    with _lock:
        lacking = [
            (target, content) for target, (_, content) in zip(targets, files, strict=True) if not _is(target, content)
        ]
        if not lacking:
            with suppress(OSError):
                os.utime(folder)  # it is in use
            return folder
        room.check_data(limits.BLOCK + sum(max(len(content), limits.BLOCK) for _, content in lacking))
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for target, content in lacking:
                write_bytes_atomic(target, content)
        except OSError:
            if len(lacking) == len(files):  # else a run may name it
                shutil.rmtree(folder, ignore_errors=True)
            raise
    return folder


def _is(file: Path, content: bytes) -> bool:
    try:
        return file.stat().st_size == len(content)
    except FileNotFoundError:
        return False


def safe_names(names: Sequence[str]) -> list[str]:
    """Return file names without folders, each once, that any file system takes."""
    found: list[str] = []
    taken: set[str] = set()  # in small letters, which some file systems do not tell apart
    for number, name in enumerate(names):
        words = _cut(plain(PurePosixPath(name.replace("\\", "/")).name).replace("\0", "").lstrip("."))
        tries = chain([words] if words else [], (f"{first}-{words}" for first in count(number)))
        safe = next(each for each in tries if each.casefold() not in taken)
        found.append(safe)
        taken.add(safe.casefold())
    return found


def _cut(name: str) -> str:
    """Cut a name in the middle, so that its suffix stays."""
    suffix = PurePosixPath(name).suffix
    size = len(suffix.encode())
    if size > _SUFFIX:
        suffix, size = "", 0
    stem = name.removesuffix(suffix).encode()[: _NAME - size].decode(errors="ignore")
    return stem + suffix


def types() -> list[str]:
    """Return the endings of images that can be uploaded."""
    return sorted(suffix.removeprefix(".") for suffix in SUFFIXES)
