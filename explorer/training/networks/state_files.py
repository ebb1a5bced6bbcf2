"""Files of weights: read without running anything in them, and fitted to the network that they are for."""

import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from explorer.training.networks.network import Design
from explorer.training.networks.table import BACKBONES, Backbone
from explorer.training.stopping import WeightsError
from explorer.training.unpacking import Bound, DamagedError, TooLargeError, UnsafeError, load

State = Mapping[str, Tensor]
# ".tar" as in model_best.pth.tar, a name in PyTorch's own examples; it is not an archive of files.
_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".tar")
_WRAPPED = ("state_dict", "model", "model_state_dict")  # keys of the weights in checkpoints
_COUNTERS = "num_batches_tracked"  # of batch norms; older files lack them, and nothing here reads them
_ALONE = "Save the state dict alone (torch.save(model.state_dict(), ...)), or take safetensors."


def read(path: Path, backbone: Backbone) -> dict[str, Tensor]:
    """Read the tensors of a file by name, on the CPU.

    Raises WeightsError, also if the file unpacks to far more than the weights of the backbone take.
    """
    if path.suffix.lower() not in _SUFFIXES:
        kinds = ", ".join(_SUFFIXES)
        raise WeightsError(f"{path.name} is no file of weights that can be read. Choose one of: {kinds}.")
    if not path.is_file():
        raise WeightsError(f"There is no file {path}. Choose the file of weights again.")
    if path.suffix.lower() == ".tar" and tarfile.is_tarfile(path):
        raise WeightsError(
            f"{path.name} is an archive of files, not weights that torch has saved. Unpack it, and choose the file of "
            "weights that is in it."
        )
    try:
        content = load(path, Bound(backbone))
    except TooLargeError as error:
        raise WeightsError(f"{path.name} was not used: {error}. {_ALONE}") from error
    except UnsafeError as error:
        raise WeightsError(
            f"{path.name} is damaged, or holds more than numbers, which could run code: it was not opened. {_ALONE}"
        ) from error
    except (DamagedError, OSError) as error:
        raise WeightsError(f"{path.name} is damaged or cut off ({error}). Copy or download it again.") from error
    state = unwrapped(content)
    if not state:
        raise WeightsError(f"{path.name} holds no weights: a state dict of tensors by name is expected.")
    return state


def unwrapped(content: Any) -> dict[str, Tensor]:
    """The tensors of a state dict or of a checkpoint around one; empty where there are none."""
    if not isinstance(content, Mapping):
        return {}
    for key in _WRAPPED:
        if isinstance(content.get(key), Mapping):
            return unwrapped(content[key])
    return {str(name): value for name, value in content.items() if isinstance(value, Tensor)}


def fitted(state: State, backbone: Backbone, source: str) -> State:
    """The weights of a state for a backbone without its head, by the names of its own library.

    Args:
        state: Tensors by name, as `read` gives them. One of our checkpoints also has "mean" and "std".
        backbone: What the weights are for.
        source: The name of the file, for the error.

    Raises:
        WeightsError: The state is of another architecture.
    """
    expected = _shapes(backbone)
    weights, scale = _of_backbone(state, backbone, expected)
    wrong = _wrong(weights, expected)
    if not wrong:
        return {**weights, **scale}
    like = next((other.title for other in BACKBONES.values() if _fits(state, other)), None)
    it_is = f"It holds those of {like}." if like else wrong
    do = f"Choose {like} as the backbone, or another file." if like else "Choose another file, or another backbone."
    raise WeightsError(f"{source} does not hold the weights of {backbone.title}. {it_is} {do}")


def _shapes(backbone: Backbone) -> dict[str, torch.Size]:
    """Name -> shape of the tensors of a backbone without its head, which is made without memory or random numbers."""
    with torch.device("meta"):
        net: nn.Module = backbone.make(Design(backbone.default_size, 2, 0.0))
    head = f"{backbone.head}."
    return {name: value.shape for name, value in net.state_dict().items() if not name.startswith(head)}


def _of_backbone(state: State, backbone: Backbone, expected: Mapping[str, Any]) -> tuple[State, State]:
    named = {backbone.renamed(name): value for name, value in state.items()}
    return weights_and_scale(named, backbone.head, expected)


def weights_and_scale(state: State, head: str, expected: Mapping[str, Any]) -> tuple[State, State]:
    """Take apart the weights of a network without its head, and "mean" and "std" if the state has them.

    Args:
        state: Of the network, or of a module around it, as in our checkpoints, which alone have a scale.
        head: The name of the last layer.
        expected: The names that the network has, in their order.
    """
    first = next(iter(expected))
    prefix = next((name.removesuffix(first) for name in state if name.endswith(first)), "")  # such as "network.net."
    weights = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
    backbone = {name: value for name, value in weights.items() if not name.startswith(f"{head}.")}
    counters = {name: torch.tensor(0) for name in expected if name.endswith(_COUNTERS)}
    outer = prefix.removesuffix("net.")
    kept = {name: state.get(f"{outer}{name}") for name in ("mean", "std") if prefix != outer}
    scale = {name: value for name, value in kept.items() if value is not None and value.shape == (3, 1, 1)}
    return counters | backbone, scale


def _wrong(found: State, expected: Mapping[str, torch.Size]) -> str:
    """What does not fit, in a sentence; empty if everything fits."""
    missing, extra = expected.keys() - found.keys(), found.keys() - expected.keys()
    if missing:
        return f"{len(missing)} of {len(expected)} tensors are missing, such as {min(missing)}."
    if extra:
        return f"{len(extra)} tensors have no place in it, such as {min(extra)}."
    for name, shape in expected.items():
        if found[name].shape != shape:
            return f"{name} has the shape {tuple(found[name].shape)}, expected {tuple(shape)}."
    return ""


def _fits(state: State, backbone: Backbone) -> bool:
    expected = _shapes(backbone)
    return not _wrong(_of_backbone(state, backbone, expected)[0], expected)
