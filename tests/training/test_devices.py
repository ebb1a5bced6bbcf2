"""What the machine's child tells: the devices that are there, stand-ins for those that are not, and a real pace."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from explorer.runs.machine import paces
from explorer.runs.machine.machine import machine
from explorer.training import bf16, devices
from explorer.training.bf16 import bf16_speedup
from explorer.training.networks import BACKBONES


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home for all tests here: what the child answers is kept there, and it takes seconds to ask again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        yield Path(os.environ["EXPLORER_HOME"])


def test_the_machine_answers_in_the_words_that_pages_read() -> None:
    found = machine(refresh=True)
    cpu = found.device("cpu")
    assert cpu is not None
    assert {precision.name: precision.offered for precision in cpu.precisions} == {
        "32-true": True,
        "bf16-mixed": True,
        "16-mixed": False,
    }
    assert all(precision.offered or precision.reason for device in found.devices for precision in device.precisions)
    assert [backbone.name for backbone in found.backbones] == list(BACKBONES)
    assert found.torch == torch.__version__
    assert found.bf16_speedup is not None
    assert f"{found.bf16_speedup:.1f} times as fast here" in cpu.precisions[1].reason
    for backbone in found.backbones:
        entry = BACKBONES[backbone.name]
        assert backbone.to_download == tuple(entry.downloads)
        assert backbone.wrong_size(entry.default_size) is None
        assert backbone.pixel_bytes_frozen < backbone.pixel_bytes_trained


def test_a_pace_is_measured_by_training() -> None:
    pace = paces.measure("small-cnn")
    assert paces.known("small-cnn", paces.machine_key(machine())) == pace
    assert pace.size == BACKBONES["small-cnn"].default_size
    assert pace.train_images_per_second < pace.frozen_images_per_second
    assert paces.measure("small-cnn", "segmentation").train_images_per_second < pace.train_images_per_second


def test_bf16_is_what_it_is_measured_as(monkeypatch: pytest.MonkeyPatch) -> None:
    times = {"32-true": 3.0, "bf16-mixed": 1.2}
    seen: list[str] = []

    def forward_s(network: nn.Module, _images: Any, precision: str) -> float:
        assert all(not parameter.requires_grad for parameter in network.net.parameters() if parameter.ndim == 4)
        seen.append(precision)
        return times[precision] * (10 if len(seen) <= 2 else 1)  # the first of each also plans

    monkeypatch.setattr(bf16, "_forward_s", forward_s)
    before = torch.get_rng_state()
    assert bf16_speedup() == 2.5
    assert seen[:4] == ["32-true", "bf16-mixed"] * 2
    assert torch.equal(torch.get_rng_state(), before)


def test_every_gpu_is_told_by_number_with_what_it_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = [
        SimpleNamespace(name="NVIDIA H100", total_memory=85_000_000_000, major=9),
        SimpleNamespace(name="Tesla T4", total_memory=15_800_000_000, major=7),
    ]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(gpus))
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: gpus[index])
    *found, cpu = devices.devices()
    assert [(gpu.accelerator, gpu.index, gpu.name, gpu.memory_gb) for gpu in found] == [
        ("gpu", 0, "NVIDIA H100", 85.0),
        ("gpu", 1, "Tesla T4", 15.8),
    ]
    assert (cpu.accelerator, cpu.index) == ("cpu", None)
    bf16_of = [next(one for one in gpu.precisions if one.name == "bf16-mixed") for gpu in found]
    assert [(one.offered, one.reason) for one in bf16_of] == [(True, ""), (False, "this GPU does not compute bf16")]


@pytest.mark.parametrize(("installed", "there"), [(False, True), (True, False), (True, True)])
def test_a_tpu_is_offered_only_where_one_is_found(
    installed: bool, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytorch_lightning.accelerators.xla import XLAAccelerator

    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: (installed or None) if name == "torch_xla" else real(name)
    )
    monkeypatch.setattr(XLAAccelerator, "is_available", staticmethod(lambda: there))
    found = devices.devices()
    assert ("tpu" in [device.accelerator for device in found]) == (installed and there)
    assert all(one.offered or "on a TPU" in one.reason for one in found[0].precisions if found[0].accelerator == "tpu")
