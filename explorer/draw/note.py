"""A page of memory in which a worker notes the step that it is in, so that it is known when the worker has died."""

import mmap
import os
import tempfile

_SIZE = mmap.PAGESIZE
_MOST = 250  # bytes of a node's id


class Note:
    """The page, seen from both sides; the worker writes, the server reads once the worker is gone or stuck."""

    def __init__(self, descriptor: int) -> None:
        self._page = mmap.mmap(descriptor, _SIZE)

    @classmethod
    def new(cls) -> "tuple[Note, int]":
        """A page, and the descriptor by which a worker opens it; the caller closes that."""
        with tempfile.TemporaryFile() as file:
            file.truncate(_SIZE)
            descriptor = os.dup(file.fileno())
        return cls(descriptor), descriptor

    def write(self, node_id: str) -> None:
        """Note the step that begins, "" for none."""
        text = node_id.encode()[:_MOST]
        self._page[: 1 + len(text)] = bytes([len(text)]) + text

    def read(self) -> str:
        """The step that was noted last."""
        return self._page[1 : 1 + self._page[0]].decode(errors="replace")

    def close(self) -> None:
        """Let go of the page."""
        self._page.close()
