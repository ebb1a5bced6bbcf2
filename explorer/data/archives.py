"""Zip files from strangers: checked before anything is written, unpacked within limits, and never outside a folder.

    python -m explorer.data.archives FILE.zip TARGET ROOM

unpacks a file in a process of its own: TARGET is made, ROOM is how many bytes it may take. The last line that it prints
is an `Unpacked` as JSON.
"""

import lzma
import os
import shutil
import stat
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import BaseModel, ConfigDict

from explorer.base import confined
from explorer.base.names import ShownError, shown
from explorer.base.tables import TABLES
from explorer.base.words import size
from explorer.data.index import CLUTTER
from explorer.data.suffixes import SUFFIXES

SUFFIX = ".zip"
MOST_FILES = 100_000
MOST_BYTES = 4_000_000_000  # unpacked
MOST_RATIO = 200  # unpacked to packed bytes of the whole file; photographs have 1, masks as PNG hardly more
_MOST_NAME, _MOST_DEPTH = 200, 20  # bytes of a part of a path, and parts: more than any file system or person needs
_ANNOTATIONS = TABLES | {".json", ".txt", ".xml", ".yaml", ".yml", ".names", ".npz"}
_CLUTTER = CLUTTER | {"__macosx"}
_CHUNK = 1 << 20
BLOCK = 4_096  # bytes that the smallest file takes on a disk
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA})


_OF_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, MemoryError)


class ArchiveError(ShownError):
    """A zip file that is not unpacked; the message says why and what to do."""


class Unpacked(BaseModel):
    """What was unpacked.

    Attributes:
        files: How many files.
        bytes: Their size.
        others: How many files were left out because they belong to no data set, by suffix.
        top: The one folder that holds everything; "" where there are several, or files beside it.
    """

    model_config = ConfigDict(frozen=True)

    files: int
    bytes: int
    others: dict[str, int]
    top: str


@dataclass(frozen=True)
class _Member:
    info: zipfile.ZipInfo
    path: PurePosixPath


def unpack(file: Path, target: Path, room: int = MOST_BYTES) -> Unpacked:
    """Unpack the images and annotations of a zip file into a new folder, which appears when all of it is there.

    Args:
        file: The zip file.
        target: The folder, which must not exist; the folder around it must.
        room: The most bytes that it may take.

    Raises:
        ArchiveError: It is damaged, encrypted, too large, or has names or links that lead elsewhere.
        OSError: It cannot be read or written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members, others = _checked(archive, file.stat().st_size, min(room, MOST_BYTES))
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpacking-") as place:
                folder = Path(place) / "content"
                folder.mkdir()
                written = sum(_write(archive, member, folder) for member in members)
                folder.rename(target)
    except _OF_DAMAGE as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"The file is damaged, or is no zip file ({error}). Pack it again.") from error
    tops = {member.path.parts[0] for member in members}
    nested = all(len(member.path.parts) > 1 for member in members)
    return Unpacked(
        files=len(members), bytes=written, others=dict(others), top=tops.pop() if nested and len(tops) == 1 else ""
    )


def _checked(archive: zipfile.ZipFile, packed: int, room: int) -> tuple[list[_Member], Counter[str]]:
    """The members to unpack, and how many others there are by suffix. Raises ArchiveError."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES:
        raise ArchiveError(f"It holds {len(infos):,} files; at most {MOST_FILES:,} are unpacked. Divide it.")
    total = sum(max(info.file_size, BLOCK) for info in infos)
    if total > room:
        raise ArchiveError(f"It would take {size(total)} unpacked; there is room for {size(room)}.")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MOST_RATIO * max(packed, 1):
        raise ArchiveError(
            f"It would become {unpacked // max(packed, 1):,} times as large when unpacked; at most {MOST_RATIO} times "
            "is unpacked, since no images shrink as much."
        )
    members: list[_Member] = []
    others: Counter[str] = Counter()
    for info in infos:
        path = _path(info)
        if _is_clutter(path):
            continue
        suffix = path.suffix.lower()
        if suffix in SUFFIXES or suffix in _ANNOTATIONS:
            members.append(_Member(info, path))
        else:
            others[suffix] += 1
    if not members:
        held = f": it holds {', '.join(sorted(others)[:6])} files" if others else ""
        raise ArchiveError(f"It has no images and no annotations{held}. Pack the folder of a data set.")
    _refuse_twins(members)
    return members, others


def _path(info: zipfile.ZipInfo) -> PurePosixPath:
    """The path of a member inside the folder. Raises ArchiveError for one that would lead elsewhere."""
    name = info.filename.replace("\\", "/")
    named = shown(info.filename)[:100]
    path = PurePosixPath(name)
    parts = path.parts
    if not parts or path.is_absolute() or ".." in parts or "\0" in name or parts[0][1:2] == ":":
        raise ArchiveError(f"{named!r} would be written outside of the folder. Pack the folder again.")
    if len(parts) > _MOST_DEPTH or any(len(os.fsencode(part)) > _MOST_NAME for part in parts):
        raise ArchiveError(f"{named!r} is too long a name. Give it a shorter one, and pack the folder again.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise ArchiveError(f"{named!r} is a link or no ordinary file. Pack the files themselves.")
    if info.flag_bits & _ENCRYPTED:
        raise ArchiveError(f"{named!r} is encrypted. Pack the folder without a password.")
    if info.compress_type not in _METHODS:
        raise ArchiveError(f"{named!r} is compressed in a way that is not read. Pack the folder as an ordinary zip.")
    return path


def _is_clutter(path: PurePosixPath) -> bool:
    return any(part.startswith(".") or part.lower() in _CLUTTER for part in path.parts)


def _refuse_twins(members: list[_Member]) -> None:
    """Refuse paths that some file systems cannot tell apart, and a file where another path has a folder."""
    seen: dict[str, str] = {}
    folders = {_key(parent) for member in members for parent in member.path.parents}
    for member in members:
        key, name = _key(member.path), str(member.path)
        if key in seen or key in folders:
            other = seen.get(key, "a folder")
            raise ArchiveError(f"{shown(name)!r} is there twice (also as {shown(other)!r}). Keep one of them.")
        seen[key] = name


def _key(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path))


def _write(archive: zipfile.ZipFile, member: _Member, folder: Path) -> int:
    """Write a member, and return its bytes. What it says about its size need not be true."""
    file = folder / member.path
    file.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(member.info) as source, file.open("xb") as target:
        for chunk in _chunks(source):
            written += len(chunk)
            if written > member.info.file_size:
                raise ArchiveError(f"{shown(str(member.path))!r} is larger than the zip file says. Pack it again.")
            target.write(chunk)
    return written


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def main(arguments: list[str]) -> int:
    """Returns 0 if the file is unpacked, 1 if it cannot be."""
    file, target, room = Path(arguments[0]), Path(arguments[1]), int(arguments[2])
    confined.limit_if_for_page()
    try:
        found = unpack(file, target, room)
    except (ArchiveError, OSError) as error:
        shutil.rmtree(target, ignore_errors=True)
        print(error if isinstance(error, ArchiveError) else error.strerror or error, file=sys.stderr)
        return 1
    print(found.model_dump_json())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
