"""What trained networks need that only compute: their device, their precision, what identifies their weights, and
when they predict a label."""

import hashlib
from collections.abc import Sequence

import numpy as np
import torch

from explorer.runs.machine.machine import DeviceInfo
from explorer.runs.record.thresholds import Threshold
from explorer.runs.spec.config import RunConfig, threshold_of
from explorer.training.networks import Network

MIXED = {"bf16-mixed": torch.bfloat16, "16-mixed": torch.float16}  # by precision; none of others
_DEVICES = {"cpu": "cpu", "gpu": "cuda", "mps": "mps"}  # by accelerator, as torch calls them


def device_of(chosen: DeviceInfo) -> torch.device | None:
    """The device as torch calls it; None for a kind on which only trainings run."""
    kind = _DEVICES.get(chosen.accelerator)
    if kind is None:
        return None
    return torch.device(kind, chosen.index or 0) if kind == "cuda" else torch.device(kind)


def hash_of(network: Network) -> str:
    """16 hexadecimal digits that are equal for networks with the same weights."""
    digest = hashlib.blake2b(digest_size=8)
    for name, value in network.state_dict().items():
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def label_thresholds(config: RunConfig, entries: Sequence[Threshold], classes: Sequence[str]) -> dict[int, float]:
    """Label -> the probability from which on it is predicted: that of an entry, else above that of the recipe."""
    above = float(np.nextafter(np.float32(threshold_of(config)), np.float32(1)))
    own = dict.fromkeys(range(len(classes)), above)
    return own | {classes.index(one.class_name): one.probability for one in entries if one.class_name in classes}
