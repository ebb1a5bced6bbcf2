"""How much faster this processor is in bf16, measured: what it says about itself does not decide it."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor

from explorer.training.networks.network import Design, Network
from explorer.training.networks.table import BACKBONES

_BUDGET_S = 1.5
_TURNS = 5
_KINDS = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}


def bf16_speedup(name: str = "efficientnet-lite0", size: int = 160, batch: int = 8) -> float:
    """How many times as fast a frozen network is in bf16-mixed as in 32-true on the processor; about a second.

    Both take turns on one thread, in time of the processor, and the fastest of each counts: a busy moment must not
    decide for all runs to come. The weights are random: they do not change the time.
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
                if turn:  # the first of each also plans and allocates
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
    """What some work of torch takes where nothing else runs: the time of its threads, shared by them.

    By the clock, a busy moment would count as the network's. Threads that wait have to sleep for it to be right.
    """
    begin = time.process_time()
    work()
    return (time.process_time() - begin) / torch.get_num_threads()


def casting(precision: str, device: str) -> AbstractContextManager[Any]:
    """What a precision of RunConfig means around a forward pass."""
    return torch.autocast(device, _KINDS[precision]) if precision in _KINDS else nullcontext()


def network_for(name: str, size: int) -> Network:
    """A network of the table with random weights, on the processor, as the trainer lays it out."""
    backbone = BACKBONES[name]
    network = Network(backbone.make(Design(size, 2, 0.2)), backbone.family, backbone.scale, 0.2)
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def images_for(batch: int, size: int) -> Tensor:
    """(batch, 3, size, size) uint8 noise, in the layout of the network."""
    images = torch.randint(0, 256, (batch, 3, size, size), dtype=torch.uint8)
    return images.contiguous(memory_format=torch.channels_last)
