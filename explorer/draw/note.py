"""A page of shared memory in which a worker notes its current step, so that it is known if the worker dies."""

import mmap
import os
import tempfile

_SIZE = mmap.PAGESIZE
_MOST = 250  # bytes of a node's id


class Note:
    """The page, on both sides: the worker writes, and the server reads once the worker is gone or stuck."""

    def __init__(self, descriptor: int) -> None:
        self._page = mmap.mmap(descriptor, _SIZE)

    @classmethod
    def new(cls) -> "tuple[Note, int]":
        """A page, and a descriptor with which a worker opens it. The caller closes the descriptor."""
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
        """Release the page."""
        self._page.close()
