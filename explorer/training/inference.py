"""What trained networks need that only compute: their device, their precision, and what identifies their weights."""

import hashlib

import torch

from explorer.runs.machine.machine import DeviceInfo
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
