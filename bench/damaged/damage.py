"""Damage at random: bytes that are cut off, changed, put in, taken out or repeated, and unexpected values."""

import random
import re
from collections.abc import Callable

Damage = Callable[[bytes, random.Random], bytes]

_VALUES = (
    b"NaN", b"-Infinity", b"1e999", b"-1", b"0", b"10000000000000000000000000", b"9" * 400, b"0.5", b"null", b"true",
    b'""', b'"../../../etc/passwd"', b"[]", b"{}", b"[[[[]]]]", b"[" * 3_000, b'{"a":' * 3_000, b"<a>" * 300,
    b"<!DOCTYPE a>", b"&b;", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b"\r\n", b"\xed\xa0\x80", b"*x", b"!!python/name:os",
)  # fmt: skip
_WORD = re.compile(rb"[\w.+-]+")
_MOST = 64  # bytes that are changed at once


def cut_off(content: bytes, chance: random.Random) -> bytes:
    """The beginning of a file."""
    return content[: chance.randrange(len(content) + 1)]


def changed(content: bytes, chance: random.Random) -> bytes:
    """A file with a few bytes changed."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def put_in(content: bytes, chance: random.Random) -> bytes:
    """A file with random bytes inside."""
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.randbytes(chance.randint(1, _MOST)) + content[at:]


def taken_out(content: bytes, chance: random.Random) -> bytes:
    """A file without some bytes."""
    at = chance.randrange(len(content) + 1)
    return content[:at] + content[at + chance.randint(1, _MOST) :]


def repeated(content: bytes, chance: random.Random) -> bytes:
    """A file a part of which comes twice."""
    at = chance.randrange(len(content) + 1)
    size = chance.randint(1, 4 * _MOST)
    return content[: at + size] + content[at:]


def replaced(content: bytes, chance: random.Random) -> bytes:
    """A file with a word, often a number, that became another value."""
    words = list(_WORD.finditer(content))
    if not words:
        return put_in(content, chance)
    word = chance.choice(words)
    return content[: word.start()] + chance.choice(_VALUES) + content[word.end() :]


KINDS: tuple[Damage, ...] = (cut_off, changed, put_in, taken_out, repeated, replaced, replaced, replaced)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A file that was damaged once or twice."""
    for _ in range(chance.randint(1, 2)):
        content = chance.choice(KINDS)(content, chance)
    return content
