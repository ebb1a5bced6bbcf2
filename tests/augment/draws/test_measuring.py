"""Measuring processes: the same result as in one process, and whatever is killed leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from explorer.augment.draws.measuring import Measuring, MeasuringError

from explorer.augment import files
from explorer.augment.draws import store
from explorer.augment.draws.measure import measure
from explorer.augment.draws.tally import Tally, in_order
from explorer.augment.edits import add, set_p
from explorer.augment.pipeline import Draft, Pipeline, validate
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from tests.runs.conftest import wait_for

LONG_S = 60.0


@pytest.fixture(scope="module")
def sample() -> Sample:
    return shrink(next(iter(photographs().values())).load(), 128)


def pipeline(*names: str, p: float = 0.5) -> Pipeline:
    draft = Draft()
    for name in names:
        draft, step = add(draft, name, None)
        draft = set_p(draft, step, p)
    return validate(draft)


MILD = pipeline("HorizontalFlip", "Affine", "RandomBrightnessContrast")
SLOW = pipeline("PiecewiseAffine", p=1.0)


def timeless(tally: Any) -> Any:
    """Without what differs from run to run."""
    if not isinstance(tally, dict):
        return tally
    return {name: timeless(value) for name, value in tally.items() if name not in ("seconds", "milliseconds")}


def close(first: Any, second: Any) -> bool:
    """Equal, sums of floats to the last digits."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(close(first[name], second[name]) for name in first)
    return bool(first == pytest.approx(second))


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("processes", [1, 2])
def test_the_same_result_whatever_the_number_of_processes(processes: int, sample: Sample) -> None:
    measuring = Measuring([sample], MILD, 5, 90, processes)
    assert measuring.wait(LONG_S)
    assert measuring.complete
    assert measuring.error is None
    here: Tally = measure([sample], MILD, 5, range(90), 90)
    assert close(timeless(in_order(measuring.tally)), timeless(in_order(here)))


def test_cancel_ends_it_inside_of_a_slow_step_and_leaves_no_process(sample: Sample) -> None:
    measuring = Measuring([sample], SLOW, 0, 10_000)
    wait_for(lambda: measuring.progress().done > 0, "the first draw", LONG_S)
    pids = measuring.pids
    assert pids
    measuring.cancel()
    assert measuring.wait(LONG_S)
    assert all(map(gone, pids))
    assert measuring.error is None
    assert not measuring.complete
    assert measuring.tally["draws"] == measuring.progress().done < 10_000


def test_a_killed_process_is_told_and_the_next_measurement_works(sample: Sample) -> None:
    measuring = Measuring([sample], SLOW, 0, 10_000)
    wait_for(lambda: measuring.progress().done > 0, "the first draw", LONG_S)
    os.kill(measuring.pids[0], signal.SIGKILL)
    assert measuring.wait(LONG_S)
    assert isinstance(measuring.error, MeasuringError)
    assert "signal 9" in str(measuring.error)
    after = Measuring([sample], MILD, 0, 20)
    assert after.wait(LONG_S)
    assert after.complete


PARENT = """
import sys
from explorer.augment import files
from explorer.augment.draws.measuring import Measuring
from explorer.data.photographs import photographs
measuring = Measuring([next(iter(photographs().values())).load()], files.loads(sys.stdin.read()), 0, 10_000)
while not measuring.progress().done:
    pass
print(*measuring.pids, flush=True)
measuring.wait()
"""


def test_a_killed_server_leaves_no_measuring_process() -> None:
    server = subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(files.dumps(pipeline("GaussianBlur", "Affine", p=1.0)))
    server.stdin.close()
    pids = [int(word) for word in server.stdout.readline().split()]
    assert pids
    server.kill()
    server.wait()
    server.stdout.close()
    wait_for(lambda: all(map(gone, pids)), "the end of the processes")


def test_results_are_found_by_what_they_are_of(tmp_path: Path, sample: Sample) -> None:
    name = store.key([sample], MILD, 1, 50)
    assert store.load(tmp_path, name) is None
    store.keep(tmp_path, name, {"draws": 50})
    assert store.load(tmp_path, name) == {"draws": 50}
    turned = Sample(sample.image[::-1].copy(), sample.mask, sample.bboxes, sample.keypoints)
    bare = Sample(sample.image)
    others = [
        store.key([turned], MILD, 1, 50), store.key([bare], MILD, 1, 50), store.key([sample, sample], MILD, 1, 50),
        store.key([sample], SLOW, 1, 50), store.key([sample], MILD, 2, 50), store.key([sample], MILD, 1, 51),
    ]  # fmt: skip
    assert len({name, *others}) == 7
    (tmp_path / f"{name}.json").write_text('{"draws": 5')
    assert store.load(tmp_path, name) is None


def test_the_oldest_results_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", 2 * len(json.dumps({"draws": 1})))
    for at, name in enumerate(("a", "b", "c")):
        store.keep(tmp_path, name, {"draws": 1})
        os.utime(tmp_path / f"{name}.json", (at, at))
    store.keep(tmp_path, "d", {"draws": 1})
    assert [name for name in "abcd" if store.load(tmp_path, name)] == ["c", "d"]
