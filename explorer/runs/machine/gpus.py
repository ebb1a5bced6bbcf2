"""What runs use of NVIDIA GPUs, as nvidia-smi reports it."""

import os
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field

EVERY_S = 2.0
TIMEOUT_S = 5.0
_MIB = 1024 * 1024
_FORMAT = "--format=csv,noheader,nounits"
_GPUS = "--query-gpu=name,memory.used,memory.total,utilization.gpu"
_PROCESSES = "--query-compute-apps=pid,used_memory"


@dataclass(frozen=True)
class GpuUse:
    """One GPU. utilization: 0..1, the share of time in which it computed; None where it is not reported."""

    name: str
    used_bytes: int
    total_bytes: int
    utilization: float | None


@dataclass(frozen=True)
class GpuAnswer:
    """All GPUs, and bytes by process id, summed over GPUs; a process whose use is not reported is left out."""

    gpus: tuple[GpuUse, ...] = ()
    processes: dict[int, int] = field(default_factory=dict)


def parse_gpus(text: str) -> tuple[GpuUse, ...]:
    """GPUs from the lines of `--query-gpu`; one that does not report its memory (MIG, some laptops) is left out."""
    found = []
    for line in text.splitlines():
        # The name comes first and may hold a comma, so the numbers are taken from the end.
        parts = [part.strip() for part in line.rsplit(",", 3)]
        if len(parts) != 4:
            continue
        used, total, busy = map(_number, parts[1:])
        if used is not None and total is not None:
            share = None if busy is None else busy / 100
            found.append(GpuUse(parts[0], round(used * _MIB), round(total * _MIB), share))
    return tuple(found)


def parse_processes(text: str) -> dict[int, int]:
    """Bytes by process id from the lines of `--query-compute-apps`."""
    found: dict[int, int] = {}
    for line in text.splitlines():
        pid, _, used = (part.strip() for part in line.partition(","))
        mebibytes = _number(used)
        if pid.isdigit() and mebibytes is not None:
            found[int(pid)] = found.get(int(pid), 0) + round(mebibytes * _MIB)
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # "[N/A]", "[Not Supported]", "[Insufficient Permissions]"


class Gpus:
    """The latest answer of nvidia-smi, which takes up to a second: a thread asks, at most every `EVERY_S`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answer = GpuAnswer()
        self._asked = -EVERY_S
        self._asking = False

    def latest(self) -> GpuAnswer:
        """What was answered last, at once; empty where there is no nvidia-smi and before its first answer."""
        with self._lock:
            due = not self._asking and time.monotonic() - self._asked >= EVERY_S
            if due:
                self._asked = time.monotonic()
                command = shutil.which("nvidia-smi")
                self._asking = command is not None
                if command is not None:
                    threading.Thread(target=self._ask, args=(command,), daemon=True).start()
            return self._answer

    def _ask(self, command: str) -> None:
        answer = GpuAnswer()
        try:
            answer = GpuAnswer(parse_gpus(_output(command, _GPUS)), parse_processes(_output(command, _PROCESSES)))
        finally:
            with self._lock:
                self._answer, self._asking = answer, False


def _output(command: str, query: str) -> str:
    """What it prints; nothing where it fails or hangs, as it does where the driver is missing or stuck."""
    try:
        done = subprocess.run(
            [command, query, _FORMAT],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
