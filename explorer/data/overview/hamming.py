"""All pairs of hashes of 64 bits that differ in few bits, found by multi-index hashing.

Norouzi, Punjani and Fleet: Fast Search in Hamming Space with Multi-Index Hashing (2012). The bits are divided into
bands. Where two hashes differ in at most d bits, they differ in at most d / bands bits within one of the bands. So each
hash is looked up there under all keys that are so close, and only what is found is compared as a whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

BITS = 64
_MANY = 300_000  # hashes, from which on bands have to be wider: 3 of at least 21 bits instead of 4 of 16
_AT_ONCE = 2_000_000  # comparisons in memory

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Close:
    """Pairs of hashes. first, second: (P,), places, first < second. distance: (P,) uint8, bits that differ."""

    first: Places
    second: Places
    distance: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Band:
    """The hashes by their bits in one band.

    Attributes:
        width: bits.
        keys: (N,), the bits of each hash as a number.
        order: (N,), places sorted by key.
        start: (2^width + 1,), where in the order a key begins.
    """

    width: int
    keys: Places
    order: Places
    start: Places

    @classmethod
    def of(cls, bits: NDArray[np.uint8]) -> "_Band":
        """The band of these bits, (N, width)."""
        width = bits.shape[1]
        keys = bits.astype(np.int64) @ (1 << np.arange(width, dtype=np.int64))
        counts = np.bincount(keys, minlength=1 << width)
        return cls(width, keys, np.argsort(keys, kind="stable"), np.concatenate([[0], np.cumsum(counts)]))


def close(hashes: Hashes, distance: int) -> Close:
    """All pairs of hashes that differ in at most `distance` bits. hashes: (N,), each only once."""
    first, second, found = [_nothing()], [_nothing()], [np.zeros(0, np.uint8)]
    number = _number(hashes)
    for band in _bands(hashes, number):
        for one, other in _candidates(band, distance // number):
            bits = np.bitwise_count(hashes[one] ^ hashes[other])
            near = bits <= distance
            first.append(one[near])
            second.append(other[near])
            found.append(bits[near])
    return _once(np.concatenate(first), np.concatenate(second), np.concatenate(found), len(hashes))


def effort(hashes: Hashes, distance: int) -> int:
    """How many comparisons `close` would make."""
    total, number = 0, _number(hashes)
    for band in _bands(hashes, number):
        counts = np.diff(band.start)
        used = np.flatnonzero(counts)
        flips = _flips(band.width, distance // number)
        total += sum(int((counts[used] * counts[used ^ flip]).sum()) for flip in flips)
    return total // 2


def _number(hashes: Hashes) -> int:
    """The number of bands."""
    return 4 if len(hashes) < _MANY else 3


def _nothing() -> Places:
    return np.zeros(0, np.int64)


def _bands(hashes: Hashes, number: int) -> Iterator[_Band]:
    """The bands, among which the bits that tell most are shared out evenly."""
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)  # (N, 64)
    share = bits.mean(axis=0) if len(bits) else np.zeros(BITS)
    by_worth = np.argsort(np.abs(share - 0.5), kind="stable")
    for first in range(number):
        yield _Band.of(bits[:, by_worth[first::number]])


def _flips(width: int, radius: int) -> Iterator[int]:
    """All numbers of `width` bits with at most `radius` ones."""
    for ones in range(radius + 1):
        yield from (sum(1 << bit for bit in chosen) for chosen in combinations(range(width), ones))


def _candidates(band: _Band, radius: int) -> Iterator[tuple[Places, Places]]:
    """Pairs whose keys in this band differ in at most `radius` bits, in portions, each with first < second."""
    places = np.arange(len(band.keys))
    for flip in _flips(band.width, radius):
        keys = band.keys ^ flip
        begin, end = band.start[keys], band.start[keys + 1]
        some = np.flatnonzero(end > begin)
        yield from _expanded(places[some], begin[some], end[some] - begin[some], band.order)


def _expanded(places: Places, begin: Places, counts: Places, order: Places) -> Iterator[tuple[Places, Places]]:
    totals = np.cumsum(counts)
    at = 0
    while at < len(places):
        done = totals[at - 1] if at else 0
        until = max(at + 1, int(np.searchsorted(totals, done + _AT_ONCE, side="right")))
        some = counts[at:until]
        one = np.repeat(places[at:until], some)
        step = np.arange(len(one)) - np.repeat(np.cumsum(some) - some, some)
        other = order[np.repeat(begin[at:until], some) + step]
        ascending = one < other
        yield one[ascending], other[ascending]
        at = until


def _once(first: Places, second: Places, distance: NDArray[np.uint8], count: int) -> Close:
    """Each pair only once, although several bands find it."""
    _, kept = np.unique(first * max(count, 1) + second, return_index=True)
    return Close(first[kept], second[kept], distance[kept])
