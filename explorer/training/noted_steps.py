"""The step that each augmenting process is in, kept in shared memory, where the trainer finds it if one has died."""

import ctypes
import multiprocessing
import os
import struct
from collections.abc import Mapping

from explorer.augment import observe
from explorer.augment.pipeline import Pipeline, Step, walk

_PLACE = 256  # bytes for each process
_HEAD = struct.Struct("<QIB")  # number of steps that have begun, process id, and length of the step's id
_MOST = _PLACE - _HEAD.size


def transforms_of(pipeline: Pipeline) -> dict[str, str]:
    """Node id -> transform, of all steps of a pipeline."""
    return {node.id: node.transform for node, _ in walk(pipeline.nodes) if isinstance(node, Step)}


class NotedSteps:
    """Shared memory with a place for each process; it can be passed to child processes.

    Args:
        transforms: Node id -> transform, of the pipeline.
        count: Number of processes.
    """

    def __init__(self, transforms: Mapping[str, str], count: int) -> None:
        self._transforms = dict(transforms)
        self._places = multiprocessing.RawArray(ctypes.c_char, max(1, count) * _PLACE)
        self._count = max(1, count)

    def note_steps_of(self, number: int) -> None:
        """From now on, write each step that this process begins into the place with this number."""
        places, pid, begun = self._view(), os.getpid(), 0

        def note(node_id: str) -> None:
            nonlocal begun
            begun += 1
            text = node_id.encode()[:_MOST]
            start = number * _PLACE
            head = _HEAD.pack(begun, pid, len(text))
            places[start : start + len(head) + len(text)] = head + text

        observe.report_steps_to(note)

    def count(self, number: int) -> int:
        """The number of steps that have begun in this place."""
        return int(self._head(number)[0])

    def step(self, number: int) -> str:
        """The id of the step that began last in this place; "" before the first."""
        start = number * _PLACE + _HEAD.size
        return self._view()[start : start + self._head(number)[2]].tobytes().decode(errors="replace")

    def transform(self, node_id: str) -> str:
        """The transform of a step; "" for other ids."""
        return self._transforms.get(node_id, "")

    def transform_in(self, pid: int) -> str:
        """The transform of the step that a process was in last; "" if it has begun none."""
        for number in range(self._count):
            if self._head(number)[1] == pid:
                return self.transform(self.step(number))
        return ""

    def _head(self, number: int) -> tuple[int, int, int]:
        start = number * _PLACE
        begun, pid, length = _HEAD.unpack_from(self._view(), start)
        return begun, pid, length

    def _view(self) -> memoryview:
        return memoryview(self._places).cast("B")
