"""`python -m explorer.training.exporting RUN_DIR OUT.safetensors` writes a run's weights by their library's names."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor

from explorer.base.atomic import write_bytes_atomic
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import ConfigError, loads
from explorer.training.checkpoint_files import CheckpointError, bound_of, read

_PREFIX = "network."
_NET = f"{_PREFIX}net."
_OWN = (f"{_PREFIX}decoder.", f"{_PREFIX}top.")


class WeightsExportError(ValueError):
    """The weights cannot be written; the message says which, and why."""


def weights_of(checkpoint: Mapping[str, Any]) -> dict[str, Tensor]:
    """The state dict of the library's own network with its head, from one of our checkpoints.

    Raises WeightsExportError if it has no such weights.
    """
    state: Mapping[str, Tensor] = checkpoint["state_dict"]
    # The layout in memory (channels last) is not kept in the file.
    found = {name.removeprefix(_NET): value.contiguous() for name, value in state.items() if name.startswith(_NET)}
    # Of a U-Net also the decoder and the last layer, which no library has.
    for own in _OWN:
        found |= {
            name.removeprefix(_PREFIX): value.contiguous() for name, value in state.items() if name.startswith(own)
        }
    if not found:
        raise WeightsExportError("it was written by an older version of the explorer, which named weights differently")
    return found


def described(checkpoint: Mapping[str, Any]) -> dict[str, str]:
    """What users of the weights need to know, as strings, which is all that safetensors takes.

    Returns:
        classes: A JSON list of names by output, or of the two that one output distinguishes. mean, std: JSON lists by
        channel, for pixels from 0 to 255. config: The run's config as JSON. epoch: From 0. The others say it by name.
    """
    ours = checkpoint["explorer"]
    config = loads(str(ours["config"]))
    scale = {name: checkpoint["state_dict"][f"{_PREFIX}{name}"].flatten().tolist() for name in ("mean", "std")}
    return {
        "format": "pt",
        "backbone": config.backbone,
        "image_size": str(config.image_size),
        "classes": json.dumps(list(ours["classes"]), ensure_ascii=False),
        "mean": json.dumps(scale["mean"]),
        "std": json.dumps(scale["std"]),
        "epoch": str(checkpoint["epoch"]),
        "config": str(ours["config"]),
    }


def export(paths: RunPaths, target: Path, which: str = "best") -> int:
    """Write the weights of a run's checkpoint, "best" or "last"; returns how many numbers they have.

    Raises WeightsExportError, and OSError if `target` cannot be written.
    """
    source = {"best": paths.best, "last": paths.last}[which]
    try:
        config = loads(paths.config.read_bytes())
        if config.predict is not None:
            raise WeightsExportError("it is a prediction, which trains nothing")
        checkpoint = read(source, bound_of(config))
        weights, words = weights_of(checkpoint), described(checkpoint)
    except (CheckpointError, WeightsExportError, ConfigError, KeyError) as error:
        reason = error if not isinstance(error, KeyError) else "it is not a checkpoint of a training"
        raise WeightsExportError(
            f"{source.name} of {paths.id} cannot be exported: {reason}. A run has one after its first epoch."
        ) from error
    write_bytes_atomic(target, save(weights, words))
    return sum(value.numel() for value in weights.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 if the weights are written, 1 if they cannot be; wrong usage raises SystemExit(2)."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.exporting", description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN_DIR")
    parser.add_argument("target", type=Path, metavar="OUT.safetensors")
    parser.add_argument("--which", choices=("best", "last"), default="best", help="which checkpoint (default best)")
    options = parser.parse_args(arguments)
    try:
        numbers = export(RunPaths(options.run.resolve()), options.target, options.which)
    except (WeightsExportError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.target}: {numbers:,} numbers of the {options.which} epoch.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
