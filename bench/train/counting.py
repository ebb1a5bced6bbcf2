"""What counting pixels adds to a validation: the judge beside the network, by the time of one thread."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.data.prepare import load
from explorer.runs.spec.config import RunConfig, from_values
from explorer.training.batch import collate
from explorer.training.bf16 import casting
from explorer.training.losses import Objective
from explorer.training.networks import build
from explorer.training.tasks.segmentation import SEGMENTATION

CLASSES, IMAGES, ROUNDS = 11, 8, 7
PRECISIONS = ("bf16-mixed", "32-true")
Batch = tuple[Tensor, Tensor]


class _Timed:
    """The seconds of this thread that some functions take."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            begun = time.thread_time()
            found = work(*arguments)
            self.seconds += time.thread_time() - begun
            return found

        return timed


def counting_share(network: Callable[[Tensor], Tensor], batch: Batch, config: RunConfig, precision: str) -> float:
    """The middle of some rounds: seconds of counting divided by those of the validation, 0..1.

    A validation is the network, the loss, the likeliest class of each pixel, and counting, which is all else that the
    judge does, up to its record. A plain script computes the first three too.
    """
    images, masks = batch
    classes = network(images[:1]).shape[1]
    shares = []
    for _ in range(ROUNDS):
        needed, whole = _Timed(), _Timed()
        plain = SEGMENTATION.objective(config, np.ones(classes, np.int64))
        timed = replace(plain, loss=needed(plain.loss), predict=needed(plain.predict))
        whole(_validate)(needed(_outputs), network, images, masks, timed, config, precision)
        shares.append(1 - needed.seconds / whole.seconds)
    return float(np.median(shares[1:]))


def _outputs(network: Callable[[Tensor], Tensor], images: Tensor, precision: str) -> Tensor:
    with casting(precision, "cpu"):
        return network(images).float()


def _validate(
    forward: Callable[..., Tensor], network: Callable[[Tensor], Tensor], images: Tensor, masks: Tensor,
    objective: Objective, config: RunConfig, precision: str,
) -> None:  # fmt: skip
    judge = SEGMENTATION.judge(objective, config)
    judge.add(forward(network, images, precision), masks, torch.arange(len(images)))
    judge.finish([judge.part])


def random_case(size: int) -> tuple[torch.nn.Module, Batch, RunConfig]:
    """A network with random weights, whose masks are noisy, and masks of squares."""
    config = from_values({"dataset": {"kind": "shapes", "learn": "masks"}, "pipeline": {}, "image_size": size})
    torch.manual_seed(0)
    network = build(config, CLASSES, None, config.task).eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = torch.randint(0, 256, (IMAGES, 3, size, size), dtype=torch.uint8).to(memory_format=torch.channels_last)
    masks = torch.randint(0, CLASSES, (IMAGES, size // 16 + 1, size // 16 + 1))
    masks = masks.repeat_interleave(16, 1).repeat_interleave(16, 2)[:, :size, :size].contiguous()
    return network, (images, masks), config


def batch_of(config: RunConfig) -> Batch:
    """Validation images of a config with their masks."""
    split = config.dataset.open().val
    fit = SEGMENTATION.fit(config)
    places = range(min(IMAGES, len(split)))
    found = collate(SEGMENTATION, [
        (*SEGMENTATION.item(load(split, place, fit), split, config, None, place), place) for place in places
    ])  # fmt: skip
    return found.images, found.labels


@contextmanager
def one_thread() -> Iterator[None]:
    """Time of one thread is not that of others that wait."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_num_threads(threads)
