"""From a recipe to a network."""

from collections.abc import Mapping

from torch import Tensor

from explorer.runs.spec.recipe import NetworkRecipe
from explorer.training.networks.network import IMAGENET, SYMMETRIC, UNIT, Design, Network, Normalisation
from explorer.training.networks.table import BACKBONES

_SCALES: dict[str, Normalisation] = {"imagenet": IMAGENET, "symmetric": SYMMETRIC, "none": UNIT}


def build(recipe: NetworkRecipe, num_outputs: int, state: Mapping[str, Tensor] | None) -> Network:
    """The network of a recipe, its head drawn from torch's generator; without `state` all of it.

    state: of the backbone, as explorer.training.weights loads it; where it has "mean" and "std", they are what
    `normalise="auto"` takes. Raises KeyError for an unknown backbone, RuntimeError for a state that does not fit.
    """
    backbone = BACKBONES[recipe.backbone]
    net = backbone.make(Design(recipe.image_size, num_outputs, recipe.dropout, recipe.drop_connect))
    scale = _SCALES.get(recipe.normalise) or backbone.scale_of(recipe.weights)
    network = Network(net, backbone.family, scale, recipe.dropout)
    if state is not None:
        take_weights(network, backbone.family.head, state)
        if recipe.normalise == "auto":
            take_scale(network, state)
    network.freeze(recipe.frozen)
    return network


def take_weights(network: Network, head: str, state: Mapping[str, Tensor]) -> None:
    """Take over the weights of a state; the head stays new, for it has other classes."""
    weights = {name: value for name, value in state.items() if name not in ("mean", "std")}
    own_head = {name: value for name, value in network.net.state_dict().items() if name.startswith(f"{head}.")}
    network.net.load_state_dict(weights | own_head)


def take_scale(network: Network, state: Mapping[str, Tensor]) -> None:
    """Take over "mean" and "std" where a state has them: its weights were trained with these."""
    if {"mean", "std"} <= state.keys():
        network.mean.copy_(state["mean"])
        network.std.copy_(state["std"])
