"""A hash of all that the samples of a split are made of, for a split that is kept nowhere."""

import contextlib
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from explorer.data.cache import keys
from explorer.data.cache.keys import Contents, Stamp
from explorer.data.cache.limits import Limits, folder
from explorer.data.dataset import Split

SIZE = 8  # bytes of a digest
_AT_ONCE = 64


def content_of(split: Split, index: int, contents: Contents) -> tuple[int, Stamp | None, bytes]:
    """A sample's index, the stamp of its file and the hash of what it is made of. Raises ImageError."""
    source = split.source(index)
    stamp = keys.stamp(source)
    return index, stamp, contents.of(source, stamp)


def digest_of(split: Split, limits: Limits, threads: int, tell: Callable[[int], None]) -> str:
    """The digest of a split, in hexadecimal: the same that a cache of it has.

    Files that have not changed since they were last read are not read again, where the limits leave room to note that.

    Args:
        split: whose samples are meant.
        limits: of the cache.
        threads: that read files at once.
        tell: called with the number of samples that are done; whatever it raises ends the work.

    Returns:
        The hash of all contents, in their order.

    Raises:
        ImageError: a file cannot be read.
    """
    digest, contents = hashlib.blake2b(digest_size=SIZE), _contents(limits)
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(split), _AT_ONCE):
            portion = range(start, min(start + _AT_ONCE, len(split)))
            for _, _, content in pool.map(lambda index: content_of(split, index, contents), portion):
                digest.update(content)
            tell(portion.stop)
    with contextlib.suppress(OSError):  # it is read again the next time, which gives the same
        contents.keep(all_of_it=True)
    return digest.hexdigest()


def _contents(limits: Limits) -> Contents:
    if limits.disk > 0:
        with contextlib.suppress(OSError):
            folder().mkdir(mode=0o700, parents=True, exist_ok=True)
            return Contents(folder() / keys.MEMO)
    return Contents(None)
