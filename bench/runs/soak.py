"""`python -m bench soak`: 40 short runs through the queue; the web server is killed ten times, and two browsers watch.

Prints the order in which they trained, how they ended, which processes were left, and what the server holds that has
watched, beside one that has just been started and shows the same pages.
"""

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from explorer.runs.launchers import table
from explorer.runs.life import launcher
from explorer.runs.queue import queue
from explorer.runs.record import outcome
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import RunConfig, from_values
from explorer.runs.state.status import State, derive
from scripts.chromium import launch
from scripts.server import Server

RUNS = 40
KILLS = 10
_FAILS_EVERY = 8  # a run that cannot work: it must not hold up the rest
_PATIENCE_S = 1800.0
_FORGET_S = 35.0  # the server forgets a page that was closed after 30 s
_MB = 1e6


def config(number: int) -> RunConfig:
    """The number-th run; some fail."""
    crop = {"kind": "step", "id": "n1", "transform": "RandomCrop", "params": {"height": 900, "width": 900}, "p": 1.0}
    flip = {"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 0.5}
    return from_values(
        {
            "name": f"soak {number}",
            "dataset": {"kind": "shapes", "num_classes": 2, "train_images": 32, "val_images": 16, "image_size": 32},
            "pipeline": {"nodes": [crop if fails(number) else flip]},
            "image_size": 32,
            "epochs": 1,
            "batch_size": 8,
            "accelerator": "cpu",
            "precision": "32-true",
            "threads": 1,
            "workers": 0,
        }
    )


def fails(number: int) -> bool:
    """Whether the number-th run is one that fails."""
    return number % _FAILS_EVERY == _FAILS_EVERY - 1


def main(runs: int = RUNS) -> None:
    """Measure and print. Exits with 1 where order or outcome is not as it should be, or a process is left."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        home = Path(scratch) / "home"
        os.environ["EXPLORER_HOME"] = str(home)
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        server = Server(home)
        server.start()
        stack.callback(server.kill)
        watching = [browser.new_context().new_page() for _ in range(2)]
        _look(watching, server, None)
        queue.set_slots("cpu", 1)
        started = [launcher.start(config(number)) for number in range(runs)]
        kills = _watch(started, server, watching, max(1, runs // (KILLS + 1)))
        # What the server holds that has watched since its last restart, and what one holds that has just begun.
        after = _settled(watching, server, started[0])
        server.kill()
        server.start()
        fresh = _settled(watching, server, started[0])
        wrong = _report(started, kills, fresh, after)
    if wrong:
        raise SystemExit(1)


def _look(pages: list[Page], server: Server, run: RunPaths | None) -> None:
    pages[0].goto(f"{server.url}/runs")
    pages[1].goto(f"{server.url}/runs?run={run.id}" if run else f"{server.url}/runs")
    for page in pages:
        page.locator("[data-testid=stApp]").wait_for()


def _watch(started: list[RunPaths], server: Server, pages: list[Page], every: int) -> int:
    """Until all are over, kill the server each time that `every` more have ended; returns how often."""
    killed, deadline = 0, time.monotonic() + _PATIENCE_S
    while True:
        over = sum(derive(paths).over for paths in started)
        if over == len(started) or time.monotonic() > deadline:
            return killed
        if over >= (killed + 1) * every and killed < KILLS:
            server.kill()
            killed += 1
            server.start()
            _look(pages, server, next(paths for paths in started if not derive(paths).over))
            print(f"{over} of {len(started)} are over; the server was killed {killed} times", flush=True)
        time.sleep(0.05)


def _settled(pages: list[Page], server: Server, run: RunPaths) -> dict[str, float]:
    for shown in (run, None):
        _look(pages, server, shown)
        time.sleep(5)
    time.sleep(_FORGET_S)
    return _holds(server)


def _holds(server: Server) -> dict[str, float]:
    process = psutil.Process(server.pid)
    return {
        "MB": process.memory_info().rss / _MB,
        "open files": process.num_fds(),
        "threads": process.num_threads(),
        "children": len(process.children(recursive=True)),
    }


def _report(started: list[RunPaths], kills: int, fresh: dict[str, float], after: dict[str, float]) -> list[str]:
    begun = [next(EventReader(paths.events(1)).read()).time for paths in started]
    ended = [end.time if (end := outcome.read(paths)) else float("inf") for paths in started]
    together = sum(next_one < end for end, next_one in zip(ended, begun[1:], strict=False))
    ends = [derive(paths).state for paths in started]
    wanted = [State.FAILED if fails(number) else State.FINISHED for number in range(len(started))]
    left = [paths.id for paths in started if (found := latest_launch(paths)) and table.alive(found)]
    wrong = []
    if begun != sorted(begun):
        wrong.append("they did not train in the order of the clicks")
    if ends != wanted:
        wrong.append(f"ends are not as they should be: {[str(end) for end in ends]}")
    if left or queue.waiting():
        wrong.append(f"left over: {left} {queue.waiting()}")
    if together:
        wrong.append(f"{together} began before the one before them had ended")
    good = sum(end is State.FINISHED for end in ends)
    print(
        f"{len(started)} runs: {good} finished, {ends.count(State.FAILED)} failed as they should; order of the clicks: "
        f"{'kept' if begun == sorted(begun) else 'NOT kept'}; never two at once: {not together}; "
        f"the server was killed {kills} times; processes left: {len(left)}"
    )
    print(f"{'server':12}{'fresh':>10}{'after':>10}")
    for name, value in fresh.items():
        print(f"{name:12}{value:>10.0f}{after[name]:>10.0f}")
    for line in wrong:
        print(f"WRONG: {line}")
    return wrong
