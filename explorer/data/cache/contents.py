"""Hashes of what samples are made of: the bytes of a file, or the words that describe a generated one.

A sample with a mask that is learned is made of the file of the image and of what its mask is made of.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import PIL

from explorer.base.names import shown
from explorer.data.cache.memo import KEY_BYTES, Memo, Stamp, stamp_of
from explorer.data.cache.record import FORMAT
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.stored import unreadable

MEMO = "contents.log"  # the file that keeps the hashes, in the folder of the cache
_AT_ONCE = 64  # files that are read before the caller may stop the work


Hashed = tuple[tuple[Stamp, ...], bytes]  # the stamps of its files, none for a generated sample; a hash of 16 bytes


def hash_split(
    split: Split, memo_file: Path | None, pool: ThreadPoolExecutor, report: Callable[[int], None]
) -> list[Hashed]:
    """Hash what all samples of a split are made of, without decoding them.

    Args:
        split: whose samples are hashed.
        memo_file: where hashes are kept: a file that has not changed since is not read again. None keeps none.
        pool: the threads that read files.
        report: called with the number of samples that are done; what it raises ends the work.

    Raises:
        ImageError: a file cannot be read.
    """
    memo = Memo(memo_file, KEY_BYTES)
    sources = [_sources(split, index) for index in range(len(split))]
    hashed: list[Hashed] = []
    for start in range(0, len(split), _AT_ONCE):
        hashed += pool.map(lambda made_of: _hashed(made_of, memo), sources[start : start + _AT_ONCE])
        report(len(hashed))
    memo.save()
    return hashed


def _sources(split: Split, index: int) -> tuple[Path | str, ...]:
    return (split.source(index), *(() if split.beside is None else split.beside(index)))


def _hashed(made_of: Sequence[Path | str], memo: Memo) -> Hashed:
    stamps: list[Stamp] = []
    contents = []
    for source in made_of:
        if isinstance(source, str):
            contents.append(source_hash(source))
            continue
        stamp = stamp_of(source)
        content = memo.get(source, stamp)
        if content is None:
            content = source_hash(source)
            memo.add(source, stamp, content)
        stamps.append(stamp)
        contents.append(content)
    return tuple(stamps), _together(contents)


def stamps_of(split: Split, index: int) -> tuple[Stamp, ...]:
    """The stamps of the files that a sample is made of, now. Raises ImageError where one is gone."""
    return tuple(stamp_of(source) for source in _sources(split, index) if isinstance(source, Path))


def _together(contents: Sequence[bytes]) -> bytes:
    return contents[0] if len(contents) == 1 else _hash(b"".join(contents))


def joined_digest(contents: Iterable[bytes]) -> str:
    """One hash of what all samples are made of, 16 hexadecimal digits; empty without samples."""
    joined = b"".join(contents)
    return hashlib.blake2b(joined, digest_size=8).hexdigest() if joined else ""


def contents_of(split: Split, memo_file: Path | None, threads: int, report: Callable[[int], None]) -> tuple[bytes, ...]:
    """Hash all samples as a filled cache of the split does; arguments and errors are those of `hash_split`."""
    with ThreadPoolExecutor(threads) as pool:
        return tuple(content for _, content in hash_split(split, memo_file, pool, report))


def content_of(split: Split, index: int) -> bytes:
    """Hash what one sample is made of, now. Raises ImageError if a file of it cannot be read."""
    return _together([source_hash(source) for source in _sources(split, index)])


def source_hash(source: Path | str) -> bytes:
    """Hash the bytes of a file, or words. Raises ImageError if the file cannot be read."""
    return _hash(shown(source).encode()) if isinstance(source, str) else _read(source)


def key(content: bytes, fit: Fit, reading: str) -> bytes:
    """The 16 bytes under which an image is kept that is decoded from this content by these versions of the libraries.

    reading: what its pixels depend on besides content and size, as in `Split.reading`.
    """
    how = (fit.most, fit.least, "long" if fit.long else fit.square, reading)
    return _hash(repr((FORMAT, cv2.__version__, PIL.__version__, how, content)).encode())


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=KEY_BYTES).digest()


def _read(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=KEY_BYTES)).digest()
    except OSError as error:
        raise unreadable(source.name, error) from error
