"""What a launcher is: a module with these functions, listed in table.py. It starts trainers and ends them.

A `Launch`, the record of one start, is the handle of what was started: `start` fills in what the other functions need.
"""

from typing import Protocol

from explorer.base.processes import Process
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.paths import RunPaths


class Unreachable(RuntimeError):
    """The process of the run cannot be reached from here."""


class Launcher(Protocol):
    """All but `start` may be called by any process, long after the one that started the trainer has ended."""

    def start(self, paths: RunPaths, attempt: int, launch: Launch, ticket: int | None) -> Launch:
        """Start the trainer of a folder that is ready.

        Args:
            paths: the run. attempt: its number. launch: the record, as yet without a process.
            ticket: the open file of its place in the queue, which the trainer inherits; None to begin at once.

        Returns:
            The record with what names the process.

        Raises:
            OSError: no process can be made.
        """

    def alive(self, launch: Launch) -> bool:
        """Whether the trainer lives."""

    def paused(self, launch: Launch) -> bool:
        """Whether the trainer is suspended, so that it neither works nor answers."""

    def reaches(self, launch: Launch) -> bool:
        """Whether what was started can be asked and ended from here."""

    def processes(self, paths: RunPaths, launch: Launch) -> tuple[Process, ...]:
        """All living processes of the attempt, its trainer among them, ascending by pid."""

    def wake(self, paths: RunPaths, launch: Launch) -> None:
        """Let go on what is suspended. Raises Unreachable."""

    def stop(self, launch: Launch) -> None:
        """Ask the trainer itself to save and end. Raises Unreachable."""

    def end(self, paths: RunPaths, launch: Launch) -> int:
        """End all processes of the attempt at once, and return how many there were. Raises Unreachable."""
