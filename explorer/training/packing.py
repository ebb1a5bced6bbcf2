"""`python -m explorer.training.packing RUN_DIR FOLDER` writes the files of a model: weights, golden images and ONNX.

The last line that it prints is a `Packed` as JSON.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.augment.apply import AugmentError
from explorer.augment.masked_input import letterboxed, letterboxed_mask
from explorer.augment.network_input import validation_image
from explorer.base import confined
from explorer.base.atomic import write_atomic
from explorer.data.cache.contents import content_of
from explorer.data.dataset import DatasetError
from explorer.data.fit import longest, square
from explorer.data.mask_classes import MaskClasses
from explorer.data.prepare import load
from explorer.data.sample import Sample
from explorer.data.stored import ImageError
from explorer.runs.record import thresholds
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.packed import GOLDEN, ONNX, WEIGHTS, OnnxFile, Packed
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.thresholds import ThresholdsError
from explorer.runs.record.validation import ValidationImages, ValidationRecordError
from explorer.runs.spec.config import ConfigError, RunConfig, loads
from explorer.training import exporting, identity, onnx_file
from explorer.training.checkpoint_files import CheckpointError, bound_of, read
from explorer.training.exporting import WeightsExportError
from explorer.training.inference import label_thresholds
from explorer.training.losses import two_logits
from explorer.training.networks import Network
from explorer.training.onnx_file import OnnxError
from explorer.training.saliency import network_of

_MOST_GOLDEN = 8
_MOST_CHECKED = 32


class PackingError(ValueError):
    """The files cannot be written; the message says why."""


def pack(paths: RunPaths, folder: Path, which: str = "best", *, inside: bool = False) -> Packed:
    """Write the files of a run's model into an existing folder.

    Args:
        paths: A training run.
        folder: For WEIGHTS, GOLDEN and ONNX.
        which: The checkpoint, "best" or "last".
        inside: Whether images are read only inside the folders that pages may read.

    Raises:
        PackingError: A file cannot be made.
        OSError: A file cannot be written.
    """
    try:
        config = loads(paths.config.read_bytes())
        checkpoint = read({"best": paths.best, "last": paths.last}[which], bound_of(config))
        network = network_of(config, checkpoint)
        numbers = exporting.export(paths, folder / WEIGHTS, which)
        listed = ValidationImages.load(paths.validation)
        most = _MOST_GOLDEN if config.task == "segmentation" else _MOST_CHECKED  # probabilities of pixels are large
        places = np.unique(np.linspace(0, len(listed) - 1, min(most, len(listed))).round().astype(int))
        images, truths, masks = _squares(paths, config, listed, places.tolist(), inside=inside)
        scores = _probabilities(network, config, images)
    except (CheckpointError, WeightsExportError) as error:
        raise PackingError(f"The weights of {paths.id} cannot be used: {error}") from error
    except ValidationRecordError as error:
        raise PackingError(f"{paths.id} has no readable list of its validation images.") from error
    except (ConfigError, DatasetError, ImageError, AugmentError) as error:
        raise PackingError(str(error)) from error
    _write_golden(folder / GOLDEN, listed, places[:_MOST_GOLDEN], images, scores, truths)
    classes = tuple(map(str, checkpoint["explorer"]["classes"]))
    onnx, why_not = _onnx(folder / ONNX, network, config, images, scores)
    return Packed(
        epoch=int(checkpoint["epoch"]),
        backbone=config.backbone,
        image_size=config.image_size,
        classes=classes,
        numbers=numbers,
        outputs=network.num_outputs,
        mean=tuple(network.mean.flatten().tolist()),
        std=tuple(network.std.flatten().tolist()),
        golden=min(_MOST_GOLDEN, len(places)),
        onnx=onnx,
        why_no_onnx=why_not,
        mask_values=() if masks is None else masks.values,
        thresholds=_thresholds(paths, config, classes),
    )


def _squares(
    paths: RunPaths, config: RunConfig, listed: ValidationImages, places: Sequence[int], *, inside: bool
) -> tuple[NDArray[np.uint8], list[NDArray[np.uint8]], MaskClasses | None]:
    """Validation images as squares of pixels, before a pipeline scales them.

    Returns:
        (N, S, S, 3) pixels; the (S, S) classes of each where masks are learned; and what the values of masks mean.
    """
    spec = config.dataset.for_page() if inside else config.dataset
    val = spec.with_range(recorded_depth(identity.first(paths, paths.latest_attempt + 1))).open().val
    if val.ids != listed.ids:
        raise PackingError("The validation images are no longer those of the run, so the files cannot be checked.")
    found, truths = [], []
    for place in places:
        if (content := listed.hashes[place]) and content_of(val, place).hex() != content:
            raise PackingError(f"{listed.ids[place]} has changed since the run, so the files cannot be checked.")
        masked = val.masks is not None
        sample = load(val, place, longest(config.image_size) if masked else square(config.image_size))
        if val.masks is None:
            found.append(sample.image)
            continue
        assert sample.mask is not None
        found.append(letterboxed(sample.image, config.image_size))
        truths.append(val.masks.target(letterboxed_mask(sample.mask, config.image_size)))
    return np.stack(found), truths, val.masks


def _of_one(outputs: Tensor) -> Tensor:
    """(N, C, ...) probabilities of classes of which one is right, from outputs."""
    return (two_logits(outputs) if outputs.shape[1] == 1 else outputs).softmax(dim=1)


def _answer(config: RunConfig) -> Callable[[Tensor], Tensor]:
    """What makes probabilities of outputs: each label has its own where an image can have several."""
    return torch.sigmoid if config.task == "labels" else _of_one


def _thresholds(paths: RunPaths, config: RunConfig, classes: Sequence[str]) -> tuple[float, ...]:
    """The threshold of each label where an image can have several: that which people keep, else that of the recipe."""
    if config.task != "labels":
        return ()
    try:
        found = label_thresholds(config, thresholds.read(paths), classes)
    except ThresholdsError as error:
        raise PackingError(str(error)) from error
    return tuple(found[place] for place in range(len(classes)))


@torch.inference_mode()
def _probabilities(network: Network, config: RunConfig, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    scaled = np.stack([validation_image(Sample(image), config.pipeline) for image in images])
    found: NDArray[np.float32] = _answer(config)(network(torch.from_numpy(scaled).permute(0, 3, 1, 2)).float()).numpy()
    return found


def _write_golden(
    target: Path,
    listed: ValidationImages,
    places: NDArray[Any],
    images: NDArray[np.uint8],
    scores: NDArray[np.float32],
    truths: list[NDArray[np.uint8]],
) -> None:
    """Of masks, the likeliest class of each pixel is stored in place of all probabilities, which would be large."""
    count = len(places)
    answers: dict[str, NDArray[Any]] = {"probabilities": scores[:count], "labels": listed.labels[places]}
    if truths:
        answers = {"predicted": scores[:count].argmax(axis=1).astype(np.uint8), "masks": np.stack(truths[:count])}
    arrays: dict[str, NDArray[Any]] = {
        "images": images[:count],
        **answers,
        "ids": np.array([listed.ids[place] for place in places], np.str_),
    }
    write_atomic(target, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))


def _onnx(
    target: Path, network: Network, config: RunConfig, images: NDArray[np.uint8], scores: NDArray[np.float32]
) -> tuple[OnnxFile | None, str]:
    """The check of the written file; or None and why there is none."""
    try:
        scaling = onnx_file.scaling_of(config.pipeline, images[0])
        return onnx_file.write(target, network, _answer(config), scaling, images, scores), ""
    except OnnxError as error:
        return None, str(error)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 0 if the files are written, 1 if they cannot be; wrong usage raises SystemExit(2)."""
    parser = argparse.ArgumentParser(prog="python -m explorer.training.packing", description=__doc__)
    parser.add_argument("run", type=Path, metavar="RUN_DIR")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--which", choices=("best", "last"), default="best", help="which checkpoint (default best)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)  # by a page, for strangers
    options = parser.parse_args(arguments)
    confined.limit_if_for_page()
    try:
        packed = pack(RunPaths(options.run.resolve()), options.folder, options.which, inside=options.inside)
    except (PackingError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(packed.model_dump_json())
    return 0


if __name__ == "__main__":
    sys.exit(main())
