"""The functions of a launcher, which is a module listed in table.py. It starts trainers and ends them.

A `Launch`, the record of one start, identifies what was started: `start` fills in what the other functions need.
"""

from typing import Protocol

from explorer.base.processes import Process
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.paths import RunPaths


class Unreachable(RuntimeError):
    """The process of the run cannot be reached from this computer or by this user."""


class Launcher(Protocol):
    """Any process may call the functions other than `start`, long after the one that started the trainer has ended."""

    def start(self, paths: RunPaths, attempt: int, launch: Launch, ticket: int | None) -> Launch:
        """Start the trainer of a folder that is ready.

        Args:
            paths, attempt: The run and the number of the attempt.
            launch: The record, which names no process yet.
            ticket: The open file of its place in the queue, which the trainer inherits. None: it begins at once.

        Returns:
            The record, which names the process.

        Raises:
            OSError: No process can be made.
        """

    def alive(self, launch: Launch) -> bool:
        """Whether the trainer lives."""

    def paused(self, launch: Launch) -> bool:
        """Whether the trainer is suspended, so that it neither works nor answers."""

    def reaches(self, launch: Launch) -> bool:
        """Whether the trainer can be asked to stop and ended from here."""

    def processes(self, paths: RunPaths, launch: Launch) -> tuple[Process, ...]:
        """Return all living processes of the attempt, including its trainer, ascending by pid."""

    def wake(self, paths: RunPaths, launch: Launch) -> None:
        """Continue suspended processes. Raises Unreachable."""

    def stop(self, launch: Launch) -> None:
        """Ask the trainer itself to save and end. Raises Unreachable."""

    def end(self, paths: RunPaths, launch: Launch) -> int:
        """End all processes of the attempt at once, and return how many there were. Raises Unreachable."""
