"""Sliding windows: an image larger than the network's input is answered window by window, and the answers are averaged.

Windows overlap by half, as in nnU-Net (Isensee et al., https://arxiv.org/abs/1904.08128), which weighs them with a
Gaussian; here they weigh the same. Logits are averaged, not probabilities.
"""

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor


def starts(length: int, window: int) -> list[int]:
    """Where windows begin along one side of `length` px: half a window apart, the last one at the end."""
    last = length - window
    return [*range(0, last, max(1, window // 2)), last]


def sliding(answer: Callable[[Tensor], Tensor], images: Tensor, window: int, together: int) -> Tensor:
    """Answer images that are at least as large as the window.

    Args:
        answer: (n, 3, window, window) pixels -> (n, C, window, window) logits.
        images: (N, 3, H, W).
        window: Side of the window in px.
        together: The number of windows that are answered at once, which bounds the memory.

    Returns:
        (N, C, H, W) float32: the mean of the logits of all windows that a pixel is in.
    """
    height, width = images.shape[2:]
    places = list(product(range(len(images)), starts(height, window), starts(width, window)))
    total = images.new_zeros(0, dtype=torch.float32)
    for begin in range(0, len(places), together):
        part = places[begin : begin + together]
        cut = [images[image, :, top : top + window, left : left + window] for image, top, left in part]
        found = answer(torch.stack(cut).contiguous(memory_format=torch.channels_last)).float()
        if not len(total):
            total = found.new_zeros(len(images), found.shape[1], height, width)
        for (image, top, left), logits in zip(part, found, strict=True):
            total[image, :, top : top + window, left : left + window] += logits
    return total / _hits(places, images, window).to(total.device)


def _hits(places: list[tuple[int, int, int]], images: Tensor, window: int) -> Tensor:
    """(H, W): the number of windows that each pixel of an image is in."""
    found = torch.zeros(tuple(images.shape[2:]))
    for image, top, left in places:
        if image == 0:  # it is the same for all
            found[top : top + window, left : left + window] += 1
    return found
