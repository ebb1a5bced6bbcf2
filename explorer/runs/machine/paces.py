"""How fast each backbone trains on this computer: measured once, in a child process, and kept.

The child, `python -m explorer.training.costs BACKBONE`, prints one line of JSON, the last of its output:

    {"format": "augmentation-explorer/pace", "version": 1, "train_images_per_second": 38.2,
     "frozen_images_per_second": 165.0, "validate_images_per_second": 170.1, "size": 160, "precision": "bf16-mixed"}

It is the network alone: reading and augmenting images comes on top where it is slower than the network.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from explorer.base.atomic import read_json_object, write_bytes_atomic
from explorer.base.child import ChildError, ask
from explorer.base.home import made_home
from explorer.runs.machine.machine import Machine, machine
from explorer.runs.spec.config import RunConfig

COMMAND = (sys.executable, "-P", "-m", "explorer.training.costs")
TIMEOUT_S = 120.0

_Rate = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class PaceError(RuntimeError):
    """It could not be measured; the message holds the child's last lines."""


class Pace(BaseModel):
    """Images per second at `size` px, on the device and in the precision that "auto" takes for each kind of work.

    train: where all layers learn. frozen: where only the head does. validate: forward alone.
    precision: of frozen and validate.
    """

    model_config = ConfigDict(frozen=True)

    train_images_per_second: _Rate
    frozen_images_per_second: _Rate
    validate_images_per_second: _Rate
    size: Annotated[int, Field(gt=0)]
    precision: str


def machine_key(found: Machine) -> str:
    """What a pace depends on besides its backbone; a restart does not change it."""
    device = found.devices[0].name if found.devices else "none"
    return f"{found.torch} {found.threads} {device}"


def known(backbone: str, key: str) -> Pace | None:
    """The pace of a backbone on the machine of a key, where it has been measured; at once."""
    try:
        return Pace.model_validate((read_json_object(_store()) or {})[_entry(backbone, key)])
    except (KeyError, ValidationError):
        return None  # a cache: what cannot be read is measured again


def measure(backbone: str) -> Pace:
    """Measure a backbone on this machine and keep it; some ten seconds. Raises PaceError, MachineError, OSError."""
    try:
        # Time of the processor is measured: threads that wait must not use it up.
        pace = ask(Pace, [*COMMAND, backbone], TIMEOUT_S, {"OMP_WAIT_POLICY": "PASSIVE"})
    except ChildError as error:
        raise PaceError(f"Measuring {backbone} failed: {error}") from error
    store = _store()
    store.parent.mkdir(exist_ok=True)
    entries: dict[str, Any] = read_json_object(store) or {}
    entries[_entry(backbone, machine_key(machine()))] = pace.model_dump()
    write_bytes_atomic(store, json.dumps(entries, indent=1).encode())
    return pace


def _store() -> Path:
    return made_home() / "cache" / "paces.json"


def _entry(backbone: str, key: str) -> str:
    return f"{backbone} on {key}"


def estimate_s(config: RunConfig, train_images: int, val_images: int, pace: Pace) -> float:
    """Seconds that a run of a config computes for.

    The work of a network goes with the pixels of its input, so a pace at another size is scaled by their ratio. Images
    are validated once while the backbone is frozen: their features stay the same and are kept.
    """
    pixels = (config.image_size / pace.size) ** 2
    frozen_epochs = _frozen_epochs(config)
    free_epochs = config.epochs - frozen_epochs
    validations = free_epochs + min(frozen_epochs, 1)
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
