"""Nothing is left behind: neither by workers that end nor by a server that does."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import explorer
from explorer.draw.drawing import Ending
from explorer.draw.pool import Pool
from explorer.draw.processes import Template, ending
from tests.draw.breaking import Says, Stuck
from tests.draw.conftest import Sign, drawn, gone, kill, order
from tests.runs.conftest import wait_for

SERVER = """
import sys
from pathlib import Path
from explorer.draw.pool import pool
from tests.draw.breaking import Stuck
from tests.draw.conftest import Sign, order
sign = Sign(Path(sys.argv[1]))
drawing = pool().submit(Stuck(sign.path), order(seconds=10_000))
sign.wait()
print(*pool().pids(), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "ends by itself"])
def test_a_server_that_is_gone_leaves_no_process_even_in_the_middle_of_a_step(tmp_path: Path, killed: bool) -> None:
    sign = Sign(tmp_path / "sign")
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(sign.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=explorer.child_environment(),
    )  # fmt: skip
    assert server.stdin is not None
    assert server.stdout is not None
    pids = [int(word) for word in server.stdout.readline().split()]
    assert sign.pids()[0] in pids
    assert len(pids) >= 2
    if killed:
        server.kill()
    server.stdin.close()
    server.wait()
    server.stdout.close()
    wait_for(lambda: all(map(gone, pids)), "the end of the processes")


def test_idle_workers_that_are_killed_leave_no_zombie_and_are_not_asked(pool: Pool) -> None:
    assert drawn(pool, Says())
    idle = pool.pids()[1:]
    for pid in idle:
        kill(pid)
    wait_for(lambda: all(map(gone, idle)), "the end of the workers")
    assert drawn(pool, Says())[0][0] not in idle


def test_no_worker_is_a_zombie_after_it_was_stopped(pool: Pool, sign: Callable[[], Sign]) -> None:
    ended = []
    for _ in range(3):
        begun = sign()
        drawing = pool.submit(Stuck(begun.path), order())
        ended.append(begun.wait())
        drawing.cancel()
    wait_for(lambda: all(map(gone, ended)), "the end of the workers")
    children = psutil.Process(pool.pids()[0]).children()
    assert not [child for child in children if child.status() == psutil.STATUS_ZOMBIE]


def test_ctrl_c_in_the_terminal_of_the_server_is_not_for_its_workers(pool: Pool) -> None:
    template, worker = pool.pids()[0], drawn(pool, Says())[0][0]
    assert os.getsid(0) not in (os.getsid(template), os.getsid(worker))


def test_a_closed_pool_has_no_process_and_drops_what_waits(tmp_path: Path) -> None:
    pool, sign = Pool(), Sign(tmp_path / "sign")
    drawings = [pool.submit(Stuck(sign.path), order(f"session {number}")) for number in range(9)]
    sign.wait()
    pids = pool.pids()
    pool.close()
    assert all(drawing.done for drawing in drawings)
    wait_for(lambda: all(map(gone, pids)), "the end of the processes")


def test_a_worker_whose_server_does_not_look_ends_itself_at_its_limit(tmp_path: Path) -> None:
    template, sign = Template(), Sign(tmp_path / "sign")
    try:
        worker = template.fork()
        worker.ask(Stuck(sign.path), 0.1)
        wait_for(lambda: gone(worker.pid), "the end of the worker")
        assert sign.pids() == [worker.pid]
        assert ending(worker.end()) is Ending.TIME
    finally:
        template.close()


def test_what_the_end_of_a_worker_means() -> None:
    assert ending(signal.SIGSEGV) is Ending.CRASHED
    assert ending(signal.SIGABRT) is Ending.CRASHED
    assert ending(1 << 8) is Ending.CRASHED  # it has exited, which it never does in the middle of a drawing
    assert ending(signal.SIGALRM) is Ending.TIME  # its own alarm, where the server had no time for it
    assert ending(signal.SIGPROF) is Ending.TIME  # the limit of the processor's time
    assert ending(signal.SIGKILL) is Ending.KILLED
