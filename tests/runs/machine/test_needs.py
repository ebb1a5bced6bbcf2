"""What a run will need: against real runs, and by its own rule."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.base.child import parsed
from explorer.data.cache import limits
from explorer.runs.life import launcher
from explorer.runs.machine import needs
from explorer.runs.machine.capacity import Memory
from explorer.runs.machine.machine import BackboneInfo, DeviceInfo, Machine
from explorer.runs.machine.needs import Needs, Room, check, check_start, estimate
from explorer.runs.record import outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import ConfigError, RunConfig, dumps, from_values
from explorer.training import module
from tests.runs.machine.test_machine import ANSWER

GB = 10**9
LITE = BackboneInfo(name="lite", title="Lite", parameters=3_373_570, default_size=224, weights=("imagenet",))
CPU = DeviceInfo(accelerator="cpu", name="Test CPU")
GPU = DeviceInfo(accelerator="gpu", name="Test GPU", memory_gb=16.0)


def config_of(**changes: Any) -> RunConfig:
    values: dict[str, Any] = {
        "dataset": {"kind": "shapes", "train_images": 2000, "val_images": 100},
        "pipeline": {},
        "frozen": False,
        "accelerator": "cpu",
        "precision": "32-true",
    }
    return from_values(values | changes)


def needs_of(config: RunConfig, device: DeviceInfo = CPU, images: tuple[int, int] = (2000, 100)) -> Needs:
    return estimate(config, train_images=images[0], val_images=images[1], backbone=LITE, device=device)


def room_of(**changes: int) -> Room:
    values: dict[str, Any] = {
        "memory_available": 8 * GB,
        "memory_total": 16 * GB,
        "disk_free": 50 * GB,
        "disk_total": 100 * GB,
    }
    return Room(**values | changes)


def peak_of(config: RunConfig) -> tuple[int, int]:
    """Train it in a process of its own; peak memory in bytes, and the bytes of its folder."""
    paths = RunPaths(runs_root() / "20261123-142501-measured-x7k")
    paths.stop.parent.mkdir(parents=True)
    paths.config.write_text(dumps(config))
    # What the system counts for a process begins with the size of whoever started it: so a small one does.
    measure = "import resource, subprocess, sys; subprocess.run(sys.argv[1:]); " \
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"  # fmt: skip
    command = [sys.executable, "-c", measure, sys.executable, "-m", "explorer.training", str(paths.root)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    found = outcome.read(paths)
    assert found is not None, paths.log.read_text()
    assert found.state == "finished", found.reason
    unit = 1 if sys.platform == "darwin" else 1024
    files = [file for file in paths.root.rglob("*") if file.is_file()]
    return int(told[-1]) * unit, sum(file.stat().st_size for file in files)


@pytest.mark.parametrize(
    "changes",
    [{"frozen": False, "image_size": 160, "batch_size": 32}, {"frozen": True, "image_size": 224, "batch_size": 8}],
    ids=["all layers", "head only"],
)
def test_the_estimate_is_close_to_what_a_real_run_takes(changes: dict[str, Any]) -> None:
    images = (changes["batch_size"], 32)
    spec = {"kind": "shapes", "num_classes": 3, "train_images": images[0], "val_images": images[1]}
    config = config_of(dataset=spec, epochs=1, workers=0, threads=1, **changes)
    memory, disk = peak_of(config)
    found = needs_of(config, images=images)
    assert 0.85 * memory < found.memory < 1.4 * memory  # one and the same run takes up to a fifth less than another
    assert disk < found.disk < 2 * disk


def test_it_grows_with_batch_size_images_and_layers() -> None:
    def memory(**changes: Any) -> int:
        return needs_of(config_of(**changes)).memory

    batches = [memory(batch_size=size) for size in (1, 16, 64, 256, 1024)]
    sizes = [memory(image_size=size, batch_size=64) for size in (32, 96, 224, 512)]
    assert batches == sorted(batches)
    assert sizes == sorted(set(sizes))
    assert memory(frozen=True, batch_size=64) < memory(frozen=False, batch_size=64)
    assert memory(precision="bf16-mixed", batch_size=64) < memory(batch_size=64)
    assert memory(workers=0) < memory(workers=4)
    few, many = (needs_of(config_of(), images=(train, 100)).memory for train in (100, 2000))
    assert few < many


def test_disk_grows_with_epochs_and_classes() -> None:
    spec = {"kind": "shapes", "train_images": 2000, "val_images": 100}
    short, long = needs_of(config_of(epochs=10)), needs_of(config_of(epochs=1000))
    assert long.disk - short.disk > 990 * 3 * 60_000
    assert (
        needs_of(config_of(dataset=spec | {"num_classes": 6}, epochs=100)).disk > needs_of(config_of(epochs=100)).disk
    )
    assert needs_of(config_of(frozen=True)).disk < needs_of(config_of(frozen=False)).disk


def test_images_take_no_more_memory_than_the_cache_may() -> None:
    assert needs._KEPT_SHARE == limits.SHARE
    assert needs._FEATURES_BUDGET == module._FEATURES_BUDGET
    arguments: dict[str, Any] = {"val_images": 0, "backbone": LITE, "device": CPU, "train_images": 90_000}

    def memory(available: int, **changes: Any) -> int:
        return estimate(config_of(image_size=512, **changes), available=available, **arguments).memory

    whole, bounded, none = memory(1000 * GB), memory(8 * GB), memory(1000 * GB, cache_size=0)
    assert whole - none == pytest.approx(90_000 * 512**2 * needs._KEPT_BYTES, rel=0.01)
    assert bounded - none == pytest.approx(0.4 * 8 * GB, rel=0.01)
    assert memory(1000 * GB, cache_size=1024) - none == pytest.approx(4 * (whole - none), rel=0.01)
    crop = {"kind": "step", "id": "c", "transform": "RandomResizedCrop", "p": 1.0, "params": {"size": [224, 224]}}
    cropped = config_of(image_size=224, pipeline={"nodes": [crop]})
    for sizes, pixels in ((((321, 500),), 321 * 500), (((3000, 2000), (100, 100)), (1188 * 792 + 224 * 224) / 2)):
        found = estimate(cropped, available=1000 * GB, sizes=sizes, **arguments).memory
        without = estimate(cropped.model_copy(update={"cache_size": 0}), **arguments).memory
        assert found - without == pytest.approx(90_000 * pixels * needs._KEPT_BYTES, rel=0.01), sizes


def test_it_knows_what_each_optimiser_keeps_and_when_the_backbone_learns() -> None:
    weights = LITE.weight_bytes

    def fixed(**changes: Any) -> float:
        return needs_of(config_of(**changes), images=(8, 0)).memory_of.fixed

    assert fixed(optimizer="adamw") - fixed(optimizer="sgd") == weights
    assert fixed(frozen=True, unfreeze_epoch=2) == fixed()
    assert fixed() - fixed(frozen=True) == 3 * weights
    adamw, sgd = (needs_of(config_of(optimizer=name)).disk for name in ("adamw", "sgd"))
    assert adamw - sgd == 3 * weights


def test_auto_is_counted_in_32_bits_until_it_is_known_to_be_16() -> None:
    config = config_of(precision="auto", frozen=True, batch_size=64)
    arguments: dict[str, Any] = {"train_images": 2000, "val_images": 100, "backbone": LITE, "device": CPU}
    unknown, known = (estimate(config, precision=name, **arguments).memory for name in (None, "bf16-mixed"))
    assert unknown == needs_of(config_of(precision="32-true", frozen=True, batch_size=64)).memory > known
    assert estimate(config, **arguments | {"device": GPU}).gpu_memory is not None


def test_each_gpu_has_a_process() -> None:
    one, two = (needs_of(config_of(accelerator="gpu", gpus=gpus), GPU) for gpus in ((0,), (0, 1)))
    assert two.memory > one.memory + 2 * GB
    assert two.gpu_memory == one.gpu_memory


@pytest.mark.parametrize("total", [2 * GB, 3 * GB, 8 * GB])
def test_the_batch_that_it_says_fits_does_and_none_much_larger(total: int) -> None:
    config = config_of(batch_size=1024, image_size=128)
    found = needs_of(config)
    (message,) = check(config, found, room_of(memory_total=total, memory_available=total)).errors.values()
    fits = int(message.split("Batch size ")[2].split()[0])
    smaller, larger = (config_of(batch_size=size, image_size=128) for size in (fits, fits + 9))
    enough = room_of(memory_total=total, memory_available=total)
    assert check(smaller, needs_of(smaller), enough) == needs.Verdict()
    assert check(larger, needs_of(larger), enough).errors


def test_too_large_for_the_machine_is_an_error_and_for_the_moment_a_warning() -> None:
    config = config_of(batch_size=64, image_size=224)
    found = needs_of(config)
    assert 8 * GB < found.memory < 16 * GB
    assert check(config, found, room_of(memory_available=15 * GB)) == needs.Verdict()
    now = check(config, found, room_of())
    assert now.errors == {}
    assert "8.0 GB are free just now" in now.warnings[0]
    never = check(config, found, room_of(memory_total=4 * GB, memory_available=3 * GB))
    assert list(never.errors) == ["batch_size"]
    assert never.errors["batch_size"].startswith("Batch size 64 at 224 px needs about")
    assert "4.0 GB in all. Batch size 24 fits." in never.errors["batch_size"]
    assert never.warnings == ()


def test_where_no_batch_fits_the_images_are_to_blame() -> None:
    config = config_of(batch_size=64, image_size=512)
    errors = check(config, needs_of(config), room_of(memory_total=GB, memory_available=GB)).errors
    assert list(errors) == ["image_size"]
    assert "choose smaller images" in errors["image_size"]


def test_a_gpu_has_its_own_memory() -> None:
    config = config_of(batch_size=256, accelerator="gpu")
    found = needs_of(config, GPU)
    assert found.gpu_memory is not None
    assert found.gpu_memory > 16 * GB > found.memory
    errors = check(config, found, room_of(gpu_total=16 * GB)).errors
    assert "of GPU memory; this computer has 16 GB in all" in errors["batch_size"]
    free = check(config, found, room_of(gpu_total=80 * GB, gpu_available=10 * GB))
    assert (free.errors, len(free.warnings)) == ({}, 1)
    assert needs_of(config_of()).gpu_memory is None


def test_a_disk_that_is_full_is_told_with_what_to_do() -> None:
    config = config_of(epochs=1000)
    found = needs_of(config)
    (warning,) = check(config, found, room_of(disk_free=10**6)).warnings
    assert "1 MB are free" in warning
    assert "Delete runs" in warning
    assert list(check(config, found, room_of(disk_total=10**6, disk_free=10**6)).errors) == ["epochs"]


@pytest.mark.parametrize(
    "spec", [{"kind": "digits", "val_fraction": 0.33}, {"kind": "shapes", "train_images": 50, "val_images": 20}]
)
def test_the_spec_tells_the_counts_of_embedded_data(spec: dict[str, Any]) -> None:
    config = config_of(dataset=spec)
    dataset, counts = config.dataset.open(), config.dataset.known.counts
    assert counts is not None
    assert sum(counts) == len(dataset.train) + len(dataset.val)
    assert counts[1] == pytest.approx(len(dataset.val), abs=10)


def test_the_command_line_refuses_what_can_never_fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(needs, "memory", lambda: Memory(4 * GB, 4 * GB))
    check_start(config_of(batch_size=8))
    with pytest.raises(ConfigError) as caught:
        check_start(config_of(batch_size=1024))
    assert "fits." in caught.value.errors["batch_size"]
    folder = {"kind": "image_folder", "path": str(tmp_path)}
    check_start(config_of(batch_size=1024, dataset=folder))  # its pictures are counted by the trainer


def test_a_study_needs_a_frozen_backbone_and_a_confirmation_the_checkpoints_that_it_keeps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(needs, "memory", lambda: Memory(4 * GB, 4 * GB))
    asked = config_of(batch_size=1024, epochs=2, pipeline={"streams": 2})

    def study(**plan: Any) -> RunConfig:
        return from_values(asked.model_dump() | {"kind": "study", "study": plan})

    effects = study(ask="effects")
    check_start(effects)  # it has no batch size
    found = check(effects, needs_of(effects), room_of(memory_total=GB // 4))
    assert list(found.errors) == ["image_size"]
    assert "Batch size" not in found.errors["image_size"]
    against = {"name": "nothing", "pipeline": {"streams": 2}}
    dropped, kept = (study(ask="confirm", against=against, keep_checkpoints=keep) for keep in (False, True))
    with pytest.raises(ConfigError, match="Batch size"):
        check_start(dropped)
    assert needs.kept_checkpoints(kept, LITE) == 24 * (3 * LITE.weight_bytes + 100_000)
    assert needs_of(kept).disk - needs_of(dropped).disk == needs.kept_checkpoints(kept, LITE)


def test_the_command_line_knows_the_devices_once_somebody_has_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "memory", lambda: Memory(64 * GB, 64 * GB))
    gpu = {"accelerator": "gpu", "name": "Test GPU", "memory_gb": 8.0, "precisions": []}
    config = config_of(batch_size=512, accelerator="gpu")
    monkeypatch.setattr(needs, "known_machine", lambda: None)
    check_start(config)
    answer = ANSWER | {"devices": [gpu]}
    monkeypatch.setattr(needs, "known_machine", lambda: parsed(Machine, json.dumps(answer)))
    with pytest.raises(ConfigError, match=r"GPU memory; this computer has 8\.0 GB in all"):
        check_start(config)


def test_a_run_that_can_never_fit_is_refused_at_its_start_and_leaves_nothing_behind() -> None:
    config = config_of(dataset={"kind": "shapes", "train_images": 100_000}, image_size=512, batch_size=1024)
    with pytest.raises(ConfigError, match="Batch size"):
        launcher.start(config)
    assert list(runs_root().iterdir()) == []


def test_windows_that_slide_need_the_outputs_of_an_image_at_the_size_at_which_it_is_kept() -> None:
    data = {"kind": "shapes", "learn": "masks", "image_size": 512, "num_classes": 3}
    values = {"dataset": data, "pipeline": {"nodes": []}, "image_size": 64, "batch_size": 1, "cache_size": 512}
    whole, slides = (needs_of(from_values({**values, "evaluation": way})) for way in ("whole", "sliding"))
    outputs = 512 * 512 * 3 * 4  # float32
    assert slides.memory > whole.memory + 2 * outputs
    assert slides.memory_of.val_images >= 15 * 15  # half a window apart
