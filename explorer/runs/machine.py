"""What this computer can train on and with, found out in a child process: pages never import torch.

The child, `python -m explorer.training.devices`, prints one line of JSON, the last of its output:

    {"format": "augmentation-explorer/machine", "version": 1, "torch": "2.13.0+cpu", "threads": 2,
     "devices": [{"accelerator": "cpu", "name": "Intel Xeon", "memory_gb": 7.8, "precisions": [
         {"name": "32-true", "offered": true, "reason": ""},
         {"name": "16-mixed", "offered": false, "reason": "16-mixed needs a GPU"}]}],
     "backbones": [{"name": "efficientnet-lite0", "title": "EfficientNet-Lite0", "parameters": 3372910,
         "default_size": 224, "weights": ["imagenet", "none"], "note": "weights come with the installation"}]}

The first device is what the accelerator "auto" takes. `memory_gb` may be null.
"""

import functools
import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import explorer
from explorer.runs.atomic import write_bytes_atomic
from explorer.runs.config import RunConfig
from explorer.runs.mistakes import ConfigError
from explorer.runs.paths import home
from explorer.runs.processes import boot_id

COMMAND = (sys.executable, "-P", "-m", "explorer.training.devices")
TIMEOUT_S = 120.0
_PACKAGES = ("torch", "pytorch-lightning", "efficientnet-pytorch", "efficientnet-lite-pytorch")


class MachineError(RuntimeError):
    """It could not be found out; the message holds the child's last lines."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Precision(_Value):
    """A precision of RunConfig on one device. reason: why it is not offered, or what it is good for."""

    name: str
    offered: bool
    reason: str = ""


class DeviceInfo(_Value):
    """An accelerator that exists. memory_gb: None where it could not be told."""

    accelerator: str
    name: str
    memory_gb: float | None = None
    precisions: tuple[Precision, ...] = ()


class BackboneInfo(_Value):
    """A network on offer. parameters: how many numbers it learns; weights: which may start it.

    The rest is what it needs, see explorer.runs.needs; bytes in 32 bits on a processor. pixel_bytes_trained: per image
    and pixel of a batch where all layers learn; pixel_bytes_frozen: where only the head does, and in validation.
    weight_bytes: one copy of its weights. The defaults, for who does not tell, are those of the smallest on offer.
    """

    name: str
    title: str
    parameters: int
    default_size: int
    weights: tuple[str, ...]
    note: str = ""
    pixel_bytes_trained: float = 2350.0
    pixel_bytes_frozen: float = 505.0
    weight_bytes: int = 13_600_000


class Machine(_Value):
    """Devices (the first is "auto"), backbones, and the version of torch."""

    torch: str
    threads: int = 1
    devices: tuple[DeviceInfo, ...]
    backbones: tuple[BackboneInfo, ...]

    def device(self, accelerator: str) -> DeviceInfo | None:
        """The device of an accelerator, "auto" being the first; None where there is none."""
        if accelerator == "auto":
            return self.devices[0] if self.devices else None
        return next((device for device in self.devices if device.accelerator == accelerator), None)

    def backbone(self, name: str) -> BackboneInfo | None:
        """The backbone of a name; None for an unknown one."""
        return next((found for found in self.backbones if found.name == name), None)


def known_machine() -> Machine | None:
    """This machine, where it has been looked at before; at once. None where `machine` would have to look."""
    return _stored(_store(), _key())


def machine(*, refresh: bool = False) -> Machine:
    """This machine; takes seconds the first time after a restart or an update, then it comes from a file.

    refresh: look again. Raises MachineError.
    """
    store, key = _store(), _key()
    found = None if refresh else _stored(store, key)
    if found is None:
        found = _look()
        store.parent.mkdir(exist_ok=True)
        text = json.dumps({"key": key, "machine": found.model_dump()})
        write_bytes_atomic(store, text.encode())
    return found


def _store() -> Path:
    return home() / "cache" / "machine.json"


@functools.cache
def _sources() -> str:
    """A hash of what answers: other backbones or rules must not be hidden by an old answer."""
    room = Path(explorer.__file__).resolve().parent / "training"
    digest = hashlib.sha256()
    for source in (room / "devices.py", room / "backbones.py"):
        digest.update(source.read_bytes() if source.exists() else b"")
    return digest.hexdigest()[:12]


def _key() -> str:
    versions = [f"{name}={_version(name)}" for name in _PACKAGES]
    # A GPU that is hidden or shown by this variable is another machine to the trainer.
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
    return " ".join([boot_id(), sys.prefix, *versions, _sources(), visible])


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _stored(store: Path, key: str) -> Machine | None:
    try:
        value = json.loads(store.read_bytes())
        return Machine.model_validate(value["machine"]) if value["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a cache: what cannot be read is found out again


def _look() -> Machine:
    try:
        child = subprocess.run(
            COMMAND,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            stdin=subprocess.DEVNULL,
            env=explorer.child_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(f"Looking for devices took longer than {TIMEOUT_S:.0f} s.") from error
    if child.returncode != 0:
        raise MachineError(f"Looking for devices failed: {_last_lines(child.stderr or child.stdout)}")
    return parse(child.stdout)


def parse(output: str) -> Machine:
    """The machine from what the child printed. Raises MachineError."""
    lines = output.strip().splitlines()
    try:
        return Machine.model_validate_json(lines[-1])
    except (IndexError, ValidationError) as error:
        raise MachineError(f"Looking for devices gave no answer: {_last_lines(output)}") from error


def _last_lines(text: str, count: int = 5) -> str:
    return "\n".join(text.strip().splitlines()[-count:]) or "it printed nothing"


def check_with_machine(config: RunConfig, found: Machine) -> None:
    """Check what only the machine can tell. Raises ConfigError with a message per field."""
    errors: dict[str, str] = {}
    device = found.device(config.accelerator)
    if device is None:
        has = ", ".join(device.accelerator for device in found.devices)
        errors["accelerator"] = f"This computer has no {config.accelerator}. It has: {has}."
    else:
        precision = next((known for known in device.precisions if known.name == config.precision), None)
        if precision is None or not precision.offered:
            why = precision.reason if precision else "it is not known there"
            errors["precision"] = f"{config.precision} does not work on {device.name}: {why}."
    backbone = found.backbone(config.backbone)
    if backbone is None:
        names = ", ".join(known.name for known in found.backbones)
        errors["backbone"] = f'There is no backbone "{config.backbone}". Choose one of: {names}.'
    elif config.weights not in backbone.weights:
        errors["weights"] = (
            f"{backbone.title} has no {config.weights} weights here. Choose {', '.join(backbone.weights)}."
        )
    if errors:
        raise ConfigError(errors)
