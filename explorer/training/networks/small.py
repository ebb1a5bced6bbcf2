"""A small convolutional network for lessons."""

import itertools
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from typing_extensions import override

from explorer.training.networks.download import Source
from explorer.training.networks.network import Cam, Design
from explorer.training.networks.unet import Encoder

_CHANNELS = (3, 32, 64, 128, 256)
SOURCES: Mapping[str, Source] = {}


class SmallCNN(nn.Module):
    """Four times convolution, batch norm, ReLU and max pooling; then the mean over the image and a linear layer."""

    def __init__(self, num_outputs: int, dropout: float) -> None:
        super().__init__()
        pairs = itertools.pairwise(_CHANNELS)
        self.blocks = nn.Sequential(*(_block(before, after) for before, after in pairs))
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(_CHANNELS[-1], num_outputs)

    def features(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, 256)."""
        maps: Tensor = self.blocks(images)
        return torch.flatten(nn.functional.adaptive_avg_pool2d(maps, 1), 1)

    @override
    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, num_outputs)."""
        outputs: Tensor = self.fc(self.dropout(self.features(images)))
        return outputs


def _block(before: int, after: int) -> nn.Sequential:
    convolution = nn.Conv2d(before, after, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True), nn.MaxPool2d(2))


HEAD = "fc"  # the last layer


def features_of(net: Any, images: Tensor) -> Tensor:
    """Scaled images -> what goes into the head, (N, F)."""
    found: Tensor = net.features(images)
    return found


CAM = Cam(lambda net: net.blocks[-1][0])  # the last convolution


def small(design: Design) -> SmallCNN:
    """Make a small network."""
    return SmallCNN(design.num_outputs, design.dropout)


def maps_of(net: Any, images: Tensor) -> tuple[Tensor, ...]:
    """Scaled images -> the maps after each block, from half of the images' size down to a 16th."""
    found: list[Tensor] = []
    maps = images
    for block in net.blocks:
        maps = block(maps)
        found.append(maps)
    return tuple(found)


ENCODER = Encoder(maps_of, ("dropout", "fc"))
