"""Hashes of what samples are made of: the bytes of a file, or the words that describe a generated one."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
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


def hashed_split(
    split: Split, memo_file: Path | None, pool: ThreadPoolExecutor
) -> Iterator[list[tuple[Stamp | None, bytes]]]:
    """Hash all samples of a split.

    Args:
        split: whose samples are hashed.
        memo_file: where hashes are kept: a file that has not changed since is not read again. None keeps none.
        pool: the threads that read files.

    Yields:
        Portions of the split, in its order: the stamp of each file (None for a generated sample) and a hash of
        16 bytes.

    Raises:
        ImageError: a file cannot be read.
    """
    memo = Memo(memo_file, KEY_BYTES)
    sources = [split.source(index) for index in range(len(split))]
    for start in range(0, len(split), _AT_ONCE):
        yield list(pool.map(lambda source: _hashed(source, memo), sources[start : start + _AT_ONCE]))
    memo.save()


def _hashed(source: Path | str, memo: Memo) -> tuple[Stamp | None, bytes]:
    if isinstance(source, str):
        return None, _hash(shown(source).encode())
    stamp = stamp_of(source)
    content = memo.get(source, stamp)
    if content is None:
        content = _read(source)
        memo.add(source, stamp, content)
    return stamp, content


def joined_digest(contents: Iterable[bytes]) -> str:
    """One hash for the hashes of all samples, 16 hexadecimal digits."""
    return hashlib.blake2b(b"".join(contents), digest_size=8).hexdigest()


def digest_of(split: Split, memo_file: Path | None, threads: int, report: Callable[[int], None]) -> str:
    """Hash the contents of a split without decoding them; a filled cache of the split has the same digest.

    Args:
        split: whose samples are hashed.
        memo_file: where hashes are kept, as for `hashed_split`.
        threads: how many files are read at once.
        report: called with the number of samples that are done; what it raises ends the work.

    Raises:
        ImageError: a file cannot be read.
    """
    contents: list[bytes] = []
    with ThreadPoolExecutor(threads) as pool:
        for portion in hashed_split(split, memo_file, pool):
            contents += [content for _, content in portion]
            report(len(contents))
    return joined_digest(contents)


def key(content: bytes, fit: Fit, reading: str) -> bytes:
    """The 16 bytes under which a decoded image is kept. They change with the versions of the decoding libraries.

    Args:
        content: the hash of what the image is made of.
        fit: the size that it is brought to.
        reading: what its pixels depend on besides the content, as in `Split.reading`.
    """
    how = (fit.most, fit.least, fit.square, reading)
    return _hash(repr((FORMAT, cv2.__version__, PIL.__version__, how, content)).encode())


def lock_name(words: str, fit: Fit) -> str:
    """The name of the lock of a data set at one size. words: name the data set."""
    return f"{_hash(repr((words, fit)).encode()).hex()}.lock"


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=KEY_BYTES).digest()


def _read(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=KEY_BYTES)).digest()
    except OSError as error:
        raise unreadable(source.name, error) from error
