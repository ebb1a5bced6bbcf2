"""How much faster this processor is in bf16. It is measured, since the features of a processor do not decide it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor

from explorer.base.task_names import TaskName
from explorer.training.networks.network import Design, Network
from explorer.training.networks.table import BACKBONES, unet

_BUDGET_S = 1.5
_TURNS = 5
_KINDS = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}


def bf16_speedup(name: str = "efficientnet-lite0", size: int = 160, batch: int = 8) -> float:
    """Measure how many times as fast a frozen network is in bf16-mixed as in 32-true on the processor.

    It takes about a second. Both take turns on one thread, and the shortest processor time of each counts, so that a
    busy moment does not decide for all later runs. The weights are random, which does not change the time.
    """
    with torch.random.fork_rng(devices=[]):
        network, images = network_for(name, size), images_for(batch, size)
    network.freeze(True)
    fastest = {"32-true": float("inf"), "bf16-mixed": float("inf")}
    with _one_thread():
        begin = time.perf_counter()
        for turn in range(_TURNS):
            for precision in fastest:
                seconds = _forward_s(network, images, precision)
                if turn:  # the first turn of each also plans and allocates
                    fastest[precision] = min(fastest[precision], seconds)
            if turn and time.perf_counter() - begin > _BUDGET_S:
                break
    return round(fastest["32-true"] / fastest["bf16-mixed"], 2)


@contextmanager
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@torch.no_grad()
def _forward_s(network: Network, images: Tensor, precision: str) -> float:
    with casting(precision, "cpu"):
        return processor_seconds(lambda: network(images))


def processor_seconds(work: Callable[[], Any]) -> float:
    """The seconds that some work of torch takes if nothing else runs: the time of all threads, divided by them.

    With wall time, a busy moment would count too. It is right only if waiting threads sleep.
    """
    begin = time.process_time()
    work()
    return (time.process_time() - begin) / torch.get_num_threads()


def casting(precision: str, device: str) -> AbstractContextManager[Any]:
    """The context of a forward pass in a precision of RunConfig."""
    return torch.autocast(device, _KINDS[precision]) if precision in _KINDS else nullcontext()


def network_for(name: str, size: int, task: TaskName = "classification") -> Network:
    """A network of the table with random weights, on the processor, in the trainer's memory layout.

    Raises KeyError where the table has no such network for the task.
    """
    backbone = BACKBONES[name]
    network = Network(backbone.make(Design(size, 2, 0.2)), backbone.features_of, backbone.head, backbone.scale, 0.2)
    if task == "segmentation":
        network = unet(backbone, network, 2, 0.2)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def images_for(batch: int, size: int) -> Tensor:
    """(batch, 3, size, size) uint8 noise, in the memory layout of the network."""
    images = torch.randint(0, 256, (batch, 3, size, size), dtype=torch.uint8)
    return images.contiguous(memory_format=torch.channels_last)
