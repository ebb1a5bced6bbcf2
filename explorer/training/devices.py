"""`python -m explorer.training.devices` prints the devices and backbones of this computer as one line of JSON.

explorer.runs.machine.machine defines and reads the line. GPUs of NVIDIA and Apple and TPUs are asked as their libraries
document it; this has not been tried on real ones.
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
    """The devices that exist; "auto" takes the first. speedup: of bf16 on the processor, None if not measured."""
    found = [*_gpus(), *_tpus()]
    if torch.backends.mps.is_available():
        found.append(_mps())
    return (*found, _cpu(speedup))


def _cpu(speedup: float | None) -> DeviceInfo:
    count = cores()
    precisions = _precisions(bf16=(True, _bf16_on_cpu(speedup)), half=(False, "16-mixed needs a GPU"))
    name = f"{_processor()}, {count} core{'s' if count > 1 else ''}"
    return DeviceInfo(accelerator="cpu", name=name, memory_gb=_memory(), precisions=precisions)


def _precisions(bf16: tuple[bool, str], half: tuple[bool, str] = (True, "")) -> tuple[Precision, ...]:
    """The precisions of a device; bf16 and half say whether it is offered, and why not or what it is good for."""
    choices = {"32-true": (True, ""), "bf16-mixed": bf16, "16-mixed": half}
    return tuple(Precision(name=name, offered=offered, reason=why) for name, (offered, why) in choices.items())


def _bf16_on_cpu(speedup: float | None) -> str:
    measured = "" if speedup is None else f"; a frozen EfficientNet-Lite0 is {speedup:.1f} times as fast here"
    if torch.cpu._is_amx_tile_supported():
        return f"this processor computes bf16 (AMX): faster with a frozen backbone, and in validation{measured}"
    if torch.cpu._is_avx512_bf16_supported():
        return f"this processor computes bf16 (AVX-512): validation may run faster, all layers do not{measured}"
    return f"this processor does not compute bf16 itself: expect it to be slower than 32-true{measured}"


def _gpus() -> list[DeviceInfo]:
    """The GPUs by the numbers that torch gives to those in CUDA_VISIBLE_DEVICES."""
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return [_gpu(index) for index in range(count)]


def _gpu(index: int) -> DeviceInfo:
    properties = torch.cuda.get_device_properties(index)
    # GPUs compute bf16 from compute capability 8 (Ampere) on; torch emulates it on older ones.
    precisions = _precisions((True, "") if properties.major >= 8 else (False, "this GPU does not compute bf16"))
    memory = round(properties.total_memory / _GB, 1)
    return DeviceInfo(accelerator="gpu", index=index, name=properties.name, memory_gb=memory, precisions=precisions)


def _mps() -> DeviceInfo:
    precisions = _precisions((False, "bf16-mixed is not tested on Apple GPUs; take 16-mixed"))
    return DeviceInfo(accelerator="mps", name=f"{_processor()} GPU", memory_gb=_memory(), precisions=precisions)


_NOT_MIXED = (False, "Lightning computes on a TPU in one precision, not in mixed ones")


def _tpus() -> list[DeviceInfo]:
    """A TPU if torch_xla is installed and finds one; without torch_xla, asking costs nothing."""
    if importlib.util.find_spec("torch_xla") is None:
        return []
    from pytorch_lightning.accelerators.xla import XLAAccelerator

    if not XLAAccelerator.is_available():
        return []
    return [DeviceInfo(accelerator="tpu", name="TPU", precisions=_precisions(_NOT_MIXED, _NOT_MIXED))]


def _memory() -> float:
    return round(float(psutil.virtual_memory().total) / _GB, 1)


def _processor() -> str:
    table = Path("/proc/cpuinfo")
    lines = table.read_text().splitlines() if table.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()


def here(*, measure: bool = True) -> Machine:
    """This computer and the table of backbones. measure: also measure bf16, which takes one or two seconds."""
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
    shared = BackboneInfo.model_fields.keys() - {"name", "to_download"}
    return tuple(
        BackboneInfo(
            name=name,
            to_download=tuple(backbone.downloads),
            **{field: getattr(backbone, field) for field in shared},
        )
        for name, backbone in BACKBONES.items()
    )


if __name__ == "__main__":
    answer = {"format": "augmentation-explorer/machine", "version": 1, **here().model_dump()}
    print(json.dumps(answer), flush=True)
