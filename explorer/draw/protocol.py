"""What the server, the template process and the workers send to each other."""

import json
import struct
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

COMMAND = struct.Struct("<cQ")  # to the template: what to do, and with which worker
FORK, END = b"F", b"E"
_MOST = 1 << 29  # bytes of a message
_BLOB = "\0"  # key of an object that stands for a blob; no name that people give holds this character


@dataclass(frozen=True)
class Part:
    """A message of a worker. kind: "part", "error", "memory" or "broken", then "end"."""

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
