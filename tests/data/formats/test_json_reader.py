"""JSON as the reader in turns gives it, compared with that of Python, whole and damaged at random."""

import json
from typing import Any

import numpy as np

from explorer.data.marks.json_reader import parsed


def both(content: bytes) -> tuple[Any, Any]:
    found: list[Any] = []
    for read in (parsed, json.loads):
        try:
            found.append(json.dumps(read(content)))
        except (ValueError, RecursionError):
            found.append(None)
    return found[0], found[1]


def test_json_is_read_as_python_reads_it_also_where_it_is_damaged() -> None:
    whole = ' {"images" : [ {"id":1,"a":[1,-2.5e3,{}]},[] , null,"\\u00e9\\\\"],"b":[], "c":{"d":{}},"b":7 , "e":[1]}\n'
    contents = [whole.encode(), whole.encode("utf-16"), b"\xef\xbb\xbf" + whole.encode(), b"{}", b" { } ", b"[1]", b"3"]
    contents += [
        b"",
        b"{",
        b'{"a"',
        b'{"a":[',
        b'{"a":[1,]}',
        b'{"a":1,}',
        b"{1:2}",
        b"{}{}",
        b'{"a":' + b"[" * 100_000,
    ]
    draw = np.random.default_rng(0)
    for _ in range(3_000):
        damaged = bytearray(contents[0])
        for place in draw.integers(len(damaged), size=draw.integers(1, 3)):
            damaged[place] = draw.choice(np.frombuffer(b'{}[]",: 1a\\', np.uint8))
        contents.append(bytes(damaged))
    results = [both(content) for content in contents]
    assert [ours for ours, _ in results] == [theirs for _, theirs in results]
    assert 100 < sum(ours is not None for ours, _ in results) < 2_900
