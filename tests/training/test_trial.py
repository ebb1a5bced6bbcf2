"""A pipeline that would end the trainer ends a child process before the first step, and the run says which step did."""

import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any

import psutil
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from explorer.augment.apply import AugmentError
from explorer.data.sample import Sample
from explorer.runs.life import launcher
from explorer.runs.record.launch_record import how_it_ended, latest_launch, write_ended
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import in_words
from explorer.runs.spec.config import RunConfig
from explorer.runs.state.status import State, derive
from explorer.training import data, lost_workers, trial
from explorer.training.lost_workers import _death_behind
from explorer.training.mistakes import worker_words
from explorer.training.noted_steps import NotedSteps
from explorer.training.prepared import Prepared
from explorer.training.stopping import StopRun
from tests.runs.conftest import pause
from tests.training.conftest import SMALL, config_of, has_stepped, run_and_meet, run_here, wait_until

FLIP = {"kind": "step", "id": "n1", "transform": "HorizontalFlip", "p": 1.0}
HUGE = {
    "kind": "step", "id": "n7", "transform": "PadIfNeeded", "p": 0.3,
    "params": {"min_height": 40_000, "min_width": 40_000},
}  # fmt: skip
ENDLESS = {
    "kind": "step", "id": "n8", "transform": "GridElasticDeform", "p": 0.3,
    "params": {"num_grid_xy": [1000, 1000], "magnitude": 10},
}  # fmt: skip

# It takes a tenth of a second and more for an image.
SLOW = {
    "kind": "step", "id": "n9", "transform": "GridElasticDeform", "p": 1.0,
    "params": {"num_grid_xy": [14, 14], "magnitude": 10},
}  # fmt: skip


def tried(config: RunConfig, tell: Callable[[], None] = lambda: None) -> None:
    prepared = Prepared(config.dataset.open().train, config.kept, keep=False)
    samples: list[Sample] = [prepared.sample(index) for index in range(2)]
    trial.check(config, samples, tell)


def with_steps(*steps: dict[str, Any], **changes: Any) -> RunConfig:
    return config_of(pipeline={"nodes": list(steps)}, **changes)


_before: set[int] = set()  # children of this process that other tests have started, such as the pool that draws


@pytest.fixture(autouse=True)
def _only_children_of_this_test_count() -> None:
    _before.clear()
    _before.update(child.pid for child in psutil.Process().children())


def children() -> list[psutil.Process]:
    """The living children that this process has since the test began."""
    found = psutil.Process().children()
    return [child for child in found if child.pid not in _before and child.status() != psutil.STATUS_ZOMBIE]


def test_a_pipeline_that_works_passes_and_leaves_nothing_behind() -> None:
    tried(with_steps(FLIP, {"kind": "step", "id": "n2", "transform": "GaussNoise", "p": 0.5}))
    assert not children()


@pytest.mark.parametrize("kind", ["train", "check", "rate"])
def test_a_step_that_asks_for_gigabytes_fails_every_kind_of_run_with_its_name(kind: str) -> None:
    paths, outcome = run_here(with_steps(FLIP, HUGE, kind=kind), kind)
    assert outcome.state == "failed"
    assert outcome.reason.startswith("PadIfNeeded: it asks for more memory than the 2.1 GB that a step may take.")
    assert not paths.checkpoints.exists()
    assert not children()


def test_a_step_that_does_not_end_fails_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "STEP_S", 1.0)
    with pytest.raises(
        AugmentError, match=r"^GridElasticDeform: it takes more than 1 s on one image\. Reduce"
    ) as error:
        tried(with_steps(FLIP, ENDLESS))
    assert error.value.node_id == "n8"
    assert not children()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGSEGV, r"^GridElasticDeform: it crashed \(SIGSEGV\)\. Change its values, or turn it off\."),
        (signal.SIGKILL, r"^GridElasticDeform: the system ended it, most likely because memory ran out"),
    ],
)
def test_a_step_that_dies_is_named(number: signal.Signals, words: str) -> None:
    """As native code dies on a kernel of 2000 × 2000 px: the child is ended in the middle of a step."""
    begun = []

    def tell() -> None:
        begun.append(0)
        if len(begun) == 5:  # a second later: the step takes many
            (child,) = children()
            os.kill(child.pid, number)

    with pytest.raises(AugmentError, match=words):
        tried(with_steps(FLIP, ENDLESS), tell)


def test_an_error_of_a_step_keeps_its_words() -> None:
    crop = {"kind": "step", "id": "n1", "transform": "RandomCrop", "params": {"height": 5000, "width": 5000}, "p": 1.0}
    with pytest.raises(AugmentError, match=r"^RandomCrop: Crop size \(height, width\) exceeds") as error:
        tried(with_steps(crop))
    assert (error.value.node_id, error.value.transform) == ("n1", "RandomCrop")


def test_a_stop_ends_the_trial() -> None:
    def tell() -> None:
        raise StopRun("Stopped on request.")

    with pytest.raises(StopRun):
        tried(with_steps(ENDLESS), tell)
    assert not children()


# torch says by which signal a worker ended, or only that it did: that depends on whether it was waiting for it.
@pytest.mark.parametrize(
    ("number", "how"),
    [(signal.SIGSEGV, r"(died|crashed \(Segmentation fault\))"), (signal.SIGKILL, r"(died|was killed)")],
)
def test_a_loader_worker_that_dies_in_the_training_names_its_step(
    number: signal.Signals, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[NotedSteps] = []

    class Seen(NotedSteps):
        def __init__(self, transforms: Mapping[str, str], count: int) -> None:
            super().__init__(transforms, count)
            made.append(self)

    def is_paused_in_step(pid: int) -> bool:
        pause(pid)
        return bool(made[-1].transform_in(pid))

    def kill_worker(_paths: RunPaths) -> None:
        (worker,) = multiprocessing.active_children()
        assert worker.pid is not None
        while not is_paused_in_step(worker.pid):  # between two images, no step is to blame
            os.kill(worker.pid, signal.SIGCONT)
        os.kill(worker.pid, number)
        os.kill(worker.pid, signal.SIGCONT)  # a paused process dies of SIGKILL alone

    monkeypatch.setattr(data, "NotedSteps", Seen)
    _, outcome = run_and_meet(with_steps(SLOW, workers=1, epochs=1000), kill_worker, has_stepped)
    assert outcome.state == "failed"
    assert re.match(rf"A loader worker {how} in the step GridElasticDeform", outcome.reason), outcome.reason
    assert "Change the values of GridElasticDeform, or choose fewer loader workers" in outcome.reason
    assert "DataLoader" not in outcome.reason


class Loading:
    """What reads from a loader whose connection to a worker breaks."""

    def __init__(self) -> None:
        self.batches = iter(DataLoader(TensorDataset(torch.zeros(4)), num_workers=2))

    def error(self) -> ConnectionResetError:
        def fetch(self: object) -> None:  # torch has its loader under this name in the frame that reads a batch
            raise ConnectionResetError(self)

        try:
            fetch(self.batches)
        except ConnectionResetError as found:
            return found
        raise AssertionError


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_worker_that_dies_is_found_where_only_its_connection_is_seen_to_break(number: signal.Signals) -> None:
    loading = Loading()
    error = loading.error()
    worker = loading.batches._workers[1]
    threading.Timer(0.05, os.kill, (worker.pid, number)).start()
    found = _death_behind(error)
    assert re.match(rf"DataLoader worker \(pid {worker.pid}\) is killed by signal: ", found), found


def test_a_connection_that_breaks_without_a_death_is_nobodys_death(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_workers, "_DYING_S", 0.01)
    loading = Loading()
    assert _death_behind(loading.error()) == ""
    assert len(list(loading.batches)) == 4  # at its end a loader lets its workers go at once
    assert _death_behind(ConnectionResetError()) == ""


def test_a_trainer_without_workers_that_dies_in_a_step_is_lost_with_its_name() -> None:
    paths = launcher.start(with_steps(SLOW, epochs=1000))
    wait_until(paths, has_stepped(paths))
    launch = latest_launch(paths)
    assert launch is not None
    pid = launch.pid
    assert pid is not None

    def is_paused_in_step() -> bool:
        pause(pid)
        if paths.step(1).read_text().strip() == "GridElasticDeform":
            return True
        os.kill(pid, signal.SIGCONT)  # between two images, no step is to blame
        return False

    wait_until(paths, is_paused_in_step)
    os.kill(pid, signal.SIGSEGV)
    os.kill(pid, signal.SIGCONT)
    wait_until(paths, lambda: "SIGSEGV" in derive(paths).reason)
    assert derive(paths).state is State.LOST
    assert "(killed by SIGSEGV in the step GridElasticDeform)" in derive(paths).reason


def test_what_ends_a_trainer_between_images_is_no_steps_fault() -> None:
    paths, outcome = run_here(with_steps(FLIP, epochs=1, **SMALL), "between")
    assert outcome.state == "finished"
    assert not paths.step(1).exists()
    write_ended(paths, 1, -signal.SIGSEGV)
    paths.step(1).write_bytes(b" " * 80)
    assert in_words(how_it_ended(paths, 1)) == "killed by SIGSEGV"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DataLoader worker (pid 7) is killed by signal: Bus error. ", "A loader worker crashed (Bus error). Choose"),
        ("DataLoader worker (pid 7) is killed by signal: Killed.", "A loader worker was killed, most likely because"),
        ("DataLoader worker (pid(s) 7, 8) exited unexpectedly", "A loader worker died: it crashed, or memory ran out."),
    ],
)
def test_a_worker_of_which_nothing_is_known_is_told_in_words(text: str, words: str) -> None:
    assert worker_words(text, "").startswith(words)


def test_each_process_has_a_place_of_its_own() -> None:
    noted = NotedSteps({"a": "Blur"}, count=3)
    assert (noted.step(2), noted.count(2), noted.transform_in(os.getpid())) == ("", 0, "")
