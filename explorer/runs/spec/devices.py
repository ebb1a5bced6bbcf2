"""The devices that a run can train on. Each has its own lane in the queue."""

from typing import Literal, get_args

Device = Literal["cpu", "gpu", "mps", "tpu"]
Accelerator = Literal["auto", Device]
DEVICES: tuple[Device, ...] = get_args(Device)
