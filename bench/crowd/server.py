"""A server with a home of its own, the drafts of its visitors, and the run that trains beside it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.pipelines import AFFINE, keep, nested_ten
from bench.runs.busy import config, wait_until_it_trains
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import dumps
from scripts.browsing import end_runs
from scripts.server import Server

WORKERS = "EXPLORER_DRAW_WORKERS"


def drafts(home: Path, count: int) -> list[str]:
    """The query of each visitor's own draft, each with another seed, so that no two ask for the same image."""
    return [keep(home, nested_ten(), AFFINE, f"bench-crowd-visitor-{number:03}", number) for number in range(count)]


@contextmanager
def serving(code: Path, home: Path, workers: int | None) -> Iterator[Server]:
    """The app of a checkout. workers: how many processes draw; None: as many as the app chooses."""
    if workers is not None:
        os.environ[WORKERS] = str(workers)
    server = Server(home, code / "app.py", code)
    server.start()
    try:
        yield server
    finally:
        server.kill()
        os.environ.pop(WORKERS, None)


@contextmanager
def training(code: Path, home: Path) -> Iterator[None]:
    """A run on the generated shapes that trains all layers until the block ends, started by the command line."""
    file = home.parent / "run.json"
    file.write_text(dumps(config()))
    command = [sys.executable, "-m", "explorer", "start", str(file), "--json"]
    environment = {**os.environ, "EXPLORER_HOME": str(home)}
    try:
        printed = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True, check=True).stdout
        wait_until_it_trains(RunPaths(home / "runs" / json.loads(printed)["id"]))
        yield
    finally:
        end_runs(home)


def connected(server: Server) -> int:
    """How many sessions have a browser, as the server itself counts them."""
    with urllib.request.urlopen(f"{server.url}/_stcore/metrics?families=active_sessions", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(round(float(line.split()[-1])) for line in lines if line.startswith("active_sessions"))
