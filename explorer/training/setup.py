"""What a config leaves to this machine: device, precision, threads, workers, and Lightning's trainer made of them."""

import contextlib
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import pytorch_lightning as pl
import torch
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from pytorch_lightning.plugins.io import TorchCheckpointIO

from explorer.runs.machine import durations
from explorer.runs.machine.durations import Duration
from explorer.runs.machine.machine import (
    DeviceInfo,
    Machine,
    check_with_machine,
    effective_precision,
    known_machine,
    remember,
)
from explorer.runs.machine.paces import machine_key
from explorer.runs.spec.config import ConfigError, RunConfig
from explorer.training import identity
from explorer.training.attempt import Attempt
from explorer.training.devices import cores, here
from explorer.training.memory import keep_freed_memory
from explorer.training.ranks import on_processor

_ACCELERATORS = {"gpu": "cuda"}  # Lightning's "gpu" may be any; ours are distinct


@dataclass(frozen=True)
class Setup:
    """What a run computes with.

    Attributes:
        device: The device, or the first of several.
        devices: The numbers of GPUs, or how many devices, as Lightning takes them.
        precision: Of Lightning.
        threads: Threads of torch.
        workers: Loader workers.
    """

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
        """Choose what the config leaves open.

        Args:
            config: Of the run.
            before: The identity of an earlier attempt. Its precision and number of threads are kept, since others
                give other last bits.

        Raises:
            ConfigError: The machine cannot do what the config asks.
        """
        machine = known_machine() or _look(measure=config.precision == "auto" and "precision" not in before)
        check_with_machine(config, machine)
        device = _device(config, machine)
        precision = before.get("precision") or effective_precision(config, machine)
        workers = _default_workers(config, device, precision) if config.workers is None else config.workers
        threads = config.threads or int(before.get("threads", machine.threads))
        return cls(device, _devices(config, device), precision, threads, workers)

    def apply(self) -> None:
        """Make this process compute as the setup says."""
        keep_freed_memory()
        torch.set_num_threads(self.threads)
        cv2.setNumThreads(0)
        # What Lightning warns of here is intended (frozen layers, few workers), or we say it in our own words.
        warnings.filterwarnings("ignore", module="pytorch_lightning")
        logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)

    def trainer(
        self, config: RunConfig, root: Path, callbacks: Sequence[pl.Callback], io: TorchCheckpointIO, **options: Any
    ) -> pl.Trainer:
        """Make Lightning's trainer as every kind of run uses it. options: of pl.Trainer, for this kind."""
        common: dict[str, Any] = {
            "max_epochs": config.epochs,
            "accelerator": _ACCELERATORS.get(self.device.accelerator, self.device.accelerator),
            "devices": self.devices,
            "strategy": "ddp" if self.ranks > 1 else "auto",
            "precision": self.precision,
            "accumulate_grad_batches": config.accumulate,
            "gradient_clip_val": config.gradient_clip,
            # A run is on one computer, even if this process was started in a cluster.
            "plugins": [LightningEnvironment(), io],
            "default_root_dir": root,
            "logger": False,
            "enable_progress_bar": False,
            "enable_model_summary": False,
            "num_sanity_val_steps": 0,
            "use_distributed_sampler": False,
        }
        return pl.Trainer(callbacks=list(callbacks), **(common | options))


def _look(*, measure: bool) -> Machine:
    found = here(measure=measure)
    if measure:
        remember(found)  # a measurement takes a second or two: the next run need not repeat it
    return found


def _device(config: RunConfig, machine: Machine) -> DeviceInfo:
    chosen = [device for device in machine.devices if device.accelerator == "gpu" and device.index in config.gpus]
    return next(iter(chosen), None) or machine.device(config.accelerator) or machine.devices[0]


def _devices(config: RunConfig, device: DeviceInfo) -> list[int] | int:
    chosen: list[int] | int = on_processor() if device.accelerator == "cpu" else list(config.gpus) or 1
    if config.unfreeze_epoch is not None and chosen != 1 and len(config.gpus) != 1:
        # ddp decides at the start which gradients travel.
        raise ConfigError({"unfreeze_epoch": "Unfreezing works on one device. Choose one GPU, or leave this empty."})
    return chosen


def _default_workers(config: RunConfig, device: DeviceInfo, precision: str) -> int:
    # Measured on 2 cores: on a processor, workers only help where a frozen backbone in bf16 leaves it idle.
    if device.accelerator != "cpu":
        return max(1, min(8, cores() - 1))
    return 2 if config.frozen and precision == "bf16-mixed" and cores() > 1 else 0


def note_duration(attempt: Attempt, config: RunConfig, found: Duration | None) -> None:
    """Keep how long the work of a run takes here, for estimates of other runs; a full disk prevents only this.

    A check and a search see the beginning alone, which is not enough where the backbone is unfrozen later.
    """
    machine = known_machine()
    if found is None or machine is None or not attempt.leads:
        return
    if found.by != "train" and config.unfreeze_epoch is not None:
        return
    with contextlib.suppress(OSError):
        durations.keep(durations.work_of(config, machine_key(machine)), found)
