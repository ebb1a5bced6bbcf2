"""What exported code needs besides the config: what the trainer chose on its machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from explorer.data.depth import ValueRange
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import started
from explorer.runs.spec.config import ConfigError, RunConfig, loads

# Of what a start event notes as the run's identity: the packages, whose other versions may give other digits.
_PACKAGES = (
    "torch", "pytorch-lightning", "albumentations", "opencv-python-headless", "numpy", "efficientnet-pytorch",
)  # fmt: skip


class ExportError(ValueError):
    """A run that cannot be written as one file; the message names what stands in the way, and what to do."""


@dataclass(frozen=True)
class Facts:
    """What the trainer recorded when it started.

    classes: names by index. accelerator: of pl.Trainer. device: its name, for the reader. run: its id.
    versions: package -> version then. start: the checkpoint whose weights the run began with, where it did.
    depth: how values of more than 8 bits became pixels, as the run had decided it; None where no files were read.
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


def config_of(paths: RunPaths) -> RunConfig:
    """What the run was asked to do. Raises ExportError."""
    try:
        return loads(paths.config.read_bytes())
    except (OSError, ConfigError) as error:
        raise ExportError(f"The config of {paths.id} cannot be read: {error}") from error


def of_run(paths: RunPaths) -> Facts:
    """The facts of a run that has begun. Raises ExportError for one that has not: its classes are not known yet."""
    for attempt in paths.attempts():
        if (start := started(paths, attempt)) is not None:
            try:
                return _facts(paths, start.values)
            except KeyError as error:
                raise ExportError(
                    f"{paths.id} has not noted its {error.args[0]}: it was run by an older version."
                ) from error
    raise ExportError(f"{paths.id} has not begun to train: only then its classes and devices are known. Wait for it.")


def _facts(paths: RunPaths, values: Mapping[str, Any]) -> Facts:
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
    )
