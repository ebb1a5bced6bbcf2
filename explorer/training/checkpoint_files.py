"""What a checkpoint of a run holds, read without Lightning, whose import takes seconds."""

from pathlib import Path
from typing import Any

from explorer.runs.spec.recipe import NetworkRecipe
from explorer.training.networks.table import BACKBONES
from explorer.training.unpacking import Bound, DamagedError, TooLargeError, UnsafeError, load

FORMAT = 2  # how weights are named: 2 means as by the network's own library
_PARTS = {"epoch", "global_step", "state_dict", "optimizer_states", "loops", "callbacks"}


class CheckpointError(ValueError):
    """The file is not a checkpoint that can be used; the message says why, in a clause."""


def bound_of(recipe: NetworkRecipe) -> Bound:
    """How much memory checkpoints of a run may take."""
    return Bound(BACKBONES[recipe.backbone])


def read(path: Path, bound: Bound) -> dict[str, Any]:
    """The content of a checkpoint, on the CPU; tensors and plain values only. Raises CheckpointError."""
    try:
        content = load(path, bound)
    except FileNotFoundError as error:
        raise CheckpointError("it is missing") from error
    except TooLargeError as error:
        raise CheckpointError(str(error)) from error
    except UnsafeError as error:
        raise CheckpointError("it is damaged, or holds more than numbers, which could run code: not opened") from error
    except DamagedError as error:
        raise CheckpointError(f"it is damaged ({error})") from error
    if not isinstance(content, dict) or not content.keys() >= _PARTS:
        raise CheckpointError("it is not a checkpoint of a run")
    return content
