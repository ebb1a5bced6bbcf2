"""Runs that cannot be: each ends as failed with a reason that people understand."""

import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from explorer.data.fit import square
from explorer.runs.life import launcher
from explorer.runs.record.launch_record import latest_launch
from explorer.runs.record.reasons import in_words
from explorer.runs.spec.config import from_values
from explorer.runs.state.status import State, derive
from explorer.training.batch import collate
from explorer.training.data import Samples
from explorer.training.mistakes import explain
from explorer.training.prepared import Prepared
from explorer.training.stopping import TrainingError
from explorer.training.tasks.classification import CLASSIFICATION, validate
from scripts.memory_limit import NoMemoryLimit, memory_limit
from tests.disks import fill, small_disk
from tests.training.conftest import (
    SMALL,
    config_of,
    make_image_folder,
    run_and_meet,
    run_here,
    wait_until,
)

CROP = {"kind": "step", "id": "n1", "transform": "RandomCrop", "params": {"height": 1100, "width": 64}, "p": 0.01}
SCALE = {"kind": "step", "id": "n2", "transform": "RandomScale", "p": 0.5}
NORMALIZE = {"kind": "step", "id": "n7", "transform": "Normalize", "p": 0.01}


def test_a_vanished_folder_is_named(tmp_path: Path) -> None:
    _, outcome = run_here(config_of(dataset={"kind": "image_folder", "path": str(tmp_path / "gone")}))
    assert outcome.state == "failed"
    assert str(tmp_path / "gone") in outcome.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batch_size": 22}, "only 21 training images. Choose 21 or less."),
        ({"pipeline": {"nodes": [NORMALIZE]}}, "Normalize: it turns pixels (0 to 255) into decimal numbers."),
        ({"loss": "bce"}, "The loss bce is for 2 classes, but"),
        ({"backbone": "resnet-9000"}, 'There is no backbone "resnet-9000". Choose one of: efficientnet-lite0'),
        ({"precision": "16-mixed"}, "16-mixed needs a GPU"),
        ({"backbone": "small-cnn"}, "has no imagenet weights"),
        ({"workers": 64}, "64 workers are more than the"),
        ({"mixing": "mixup", "class_weights": [1, 2]}, "There are 2 class weights, but shapes has 3 classes."),
        ({"pct_start": 1 / 9}, "OneCycleLR cannot rise within one step"),
        ({"pipeline": {"nodes": [CROP]}}, "RandomCrop: Crop size (height, width) exceeds image dimensions"),
        ({"pipeline": {"nodes": [SCALE]}}, "RandomScale: the images come out in different sizes, such as"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_work_fails_before_the_training_and_says_why(changes: dict[str, Any], words: str) -> None:
    paths, outcome = run_here(config_of(**changes))
    assert outcome.state == "failed"
    assert words in outcome.reason
    assert not paths.checkpoints.exists()


def test_normalize_in_a_group_is_found_and_a_disabled_one_does_not_matter() -> None:
    group = {"kind": "OneOf", "id": "n8", "children": [NORMALIZE], "p": 0.01}
    _, outcome = run_here(config_of(pipeline={"nodes": [group]}), "group")
    assert "Normalize" in outcome.reason
    _, outcome = run_here(
        config_of(pipeline={"nodes": [NORMALIZE | {"enabled": False}]}, epochs=1, **SMALL), "disabled"
    )
    assert outcome.state == "finished"


def test_decimal_numbers_that_become_pixels_again_are_fine() -> None:
    steps = [
        {"kind": "step", "id": "n1", "transform": "ToFloat", "params": {"max_value": 255}, "p": 1.0},
        {"kind": "step", "id": "n2", "transform": "FromFloat", "params": {"max_value": 255}, "p": 1.0},
    ]
    _, outcome = run_here(config_of(pipeline={"nodes": steps}, epochs=1, **SMALL))
    assert outcome.state == "finished", outcome.reason


def test_a_folder_of_one_class_fails(tmp_path: Path) -> None:
    make_image_folder(tmp_path, {"ants": 12})
    make_image_folder(tmp_path, {"ants": 4}, "val")
    _, outcome = run_here(config_of(dataset={"kind": "image_folder", "path": str(tmp_path)}))
    assert outcome.state == "failed"
    assert "class" in outcome.reason


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    make_image_folder(tmp_path, {"ants": 12, "bees": 12})
    make_image_folder(tmp_path, {"ants": 4, "bees": 4}, "val")
    (tmp_path / "val" / "bees" / "2.png").write_bytes(b"no picture")
    _, outcome = run_here(config_of(dataset={"kind": "image_folder", "path": str(tmp_path)}))
    assert outcome.state == "failed"
    assert "2.png" in outcome.reason


def test_validation_images_of_one_class_train_and_leave_auroc_open(tmp_path: Path) -> None:
    make_image_folder(tmp_path, {"ants": 12, "bees": 12})
    make_image_folder(tmp_path, {"ants": 4}, "val")
    (tmp_path / "val" / "bees").mkdir()
    paths, outcome = run_here(config_of(dataset={"kind": "image_folder", "path": str(tmp_path)}, epochs=2, **SMALL))
    if outcome.state == "failed":  # the reader may refuse such a folder, in its own words
        assert "bees" in outcome.reason
    else:
        assert outcome.best["auroc"] is None
        assert paths.best.exists()


def test_an_error_in_a_loader_worker_keeps_its_words() -> None:
    crop = {"kind": "step", "id": "n1", "transform": "RandomCrop", "params": {"height": 64, "width": 64}, "p": 1.0}
    config = config_of(pipeline={"nodes": [crop]})
    prepared = Prepared(config.dataset.open().train, square(32), keep=False)
    images = Samples(CLASSIFICATION, prepared, config)
    loader = DataLoader(images, sampler=[(0, 3)], num_workers=1, collate_fn=partial(collate, CLASSIFICATION))  # type: ignore[arg-type]
    with pytest.raises(TrainingError) as caught:
        list(loader)
    assert in_words(explain(caught.value)).startswith(f"{prepared.split.ids[3]}: RandomCrop: ")
    assert "\n" not in in_words(explain(caught.value))


def test_a_network_that_diverged_is_a_failure_with_advice() -> None:
    logits = np.zeros((4, 2), np.float32)
    logits[1] = np.nan
    with pytest.raises(TrainingError, match=r"1 of 4 validation images. Lower the learning rate"):
        validate(logits, np.array([0, 1, 0, 1]), np.array([0, 1, 0, 1]), 0.5)


def test_a_loss_that_becomes_nan_ends_the_run_with_its_step_and_the_last_good_checkpoint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXPLORER_SAVE_EVERY_S", "0")
    # A decay of 10 at a rate of 10 multiplies the weights instead of shrinking them.
    config = config_of(epochs=20, frozen=False, learning_rate=10, weight_decay=10)
    paths, outcome = run_here(config, "diverges")
    assert outcome.state == "failed"
    found = re.search(r"nan or infinite in step (\d+)\..* The last good checkpoint is of step (\d+)\.", outcome.reason)
    assert found, outcome.reason
    saved = torch.load(paths.last, weights_only=True)
    assert saved["global_step"] == int(found[2]) < int(found[1])
    assert all(bool(torch.isfinite(value).all()) for value in saved["state_dict"].values())


def test_a_data_set_that_vanishes_while_it_is_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_SAVE_EVERY_S", "0")
    make_image_folder(tmp_path, {"ants": 12, "bees": 12})
    make_image_folder(tmp_path, {"ants": 4, "bees": 4}, "val")
    config = config_of(dataset={"kind": "image_folder", "path": str(tmp_path)}, epochs=200, cache_size=0)
    _, outcome = run_and_meet(config, lambda _: shutil.rmtree(tmp_path / "train"), lambda paths: paths.last.exists)
    assert outcome.state == "failed"
    assert ".png" in outcome.reason
    assert "last good checkpoint" in outcome.reason


def test_a_full_disk_ends_the_run_with_words_and_keeps_what_was_saved(tmp_path: Path) -> None:
    """That such a run goes on once there is room is in test_faults."""
    with small_disk(tmp_path / "disk", megabytes=100) as disk, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(disk))
        patch.setenv("EXPLORER_SAVE_EVERY_S", "0")
        paths, outcome = run_and_meet(config_of(epochs=150), lambda _: fill(disk), lambda paths: paths.last.exists)
        assert outcome.state == "failed"
        assert outcome.reason.startswith("No space left on device")
        assert torch.load(paths.last, weights_only=True)["global_step"] > 0


def test_a_run_that_the_system_ends_for_lack_of_memory_says_so() -> None:
    paths = launcher.start(config_of(epochs=1000))
    wait_until(paths, lambda: paths.events(1).exists())
    launch = latest_launch(paths)
    assert launch is not None
    assert launch.pid is not None
    try:
        with memory_limit(launch.pid, megabytes=50):
            wait_until(paths, lambda: derive(paths).over)
            wait_until(paths, lambda: "SIGKILL" in derive(paths).reason)
    except NoMemoryLimit as error:
        pytest.skip(str(error))
    assert derive(paths).state is State.LOST
    assert "memory ran out" in derive(paths).reason


def test_a_learning_rate_that_is_not_a_number_never_gets_here() -> None:
    with pytest.raises(ValueError, match="Learning rate"):
        from_values({"dataset": {"kind": "digits"}, "pipeline": {}, "learning_rate": float("nan")})


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB."),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
    ],
)
def test_running_out_of_memory_is_said_with_advice(error: Exception) -> None:
    assert in_words(explain(error)).startswith("There was not enough memory. Choose a smaller batch size")
