"""What real processes use: their processor time, memory, disk, and what nvidia-smi says of a GPU."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from explorer.base.processes import Moment, start_ticks
from explorer.runs.machine import gpus
from explorer.runs.machine.capacity import in_words, memory
from explorer.runs.machine.gpus import GpuUse, parse_gpus, parse_processes
from explorer.runs.overview import usage
from explorer.runs.overview.usage import Meter, Use
from explorer.runs.record.launch_record import Launch
from explorer.runs.record.paths import RunPaths
from tests.runs.conftest import wait_for

MB = 1_000_000
BURN = "import sys\nprint('ready', flush=True)\nwhile True: pass"
HOLD = "import sys\nheld = bytearray(b'x') * {size}\nprint('ready', flush=True)\nsys.stdin.read()"
# One that forks holds its pages once, however many look at them; the fork burns.
FORK = (
    "import os, sys\nheld = bytearray(b'x') * {size}\n"
    "if os.fork() == 0:\n    print('ready', flush=True)\n    while True: pass\nsys.stdin.read()"
)
# Two GPUs as a driver prints them, and what is not told on some laptops, in WSL and for a part of a GPU.
RECORDED = """\
NVIDIA H100 80GB HBM3, 1423, 81559, 37
Tesla T4, 0, 15360, 0
NVIDIA GeForce MX150, [N/A], [N/A], [N/A]
NVIDIA A100-SXM4-40GB, 12, 40960, [N/A]
"""
RECORDED_PROCESSES = "4711, 1420\n4712, 300\n4711, 20\n4713, [N/A]\n"

Start = Callable[[str], int]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts Python code in a group of its own and waits for its first line; all are killed in the end."""
    started: list[subprocess.Popen[str]] = []

    def begin(code: str) -> int:
        child = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(child)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        return child.pid

    yield begin
    for child in started:
        os.killpg(child.pid, 9)
        child.communicate()


@pytest.fixture(autouse=True)
def _no_old_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory and folders are looked at each time: the tests wait for what they want to see, not for a clock."""
    monkeypatch.setattr(usage, "SLOW_S", 0.0)


def launched(pid: int, ticks: int | None, folder: Path) -> tuple[RunPaths, Launch]:
    """A run whose trainer is a process."""
    paths = RunPaths(folder)
    return paths, replace(Launch.prepared(Moment.now(), paths), pid=pid, ticks=ticks)


def of(meter: Meter, pid: int, folder: Path) -> Use:
    found = meter.of(*launched(pid, start_ticks(pid), folder))
    assert found is not None
    return found


def test_a_process_that_computes_keeps_a_core_busy_and_one_that_waits_none(start: Start, tmp_path: Path) -> None:
    meter, busy, idle = Meter(), start(BURN), start(HOLD.format(size=1))
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    assert of(meter, busy, first).cores is None
    assert of(meter, idle, second).cores is None
    wait_for(lambda: (of(meter, busy, first).cores or 0) > 0.05, "a busy process being seen")
    assert (of(meter, busy, first).cores or 0) < 1.3
    wait_for(lambda: of(meter, idle, second).cores is not None, "a second look")
    assert (of(meter, idle, second).cores or 0) < 0.2


def test_a_page_that_is_opened_again_shows_no_mean_over_the_time_in_between(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter, idle = Meter(), start(HOLD.format(size=1))
    of(meter, idle, tmp_path)
    wait_for(lambda: of(meter, idle, tmp_path).cores is not None, "a second look")
    monkeypatch.setattr(usage, "OLD_S", 0.0)  # from now on each look is the first in a long time
    wait_for(lambda: of(meter, idle, tmp_path).cores is None, "a look that knows nothing of before")


def test_memory_is_what_the_process_holds(start: Start, tmp_path: Path) -> None:
    small, large = start(HOLD.format(size=1)), start(HOLD.format(size=200 * MB))
    meter = Meter()
    more = of(meter, large, tmp_path).memory - of(meter, small, tmp_path).memory
    assert 190 * MB < more < 220 * MB


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell what is shared")
def test_pages_that_a_worker_shares_count_once(start: Start, tmp_path: Path) -> None:
    pid = start(FORK.format(size=200 * MB))
    found = of(Meter(), pid, tmp_path)
    assert found.processes == 2
    assert 190 * MB < found.memory < 300 * MB
    (worker,) = psutil.Process(pid).children()
    assert psutil.Process(pid).memory_info().rss + worker.memory_info().rss > 400 * MB


def test_what_workers_compute_belongs_to_the_run(start: Start, tmp_path: Path) -> None:
    pid, meter = start(FORK.format(size=1)), Meter()
    of(meter, pid, tmp_path)
    # Its parent only waits, so any work is the worker's. How much that is depends on what else this machine does.
    wait_for(lambda: (of(meter, pid, tmp_path).cores or 0) > 0.01, "the worker's work being seen")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux's own shares")
def test_memory_between_two_slow_looks_follows_what_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "SLOW_S", 3600.0)
    code = (
        "import sys\nprint('ready', flush=True)\nsys.stdin.readline()\nheld = bytearray(b'x') * 150_000_000\n"
        "sys.stdin.read()"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.readline()
        meter = Meter()
        before = of(meter, child.pid, tmp_path).memory
        child.stdin.write("\n")
        child.stdin.flush()
        wait_for(lambda: of(meter, child.pid, tmp_path).memory - before > 140 * MB, "the memory being seen")
    finally:
        child.kill()
        child.communicate()


def test_the_folder_counts_with_all_below_it(start: Start, tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "a").write_bytes(b"x" * 300_000)
    (tmp_path / "b").write_bytes(b"x" * 50_000)
    (tmp_path / "link").symlink_to("/")
    assert 350_000 <= of(Meter(), start(HOLD.format(size=1)), tmp_path).disk < 400_000


def test_what_is_looked_at_in_the_background_comes_up_to_date(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage, "SLOW_S", 0.1)
    pid, meter = start(FORK.format(size=100 * MB)), Meter()
    before = of(meter, pid, tmp_path)
    (tmp_path / "a").write_bytes(b"x" * 300_000)
    wait_for(lambda: of(meter, pid, tmp_path).disk >= before.disk + 300_000, "the file being seen")
    (worker,) = psutil.Process(pid).children()
    worker.kill()  # now the pages are the parent's alone
    wait_for(lambda: of(meter, pid, tmp_path).processes == 1, "the end of the worker being seen")
    wait_for(lambda: of(meter, pid, tmp_path).memory > 90 * MB, "all pages being counted")


def test_a_process_that_is_gone_or_another_uses_nothing(start: Start, tmp_path: Path) -> None:
    pid, meter = start(HOLD.format(size=1)), Meter()
    ticks = start_ticks(pid)
    assert ticks is not None
    assert meter.of(*launched(pid, ticks + 1, tmp_path)) is None
    assert meter.of(*launched(pid, None, tmp_path)) is None
    assert meter.of(*launched(pid, ticks, tmp_path)) is not None
    os.kill(pid, 9)  # nobody has waited for it: a zombie is gone too
    wait_for(lambda: meter.of(*launched(pid, ticks, tmp_path)) is None, "the end being seen")


def test_the_machine_is_busy_where_a_process_is(start: Start, tmp_path: Path) -> None:
    start(BURN)
    meter = Meter()
    assert meter.machine(tmp_path).cores_used is None
    wait_for(lambda: (meter.machine(tmp_path).cores_used or 0) > 0.5, "a busy core being seen")
    found = meter.machine(tmp_path)
    assert (found.cores_used or 0) <= found.cores
    assert 0 < found.memory_used < found.memory_total <= psutil.virtual_memory().total
    assert 0 < found.disk_free <= found.disk_total


def test_gpus_are_read_as_the_driver_prints_them() -> None:
    mib = 1024 * 1024
    assert parse_gpus(RECORDED) == (
        GpuUse("NVIDIA H100 80GB HBM3", 1423 * mib, 81559 * mib, 0.37),
        GpuUse("Tesla T4", 0, 15360 * mib, 0.0),
        GpuUse("NVIDIA A100-SXM4-40GB", 12 * mib, 40960 * mib, None),
    )
    assert parse_gpus("") == parse_gpus("No devices were found\n") == ()
    assert parse_processes(RECORDED_PROCESSES) == {4711: 1440 * mib, 4712: 300 * mib}
    assert parse_processes("[Not Supported]\n") == {}


def _smi(folder: Path, monkeypatch: pytest.MonkeyPatch, processes: str) -> Path:
    """A command nvidia-smi, first in PATH, that notes each call."""
    calls, command = folder / "calls", folder / "nvidia-smi"
    command.write_text(
        f"#!/bin/sh\necho x >> '{calls}'\ncase $1 in\n"
        f"--query-gpu=*) printf 'Test GPU, 1000, 8000, 50\\n' ;;\n*) printf '{processes}' ;;\nesac\n"
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return calls


def test_gpu_memory_of_a_run_is_that_of_its_processes(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid, meter = start(HOLD.format(size=1)), Meter()
    calls = _smi(tmp_path, monkeypatch, f"{pid}, 700\\n1, 90\\n")
    assert of(meter, pid, tmp_path).gpu_memory is None  # it is asked, and not waited for
    wait_for(lambda: bool(meter.machine(tmp_path).gpus), "an answer of nvidia-smi")
    (gpu,) = meter.machine(tmp_path).gpus
    assert (gpu.name, gpu.utilization) == ("Test GPU", 0.5)
    wait_for(lambda: of(meter, pid, tmp_path).gpu_memory == 700 * 1024 * 1024, "the run's share")
    before = calls.read_text().count("x")
    for _ in range(20):
        meter.machine(tmp_path)
    assert calls.read_text().count("x") <= before + 2


def test_a_driver_that_hangs_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "nvidia-smi"
    command.write_text(f"#!/bin/sh\necho $$ > '{tmp_path}/pid'\nexec sleep 60\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    noted = tmp_path / "pid"

    def hanging(timeout: float) -> int:
        """The process of a command that a look has started and not waited for."""
        noted.unlink(missing_ok=True)
        monkeypatch.setattr(gpus, "TIMEOUT_S", timeout)
        assert Meter().machine(tmp_path).gpus == ()
        wait_for(lambda: noted.exists() and bool(noted.read_text()), "the command being started")
        return int(noted.read_text())

    waiting = psutil.Process(hanging(3600))  # the look is over, and this has not even been given up
    monkeypatch.setattr(gpus, "TIMEOUT_S", 0.3)  # first: the look goes on with its second command once this one is dead
    waiting.kill()
    given_up = hanging(0.3)
    wait_for(lambda: not psutil.pid_exists(given_up), "it being given up")


@pytest.mark.parametrize("version", [1, 2])
def test_a_container_has_its_own_limit(tmp_path: Path, version: int) -> None:
    group = tmp_path / ("memory" if version == 1 else "")
    group.mkdir(exist_ok=True)
    limit, used = (
        ("memory.limit_in_bytes", "memory.usage_in_bytes") if version == 1 else ("memory.max", "memory.current")
    )
    (group / limit).write_text("400000000\n")
    (group / used).write_text("250000000\n")
    name = "total_inactive_file" if version == 1 else "inactive_file"
    (group / "memory.stat").write_text(f"anon 1\n{name} 50000000\n")
    found = memory(tmp_path, tmp_path / "none")
    assert (found.total, found.available, found.used) == (400 * MB, 200 * MB, 200 * MB)


def test_a_service_in_a_group_of_its_own_has_the_tightest_limit_above_it(tmp_path: Path) -> None:
    own = tmp_path / "system.slice" / "explorer.service"
    own.mkdir(parents=True)
    for folder, limit in ((own, "max"), (own.parent, "300000000"), (tmp_path, "900000000")):
        (folder / "memory.max").write_text(limit)
        (folder / "memory.current").write_text("100000000")
        (folder / "memory.stat").write_text("inactive_file 0\n")
    (tmp_path / "own").write_text("0::/system.slice/explorer.service\n")
    assert memory(tmp_path, tmp_path / "own").total == 300 * MB
    unlimited = memory(tmp_path / "nowhere", tmp_path / "none")
    assert unlimited.total == psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 kB"), (840_000, "840 kB"), (999_900, "1 MB"), (60.4e6, "60 MB"), (999.9e6, "1.0 GB"), (21.2e9, "21 GB")],
)
def test_bytes_are_said_shortly(count: float, words: str) -> None:
    assert in_words(count) == words
