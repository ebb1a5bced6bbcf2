"""The weights that a network starts with: brought by a package, downloaded once, or from a file."""

from collections.abc import Callable, Mapping
from pathlib import Path

from torch import Tensor

from explorer.base.names import existing, expanded
from explorer.runs.machine.machine import weights_folder
from explorer.runs.spec.recipe import NetworkRecipe
from explorer.training.networks.download import fetch
from explorer.training.networks.network import buffers
from explorer.training.networks.sources import Bundled, Source
from explorer.training.networks.state_files import fitted, read
from explorer.training.networks.table import BACKBONES, Backbone
from explorer.training.stopping import WeightsError

__all__ = ["WeightsError", "load"]


def load(recipe: NetworkRecipe, report: Callable[[int, int], None]) -> Mapping[str, Tensor] | None:
    """The state of the recipe's backbone without its head, as explorer.training.networks.build takes it.

    None for weights "none". A head is left out: the new one has other classes. report: bytes done and in all (0: nobody
    knows) of a download, a few times a second; what it raises ends it. Raises WeightsError.
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
    """What somebody has fetched by hand still has its published name, and so we know what it expects."""
    kind = next((weights for weights, published in backbone.downloads.items() if published == name), None)
    return state if kind is None else {**buffers(backbone.scale_of(kind)), **state}


def _file(source: Source, report: Callable[[int, int], None]) -> Path:
    return source.path() if isinstance(source, Bundled) else fetch(source, weights_folder(), report)
