"""`python -m explorer.training.devices`: what this computer can train on and with, as one line of JSON.

explorer.runs.machine says what the line holds, and reads it.
"""

import json
import os
import platform
from pathlib import Path

import psutil
import torch

from explorer.runs.machine import BackboneInfo, DeviceInfo, Machine, Precision
from explorer.training.backbones import BACKBONES

_GB = 1e9


def cores() -> int:
    """Processor cores that this process may use; also the number of threads that training takes by default."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def devices() -> tuple[DeviceInfo, ...]:
    """The devices that exist; the first is what the accelerator "auto" takes."""
    found = [_cpu()]
    if torch.backends.mps.is_available():
        found.insert(0, _mps())
    if torch.cuda.is_available():
        found.insert(0, _gpu())
    return tuple(found)


def _cpu() -> DeviceInfo:
    count = cores()
    precisions = (
        Precision(name="32-true", offered=True),
        Precision(name="bf16-mixed", offered=True, reason=_bf16_on_cpu()),
        Precision(name="16-mixed", offered=False, reason="16-mixed needs a GPU"),
    )
    name = f"{_processor()}, {count} core{'s' if count > 1 else ''}"
    return DeviceInfo(accelerator="cpu", name=name, memory_gb=_memory(), precisions=precisions)


def _bf16_on_cpu() -> str:
    if torch.cpu._is_amx_tile_supported():
        return "this processor computes bf16 (AMX): about twice as fast with a frozen backbone, and in validation"
    if torch.cpu._is_avx512_bf16_supported():
        return "this processor computes bf16 (AVX-512): validation may run faster, training all layers does not"
    return "this processor does not compute bf16 itself: expect it to be slower than 32-true"


def _gpu() -> DeviceInfo:
    properties = torch.cuda.get_device_properties(0)
    bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
    precisions = (
        Precision(name="32-true", offered=True),
        Precision(name="bf16-mixed", offered=bf16, reason="" if bf16 else "this GPU does not compute bf16"),
        Precision(name="16-mixed", offered=True),
    )
    memory = round(properties.total_memory / _GB, 1)
    return DeviceInfo(accelerator="gpu", name=properties.name, memory_gb=memory, precisions=precisions)


def _mps() -> DeviceInfo:
    precisions = (
        Precision(name="32-true", offered=True),
        Precision(name="bf16-mixed", offered=False, reason="bf16-mixed is not tested on Apple GPUs; take 16-mixed"),
        Precision(name="16-mixed", offered=True),
    )
    return DeviceInfo(accelerator="mps", name=f"{_processor()} GPU", memory_gb=_memory(), precisions=precisions)


def _memory() -> float:
    return round(float(psutil.virtual_memory().total) / _GB, 1)


def _processor() -> str:
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()


def here() -> Machine:
    """This computer, and the table of backbones."""
    backbones = tuple(
        BackboneInfo(
            name=name,
            title=backbone.title,
            parameters=backbone.parameters,
            default_size=backbone.default_size,
            weights=backbone.weights,
            note=backbone.note,
            pixel_bytes_trained=backbone.pixel_bytes_trained,
            pixel_bytes_frozen=backbone.pixel_bytes_frozen,
            weight_bytes=backbone.weight_bytes,
        )
        for name, backbone in BACKBONES.items()
    )
    return Machine(torch=torch.__version__, threads=cores(), devices=devices(), backbones=backbones)


if __name__ == "__main__":
    answer = {"format": "augmentation-explorer/machine", "version": 1, **here().model_dump()}
    print(json.dumps(answer), flush=True)
