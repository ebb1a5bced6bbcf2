"""What this computer can train on and with, found out in a child process because pages never import torch.

The child, `python -m explorer.training.devices`, prints a `Machine` as the last line of its output.
"""

import functools
import hashlib
import os
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict

import explorer
from explorer.base.child import ChildError, ask
from explorer.base.home import made_home
from explorer.base.processes import boot_id
from explorer.base.versions import version
from explorer.runs.machine.kept import Kept
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.config_errors import ConfigError
from explorer.runs.spec.devices import Device

COMMAND = (sys.executable, "-P", "-m", "explorer.training.devices")
TIMEOUT_S = 120.0
_PACKAGES = ("torch", "pytorch-lightning", "efficientnet-pytorch", "efficientnet-lite-pytorch", "transformers")


class MachineError(RuntimeError):
    """The machine could not be looked at. The message holds the last lines of the child process."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Precision(_Value):
    """A precision of RunConfig on one device. `reason` says why it is not offered, or what it is good for."""

    name: str
    offered: bool
    reason: str = ""


class DeviceInfo(_Value):
    """A device. `index` is the number of a GPU; `memory_gb` is None where it is not known."""

    accelerator: Device
    name: str
    index: int | None = None
    memory_gb: float | None = None
    precisions: tuple[Precision, ...] = ()


class BackboneInfo(_Value):
    """A network on offer.

    Attributes:
        parameters: How many numbers it learns.
        weights: Those that it can start from.
        sizes: The smallest and the largest side of its input in px, which is a multiple of `size_step`.
        downloads: Weights that are downloaded -> their file in `weights_folder()`.
        to_download: Those of them that are not there yet.
        drop_connect: The default of the network; None for one that has none.
        from_scratch_note: What to know before training it without weights.
        pixel_bytes_trained: Bytes per image and pixel of a batch where all layers learn, in 32 bits, see needs.py.
        pixel_bytes_frozen: The same where only the head learns, and in validation.
        weight_bytes: One copy of its weights.
        is_encoder: Whether it can be the encoder of a U-Net, which learns masks.
    """

    name: str
    title: str
    parameters: int
    default_size: int
    weights: tuple[str, ...]
    note: str = ""
    sizes: tuple[int, int] = (32, 800)
    size_step: int = 1
    downloads: dict[str, str] = {}
    to_download: tuple[str, ...] = ()
    drop_connect: float | None = None
    from_scratch_note: str = ""
    pixel_bytes_trained: float = 2350.0
    pixel_bytes_frozen: float = 505.0
    weight_bytes: int = 13_600_000
    is_encoder: bool = False

    def wrong_size(self, size: int) -> str | None:
        """Return why its input cannot be `size` px, and which size can; None where it can."""
        smallest, largest = self.sizes
        if not smallest <= size <= largest:
            return f"{self.title} takes images of {smallest} to {largest} px, not of {size}."
        if size % self.size_step:
            below = size - size % self.size_step
            fitting = " or ".join(f"{one}" for one in (below, below + self.size_step) if smallest <= one <= largest)
            return f"{self.title} takes multiples of {self.size_step} px, not {size}. Choose {fitting}."
        return None


class Machine(_Value):
    """Devices, of which the first is "auto", backbones, and the version of torch.

    A run may use `threads` processor cores. A frozen EfficientNet-Lite0 is `bf16_speedup` times as fast in bf16-mixed
    as in 32-true on the processor; None where that was not measured.
    """

    torch: str
    threads: int = 1
    bf16_speedup: float | None = None
    devices: tuple[DeviceInfo, ...]
    backbones: tuple[BackboneInfo, ...]

    def device(self, accelerator: str) -> DeviceInfo | None:
        """Return the device of an accelerator, which is the first for "auto"; None where there is none."""
        if accelerator == "auto":
            return self.devices[0] if self.devices else None
        return next((device for device in self.devices if device.accelerator == accelerator), None)

    def gpus(self) -> tuple[DeviceInfo, ...]:
        """Return all GPUs in the order of their numbers."""
        return tuple(device for device in self.devices if device.accelerator == "gpu")

    def chosen(self, config: RunConfig) -> tuple[DeviceInfo, ...]:
        """Return the devices of a config: its GPUs, else the one of its accelerator. Empty where there is none."""
        if config.gpus:
            return tuple(device for device in self.gpus() if device.index in config.gpus)
        device = self.device(config.accelerator)
        return () if device is None else (device,)

    def backbone(self, name: str) -> BackboneInfo | None:
        """Return the backbone with a name; None for an unknown one."""
        return next((found for found in self.backbones if found.name == name), None)


_MACHINES = Kept("machine", Machine, 4)


def known_machine() -> Machine | None:
    """Return this machine, at once; None where `machine` would have to look."""
    found = _MACHINES.get(_key())
    return None if found is None else _with_store(found)


def machine(*, refresh: bool = False) -> Machine:
    """Return this machine. It takes seconds the first time after a restart or an update, and with `refresh`.

    Raises:
        MachineError: The child process failed.
    """
    found = None if refresh else known_machine()
    if found is not None:
        return found
    looked = _look()
    remember(looked)
    return _with_store(looked)


def _look() -> Machine:
    try:
        return ask(Machine, COMMAND, TIMEOUT_S)
    except ChildError as error:
        raise MachineError(f"Looking for devices failed: {error}") from error


def remember(found: Machine) -> None:
    """Keep what a look at this machine has found."""
    _MACHINES.put(_key(), found)


def _with_store(found: Machine) -> Machine:
    """Update which weights are not downloaded yet: files of weights come and go without a restart."""
    folder = weights_folder()

    def updated(backbone: BackboneInfo) -> BackboneInfo:
        missing = tuple(name for name, file in backbone.downloads.items() if not (folder / file).exists())
        return backbone.model_copy(update={"to_download": missing})

    return found.model_copy(update={"backbones": tuple(updated(backbone) for backbone in found.backbones)})


def weights_folder() -> Path:
    """Return the folder of downloaded weights, which is not made here."""
    return made_home() / "weights"


@functools.cache
def _sources() -> str:
    """Return a hash of the code that looks, so that an old answer does not hide new backbones or rules."""
    room = Path(explorer.__file__).resolve().parent / "training"
    digest = hashlib.sha256()
    for source in (room / "devices.py", room / "bf16.py", *sorted((room / "networks").glob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _key() -> str:
    # A GPU that is hidden or shown by this variable is another machine to the trainer.
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
    return " ".join([boot_id(), sys.prefix, _versions(), _sources(), visible])


@functools.cache
def _versions() -> str:
    """Return the packages that decide what this machine can do, with the versions that this process began with."""
    return " ".join(f"{name}={version(name) or 'none'}" for name in _PACKAGES)


FASTER = 1.3  # "auto" takes bf16 where it is so many times as fast: less is lost again in waiting for batches


def effective_precision(config: RunConfig, found: Machine) -> str:
    """Return the precision of a run, with "auto" resolved for this machine.

    A run whose backbone is unfrozen at some epoch counts as one that trains all layers.
    """
    if config.precision != "auto":
        return config.precision
    device = next(iter(found.chosen(config)), None)
    only_head = config.frozen and config.unfreeze_epoch is None
    return "32-true" if device is None else automatic_precision(device, found.bf16_speedup, only_head=only_head)


def automatic_precision(device: DeviceInfo, bf16_speedup: float | None, *, only_head: bool) -> str:
    """Return the precision that "auto" means on a device.

    On a processor, bf16 pays only where it was measured to be faster and the backbone is frozen (`only_head`), so that
    its forward pass is all of the work. GPUs compute 16 bits much faster than 32. On Apple GPUs and TPUs only 32-true
    is safe without a test.
    """
    if device.accelerator == "cpu":
        return "bf16-mixed" if only_head and (bf16_speedup or 0.0) >= FASTER else "32-true"
    if device.accelerator == "gpu":
        return "bf16-mixed" if _offers(device, "bf16-mixed") is None else "16-mixed"
    return "32-true"


def _offers(device: DeviceInfo, name: str) -> str | None:
    """Return why a precision is not offered on a device; None where it is."""
    precision = next((known for known in device.precisions if known.name == name), None)
    if precision is not None and precision.offered:
        return None
    return precision.reason if precision else "it is not known there"


def check_with_machine(config: RunConfig, found: Machine) -> None:
    """Check what depends on the machine. Raises ConfigError with a message per field."""
    errors = _device_errors(config, found) | _backbone_errors(config, found)
    if config.workers is not None and config.workers > found.threads:
        errors["workers"] = (
            f"{config.workers} workers are more than the {found.threads} cores that a run may use here: they would "
            f"wait for each other. Choose {found.threads} or less, or leave it empty."
        )
    if errors:
        raise ConfigError(errors)


def check_network(config: RunConfig, found: Machine) -> None:
    """Check what depends on the networks on offer only. Raises ConfigError with a message per field."""
    if errors := _backbone_errors(config, found):
        raise ConfigError(errors)


def _device_errors(config: RunConfig, found: Machine) -> dict[str, str]:
    devices = found.chosen(config)
    if config.gpus and len(devices) < len(config.gpus):
        missing = ", ".join(str(number) for number in config.gpus if number not in {gpu.index for gpu in found.gpus()})
        has = ", ".join(f"{gpu.index} ({gpu.name})" for gpu in found.gpus())
        return {"gpus": f"There is no GPU {missing} here. {f'Choose of: {has}.' if has else _NO_GPU}"}
    if not devices:
        has = ", ".join(dict.fromkeys(device.accelerator for device in found.devices))
        return {"accelerator": f"This computer has no {config.accelerator}. It has: {has}."}
    for device in devices:
        why = _offers(device, effective_precision(config, found))
        if why is not None:
            return {"precision": f"{config.precision} does not work on {device.name}: {why}."}
    return {}


_NO_GPU = "This computer has none that torch can use; leave it empty."


def _backbone_errors(config: RunConfig, found: Machine) -> dict[str, str]:
    backbone = found.backbone(config.backbone)
    if backbone is None:
        names = ", ".join(known.name for known in found.backbones)
        return {"backbone": f'There is no backbone "{config.backbone}". Choose one of: {names}.'}
    if config.task == "segmentation" and not backbone.is_encoder:
        names = ", ".join(known.name for known in found.backbones if known.is_encoder)
        return {"backbone": f"{backbone.title} cannot be the encoder of a U-Net. Choose one of: {names}."}
    errors: dict[str, str] = {}
    if config.weights not in backbone.weights:
        choices = " or ".join(filter(None, [", ".join(backbone.weights[:-1]), *backbone.weights[-1:]]))
        errors["weights"] = f"{backbone.title} has no {config.weights} weights here. Set weights to {choices}."
    if wrong := backbone.wrong_size(config.image_size):
        errors["image_size"] = wrong
    if config.drop_connect and backbone.drop_connect is None:
        errors["drop_connect"] = f"{backbone.title} has no blocks that could be dropped. Leave it empty."
    return errors
