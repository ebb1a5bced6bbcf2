"""What the server, the template process and the workers say to each other."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from explorer.draw.request import Answer

COMMAND = struct.Struct("<cQ")  # to the template: what to do, and with which worker
FORK, END = b"F", b"E"
_MOST = 1 << 29  # bytes of a message


@dataclass(frozen=True)
class Part:
    """A message of a worker. kind: "part", "error", "memory" or "broken", then "end"."""

    kind: str
    answer: Answer


def send(connection: Connection, kind: str, facts: Any = None, blobs: Sequence[bytes] = ()) -> None:
    """Send a message, in a worker."""
    connection.send_bytes(json.dumps([kind, facts, len(blobs)]).encode())
    for blob in blobs:
        connection.send_bytes(blob)


def receive(connection: Connection) -> Part:
    """Read a message, in the server. Raises EOFError, OSError.

    Nothing of it is unpickled: a worker has run native code on what strangers gave.
    """
    kind, facts, count = json.loads(connection.recv_bytes(_MOST))
    return Part(str(kind), Answer(facts, tuple(connection.recv_bytes(_MOST) for _ in range(count))))
