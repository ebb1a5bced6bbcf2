"""`python -m explorer.training.probabilities RUN_DIR OUT.npz --image 3` writes the probability of each class there.

For runs that learn masks: at each pixel of one validation image, as the network sees it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from explorer.augment.apply import AugmentError
from explorer.augment.masked_input import place
from explorer.base import confined
from explorer.data.dataset import DatasetError
from explorer.data.prepare import load
from explorer.data.recorded import find_masked
from explorer.data.stored import ImageError
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.probabilities import PixelProbabilities
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.training import identity
from explorer.training.checkpoint_files import CheckpointError, bound_of, read
from explorer.training.saliency import network_of
from explorer.training.tasks.segmentation import SEGMENTATION


class NoProbabilities(ValueError):
    """They cannot be computed; the message says why."""


def of_image(paths: RunPaths, index: int, which: str = "best") -> PixelProbabilities:
    """Compute the probabilities at the pixels of a validation image.

    Args:
        paths: The run.
        index: The place of the image in its list of validation images.
        which: The checkpoint, "best" or "last".

    Raises:
        NoProbabilities: They cannot be computed.
    """
    try:
        config = loads(paths.config.read_bytes())
        if config.task != "segmentation":
            raise NoProbabilities(f"{paths.id} learns no masks.")
        checkpoint = read({"best": paths.best, "last": paths.last}[which], bound_of(config))
        network = network_of(config, checkpoint)
        pixels = torch.from_numpy(np.ascontiguousarray(_input(paths, config, index)))
        images = pixels.permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)
    except CheckpointError as error:
        raise NoProbabilities(f"{which}.ckpt of {paths.id} cannot be used: {error}.") from error
    except ValidationRecordError as error:
        raise NoProbabilities(f"{paths.id} has no readable list of its validation images.") from error
    except (ConfigError, DatasetError, ImageError, AugmentError, OSError) as error:
        raise NoProbabilities(str(error)) from error
    with torch.inference_mode():
        shares = SEGMENTATION.outputs(config, network, images).softmax(dim=1)[0]
    if not torch.isfinite(shares).all():
        raise NoProbabilities("The outputs of the network are not finite.")
    return PixelProbabilities(index, _square(shares.numpy(), config.image_size), int(checkpoint["epoch"]))


def _square(shares: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """(C, size, size) of the (C, H, W) shares of an image over which windows have slid, as its mask is shown."""
    if shares.shape[1:] == (size, size):
        return shares
    top, left, height, width = place(shares.shape[1], shares.shape[2], size)
    square = np.zeros((len(shares), size, size), np.float32)
    for into, one in zip(square, shares, strict=True):
        into[top : top + height, left : left + width] = cv2.resize(
            one, (width, height), interpolation=cv2.INTER_NEAREST_EXACT
        )
    return square


def _input(paths: RunPaths, config: RunConfig, index: int) -> NDArray[Any]:
    """The image as it goes into validation: (H, W, 3) uint8, or float32 if the pipeline scales."""
    listed = ValidationImages.load(paths.validation)
    if not 0 <= index < len(listed):
        raise NoProbabilities(f"The run has {len(listed):,} validation images; got {index}.")
    spec = config.dataset.with_range(recorded_depth(identity.first(paths, paths.latest_attempt + 1)))
    split, at = find_masked(spec, index, listed.ids[index], listed.hashes[index])
    sample = load(split, at, SEGMENTATION.fit(config))
    pixels: NDArray[Any] = SEGMENTATION.item(sample, split, config, None, at)[0]
    return pixels


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 if they are written, 1 if they cannot be; wrong usage raises SystemExit(2)."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.probabilities")
    parser.add_argument("run", type=Path, metavar="RUN_DIR")
    parser.add_argument("target", type=Path, metavar="OUT.npz")
    parser.add_argument("--image", type=int, required=True, help="the place of a validation image, from 0")
    parser.add_argument("--which", choices=("best", "last"), default="best", help="which checkpoint (default best)")
    options = parser.parse_args(arguments)
    confined.limit_if_for_page()
    try:
        found = of_image(RunPaths(options.run.resolve()), options.image, options.which)
        found.save(options.target)
    except (NoProbabilities, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.target}: probabilities of image {found.index} from epoch {found.epoch + 1}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
