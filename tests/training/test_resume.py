"""A run that was interrupted ends with the same weights and metrics, to the bit, as one that never was."""

import importlib.metadata
import json
import os
import pickle
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.runs.life import launcher
from explorer.runs.life.control import request_stop
from explorer.runs.record.history import History
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.record.reasons import from_json, in_words
from explorer.runs.spec.config import RunConfig
from explorer.runs.state.status import State, derive
from explorer.training import identity
from explorer.training.__main__ import run
from explorer.training.checkpoints import AtomicCheckpointIO, load_weights
from explorer.training.module import classifier
from explorer.training.stopping import StopRequest, StopRun
from tests import disks
from tests.training.conftest import (
    config_of,
    events_of,
    folder_of,
    make_image_folder,
    outcome_of,
    run_here,
    wait_until,
)

# All layers learn, with dropout and drop-connect: whatever is drawn again after a resume would show in the weights.
SMALL: dict[str, Any] = {"kind": "shapes", "num_classes": 3, "train_images": 18, "val_images": 12, "image_size": 32}
CONFIG = config_of(dataset=SMALL, batch_size=4, epochs=1, frozen=False, name="resume")
# Dropout as well, and a tenth of the time: for all that has nothing to do with drop-connect.
QUICKLY: dict[str, Any] = {"backbone": "small-cnn", "weights": "none", "batch_size": 4, "epochs": 2, "frozen": False}
QUICK = config_of(dataset=SMALL, **QUICKLY)


class StopAtLook(StopRequest):
    """A stop that is asked for at the n-th time that the trainer looks."""

    def __init__(self, file: Path, look: int) -> None:
        super().__init__(file)
        self._left = look

    @property
    def asked(self) -> bool:
        self._left -= 1
        return self._left < 0


def result(paths: RunPaths) -> tuple[dict[str, Any], list[Any], dict[str, Any]]:
    """What has to be the same: the last weights, the metrics of each epoch, the best epoch."""
    weights = torch.load(paths.last, weights_only=True)["state_dict"]
    history = History(paths)
    history.read_on()
    epochs = [(epoch, found.event.step, timeless(found.event.values)) for epoch, found in history.epochs.items()]
    return weights, epochs, timeless(outcome_of(paths).best)


def timeless(values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "duration_s"}


def assert_same(paths: RunPaths, reference: RunPaths) -> None:
    (weights, epochs, best), (wanted, wanted_epochs, wanted_best) = result(paths), result(reference)
    assert weights.keys() == wanted.keys()
    assert [name for name in wanted if not torch.equal(weights[name], wanted[name])] == []
    assert epochs == wanted_epochs
    assert best == wanted_best


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[RunConfig], RunPaths]]:
    """Trains a config without an interruption, in a home of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        yield lambda config: run_here(config, config.backbone)[0]


@pytest.fixture(scope="module")
def uninterrupted(references: Callable[[RunConfig], RunPaths]) -> RunPaths:
    return references(CONFIG)


@pytest.fixture(scope="module")
def quick(references: Callable[[RunConfig], RunPaths]) -> RunPaths:
    return references(QUICK)


def test_a_run_on_masks_stopped_in_an_epoch_and_resumed_is_as_if_it_never_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_SAVE_EVERY_S", "0")  # a save after each step
    masked = {**SMALL, "learn": "masks", "train_images": 12, "val_images": 6}
    config = config_of(dataset=masked, **QUICKLY, mixing="cutmix", dropout=0.3)
    reference, _ = run_here(config, "reference")
    paths = folder_of(config, "stopped")
    run(paths, _StopAfterStep(paths, 2))
    assert "after step 2" in outcome_of(paths).reason
    run(paths, StopRequest(paths.stop))
    assert_same(paths, reference)


def test_a_run_stopped_at_any_look_and_resumed_is_as_if_it_never_was(monkeypatch: pytest.MonkeyPatch) -> None:
    reference, _ = run_here(QUICK, "reference")
    monkeypatch.setenv("EXPLORER_SAVE_EVERY_S", "0")  # a save after each step
    # How often a trainer looks whether to stop; once its images are kept, for it looks while it decodes them.
    counter = StopAtLook(Path("none"), 10**6)
    run(folder_of(QUICK, "counted"), counter)
    looks = 10**6 - counter._left
    reasons = set()
    # Every other look while images are read and in the first steps, then each until there are no more.
    for look in (*range(3, looks // 2, 2), *range(looks // 2, looks + 1)):
        paths = folder_of(QUICK, f"look-{look}")
        run(paths, StopAtLook(paths.stop, look))
        if outcome_of(paths).state == "finished":
            break
        assert outcome_of(paths).state == "stopped"
        reasons.add(outcome_of(paths).reason.split(" of epoch")[0])
        run(paths, StopRequest(paths.stop))
        assert outcome_of(paths).state == "finished", outcome_of(paths).reason
        assert_same(paths, reference)
    assert any("in the validation" in reason for reason in reasons)
    assert any("after step" in reason for reason in reasons)


def test_stopped_twice_in_one_epoch(uninterrupted: RunPaths) -> None:
    paths = folder_of(CONFIG, "twice")
    for step in (2, 4):
        run(paths, _StopAfterStep(paths, step))
        assert f"after step {step}" in outcome_of(paths).reason
    run(paths, StopRequest(paths.stop))
    starts = [event.step for attempt in (1, 2, 3) for event in events_of(paths, attempt) if event.kind == "start"]
    assert starts == [0, 2, 4]
    assert_same(paths, uninterrupted)


RECIPES: dict[str, dict[str, Any]] = {
    "mixed, accumulated, set free in the middle": {
        "mixing": "both",
        "accumulate": 2,
        "unfreeze_epoch": 2,
        "backbone_lr_factor": 0.3,
        "optimizer": "sgd",
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "min_lr_ratio": 0.05,
        "gradient_clip": 1.0,
    },
    "focal with weights, no schedule, whole images": {
        "backbone": "small-cnn",
        "weights": "none",
        "batch_size": 6,
        "loss": "focal",
        "class_weights": "balanced",
        "schedule": "constant",
        "frozen": False,
        "learning_rate": 1e-3,
        "cache_size": 0,
        "monitor": "val_loss",
    },
}


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_every_recipe_goes_on_as_if_it_had_never_been_stopped(recipe: dict[str, Any]) -> None:
    config = config_of(**({"dataset": SMALL, "batch_size": 4, "epochs": 2, "name": "recipe"} | recipe))
    reference, _ = run_here(config, "reference")
    total = events_of(reference)[-1].step
    for step in range(1, total, 3):
        paths = folder_of(config, f"after-{step}")
        run(paths, _StopAfterStep(paths, step))
        assert outcome_of(paths).state == "stopped"
        run(paths, StopRequest(paths.stop))
        assert_same(paths, reference)


class _StopAfterStep(StopRequest):
    def __init__(self, paths: RunPaths, step: int) -> None:
        super().__init__(paths.stop)
        self._paths, self._step = paths, step

    @property
    def asked(self) -> bool:
        events = events_of(self._paths, max(self._paths.attempts(), default=1))
        return any(event.step >= self._step for event in events if event.kind != "start")


@pytest.fixture(autouse=True)
def _every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that stops after a step must see it."""
    monkeypatch.setattr("explorer.training.reporting._EVERY_S", 0.0)


def test_killed_with_two_loader_workers_and_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    config = config_of(**QUICKLY | {"epochs": 5}, dataset=SMALL | {"train_images": 40}, workers=2, name="killed")
    reference, _ = run_here(config.model_copy(update={"workers": 0}), "reference")
    with monkeypatch.context() as patch:
        patch.setenv("EXPLORER_SAVE_EVERY_S", "0")
        paths = launcher.start(config)
    wait_until(paths, paths.last.exists)
    launch = latest_launch(paths)
    assert launch is not None
    assert launch.pid is not None
    os.killpg(launch.pid, signal.SIGKILL)
    wait_until(paths, lambda: derive(paths).state is State.LOST)
    run(paths, StopRequest(paths.stop))  # in this process: a child would import torch for seconds
    assert outcome_of(paths).state == "finished"
    (start,) = [event for event in events_of(paths, 2) if event.kind == "start"]
    assert start.values["resumed_from_step"] > 0
    assert_same(paths, reference)


@pytest.fixture(scope="module")
def in_its_second_epoch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunPaths]:
    """A run that was stopped after step 7 of 10; tests damage copies of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setattr("explorer.training.reporting._EVERY_S", 0.0)
        paths = folder_of(QUICK, "damaged")
        run(paths, _StopAfterStep(paths, 7))
        yield paths


@pytest.mark.parametrize("damage", ["cut", "flipped", "bomb", "old bomb", "other run", "text"])
def test_a_checkpoint_that_cannot_be_used_is_passed_over_and_the_run_says_so(
    quick: RunPaths, in_its_second_epoch: RunPaths, tmp_path: Path, damage: str
) -> None:
    paths = RunPaths(runs_root() / in_its_second_epoch.id)
    shutil.copytree(in_its_second_epoch.root, paths.root)
    assert paths.best.exists()
    fired = tmp_path / "the bomb went off"
    if damage == "cut":
        paths.last.write_bytes(paths.last.read_bytes()[:-4000])
    elif damage == "flipped":
        content = bytearray(paths.last.read_bytes())
        content[len(content) // 2] ^= 1  # one bit, in the middle of some weights
        paths.last.write_bytes(content)
    elif damage == "bomb":
        torch.save(_Bomb(str(fired)), paths.last)
    elif damage == "old bomb":
        paths.last.write_bytes(pickle.dumps(_Bomb(str(fired))))
    elif damage == "other run":
        other, _ = run_here(QUICK.model_copy(update={"epochs": 1}), "other")
        shutil.copy(other.last, paths.last)
    else:
        paths.last.write_text("not a checkpoint")
    run(paths, StopRequest(paths.stop))
    assert not fired.exists()
    (start,) = [event for event in events_of(paths, 2) if event.kind == "start"]
    assert start.step == 5, "it goes on from best.ckpt, of the first epoch"
    assert "last.ckpt was not used" in in_words(from_json(start.values["notes"]))
    assert_same(paths, quick)


class _Bomb:
    def __init__(self, file: str) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self._file),)


def test_without_any_checkpoint_it_begins_again(quick: RunPaths) -> None:
    paths = folder_of(QUICK, "from the beginning")
    run(paths, _StopAfterStep(paths, 3))
    shutil.rmtree(paths.checkpoints)
    run(paths, StopRequest(paths.stop))
    (start,) = [event for event in events_of(paths, 2) if event.kind == "start"]
    assert start.values["resumed_from_step"] == 0
    assert_same(paths, quick)


def test_a_copied_folder_goes_on_and_leaves_the_original_alone(quick: RunPaths) -> None:
    paths = folder_of(QUICK, "original")
    run(paths, _StopAfterStep(paths, 6))
    copy = RunPaths(paths.root.with_name("20261123-142502-copy-x7k"))
    shutil.copytree(paths.root, copy.root)
    before = {path: path.read_bytes() for path in paths.root.rglob("*") if path.is_file()}
    run(copy, StopRequest(copy.stop))
    assert_same(copy, quick)
    assert {path: path.read_bytes() for path in paths.root.rglob("*") if path.is_file()} == before


def test_a_resume_with_other_versions_says_not_exact() -> None:
    paths = folder_of(QUICK, "elsewhere")
    run(paths, _StopAfterStep(paths, 3))
    events = paths.events(1)
    version = importlib.metadata.version("torch")
    events.write_text(events.read_text().replace(f'"torch": "{version}"', '"torch": "1.9.0"'))
    run(paths, StopRequest(paths.stop))
    (start,) = [event for event in events_of(paths, 2) if event.kind == "start"]
    note = in_words(from_json(start.values["notes"]))
    assert "Not exact to the bit" in note
    assert f"torch: 1.9.0 then, {version} now" in note


def _on_folder(tmp_path: Path) -> RunConfig:
    folder = make_image_folder(tmp_path / "data", {"ants": 9, "bees": 9})
    make_image_folder(folder, {"ants": 4, "bees": 4}, "val")
    return config_of(**QUICKLY, dataset={"kind": "image_folder", "path": str(folder)})


@pytest.mark.parametrize(("change", "cache_size"), [("pixels", None), ("removed", None), ("pixels", 0)])
def test_a_data_set_that_has_changed_is_not_trained_on_by_a_resume(
    tmp_path: Path, change: str, cache_size: int | None
) -> None:
    """cache_size 0: images are decoded in each epoch, and kept nowhere."""
    config = _on_folder(tmp_path).model_copy(update={"cache_size": cache_size})
    paths = folder_of(config, "changed")
    run(paths, _StopAfterStep(paths, 3))
    picture = tmp_path / "data" / "train" / "ants" / "0.png"
    kept = picture.read_bytes()
    if change == "removed":
        picture.unlink()
    else:
        shutil.copy(picture.with_name("1.png"), picture)
    run(paths, StopRequest(paths.stop))
    outcome = outcome_of(paths)
    assert outcome.state == "failed"
    assert "Put the data back" in outcome.reason
    # Nothing is lost: with the data as it was, it goes on to the end.
    picture.write_bytes(kept)
    run(paths, StopRequest(paths.stop))
    assert outcome_of(paths).state == "finished"


def test_a_finished_run_is_extended_by_a_new_one_that_starts_with_its_weights(
    uninterrupted: RunPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = uninterrupted
    monkeypatch.setenv("EXPLORER_HOME", str(paths.root.parents[1]))
    child = launcher.extend(paths, 1)
    # Its process, which would import torch for seconds, leaves the work to this one.
    request_stop(child)
    wait_until(child, lambda: derive(child).over)
    child.stop.unlink(missing_ok=True)
    run(child, StopRequest(child.stop))
    assert outcome_of(child).state == "finished"
    asked = json.loads(child.config.read_text())
    assert (asked["start_from"], asked["epochs"]) == (paths.id, 1)
    start = next(event for event in events_of(child, child.latest_attempt) if event.kind == "start")
    network = classifier(CONFIG, ("a", "b", "c"), 1, np.array([6, 6, 6])).network
    load_weights(paths.last, network, CONFIG)
    assert start.values["identity"]["initial weights"] == identity.of_weights(network)["initial weights"]
    with pytest.raises(launcher.LaunchError, match="has finished"):
        launcher.resume(paths)


def test_stop_run_is_no_exception_that_a_callback_could_swallow() -> None:
    assert not issubclass(StopRun, Exception)


def test_a_save_onto_a_full_disk_says_so_and_leaves_the_one_before(tmp_path: Path) -> None:
    content = {"global_step": 1, "state_dict": {"weights": torch.zeros(300_000)}}
    with disks.small_disk(tmp_path / "disk", megabytes=2) as disk:
        target, io = disk / "last.ckpt", AtomicCheckpointIO(config_of())
        io.save_checkpoint(content, target)
        before = target.read_bytes()
        with pytest.raises(OSError, match="No space left on device"):
            io.save_checkpoint(content | {"more": torch.zeros(300_000)}, target)
        assert [path.name for path in disk.iterdir()] == ["last.ckpt"]
        assert target.read_bytes() == before
