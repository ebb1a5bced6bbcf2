"""Files of weights: read without running anything in them, and fitted to the network that they are for."""

import pickle
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.training.networks.network import Design
from explorer.training.networks.table import BACKBONES, Backbone
from explorer.training.stopping import WeightsError
from explorer.training.unpacking import Bound, TooLargeError

State = Mapping[str, Tensor]
_WRAPPED = ("state_dict", "model", "model_state_dict")  # keys that checkpoints keep their weights under
_COUNTERS = "num_batches_tracked"  # of batch norms; older files lack them, and nothing here reads them
_ARCHIVE = b"PK\x03\x04"  # how a zip archive begins


def read(path: Path, backbone: Backbone) -> dict[str, Tensor]:
    """The tensors of a file by name, on the CPU.

    Raises WeightsError, also for a file that unpacks to far more than the weights of the backbone take.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        kinds = ", ".join(_READERS)
        raise WeightsError(f"{path.name} is no file of weights that can be read. Choose one of: {kinds}.")
    if not path.is_file():
        raise WeightsError(f"There is no file {path}. Choose the file of weights again.")
    bound = Bound.of(backbone)
    try:
        content = reader(path, bound)
        bound.check_content(content)
    except TooLargeError as error:
        raise WeightsError(
            f"{path.name} was not used: {error}. Save the state dict alone (torch.save(model.state_dict(), ...)), or "
            "take safetensors."
        ) from error
    state = unwrapped(content)
    if not state:
        raise WeightsError(f"{path.name} holds no weights: a state dict of tensors by name is expected.")
    return state


def _safetensors(path: Path, bound: Bound) -> Any:
    try:
        bound.check_file(path)
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise _damaged(path, str(error)) from error


def _torch(path: Path, bound: Bound) -> Any:
    if path.suffix.lower() == ".tar" and tarfile.is_tarfile(path):
        raise WeightsError(
            f"{path.name} is an archive of files, not weights that torch has saved. Unpack it, and choose the file of "
            "weights that is in it."
        )
    try:
        if _is_torn_archive(path):
            raise _damaged(path, "the end of the archive is missing")
        bound.check_file(path)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                torn = archive.testzip()  # torch itself does not look at checksums
            if torn is not None:
                raise _damaged(path, f"the checksum of {torn} is wrong")
        return torch.load(path, map_location="cpu", weights_only=True)
    except (WeightsError, TooLargeError):
        raise
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path.name} is damaged, or holds more than numbers, which could run code: it was not opened. Save the "
            "state dict alone (torch.save(model.state_dict(), ...)), or take safetensors."
        ) from error
    except Exception as error:  # what a damaged archive raises is not documented
        raise _damaged(path, type(error).__name__) from error


def _is_torn_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _ARCHIVE and not zipfile.is_zipfile(path)


def _damaged(path: Path, reason: str) -> WeightsError:
    return WeightsError(f"{path.name} is damaged or cut off ({reason}). Copy or download it again.")


_READERS: dict[str, Callable[[Path, Bound], Any]] = {
    ".safetensors": _safetensors,
    ".pth": _torch,
    ".pt": _torch,
    ".bin": _torch,
    ".ckpt": _torch,
    ".tar": _torch,  # as in model_best.pth.tar, the name in PyTorch's own examples; no archive of files
}


def unwrapped(content: Any) -> dict[str, Tensor]:
    """The tensors of a state dict or of a checkpoint around one; empty where there are none."""
    if not isinstance(content, Mapping):
        return {}
    for key in _WRAPPED:
        if isinstance(content.get(key), Mapping):
            return unwrapped(content[key])
    return {str(name): value for name, value in content.items() if isinstance(value, Tensor)}


def fitted(state: State, backbone: Backbone, source: str) -> State:
    """What a state holds for a backbone without its head, under the names of its own library.

    Where the state is of one of our checkpoints, "mean" and "std" are in it too. source: its name, for the error.
    Raises WeightsError for a state of another architecture.
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
    """Name -> shape of what the backbone without its head keeps. Nothing is drawn: it is made without memory."""
    with torch.device("meta"):
        net: nn.Module = backbone.make(Design(backbone.default_size, 2, 0.0))
    head = f"{backbone.family.head}."
    return {name: value.shape for name, value in net.state_dict().items() if not name.startswith(head)}


def _of_backbone(state: State, backbone: Backbone, expected: Mapping[str, Any]) -> tuple[State, State]:
    named = {backbone.renamed(name): value for name, value in state.items()}
    return weights_and_scale(named, backbone.family.head, expected)


def weights_and_scale(state: State, head: str, expected: Mapping[str, Any]) -> tuple[State, State]:
    """The weights that a state has for a network without its head, and the "mean" and "std" that it has beside them.

    Args:
        state: of the network, or of something around it, such as one of our checkpoints, which alone have a scale.
        head: the name of the last layer.
        expected: the names that the network has, in their order.
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
    """What does not fit, in a sentence; empty where all does."""
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
