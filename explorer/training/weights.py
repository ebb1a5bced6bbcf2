"""The weights that a network starts with: from an installed package, from a download, or from a file."""

from collections.abc import Callable, Mapping
from pathlib import Path

from torch import Tensor

from explorer.base.names import existing, expanded
from explorer.runs.machine.machine import weights_folder
from explorer.runs.spec.recipe import NetworkRecipe
from explorer.training.networks.download import Bundled, Source, fetch
from explorer.training.networks.network import buffers
from explorer.training.networks.state_files import fitted, read
from explorer.training.networks.table import BACKBONES, Backbone
from explorer.training.stopping import WeightsError

__all__ = ["WeightsError", "load"]


def load(recipe: NetworkRecipe, report: Callable[[int, int], None]) -> Mapping[str, Tensor] | None:
    """Load the state of the recipe's backbone without its head, which has other classes.

    Args:
        recipe: Names the backbone and its weights.
        report: Called a few times a second during a download, with the bytes that are done and all bytes (0 if the
            server does not say how many). What it raises ends the download.

    Returns:
        The state as explorer.training.networks.build takes it; None for weights "none".

    Raises:
        WeightsError: The weights cannot be had or used.
    """
    backbone = BACKBONES[recipe.backbone]
    if recipe.weights == "none":
        return None
    if recipe.weights == "file":
        path = existing(expanded(recipe.weights_file.strip()))
        return _with_scale(fitted(read(path, backbone), backbone, path.name), backbone, path.name)
    source = backbone.sources.get(recipe.weights)
    if source is None:
        choices = ", ".join(backbone.weights)
        raise WeightsError(f"{backbone.title} has no {recipe.weights} weights. Choose one of: {choices}.")
    path = _file(source, report)
    return fitted(read(path, backbone), backbone, path.name)


def _with_scale(state: Mapping[str, Tensor], backbone: Backbone, name: str) -> Mapping[str, Tensor]:
    """Add the scale to a published file that was downloaded by hand: its name says which scale it expects."""
    kind = next((weights for weights, published in backbone.downloads.items() if published == name), None)
    return state if kind is None else {**buffers(backbone.scale_of(kind)), **state}


def _file(source: Source, report: Callable[[int, int], None]) -> Path:
    return source.path() if isinstance(source, Bundled) else fetch(source, weights_folder(), report)
