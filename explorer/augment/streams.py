"""Random numbers of a pipeline: one generator for all of its steps as before, or a stream for each node.

With streams, what a step draws for a sample depends on no other step. So two pipelines that differ in one step differ
in what this step does and in nothing else.
"""

import random
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from explorer.augment.observe import nodes


def random_state(seed: int, epoch: int, index: int) -> tuple[np.random.Generator, random.Random]:
    """The random state of one sample, which depends only on its place: equal in any worker, order or attempt."""
    generator = np.random.default_rng([seed, epoch, index])
    return generator, random.Random(int(generator.integers(2**63)))


class Stream(random.Random):
    """The random numbers of one node, as numpy's generator and, from the same bits, as Python's.

    Each sample has its own state of 256 bits, which is a hash of the sample's place and the node's id. It is set in the
    same SFC64, because making a generator takes ten times as long.
    """

    def __init__(self, node_id: str) -> None:
        super().__init__(0)
        self._id = node_id.encode()
        self._bits = np.random.SFC64(0)
        self.generator = np.random.Generator(self._bits)

    def begin(self, place: blake2b) -> None:
        """Begin the numbers of a sample; `place` is the hash of seed, epoch and index."""
        whole = place.copy()
        whole.update(self._id)
        words: Any = {"state": np.frombuffer(whole.digest(), "<u8")}
        self._bits.state = {"bit_generator": "SFC64", "state": words, "has_uint32": 0, "uinteger": 0}
        self.gauss_next = None  # random.Random keeps the second of two normal numbers

    def random(self) -> float:
        """A number from 0 to below 1."""
        return self.generator.random()

    def getrandbits(self, k: int, /) -> int:
        """A whole number of k bits, which random.Random makes all others of."""
        drawn = 0
        for _ in range(-(-k // 64)):
            drawn = drawn << 64 | self._bits.random_raw()
        return drawn >> -k % 64


def give_streams(compose: Any, node_ids: Sequence[str]) -> tuple[Stream, ...]:
    """Give the compose and each node in it a stream. The ids are those of its nodes, parents before their children."""
    streams = tuple(map(Stream, ("", *node_ids)))
    for node, stream in zip((compose, *nodes(compose)), streams, strict=True):
        node.set_random_state(stream.generator, stream)  # of a group also for its children, which come after it
    return streams


def begin_sample(streams: Sequence[Stream], seed: int, epoch: int, index: int) -> None:
    """Begin a sample: every stream depends on its place and on the node, in any worker, order or attempt."""
    place = blake2b(f"{seed} {epoch} {index} ".encode(), digest_size=32)
    for stream in streams:
        stream.begin(place)
