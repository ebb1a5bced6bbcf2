"""`python -m bench busy`: how quick the preview stays while a run trains on the same cores.

Rounds of key presses while the run works and while it is frozen take turns, on the same page and machine. The run is
the hardest there is: all layers of EfficientNet-Lite0 at 224 px, with as many threads as there are cores.
"""

import os
import signal
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

from bench.preview import SUBJECTS, open_page, press_keys, served
from explorer.runs.life import launcher
from explorer.runs.life.control import end_now
from explorer.runs.overview.usage import AGAIN_S, Meter
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig, from_values
from explorer.runs.state.status import State, derive
from scripts.chromium import launch

ROUNDS = 8
ASKED = 2.5
ASKED_LOOK_MS = 10.0
_SETTLE_S = 1.5


def config() -> RunConfig:
    """A run that keeps every core busy for longer than this takes."""
    return from_values(
        {
            "name": "busy",
            "dataset": {"kind": "shapes", "num_classes": 4, "train_images": 400, "val_images": 40},
            "pipeline": {"nodes": [{"kind": "step", "id": "n1", "transform": "Affine", "p": 1.0}]},
            "image_size": 224,
            "frozen": False,
            "epochs": 1000,
            "batch_size": 16,
            "accelerator": "cpu",
            "precision": "32-true",
        }
    )


def look_at(paths: RunPaths) -> float:
    """Milliseconds that an open page spends on a look at what the run and the machine use: the median of 20."""
    attempt = latest_launch(paths)
    assert attempt is not None
    meter, times = Meter(), []
    for _ in range(20):
        begun = time.perf_counter()
        meter.of(paths, attempt)
        meter.machine(paths.root)
        times.append((time.perf_counter() - begun) * 1000)
        time.sleep(AGAIN_S)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    ours = next(subject for subject in SUBJECTS if subject.name == "ours")
    times: dict[str, list[float]] = {"frozen": [], "training": []}
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        url = stack.enter_context(served(ours, Path(scratch)))
        os.environ["EXPLORER_HOME"] = str(Path(scratch) / "home-ours")
        paths = launcher.start(config())
        stack.callback(end_now, paths)
        wait_until_it_trains(paths)
        look_ms = look_at(paths)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        open_page(page, url, ours)
        for _ in range(ROUNDS):
            for name, number in (("frozen", signal.SIGSTOP), ("training", signal.SIGCONT)):
                _send(paths, number)
                time.sleep(_SETTLE_S)
                times[name] += press_keys(page, ours)
    idle = statistics.median(times["frozen"])
    print(f"key press -> painted while a run trains all layers on every core; {len(times['frozen'])} presses each")
    print(f"{'run':10}{'median':>10}{'p95':>10}{'of frozen':>11}")
    for name, values in times.items():
        median, p95 = statistics.median(values), statistics.quantiles(values, n=20)[-1]
        print(f"{name:10}{median:>7.0f} ms{p95:>7.0f} ms{median / idle:>11.2f}")
    print(f"asked for: at most {ASKED}")
    print(f"a look at what the run and the machine use: {look_ms:.1f} ms, asked for: at most {ASKED_LOOK_MS}")


def wait_until_it_trains(paths: RunPaths) -> None:
    """Return when its first batches have been trained. Raises SystemExit where it ends before."""
    while derive(paths).state is not State.RUNNING:
        if derive(paths).over:
            raise SystemExit(f"The run did not begin: {derive(paths)}")
        time.sleep(0.1)
    time.sleep(5)


def _send(paths: RunPaths, number: signal.Signals) -> None:
    found = latest_launch(paths)
    if found is None or found.pid is None:
        raise SystemExit("The run has no process.")
    os.killpg(found.pid, number)
