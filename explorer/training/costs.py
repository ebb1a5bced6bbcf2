"""`python -m explorer.training.costs BACKBONE [TASK]` measures how fast a network is here; prints one line of JSON.

explorer.runs.machine.paces defines and reads the line. The weights are random, which does not change the time.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explorer.base.task_names import TaskName
from explorer.runs.machine.machine import automatic_precision, known_machine
from explorer.runs.spec.devices import Device
from explorer.training.bf16 import casting, images_for, network_for, processor_seconds
from explorer.training.devices import cores, here
from explorer.training.networks import BACKBONES, Network

_SIZE = 160  # px, or a network's default size where that is less
_BUDGET_S = 1.5  # for each kind of work
_STEPS = 8  # at most, for each kind of work
# Parameters of a network, and the batch size up to there: large networks are slow, and need a step in the budget.
_BATCHES = ((6e6, 16), (12e6, 8), (30e6, 4))
_SMALLEST_BATCH = 2
_TORCH_NAMES: dict[Device, str] = {"cpu": "cpu", "gpu": "cuda:0", "mps": "mps", "tpu": "xla"}


@dataclass(frozen=True)
class _Bench:
    network: Network
    images: Tensor
    device: torch.device
    task: TaskName

    def rate(self, work: Callable[[], Any], precision: str) -> float:
        """Images per second of some work, by its shortest time."""
        fastest, begin = float("inf"), time.perf_counter()
        for step in range(_STEPS):
            seconds = self._seconds(work, precision)
            # The first step also plans and allocates; it counts only if it is too slow for a second one.
            if step or seconds > 2 * _BUDGET_S:
                fastest = min(fastest, seconds)
            if fastest < float("inf") and time.perf_counter() - begin > _BUDGET_S:
                break
        return len(self.images) / fastest

    def _seconds(self, work: Callable[[], Any], precision: str) -> float:
        with casting(precision, self.device.type):
            if self.device.type == "cpu":
                return processor_seconds(work)
            self._wait()
            begin = time.perf_counter()
            work()
            self._wait()
            return time.perf_counter() - begin

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        elif self.device.type == "mps":
            torch.mps.synchronize()

    def step(self) -> None:
        """Make a training step without the moments of an optimizer, which take little time but much memory."""
        loss = nn.functional.cross_entropy(self.network(self.images).float(), self._labels())
        loss.backward()  # type: ignore[no-untyped-call]
        for parameter in self.network.parameters():
            if parameter.grad is not None:
                parameter.data.add_(parameter.grad, alpha=-1e-3)
                parameter.grad = None

    def validate(self) -> None:
        """Make a forward pass."""
        with torch.no_grad():
            self.network(self.images)

    def _labels(self) -> Tensor:
        labels = torch.arange(len(self.images), device=self.device) % 2
        if self.task != "segmentation":
            return labels
        return labels.view(-1, 1, 1).expand(-1, *self.images.shape[2:])  # a class for each pixel


def pace(name: str, task: TaskName = "classification") -> dict[str, Any]:
    """Measure the fields of explorer.runs.machine.paces.Pace.

    Raises KeyError for an unknown backbone, and for one that cannot be the encoder of a U-Net where masks are learned.
    """
    backbone = BACKBONES[name]
    size = min(backbone.default_size, _SIZE)
    machine = known_machine() or here()
    info = machine.devices[0]
    device = torch.device(_TORCH_NAMES[info.accelerator])
    batch = next((images for parameters, images in _BATCHES if backbone.parameters <= parameters), _SMALLEST_BATCH)
    network = network_for(name, size, task)
    bench = _Bench(network.to(device), images_for(batch, size).to(device), device, task)
    all_layers, forward = (automatic_precision(info, machine.bf16_speedup, only_head=only) for only in (False, True))
    train = bench.rate(bench.step, all_layers)
    bench.network.freeze(True)
    frozen = bench.rate(bench.step, forward)
    bench.network.eval()
    return {
        "train_images_per_second": round(train, 2),
        "frozen_images_per_second": round(frozen, 2),
        "validate_images_per_second": round(bench.rate(bench.validate, forward), 2),
        "size": size,
        "precision": forward,
    }


def main() -> None:
    """Measure what the arguments name."""
    task: TaskName = "segmentation" if "segmentation" in sys.argv[2:] else "classification"
    print(json.dumps({"format": "augmentation-explorer/pace", "version": 1, **pace(sys.argv[1], task)}), flush=True)


if __name__ == "__main__":
    torch.set_num_threads(cores())
    main()
