"""Runs on small data: in a process of their own, as people start them, or in this one where that is enough."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.runs.life import launcher
from explorer.runs.record import outcome
from explorer.runs.record.events import Event
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.scanning import EventReader
from explorer.runs.spec.config import RunConfig, dumps, from_values
from explorer.runs.state.status import derive
from explorer.training.__main__ import run
from explorer.training.importing import import_lightning
from explorer.training.stopping import StopRequest

import_lightning()  # as a trainer does, before a test imports it in full

FLIP = {"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 0.5}
NOISE = {"kind": "step", "id": "n2", "transform": "GaussNoise", "p": 0.7}
# Three batches of 8 or less in an epoch.
SHAPES = {"kind": "shapes", "num_classes": 3, "train_images": 21, "val_images": 12, "image_size": 48}
# A tenth of the time of the network that is the default: for what does not depend on the network.
SMALL: dict[str, Any] = {"backbone": "small-cnn", "weights": "none", "frozen": False}


def config_of(**changes: Any) -> RunConfig:
    """A config that trains in a second or two."""
    values: dict[str, Any] = {
        "dataset": SHAPES,
        "pipeline": {"nodes": [FLIP, NOISE]},
        "image_size": 32,
        "epochs": 3,
        "batch_size": 8,
        "accelerator": "cpu",
        "precision": "32-true",
        "workers": 0,
        "threads": 1,
    }
    return from_values(values | changes)


def folder_of(config: RunConfig, name: str = "here") -> RunPaths:
    """The folder of a run that nobody has started."""
    paths = RunPaths(runs_root() / f"20261123-142501-{name}-x7k")
    paths.stop.parent.mkdir(parents=True)
    paths.config.write_text(dumps(config))
    return paths


def run_here(config: RunConfig, name: str = "here") -> tuple[RunPaths, Outcome]:
    """Run it in this process to its end."""
    paths = folder_of(config, name)
    run(paths, StopRequest(paths.stop))
    return paths, outcome_of(paths)


def run_and_meet(
    config: RunConfig, happens: Callable[[RunPaths], object], when: Callable[[RunPaths], Callable[[], bool]]
) -> tuple[RunPaths, Outcome]:
    """Run it in this process; once `when` holds, `happens` is called beside it, in a thread."""
    paths = folder_of(config, "met")
    return paths, attempt_and_meet(paths, lambda: happens(paths), when(paths))


def attempt_and_meet(paths: RunPaths, happens: Callable[[], object], when: Callable[[], bool]) -> Outcome:
    """Make another attempt at a run in this process; once `when` holds, `happens` is called beside it, in a thread."""

    def meet() -> None:
        try:
            wait_until(paths, when)
            happens()
        except BaseException:
            paths.stop.touch()  # the run would go on for its thousand epochs
            raise

    with ThreadPoolExecutor(1) as beside:
        met = beside.submit(meet)
        run(paths, StopRequest(paths.stop))
        met.result()
    return outcome_of(paths)


def outcome_of(paths: RunPaths) -> Outcome:
    """How it ended; fails where nothing says so."""
    found = outcome.read(paths)
    assert found is not None, paths.log.read_text() if paths.log.exists() else "no log"
    return found


def events_of(paths: RunPaths, attempt: int = 1) -> list[Event]:
    """All events of an attempt."""
    return list(EventReader(paths.events(attempt)).read())


def wait_until(paths: RunPaths, condition: Callable[[], bool], seconds: float = 90.0) -> None:
    """Poll until the condition holds; fail with the log when the time is up or the run is over before."""
    deadline = time.monotonic() + seconds
    while not condition():
        log = paths.log.read_text() if paths.log.exists() else ""
        assert time.monotonic() < deadline, f"not within {seconds} s: {derive(paths)}\n{log}"
        time.sleep(0.02)


def has_stepped(paths: RunPaths) -> Callable[[], bool]:
    """Whether the run has told of a step of training."""
    return lambda: any(event.kind == "step" for event in events_of(paths))


def has_said(phase: str) -> Callable[[RunPaths], Callable[[], bool]]:
    """Whether a run has said that it is at this phase."""
    return lambda paths: lambda: any(event.values.get("phase") == phase for event in events_of(paths))


def wait_for_end(paths: RunPaths) -> Outcome:
    """Wait until it is over."""
    wait_until(paths, lambda: derive(paths).over)
    return outcome_of(paths)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunPaths]:
    """A run that a process of its own has trained to the end; tests only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("내 실험 home")))
        paths = launcher.start(config_of(name="reference"))
        wait_for_end(paths)
        yield paths


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> RunPaths:
    """A run that this process has trained to the end, where it does not matter which one has; tests only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        return run_here(config_of(name="reference"))[0]


def make_image_folder(root: Path, classes: dict[str, int], split: str = "train") -> Path:
    """A folder of random pictures; classes: name -> how many."""
    generator = np.random.default_rng(0)
    for name, count in classes.items():
        folder = root / split / name
        folder.mkdir(parents=True)
        for index in range(count):
            Image.fromarray(generator.integers(0, 256, (40, 50, 3), np.uint8)).save(folder / f"{index}.png")
    return root
