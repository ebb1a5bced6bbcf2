"""One server, N visitors, a while: what they waited for, and what it cost."""

import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser

from bench.crowd.browser import Visitor
from bench.crowd.clients import Job, Told
from bench.crowd.killer import killing
from bench.crowd.many import crowd
from bench.crowd.person import Cadence
from bench.crowd.server import connected, drafts, serving, training
from bench.crowd.tree import memory, processes, settled, watched, zombies
from bench.pipelines import AFFINE
from scripts.server import PROJECT, Server

SLIDER = f"{AFFINE}:scale"
SETTLE_S = 8.0  # longer than the app waits before it gives memory back
CLOSED_S = 45.0  # longer than a closed session is remembered


@dataclass(frozen=True)
class Setting:
    """code: the checkout that is measured. workers: None as the app chooses. killer: whether workers are killed."""

    sessions: int = 20
    seconds: float = 30.0
    cadence: Cadence = Cadence()  # noqa: RUF009 - a frozen value
    code: Path = PROJECT
    trains: bool = True
    killer: bool = False
    workers: int | None = None
    afterwards: bool = True


@dataclass(frozen=True)
class Memory:
    """MB of the server and its child processes together, its open files, and its processes."""

    idle: float
    peak: float
    after: float
    files: tuple[int, int]
    processes: tuple[int, int]


@dataclass(frozen=True)
class Found:
    """clients, browser: ms of each press, None where its image never came. left: sessions that did not go away."""

    clients: list[float | None]
    browser: list[float | None]
    opened: list[float]
    errors: list[str]
    stuck: int
    killed: int
    zombies: int
    left: int
    memory: Memory


def hold(setting: Setting, browser: Browser) -> Found:
    """Measure one setting on a server of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, ExitStack() as stack:
        home = Path(scratch) / "home"
        queries = drafts(home, setting.sessions + 1)
        server = stack.enter_context(serving(setting.code, home, setting.workers))
        _one_visit(server, queries.pop())
        idle, files = settled(server.pid, SETTLE_S), _files(server)
        if setting.trains:
            stack.enter_context(training(setting.code, home))
        with watched(server.pid) as peak:
            told, painted, errors, killed = _together(setting, browser, server, queries)
        left, after = _gone(setting, server, queries[0])
        return Found(
            [ms for one in told for ms in one.times],
            painted,
            [one.opened for one in told],
            [*(error for one in told for error in one.errors), *errors, *_logged(server)],
            sum(one.stuck for one in told) + (bool(painted) and painted[-1] is None),
            killed,
            zombies(server.pid),
            left,
            Memory(idle, peak.megabytes, after, (files, _files(server)), (peak.count, len(processes(server.pid)))),
        )


def _together(
    setting: Setting, browser: Browser, server: Server, queries: list[str]
) -> tuple[list[Told], list[float | None], list[str], int]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    try:
        visitor = Visitor(page, f"{server.url}/{queries[0]}")
        job = Job(server.url, tuple(queries[1:]), SLIDER, setting.seconds, setting.cadence)
        with crowd(job) as many, killing(server.pid, setting.killer) as killed:
            many.begin()
            painted = visitor.visit(setting.seconds, setting.cadence)
            told = many.told()
        return told, painted, visitor.errors(), killed.count
    finally:
        page.close()


def _one_visit(server: Server, query: str) -> None:
    """Somebody opens the page, moves the slider and leaves: all is imported, and closed sessions are let go."""
    with crowd(Job(server.url, (query,), SLIDER, 0.0, Cadence())) as one:
        one.begin()
        one.told()


def _gone(setting: Setting, server: Server, query: str) -> tuple[int, float]:
    """How many sessions are left, and the memory, once all have left."""
    if not setting.afterwards:
        return connected(server), memory(server.pid)
    time.sleep(CLOSED_S)
    left = connected(server)
    _one_visit(server, query)
    return left, settled(server.pid, SETTLE_S)


def _files(server: Server) -> int:
    return int(psutil.Process(server.pid).num_fds())


def _logged(server: Server) -> list[str]:
    """The last line of each traceback in the server's log."""
    blocks = server.log.read_text(errors="replace").split("Traceback (most recent call last)")[1:]
    return [next((line for line in block.splitlines()[1:] if line[:1].strip()), "Traceback") for block in blocks]
