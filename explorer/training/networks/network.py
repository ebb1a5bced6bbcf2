"""A library's own network with the scaling of its input, taken apart into features and a head."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn
from typing_extensions import override

# Mean and std that weights expect, for (pixel / 255 - mean) / std per channel R, G, B.
Scale = tuple[tuple[float, ...], tuple[float, ...]]
IMAGENET: Scale = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SYMMETRIC: Scale = (0.5,) * 3, (0.5,) * 3
UNIT: Scale = (0.0,) * 3, (1.0,) * 3


@dataclass(frozen=True)
class Design:
    """What a library needs to know to make a network.

    Attributes:
        image_size: Side of its input in px.
        num_outputs: Outputs of the head.
        dropout: Probability before the head.
        drop_connect: Probability in the last block, which falls to 0 in the first; None for the network's own.
    """

    image_size: int
    num_outputs: int
    dropout: float
    drop_connect: float | None = None


@dataclass(frozen=True)
class Cam:
    """Where Grad-CAM looks into a network.

    Attributes:
        layer: The layer of the library's network whose output is explained.
        maps: Turns that output, and its gradient, into maps (N, K, H, W).
    """

    layer: Callable[[Any], nn.Module]
    maps: Callable[[Tensor], Tensor] = lambda output: output


Features = Callable[[Any, Tensor], Any]  # a network and scaled images (N, 3, S, S) float32 -> (N, F) for its head


def buffers(scale: Scale) -> dict[str, Tensor]:
    """The "mean" and "std" of pixels in 0 to 255, (3, 1, 1) float32."""
    return {name: 255 * torch.tensor(value).view(3, 1, 1) for name, value in zip(("mean", "std"), scale, strict=True)}


class Network(nn.Module):
    """A network that takes pixels. `net` is the library's own network, with its own head.

    Therefore its state under "net." fits into the plain network of the library.

    Args:
        net: The library's network.
        features_of: Gives what goes into its head.
        head: The name of its last layer, a linear one.
        scale: The scale that its weights expect.
        dropout: Probability before the head.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, net: nn.Module, features_of: Features, head: str, scale: Scale, dropout: float) -> None:
        super().__init__()
        self.net = net
        self.dropout = nn.Dropout(dropout)
        self.frozen = False
        self._features_of, self._head = features_of, head
        # Checkpoints keep the scale, of pixels in 0 to 255: the weights are worth nothing with another one.
        for name, value in buffers(scale).items():
            self.register_buffer(name, value)

    @property
    def head(self) -> Any:
        """The last layer; a linear one where whole images have a class."""
        found: nn.Linear = getattr(self.net, self._head)
        return found

    @property
    def num_outputs(self) -> int:
        """Outputs of the last layer: classes, or 1 for the log odds of the second of two."""
        return int(self.head.weight.shape[0])

    def freeze(self, frozen: bool) -> None:
        """Freeze or unfreeze the backbone; a frozen one gets no gradients and no new statistics of batch norms."""
        self.frozen = frozen
        for parameter in self.parts()[0]:
            parameter.requires_grad_(not frozen)
        self.train(self.training)

    def parts(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """The parameters of the backbone and those of the head."""
        head = list(self.head.parameters())
        ours = {id(parameter) for parameter in head}
        return [parameter for parameter in self.net.parameters() if id(parameter) not in ours], head

    @override
    def train(self, mode: bool = True) -> Self:
        """Set the mode as torch does; a frozen backbone stays in evaluation mode."""
        super().train(mode)
        if self.frozen:
            self.net.eval()
        return self

    def features(self, images: Tensor) -> Any:
        """(N, 3, S, S) RGB, uint8 or float32 in 0 to 1 -> (N, F); without a graph while frozen."""
        pixels = images * 255 if images.is_floating_point() else images.float()
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            return self._features_of(self.net, (pixels - self.mean) / self.std)

    def classify(self, features: Any) -> Tensor:
        """(N, F) -> (N, num_outputs)."""
        outputs: Tensor = self.head(self.dropout(features))
        return outputs

    @override
    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) RGB, uint8 or float32 in 0 to 1 -> (N, num_outputs)."""
        return self.classify(self.features(images))


def needs_several(network: nn.Module, size: int) -> bool:
    """Whether a batch in training must have several images of this side: a batch norm that learns sees one pixel each.

    Its statistics of one image would be of one value, which torch refuses.
    """
    was_training = network.training
    network.train()
    norms = [one for one in network.modules() if isinstance(one, nn.modules.batchnorm._BatchNorm) and one.training]
    single: list[bool] = []

    def look(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        single.append(inputs[0].numel() == inputs[0].shape[1])

    hooks = [norm.register_forward_pre_hook(look) for norm in norms]
    try:
        device = next(network.parameters()).device
        with torch.no_grad():
            network.eval()(torch.zeros(1, 3, size, size, dtype=torch.uint8, device=device))
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was_training)
    return any(single)


def take_weights(network: Network, head: str, state: Mapping[str, Tensor]) -> None:
    """Load the weights of a backbone; the head stays as it was drawn, since it has other classes."""
    weights = {name: value for name, value in state.items() if name not in ("mean", "std")}
    own_head = {name: value for name, value in network.net.state_dict().items() if name.startswith(f"{head}.")}
    network.net.load_state_dict(weights | own_head)


def take_scale(network: Network, state: Mapping[str, Tensor]) -> None:
    """Load "mean" and "std" if the state has them: its weights were trained with these."""
    if {"mean", "std"} <= state.keys():
        network.mean.copy_(state["mean"])
        network.std.copy_(state["std"])
