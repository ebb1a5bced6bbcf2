"""What the server, the template process and the workers send to each other, and the step that a worker notes."""

import json
import mmap
import os
import struct
import tempfile
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

COMMAND = struct.Struct("<cQ")  # to the template: what to do, and with which worker
FORK, END = b"F", b"E"
_MOST = 1 << 29  # bytes of a message
_PAGE = mmap.PAGESIZE
_MOST_NOTED = 250  # bytes of a node's id
_BLOB = "\0"  # key of an object in place of a blob; names of people do not contain this character


@dataclass(frozen=True)
class Part:
    """A message of a worker, of the kind "part", "error", "memory" or "broken", and at last "end"."""

    kind: str
    value: Any


def send(connection: Connection, kind: str, value: Any = None) -> None:
    """Send a message, in a worker.

    Args:
        connection: To the server.
        kind: See `Part`.
        value: Dataclasses, bytes, and what JSON holds. Bytes travel as they are, behind the JSON.
    """
    blobs: list[bytes] = []

    def plain(part: Any) -> Any:
        if isinstance(part, bytes):
            blobs.append(part)
            return {_BLOB: len(blobs) - 1}
        return vars(part)

    text = json.dumps([kind, value], default=plain)
    connection.send_bytes(b"%d" % len(blobs))
    for blob in (text.encode(), *blobs):
        connection.send_bytes(blob)


def receive(connection: Connection) -> Part:
    """Read a message, in the server. Raises EOFError, OSError, ValueError.

    Nothing of it is unpickled: a worker has run native code on what strangers gave. Dataclasses arrive as dicts.
    """
    count = int(connection.recv_bytes(_MOST))
    text, *blobs = (connection.recv_bytes(_MOST) for _ in range(1 + count))
    kind, value = json.loads(text, object_hook=lambda part: blobs[part[_BLOB]] if _BLOB in part else part)
    return Part(str(kind), value)


class Note:
    """A page of shared memory to which a worker writes its current step, for the server to read if the worker dies."""

    def __init__(self, descriptor: int) -> None:
        self._page = mmap.mmap(descriptor, _PAGE)

    @classmethod
    def new(cls) -> "tuple[Note, int]":
        """A page, and a descriptor with which a worker opens it. The caller closes the descriptor."""
        with tempfile.TemporaryFile() as file:
            file.truncate(_PAGE)
            descriptor = os.dup(file.fileno())
        return cls(descriptor), descriptor

    def write(self, node_id: str) -> None:
        """Note the step that begins, "" for none."""
        text = node_id.encode()[:_MOST_NOTED]
        self._page[: 1 + len(text)] = bytes([len(text)]) + text

    def read(self) -> str:
        """The step that was noted last."""
        return self._page[1 : 1 + self._page[0]].decode(errors="replace")

    def close(self) -> None:
        """Release the page."""
        self._page.close()
