"""What decides the last bits of a run: versions, processor, data, initial weights. Equal ones make a resume exact."""

import hashlib
import platform
from collections.abc import Mapping

import torch

from explorer.base.versions import version
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import first_identity
from explorer.training.prepared import Prepared
from explorer.training.stopping import TrainingError

_PACKAGES = (
    "torch", "pytorch-lightning", "albumentations", "opencv-python-headless", "numpy", "efficientnet-pytorch",
    "efficientnet-lite-pytorch", "transformers",
)  # fmt: skip
_DATA = {
    "training images": "Its training images are not those that it began with",
    "validation images": "Its validation images are not those that it began with",
    "contents": "The images of its data set have changed since it began",
}
_MEMORY_FORMAT = "channels_last"

Identity = Mapping[str, str]


def of_machine(device: str, threads: int, precision: str) -> dict[str, str]:
    """The versions and settings that decide the last bits of a number."""
    versions = {package: version(package) or "none" for package in _PACKAGES}
    return versions | {
        "python": platform.python_version(),
        "device": device,
        "vector instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": str(threads),
        "precision": precision,
        "memory format": _MEMORY_FORMAT,
    }


def of_data(train: Prepared, val: Prepared) -> dict[str, str]:
    """Hashes of both splits and of the contents of their images."""
    contents = f"{train.contents()} {val.contents()}".strip()
    return {"training images": train.listing(), "validation images": val.listing(), "contents": contents}


def of_weights(network: torch.nn.Module) -> dict[str, str]:
    """A hash of the initial weights."""
    digest = hashlib.blake2b(digest_size=8)
    for name, value in network.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().numpy().tobytes())
    return {"initial weights": digest.hexdigest()}


def first(paths: RunPaths, attempt: int) -> Identity:
    """The identity that the first earlier attempt has recorded; empty if none got that far."""
    return first_identity(paths, attempt)


def check_data(before: Identity, now: Identity) -> None:
    """Raise TrainingError if a resumed run would train on other data than it began with."""
    for name, words in _DATA.items():
        old, new = before.get(name, ""), now.get(name, "")
        if old and new and old != new:
            raise TrainingError(f"{words}. Put the data back, or start a new run with Duplicate and change.")


def differences(before: Identity, now: Identity) -> list[str]:
    """What has changed, such as "torch: 2.12.0 then, 2.13.0 now"; empty for a first attempt."""
    return [
        f"{name}: {before[name] or 'unknown'} then, {value or 'unknown'} now"
        for name, value in now.items()
        if name in before and before[name] != value
    ]
