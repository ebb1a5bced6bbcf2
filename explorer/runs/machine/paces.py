"""How fast each backbone trains on this computer, measured once in a child process and kept.

The child, `python -m explorer.training.costs BACKBONE [TASK]`, prints a `Pace` as the last line of its output. For
masks it measures the U-Net, whose decoder can take several times as long as its encoder.
It measures the network alone. Where reading and augmenting images is slower than the network, a run takes longer.
"""

import sys
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from explorer.base.child import ChildError, ask
from explorer.base.task_names import TaskName
from explorer.runs.machine.kept import Kept
from explorer.runs.machine.machine import Machine, machine
from explorer.runs.spec.config import RunConfig

COMMAND = (sys.executable, "-P", "-m", "explorer.training.costs")
TIMEOUT_S = 120.0

_Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class PaceError(RuntimeError):
    """A pace could not be measured. The message holds the last lines of the child process."""


class Pace(BaseModel):
    """Images per second at `size` px, on the device and in the precision that "auto" takes for each kind of work.

    In training all layers learn, frozen only the head does, and validation is the forward pass alone. `precision` is
    that of the latter two.
    """

    model_config = ConfigDict(frozen=True)

    train_images_per_second: _Rate
    frozen_images_per_second: _Rate
    validate_images_per_second: _Rate
    size: Annotated[int, Field(gt=0)]
    precision: str


_PACES = Kept("paces", Pace, 500)


def machine_key(found: Machine) -> str:
    """Return what a pace depends on besides its backbone. A restart does not change it."""
    device = found.devices[0].name if found.devices else "none"
    return f"{found.torch} {found.threads} {device}"


def subject(backbone: str, task: TaskName) -> str:
    """Return the key of a measured network: one that answers about whole images, or a U-Net for masks."""
    return f"{backbone} for masks" if task == "segmentation" else backbone


def command(backbone: str, task: TaskName) -> list[str]:
    """Return the command of the child that measures."""
    return [*COMMAND, backbone, *([task] if task == "segmentation" else [])]


def known(backbone: str, key: str, task: TaskName = "classification") -> Pace | None:
    """Return the pace of a backbone on the machine of a key, if it has been measured for such a task."""
    return _PACES.get(f"{subject(backbone, task)} on {key}")


def measure(backbone: str, task: TaskName = "classification") -> Pace:
    """Measure a backbone on this machine and keep the pace. It takes about ten seconds.

    Raises:
        PaceError: The child process failed.
        MachineError: The machine could not be looked at.
    """
    try:
        # Time of the processor is measured: waiting threads must not use it up.
        pace = ask(Pace, command(backbone, task), TIMEOUT_S, {"OMP_WAIT_POLICY": "PASSIVE"})
    except ChildError as error:
        raise PaceError(f"Measuring {backbone} failed: {error}") from error
    _PACES.put(f"{subject(backbone, task)} on {machine_key(machine())}", pace)
    return pace


def estimate_s(config: RunConfig, train_images: int, val_images: int, pace: Pace) -> float:
    """Estimate the seconds that a run computes.

    The work of a network is proportional to the pixels of its input, so that a pace at another size is scaled. Whole
    images are validated once while the backbone is frozen, because their features stay the same and are kept; those of
    masks would not fit into the memory.
    """
    pixels = (config.image_size / pace.size) ** 2
    frozen_epochs = _frozen_epochs(config)
    free_epochs = config.epochs - frozen_epochs
    validations = free_epochs + (frozen_epochs if config.task == "segmentation" else min(frozen_epochs, 1))
    seconds = (
        frozen_epochs * train_images / pace.frozen_images_per_second
        + free_epochs * train_images / pace.train_images_per_second
        + validations * val_images / pace.validate_images_per_second
    )
    return pixels * seconds


def _frozen_epochs(config: RunConfig) -> int:
    if not config.frozen:
        return 0
    return config.epochs if config.unfreeze_epoch is None else config.unfreeze_epoch - 1
