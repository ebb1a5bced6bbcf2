"""What nvidia-smi reports about NVIDIA GPUs and the processes on them."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field

EVERY_S = 2.0
TIMEOUT_S = 5.0
_MIB = 1024 * 1024
_FORMAT = "--format=csv,noheader,nounits"
_GPUS = "--query-gpu=name,memory.used,memory.total,utilization.gpu"
_PROCESSES = "--query-compute-apps=pid,used_memory"


@dataclass(frozen=True)
class GpuUse:
    """One GPU. `utilization` is the share of time in which it computed, 0 to 1; None where it is not reported."""

    name: str
    used_bytes: int
    total_bytes: int
    utilization: float | None


@dataclass(frozen=True)
class GpuAnswer:
    """All GPUs, and bytes by process id, summed over GPUs. A process whose use is not reported is left out."""

    gpus: tuple[GpuUse, ...] = ()
    processes: dict[int, int] = field(default_factory=dict)


def parse_gpus(text: str) -> tuple[GpuUse, ...]:
    """Read the lines of `--query-gpu`. A GPU that does not report its memory (MIG, some laptops) is left out."""
    found = []
    for line in text.splitlines():
        # The name comes first and may hold a comma, so that the numbers are taken from the end.
        parts = [part.strip() for part in line.rsplit(",", 3)]
        if len(parts) != 4:
            continue
        used, total, busy = map(_number, parts[1:])
        if used is not None and total is not None:
            share = None if busy is None else busy / 100
            found.append(GpuUse(parts[0], round(used * _MIB), round(total * _MIB), share))
    return tuple(found)


def parse_processes(text: str) -> dict[int, int]:
    """Read bytes by process id from the lines of `--query-compute-apps`."""
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


def ask() -> GpuAnswer:
    """Ask nvidia-smi, which takes up to a second; the answer is empty where there is none."""
    return GpuAnswer(parse_gpus(_output(_GPUS)), parse_processes(_output(_PROCESSES)))


def _output(query: str) -> str:
    """Return what nvidia-smi prints; nothing where it fails or hangs, as with a missing or stuck driver."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return ""
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
