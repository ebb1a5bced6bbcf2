"""What a config leaves to this machine."""

from dataclasses import dataclass

from explorer.runs.machine.machine import (
    DeviceInfo,
    Machine,
    check_with_machine,
    effective_precision,
    known_machine,
    remember,
)
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.training import identity
from explorer.training.devices import cores, here
from explorer.training.ranks import on_processor


@dataclass(frozen=True)
class Setup:
    """device: the first of several. devices: as Lightning wants them: numbers of GPUs, or how many."""

    device: DeviceInfo
    devices: list[int] | int
    precision: str
    threads: int
    workers: int

    @property
    def ranks(self) -> int:
        """Processes that train together."""
        return self.devices if isinstance(self.devices, int) else len(self.devices)

    @classmethod
    def choose(cls, config: RunConfig, before: identity.Identity) -> "Setup":
        """before: of an earlier attempt, whose number of threads is kept: another one gives other last bits.

        Raises ConfigError where the machine cannot do what the config asks.
        """
        machine = known_machine() or _look(measure=config.precision == "auto" and "precision" not in before)
        check_with_machine(config, machine)
        device = _device(config, machine)
        precision = before.get("precision") or effective_precision(config, machine)
        workers = _default_workers(config, device, precision) if config.workers is None else config.workers
        threads = config.threads or int(before.get("threads", machine.threads))
        return cls(device, _devices(config, device), precision, threads, workers)


def _look(*, measure: bool) -> Machine:
    found = here(measure=measure)
    if measure:
        remember(found)  # a measurement costs a second or two: the next run need not make it again
    return found


def _device(config: RunConfig, machine: Machine) -> DeviceInfo:
    chosen = [device for device in machine.devices if device.accelerator == "gpu" and device.index in config.gpus]
    return next(iter(chosen), None) or machine.device(config.accelerator) or machine.devices[0]


def _devices(config: RunConfig, device: DeviceInfo) -> list[int] | int:
    if device.accelerator == "cpu":
        chosen: list[int] | int = on_processor()
    else:
        chosen = list(config.gpus) or 1
    if config.unfreeze_epoch is not None and chosen != 1 and len(config.gpus) != 1:
        # ddp decides at the start which gradients travel.
        raise ConfigError({"unfreeze_epoch": "Unfreezing works on one device. Choose one GPU, or leave this empty."})
    return chosen


def _default_workers(config: RunConfig, device: DeviceInfo, precision: str) -> int:
    """Measured on 2 cores: on a processor, workers only help where a frozen backbone in bf16 leaves it idle."""
    if device.accelerator != "cpu":
        return max(1, min(8, cores() - 1))
    return 2 if config.frozen and precision == "bf16-mixed" and cores() > 1 else 0
