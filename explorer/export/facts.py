"""What exported code needs besides the config: what the trainer chose on its machine, and what follows from both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from explorer.augment.pipeline import Step, scaling_step, walk
from explorer.augment.sizes import keeps_size
from explorer.data.dataset import DatasetError
from explorer.data.depth import ValueRange
from explorer.data.roots import OutsideRoots
from explorer.data.stored import ImageError
from explorer.export.mask_facts import MaskFacts, mask_facts
from explorer.export.sources import kept_side
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import started
from explorer.runs.spec.config import ConfigError, RunConfig, loads

# Of what a start event notes as the run's identity: the packages, whose other versions may give other digits.
_PACKAGES = (
    "torch", "pytorch-lightning", "albumentations", "opencv-python-headless", "numpy", "efficientnet-pytorch",
)  # fmt: skip


class ExportError(ValueError):
    """A run that cannot be written as one file; the message says why, and what to do."""


@dataclass(frozen=True)
class Facts:
    """What the trainer recorded when it started.

    Attributes:
        classes: Names by index.
        precision: Of pl.Trainer.
        threads: Threads of torch.
        workers: Loader workers.
        accelerator: Of the run's config.
        device: The name of the device, for the reader.
        run: The run's id.
        versions: Package -> its version at that time.
        start: The checkpoint whose weights the run began with, or None.
        depth: How values of more than 8 bits became pixels; None if no files were read.
        masks: What its masks mean, for a run that learns masks.
    """

    classes: tuple[str, ...]
    precision: str
    threads: int
    workers: int
    accelerator: str = "cpu"
    device: str = ""
    run: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    start: Path | None = None
    depth: ValueRange | Literal["by_image"] | None = None
    masks: MaskFacts | None = None


def config_of(paths: RunPaths) -> RunConfig:
    """The config of the run. Raises ExportError."""
    try:
        return loads(paths.config.read_bytes())
    except (OSError, ConfigError) as error:
        raise ExportError(f"The config of {paths.id} cannot be read: {error}") from error


def of_run(paths: RunPaths, *, inside: bool = True) -> Facts:
    """The facts of a run. Raises ExportError if it has not begun to train: its classes are not known yet.

    inside: whether a data set with masks has to be inside the folders that pages may read.
    """
    for attempt in paths.attempts():
        if (start := started(paths, attempt)) is not None:
            try:
                return _facts(paths, start.values, inside=inside)
            except KeyError as error:
                raise ExportError(
                    f"{paths.id} has not noted its {error.args[0]}: it was run by an older version."
                ) from error
    raise ExportError(f"{paths.id} has not begun to train: only then its classes and devices are known. Wait for it.")


def _facts(paths: RunPaths, values: Mapping[str, Any], *, inside: bool) -> Facts:
    identity = values.get("identity") or {}
    return Facts(
        classes=tuple(map(str, values["classes"])),
        precision=str(values["precision"]),
        threads=int(values["threads"]),
        workers=int(values["workers"]),
        accelerator=str(values["accelerator"]),
        device=str(values["device"]),
        run=paths.id,
        versions={name: str(identity[name]) for name in _PACKAGES if identity.get(name, "none") != "none"},
        start=paths.first if paths.first.exists() else None,
        depth=recorded_depth(identity),
        masks=_masks(config_of(paths), inside=inside),
    )


def _masks(config: RunConfig, *, inside: bool) -> MaskFacts | None:
    """What the masks mean, which the files of the data set say."""
    if config.task != "segmentation":
        return None
    try:
        return mask_facts(config, inside=inside)
    except (DatasetError, ImageError, OutsideRoots) as error:
        raise ExportError(f"The code needs to know the masks of the data set, which cannot be read. {error}") from error


def traits(config: RunConfig, facts: Facts) -> frozenset[str]:
    """What the config and the facts of a run mean for the lines of its file."""
    kept, learns_late = config.kept, config.frozen and config.unfreeze_epoch is not None
    holds = {
        "scales": scaling_step(config.pipeline) is not None,
        "streams": config.pipeline.streams == 2,
        "has workers": facts.workers > 0,
        "given squares": config.dataset.known.image_side is not None,
        "stays square": _stays_square(config),
        "keeps squares": kept_side(config) is not None,
        "keeps whole": kept is not None and kept_side(config) is None,
        "reads files": not config.dataset.embedded,
        "mixes": config.mixing != "none",
        "freezes": config.frozen,
        "unfreezes": learns_late,
        "learns all": not config.frozen or learns_late,
        "pretrained": config.weights != "none",
        "own scale": config.weights == "file" and config.normalise == "auto",
        "old names": config.backbone.startswith("deit-"),
        "starts": facts.start is not None,
        "accumulates": config.accumulate > 1,
        # By rules 1 Lightning divides by ACCUMULATE and chooses the best epoch.
        "shares": config.accumulate > 1 and config.rules != 1,
        "ranks": config.rules != 1,
        "stops early": config.early_stopping is not None,
        "learned": config.early_stopping is not None and config.rules != 1,
        "clips": config.gradient_clip is not None,
        "balances": "balanced" in (config.pos_weight, config.class_weights),
        "binary": config.loss == "bce" and config.task == "classification",
        "labels": config.task == "labels",
        "masks": facts.masks is not None,
        "masks of values": facts.masks is not None and facts.masks.kind == "index",
        "masks of two": facts.masks is not None and facts.masks.kind == "two",
        "masks of colors": facts.masks is not None and facts.masks.kind == "colors",
        "masks of files": facts.masks is not None and facts.masks.kind == "files",
        "keeps": kept is not None,
        config.schedule: True,
    }
    return frozenset(name for name, held in holds.items() if held)


def _stays_square(config: RunConfig) -> bool:
    """Whether all images are squares of one size, and stay so when they are augmented."""
    steps = (node for node, _ in walk(config.pipeline.nodes) if isinstance(node, Step))
    return config.dataset.known.image_side is not None and all(keeps_size(step.transform) for step in steps)
