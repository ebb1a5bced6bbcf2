"""A U-Net: a decoder on the maps of an encoder, for a class of each pixel.

Ronneberger et al., https://arxiv.org/abs/1505.04597: from the coarsest maps on, each step enlarges them to the size of
the next finer ones of the encoder, puts both side by side, and convolves them twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate
from typing_extensions import override

from explorer.training.networks.network import Network, Scale

WIDTHS = (256, 128, 64, 32, 16)  # channels of the steps of a decoder, from the coarsest on
Maps = Callable[[Any, Tensor], tuple[Tensor, ...]]


@dataclass(frozen=True)
class Encoder:
    """How a library's network is an encoder.

    Attributes:
        maps: The network and scaled images (N, 3, S, S) -> its last maps at each size, from S/2 down.
        unused: The names of its layers that come after these maps.
    """

    maps: Maps
    unused: tuple[str, ...]


class Decoder(nn.Module):
    """The steps from the coarsest maps to the size of the images.

    Args:
        channels: Of the encoder's maps, from the finest to the coarsest; at most five.
        dropout: Probability with which a channel of the last maps is left out in training.
    """

    def __init__(self, channels: Sequence[int], dropout: float) -> None:
        super().__init__()
        skips = [*reversed(channels[:-1]), 0]  # the last step has the size of the images, where there are no maps
        widths = WIDTHS[-len(skips) :]
        before = (channels[-1], *widths[:-1])
        self.steps = nn.ModuleList(
            _step(came + skip, width) for came, skip, width in zip(before, skips, widths, strict=True)
        )
        self.dropout = nn.Dropout2d(dropout)

    @override
    def forward(self, maps: Sequence[Tensor], size: tuple[int, int]) -> Tensor:
        """Maps from the finest to the coarsest -> (N, 16, *size)."""
        found = maps[-1]
        skips = [*reversed(maps[:-1]), None]
        for step, skip in zip(self.steps, skips, strict=True):
            found = interpolate(found, size=size if skip is None else skip.shape[2:], mode="nearest")
            found = step(found if skip is None else torch.cat([found, skip], dim=1))
        dropped: Tensor = self.dropout(found)
        return dropped


def _step(before: int, after: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for came, goes in pairwise((before, after, after)):
        layers += [nn.Conv2d(came, goes, 3, padding=1, bias=False), nn.BatchNorm2d(goes), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


class Segmenter(Network):
    """A U-Net that takes pixels. `net` is the library's own network without its head, `decoder` and `top` are new.

    Args:
        net: The library's network.
        encoder: How it is an encoder.
        num_outputs: Classes.
        scale: The scale that its weights expect.
        dropout: Probability before the last layer.
    """

    def __init__(self, net: nn.Module, encoder: Encoder, num_outputs: int, scale: Scale, dropout: float) -> None:
        for name in encoder.unused:
            setattr(net, name, nn.Identity())
        super().__init__(net, encoder.maps, "", scale, dropout)
        self._maps = encoder.maps
        self.decoder = Decoder(_channels(net, encoder.maps), dropout)
        self.top = nn.Conv2d(WIDTHS[-1], num_outputs, 1)

    @property
    @override
    def head(self) -> nn.Module:
        """The last layer."""
        return self.top

    @override
    def parts(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """The parameters of the encoder, and those of the decoder with the last layer."""
        return list(self.net.parameters()), [*self.decoder.parameters(), *self.top.parameters()]

    @override
    def classify(self, features: Any) -> Tensor:
        """What `features` gives -> (N, num_outputs, S, S)."""
        maps, size = features
        outputs: Tensor = self.top(self.decoder(maps, size))
        return outputs

    @override
    def features(self, images: Tensor) -> Any:
        """(N, 3, S, S) RGB -> the encoder's maps, and the size of the images; without a graph while frozen."""
        return super().features(images), tuple(images.shape[2:])


@torch.no_grad()
def _channels(net: nn.Module, maps: Maps) -> list[int]:
    """How many maps there are at each size."""
    was = net.training
    found = [each.shape[1] for each in maps(net.eval(), torch.zeros(1, 3, 64, 64))]
    net.train(was)
    return found
