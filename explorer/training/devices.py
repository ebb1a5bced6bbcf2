"""`python -m explorer.training.devices`: what this computer can train on and with, as one line of JSON.

runs.machine.machine says what the line holds, and reads it. GPUs of NVIDIA and Apple and TPUs are asked as their
libraries document it; none of the three was at hand to try it on.
"""

import importlib.util
import json
import os
import platform
from pathlib import Path

import psutil
import torch

from explorer.runs.machine.machine import BackboneInfo, DeviceInfo, Machine, Precision
from explorer.training.bf16 import bf16_speedup
from explorer.training.networks import BACKBONES

_GB = 1e9


def cores() -> int:
    """Processor cores that this process may use; also the number of threads that training takes by default."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def devices(speedup: float | None = None) -> tuple[DeviceInfo, ...]:
    """The devices that exist; the first is what the accelerator "auto" takes. speedup: of bf16 on the processor."""
    found = [*_gpus(), *_tpus()]
    if torch.backends.mps.is_available():
        found.append(_mps())
    return (*found, _cpu(speedup))


def _cpu(speedup: float | None) -> DeviceInfo:
    count = cores()
    precisions = (
        Precision(name="32-true", offered=True),
        Precision(name="bf16-mixed", offered=True, reason=_bf16_on_cpu(speedup)),
        Precision(name="16-mixed", offered=False, reason="16-mixed needs a GPU"),
    )
    name = f"{_processor()}, {count} core{'s' if count > 1 else ''}"
    return DeviceInfo(accelerator="cpu", name=name, memory_gb=_memory(), precisions=precisions)


def _bf16_on_cpu(speedup: float | None) -> str:
    measured = "" if speedup is None else f"; a frozen EfficientNet-Lite0 is {speedup:.1f} times as fast here"
    if torch.cpu._is_amx_tile_supported():
        return f"this processor computes bf16 (AMX): faster with a frozen backbone, and in validation{measured}"
    if torch.cpu._is_avx512_bf16_supported():
        return f"this processor computes bf16 (AVX-512): validation may run faster, all layers do not{measured}"
    return f"this processor does not compute bf16 itself: expect it to be slower than 32-true{measured}"


def _gpus() -> list[DeviceInfo]:
    """Each GPU by the number that torch gives it, which counts those that CUDA_VISIBLE_DEVICES shows."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return [_gpu(index) for index in range(count)]


def _gpu(index: int) -> DeviceInfo:
    properties = torch.cuda.get_device_properties(index)
    # Compute capability 8, Ampere, is the first that computes bf16; torch emulates it on others.
    bf16 = properties.major >= 8
    precisions = (
        Precision(name="32-true", offered=True),
        Precision(name="bf16-mixed", offered=bf16, reason="" if bf16 else "this GPU does not compute bf16"),
        Precision(name="16-mixed", offered=True),
    )
    memory = round(properties.total_memory / _GB, 1)
    return DeviceInfo(accelerator="gpu", index=index, name=properties.name, memory_gb=memory, precisions=precisions)


def _mps() -> DeviceInfo:
    precisions = (
        Precision(name="32-true", offered=True),
        Precision(name="bf16-mixed", offered=False, reason="bf16-mixed is not tested on Apple GPUs; take 16-mixed"),
        Precision(name="16-mixed", offered=True),
    )
    return DeviceInfo(accelerator="mps", name=f"{_processor()} GPU", memory_gb=_memory(), precisions=precisions)


_NOT_MIXED = "Lightning computes on a TPU in one precision, not in mixed ones"


def _tpus() -> list[DeviceInfo]:
    """A TPU, where torch_xla is installed and finds one; asking costs nothing where it is not."""
    if importlib.util.find_spec("torch_xla") is None:
        return []
    from pytorch_lightning.accelerators.xla import XLAAccelerator

    if not XLAAccelerator.is_available():
        return []
    precisions = (
        Precision(name="32-true", offered=True),
        Precision(name="bf16-mixed", offered=False, reason=_NOT_MIXED),
        Precision(name="16-mixed", offered=False, reason=_NOT_MIXED),
    )
    return [DeviceInfo(accelerator="tpu", name="TPU", precisions=precisions)]


def _memory() -> float:
    return round(float(psutil.virtual_memory().total) / _GB, 1)


def _processor() -> str:
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()


def here(*, measure: bool = True) -> Machine:
    """This computer, and the table of backbones. measure: how fast it is in bf16, which takes one or two seconds."""
    speedup = bf16_speedup() if measure else None
    return Machine(
        torch=torch.__version__,
        threads=cores(),
        bf16_speedup=speedup,
        devices=devices(speedup),
        backbones=backbones(),
    )


def backbones() -> tuple[BackboneInfo, ...]:
    """The table of backbones, as pages read it."""
    return tuple(
        BackboneInfo(
            name=name,
            title=backbone.title,
            parameters=backbone.parameters,
            default_size=backbone.default_size,
            weights=backbone.weights,
            note=backbone.note,
            sizes=backbone.sizes,
            size_step=backbone.size_step,
            downloads=backbone.downloads,
            to_download=tuple(backbone.downloads),
            drop_connect=backbone.drop_connect,
            from_scratch_note=backbone.from_scratch_note,
            pixel_bytes_trained=backbone.pixel_bytes_trained,
            pixel_bytes_frozen=backbone.pixel_bytes_frozen,
            weight_bytes=backbone.weight_bytes,
        )
        for name, backbone in BACKBONES.items()
    )


if __name__ == "__main__":
    answer = {"format": "augmentation-explorer/machine", "version": 1, **here().model_dump()}
    print(json.dumps(answer), flush=True)
