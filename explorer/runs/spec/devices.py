"""The devices that a run can train on. Each has a lane of its own in the queue."""

from typing import Literal, get_args

Device = Literal["cpu", "gpu", "mps", "tpu"]
Accelerator = Literal["auto", Device]
DEVICES: tuple[Device, ...] = get_args(Device)
