"""Runs that cannot be: each ends as failed with a reason that people understand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch.utils.data import DataLoader

from explorer.data.formats import open_dataset
from explorer.runs import launcher
from explorer.runs.config import from_values
from explorer.training.data import TrainingImages, collate
from explorer.training.mistakes import explain
from explorer.training.prepared import Prepared
from explorer.training.stopping import TrainingError
from explorer.training.validation import validate
from tests.training.conftest import config_of, make_image_folder, run_here, wait_for_end

NORMALIZE = {"kind": "step", "id": "n7", "transform": "Normalize", "p": 0.01}


def test_a_vanished_folder_fails_in_a_process_of_its_own(tmp_path: Path) -> None:
    paths = launcher.start(config_of(dataset={"kind": "image_folder", "path": str(tmp_path / "gone")}))
    outcome = wait_for_end(paths)
    assert outcome.state == "failed"
    assert str(tmp_path / "gone") in outcome.reason
    assert "Traceback" in paths.log.read_text()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"batch_size": 38}, "only 37 training images. Choose 37 or less."),
        ({"pipeline": {"nodes": [NORMALIZE]}}, "Normalize: it turns pixels (0 to 255) into decimal numbers."),
        ({"loss": "bce"}, "The loss bce is for 2 classes, but"),
        ({"backbone": "resnet-9000"}, 'There is no backbone "resnet-9000". Choose one of: efficientnet-lite0'),
        ({"precision": "16-mixed"}, "16-mixed needs a GPU"),
        ({"backbone": "efficientnet-b0"}, "EfficientNet-B0 has no imagenet weights here. Choose none."),
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
    _, outcome = run_here(config_of(pipeline={"nodes": [NORMALIZE | {"enabled": False}]}, epochs=1), "disabled")
    assert outcome.state == "finished"


def test_decimal_numbers_that_become_pixels_again_are_fine() -> None:
    steps = [
        {"kind": "step", "id": "n1", "transform": "ToFloat", "params": {"max_value": 255}, "p": 1.0},
        {"kind": "step", "id": "n2", "transform": "FromFloat", "params": {"max_value": 255}, "p": 1.0},
    ]
    _, outcome = run_here(config_of(pipeline={"nodes": steps}, epochs=1))
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
    paths, outcome = run_here(config_of(dataset={"kind": "image_folder", "path": str(tmp_path)}, epochs=2))
    if outcome.state == "failed":  # the reader may refuse such a folder, in its own words
        assert "bees" in outcome.reason
    else:
        assert outcome.best["auroc"] is None
        assert paths.best.exists()


def test_an_error_in_a_loader_worker_keeps_its_words() -> None:
    crop = {"kind": "step", "id": "n1", "transform": "RandomCrop", "params": {"height": 64, "width": 64}, "p": 1.0}
    config = config_of(pipeline={"nodes": [crop]})
    prepared = Prepared(open_dataset(config.dataset).train, 32, keep=False)
    images = TrainingImages(prepared, config.pipeline, 0)
    loader = DataLoader(images, sampler=[(0, 3)], num_workers=1, collate_fn=collate)  # type: ignore[arg-type]
    with pytest.raises(TrainingError) as caught:
        list(loader)
    assert explain(caught.value).startswith(f"{prepared.split.ids[3]}: RandomCrop: ")
    assert "\n" not in explain(caught.value)


def test_a_network_that_diverged_is_a_failure_with_advice() -> None:
    logits = np.zeros((4, 2), np.float32)
    logits[1] = np.nan
    with pytest.raises(TrainingError, match=r"1 of 4 validation images. Lower the learning rate"):
        validate(logits, np.array([0, 1, 0, 1]), 0.5)


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
    assert explain(error).startswith("There was not enough memory. Choose a smaller batch size")
