"""Measures how fast a network trains, in a thread that never uses Streamlit."""

import threading
import time
from contextlib import suppress

import psutil

from explorer.base.task_names import TaskName
from explorer.runs.machine import paces
from explorer.runs.machine.machine import MachineError
from explorer.runs.machine.paces import PaceError
from explorer.ui.background.jobs import Jobs

_EXPECTED_S = 15.0


class Measurement:
    """A network that is being measured or was measured. `error` says why it failed, or is ""."""

    def __init__(self, backbone: str, task: TaskName) -> None:
        self.backbone, self.task = backbone, task
        self.error = ""
        self._cancelled = False
        self._begun = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"explorer-pace-{backbone}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            paces.measure(self.backbone, self.task)
        except (PaceError, MachineError, OSError) as error:
            self.error = "" if self._cancelled else str(error)

    @property
    def running(self) -> bool:
        """Whether its process is at work."""
        return self._thread.is_alive()

    @property
    def seconds(self) -> float:
        """The seconds since it began."""
        return time.monotonic() - self._begun

    @property
    def share(self) -> float:
        """The progress from 0 to 0.97, estimated by the clock."""
        return min(0.97, self.seconds / _EXPECTED_S)

    def cancel(self) -> None:
        """Kill its process. No result is kept."""
        self._cancelled = True
        for child in psutil.Process().children():
            with suppress(psutil.Error):
                if child.cmdline() == paces.command(self.backbone, self.task):
                    child.kill()

    def wait(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until it has ended, and return whether it has."""
        self._thread.join(timeout)
        return not self.running


JOBS: Jobs[Measurement] = Jobs(most=1)  # two at once would slow each other down


def start(backbone: str, task: TaskName = "classification") -> None:
    """Start to measure a network for a task, unless any one is being measured. Its key is `paces.subject`."""
    JOBS.start(paces.subject(backbone, task), lambda: Measurement(backbone, task))
