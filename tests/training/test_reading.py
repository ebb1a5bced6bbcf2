"""What a run finds out about its images before its first step, once and for all its attempts."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.depth import ValueRange
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.paths import RunPaths
from explorer.training import identity
from explorer.training.attempt import Attempt
from explorer.training.ranks import SilentWriter
from explorer.training.reading import opened
from explorer.training.stopping import StopRequest
from tests.training.conftest import config_of, events_of, run_here

SMALL = {"backbone": "small-cnn", "weights": "none", "frozen": False, "epochs": 2, "learning_rate": 0.01, "workers": 0}


def stripes(root: Path, bits: int) -> Path:
    """Two classes of stripes, easy to tell apart, as grey PNG of 8 bits, or of 12 bits in 16."""
    draw = np.random.default_rng(3)
    across = np.mgrid[:32, :32][1]
    for label, name in enumerate(("healthy", "ill")):
        (root / name).mkdir(parents=True)
        for index in range(20):
            wave = 0.5 + 0.35 * np.sin(across / (1.5 + 3 * label) + draw.uniform(0, 6)) + draw.normal(0, 0.05, (32, 32))
            values = np.rint(wave.clip(0, 1) * (2**bits - 1))
            values[0, 0] = 2**bits - 1
            Image.fromarray(values.astype(np.uint8 if bits == 8 else np.uint16)).save(root / name / f"{index}.png")
    return root


def attempt(paths: RunPaths, number: int) -> Attempt:
    return Attempt(paths, number, SilentWriter(), StopRequest(paths.stop))


def test_twelve_bits_train_as_eight_do_and_the_range_is_counted_recorded_and_kept(tmp_path: Path) -> None:
    accuracies = {}
    for bits in (8, 12):
        folder = stripes(tmp_path / str(bits), bits)
        config = config_of(dataset={"kind": "image_folder", "path": str(folder)}, pipeline={"nodes": []}, **SMALL)
        paths, outcome = run_here(config, f"b{bits}")
        assert outcome.state == "finished", outcome.reason
        accuracies[bits] = [event.values["accuracy"] for event in events_of(paths) if event.kind == "epoch"]
    assert accuracies[12] == pytest.approx(accuracies[8], abs=0.13)  # one of 8 images, at most
    start = next(event for event in events_of(paths) if event.kind == "start")
    words = "40 of 40 images were scaled from 16 to 8 bits; the largest value was 4,095 (0 to 4,095 became 0 to 255)."
    assert words in start.values["notes"]
    recorded = ValueRange(low=0, high=4095)
    assert recorded_depth(identity.first(paths, 2)) == recorded
    Image.fromarray(np.full((32, 32), 50_000, np.uint16)).save(folder / "ill" / "0.png")
    assert opened(attempt(paths, 2), config, 1).depth == recorded  # a resume
    assert opened(attempt(paths, 1), config, 1).depth == ValueRange(low=0, high=50_000)  # a new run


@pytest.mark.parametrize("cache_size", [None, 0])
def test_all_damaged_images_are_named_at_once_before_the_training(tmp_path: Path, cache_size: int | None) -> None:
    draw = np.random.default_rng(0)
    for name in ("ants", "bees"):
        (tmp_path / "set" / name).mkdir(parents=True)
        for index in range(20):
            image = Image.fromarray(draw.integers(0, 256, (64, 64, 3), np.uint8))
            image.save(tmp_path / "set" / name / f"{index}.jpg")
    damaged = [tmp_path / "set" / name for name in ("ants/3.jpg", "ants/17.jpg", "bees/5.jpg")]
    for file in damaged:
        file.write_bytes(file.read_bytes()[:-900])
    dataset = {"kind": "image_folder", "path": str(tmp_path / "set")}
    paths, outcome = run_here(config_of(dataset=dataset, cache_size=cache_size, **SMALL))
    assert outcome.state == "failed"
    assert outcome.reason.startswith("3 images cannot be read: ")
    for name in ("ants/3.jpg", "ants/17.jpg", "bees/5.jpg"):
        assert f"{name} is cut off or damaged" in outcome.reason
    assert not [event for event in events_of(paths) if event.kind == "step"]
    (tmp_path / "set/ants/0.jpg").write_bytes(b"")
    _, outcome = run_here(config_of(dataset=dataset, cache_size=cache_size, **SMALL), "again")
    assert outcome.reason.startswith("4 images cannot be read: ")
    assert "ants/0.jpg is empty (0 bytes)" in outcome.reason
