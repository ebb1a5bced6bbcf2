"""`python -m bench many_runs`: what 2,000 runs cost: the command `list`, the Runs page, and a list left open.

Measured beside the same with 20 runs. The server's time is that of its processor, by the kernel's count; traffic is
what comes to the browser through its websocket.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from bench.runs import made
from scripts.chromium import launch
from scripts.server import PROJECT, Server

FEW, MANY = 20, 2_000
OPEN_S = 30.0
_SETTLED_S = 4.0
ASKED_PAGE_S, ASKED_CORE = 1.0, 0.03


@dataclass(frozen=True)
class Cost:
    """Seconds of `list`, with nothing known and again; of the page: the server's first and again, and until it is seen.

    core: share of one that a list left open takes while a run lives. traffic: kB per second.
    """

    cold: float
    listed: float
    first: float
    page: float
    seen: float
    core: float
    traffic: float


def main(many: int = MANY) -> None:
    """Measure and print."""
    costs = {count: _measure(count) for count in (FEW, many)}
    print(f"{'runs':>7}{'list, new':>11}{'list':>8}{'page, new':>11}{'page':>8}{'seen':>8}{'open':>8}{'traffic':>12}")
    for count, cost in costs.items():
        print(
            f"{count:7,}{cost.cold:9.2f} s{cost.listed:6.2f} s{cost.first:9.2f} s{cost.page:6.2f} s{cost.seen:6.2f} s"
            f"{cost.core:8.1%}{cost.traffic:7.1f} kB/s"
        )
    print(f"asked: a page under {ASKED_PAGE_S:.0f} s of the server's time, a list left open under {ASKED_CORE:.0%}")


def _measure(count: int) -> Cost:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, ExitStack() as stack:
        home = Path(scratch) / "home"
        os.environ["EXPLORER_HOME"] = str(home)
        for number in range(count):
            made.run(number)
        time.sleep(_SETTLED_S)  # what has just changed is not kept
        cold, listed = _list(), _list()
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        server = Server(home)
        server.start()
        stack.callback(server.kill)
        context = browser.new_context()
        (first, _), (again, seen) = (_open(context.new_page(), server, count) for _ in range(2))
        stack.enter_context(made.living())
        page = context.new_page()
        received: list[int] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
        _open(page, server, count + 1)
        for other in context.pages[:-1]:
            other.close()
        time.sleep(_SETTLED_S)
        page.wait_for_timeout(100)
        received.clear()
        before = _cpu(server)
        page.wait_for_timeout(1000 * OPEN_S)
        return Cost(cold, listed, first, again, seen, (_cpu(server) - before) / OPEN_S, sum(received) / OPEN_S / 1000)


def _list() -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-m", "explorer", "list"], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def _open(page: Page, server: Server, count: int) -> tuple[float, float]:
    """Seconds of the server's processor, and until all rows are there."""
    before, begun = _cpu(server), time.monotonic()
    page.goto(f"{server.url}/runs")
    page.wait_for_function(
        """(count) => Array.from(document.querySelectorAll('[data-testid=stBidiComponentIsolated]')).some(
             (host) => host.shadowRoot?.querySelectorAll('[data-testid=run-list] li').length === count)""",
        arg=count,
        timeout=120_000,
    )
    seen = time.monotonic() - begun
    page.wait_for_timeout(1000)  # what the server still does after it
    return _cpu(server) - before, seen


def _cpu(server: Server) -> float:
    times = psutil.Process(server.pid).cpu_times()
    return float(times.user + times.system)
