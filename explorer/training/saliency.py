"""`python -m explorer.training.saliency RUN_DIR OUT.npz --images 3,17` writes what Grad-CAM finds in those images.

Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391): the maps of the last convolution, each weighted by the mean gradient
of the class's output over the map, added up, and cut at 0. A transformer's tokens of its last block stand for maps.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from explorer.augment.apply import AugmentError
from explorer.augment.network_input import validation_image
from explorer.base import confined
from explorer.data.dataset import DatasetError
from explorer.data.fit import square
from explorer.data.prepare import load
from explorer.data.recorded import find
from explorer.data.stored import ImageError
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.saliency import SaliencyMaps
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.training import identity
from explorer.training.checkpoint_files import CheckpointError, bound_of, read
from explorer.training.losses import two_logits
from explorer.training.networks import BACKBONES, Network, build, last_layer

MOST_IMAGES = 64
_PREFIX = "network."
_MASKS = (
    "Grad-CAM shows which part of an image speaks for the class of the whole image. This network gives each pixel its "
    "own class: the predicted mask shows where it sees which one."
)


class SaliencyError(ValueError):
    """Grad-CAM cannot be computed; the message says why."""


def grad_cam(network: Network, backbone: str, images: Tensor, classes: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Compute Grad-CAM of N images.

    Args:
        network: In evaluation mode, not frozen. Its parameters need no gradients.
        backbone: Its name in the table of networks.
        images: (N, 3, S, S) as the network takes them.
        classes: (N,) int64 classes to explain; None for the class with the highest output. With a single output that
            of class 0 is minus the output.

    Returns:
        (N, H, W) maps before they are cut at 0, at the size of the layer's; (N, C) logits; (N,) the explained classes.
    """
    cam = BACKBONES[backbone].cam
    kept: list[Tensor] = []

    def keep(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        del module, inputs
        kept.append(output.detach().requires_grad_())  # the graph begins here: layers before it keep nothing in memory
        return kept[0]

    handle = cam.layer(network.net).register_forward_hook(keep)
    try:
        with torch.enable_grad():
            outputs = network(images)
            both = torch.cat([-outputs, outputs], dim=1) if outputs.shape[1] == 1 else outputs
            chosen = both.argmax(dim=1) if classes is None else classes
            explained = both.gather(1, chosen[:, None]).sum()
            (gradients,) = torch.autograd.grad(explained, kept[0])
    finally:
        handle.remove()
    maps, slopes = cam.maps(kept[0].detach()), cam.maps(gradients)
    weights = slopes.mean(dim=(2, 3), keepdim=True)
    logits = two_logits(outputs) if outputs.shape[1] == 1 else outputs
    return (weights * maps).sum(dim=1), logits.detach(), chosen


def explain(
    paths: RunPaths, indices: Sequence[int], classes: Sequence[int] | None, which: str = "best"
) -> SaliencyMaps:
    """Compute the maps of some validation images of a run.

    Args:
        paths: The run.
        indices: Places in its list of validation images.
        classes: The class to explain of each; None for the class that the checkpoint predicts.
        which: The checkpoint, "best" or "last".

    Raises:
        SaliencyError: They cannot be computed.
    """
    try:
        config = loads(paths.config.read_bytes())
        if config.task == "segmentation":
            raise SaliencyError(_MASKS)
        source = {"best": paths.best, "last": paths.last}[which]
        checkpoint = read(source, bound_of(config))
        network = network_of(config, checkpoint)
        images = torch.from_numpy(_squares(paths, config, indices))
    except CheckpointError as error:
        raise SaliencyError(f"{which}.ckpt of {paths.id} cannot be used: {error}.") from error
    except ValidationRecordError as error:
        raise SaliencyError(f"{paths.id} has no readable list of its validation images.") from error
    except (ConfigError, DatasetError, ImageError, AugmentError, OSError) as error:
        raise SaliencyError(str(error)) from error
    outputs = max(2, network.num_outputs)
    if classes is not None and not all(0 <= each < outputs for each in classes):
        raise SaliencyError(f"Classes are numbers from 0 to {outputs - 1}; got {', '.join(map(str, classes))}.")
    each = [
        grad_cam(network, config.backbone, image[None], None if classes is None else torch.tensor([classes[place]]))
        for place, image in enumerate(images.permute(0, 3, 1, 2))
    ]
    maps, logits, chosen = (torch.cat(parts) for parts in zip(*each, strict=True))
    large = interpolate(maps.relu()[:, None], size=images.shape[1:3], mode="bilinear", align_corners=False)[:, 0]
    highest = large.amax(dim=(1, 2), keepdim=True)
    return SaliencyMaps(
        np.array(indices, np.int64),
        chosen.numpy(),
        (large / torch.where(highest > 0, highest, 1.0)).numpy(),
        logits.numpy(),
        int(checkpoint["epoch"]),
    )


def network_of(config: RunConfig, checkpoint: dict[str, Any]) -> Network:
    """Return the network of a checkpoint in evaluation mode. Raises CheckpointError."""
    state = {
        name.removeprefix(_PREFIX): value
        for name, value in checkpoint["state_dict"].items()
        if name.startswith(_PREFIX)
    }
    head = state.get(f"{last_layer(config, config.task)}.bias")
    if head is None:
        raise CheckpointError("it was written by an older version of the explorer, which named weights differently")
    network = build(config, len(head), None, config.task)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise CheckpointError("its weights are not those of the run's network") from error
    network.freeze(False)
    return network.eval().requires_grad_(False)


def _squares(paths: RunPaths, config: RunConfig, indices: Sequence[int]) -> Any:
    """Images as the network sees them in validation: (N, S, S, 3) uint8, or float32 if the pipeline scales."""
    listed = ValidationImages.load(paths.validation)
    if not all(0 <= index < len(listed) for index in indices):
        raise SaliencyError(f"The run has {len(listed):,} validation images; got {', '.join(map(str, indices))}.")
    spec = config.dataset.with_range(recorded_depth(identity.first(paths, paths.latest_attempt + 1)))
    squares = []
    for index in indices:
        split, place = find(spec, "val", index, listed.ids[index], listed.hashes[index])
        squares.append(validation_image(load(split, place, square(config.image_size)), config.pipeline))
    return np.stack(squares)


def _numbers(text: str) -> list[int]:
    found = [int(part) for part in text.split(",")]
    if not 1 <= len(found) <= MOST_IMAGES:
        raise ValueError(text)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 if the maps are written, 1 if they cannot be; wrong usage raises SystemExit(2)."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.saliency")
    parser.add_argument("run", type=Path, metavar="RUN_DIR")
    parser.add_argument("target", type=Path, metavar="OUT.npz")
    parser.add_argument(
        "--images", type=_numbers, required=True, help=f"places of validation images, 1 to {MOST_IMAGES}"
    )
    parser.add_argument("--classes", type=_numbers, help="the class to explain of each (default: the predicted one)")
    parser.add_argument("--which", choices=("best", "last"), default="best", help="which checkpoint (default best)")
    options = parser.parse_args(arguments)
    if options.classes is not None and len(options.classes) != len(options.images):
        parser.error("--classes needs one class for each image")
    confined.limit_if_for_page()
    try:
        found = explain(RunPaths(options.run.resolve()), options.images, options.classes, options.which)
        found.save(options.target)
    except (SaliencyError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.target}: {len(found.indices)} maps of epoch {found.epoch + 1}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
