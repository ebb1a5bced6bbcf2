"""Measuring how fast a network is, in a thread that never touches Streamlit: one at a time for the whole server."""

import threading
import time
from contextlib import suppress

import psutil

from explorer.runs.machine import paces
from explorer.runs.machine.machine import MachineError
from explorer.runs.machine.paces import PaceError

_EXPECTED_S = 15.0


class Measurement:
    """A network that is being measured, or was. error: why it could not be."""

    def __init__(self, backbone: str) -> None:
        self.backbone = backbone
        self.error = ""
        self._cancelled = False
        self._begun = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=f"explorer-pace-{backbone}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            paces.measure(self.backbone)
        except (PaceError, MachineError, OSError) as error:
            self.error = "" if self._cancelled else str(error)

    @property
    def running(self) -> bool:
        """Whether its process is at work."""
        return self._thread.is_alive()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._begun

    @property
    def share(self) -> float:
        """Estimated progress by the clock, 0 to 0.97."""
        return min(0.97, self.seconds / _EXPECTED_S)

    def cancel(self) -> None:
        """End its process. Nothing of it is kept."""
        self._cancelled = True
        for child in psutil.Process().children():
            with suppress(psutil.Error):
                if child.cmdline() == [*paces.COMMAND, self.backbone]:
                    child.kill()

    def wait(self, timeout: float) -> bool:
        """Wait until it has ended; False where that takes longer."""
        self._thread.join(timeout)
        return not self.running


_lock = threading.Lock()
_latest: dict[str, Measurement] = {}


def start(backbone: str) -> None:
    """Begin to measure; nothing where any network is being measured: two at once would slow each other down."""
    with _lock:
        if not any(measurement.running for measurement in _latest.values()):
            _latest[backbone] = Measurement(backbone)


def under_way(backbone: str) -> Measurement | None:
    """The latest measurement of a network, at work or not."""
    with _lock:
        return _latest.get(backbone)


def cancel(backbone: str) -> None:
    """End the measurement of a network."""
    measurement = under_way(backbone)
    if measurement is not None:
        measurement.cancel()
        measurement.wait(5)


def failure(backbone: str) -> str:
    """Why the latest measurement of a network failed; "" where it did not."""
    measurement = under_way(backbone)
    return measurement.error if measurement is not None and not measurement.running else ""
