"""A frozen backbone that turns images into feature vectors, with the network code of training."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.runs.machine.machine import DeviceInfo
from explorer.runs.spec.config import RunConfig
from explorer.training import identity
from explorer.training.inference import MIXED, device_of
from explorer.training.module import BUILD, batch_seed
from explorer.training.networks import BACKBONES, Network, build
from explorer.training.setup import Setup
from explorer.training.studies.errors import StudyError
from explorer.training.weights import load

Report = Callable[[int, int], None]

# Every batch has this many images, the last one is filled up: the sums of a matrix product, and so the last bits of a
# vector, may depend on how many images are computed together.
BATCH = 32
_VERSIONS = (
    "torch",
    "efficientnet-pytorch",
    "efficientnet-lite-pytorch",
    "transformers",
    "device",
    "vector instructions",
    "precision",
)


class Extractor:
    """Computes features of images with a frozen backbone in evaluation mode.

    Args:
        network: The network, which is moved to the device of the setup and frozen.
        config: Names the backbone and the size of its input.
        setup: The device and the precision.

    Attributes:
        key: Equal for networks that give the same vectors: a hash of weights, scale, backbone, size of the input,
            device, precision and versions of libraries.
        dimensions: Numbers in a vector.

    Raises:
        StudyError: There are no studies on this kind of device.
    """

    def __init__(self, network: Network, config: RunConfig, setup: Setup) -> None:
        self._device = _device(setup.device)
        self.dimensions = network.head.in_features
        self._mixed = MIXED.get(setup.precision)
        network.freeze(True)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._network = network.eval().requires_grad_(False).to(self._device)
        self.key = _key(network, config, setup)

    @classmethod
    def build(cls, config: RunConfig, setup: Setup, report: Report) -> "Extractor":
        """Make the network that training with the config begins with.

        Args:
            config: Of the study.
            setup: The device and the precision.
            report: Called during a download of weights with the bytes that are done, and all of them.

        Raises:
            WeightsError: The weights cannot be had or used.
            StudyError: There are no studies on this kind of device.
        """
        state = load(config, report)
        torch.manual_seed(batch_seed(config.seed, BUILD, 0))
        return cls(build(config, 2, state), config, setup)

    def features(self, images: NDArray[Any]) -> NDArray[np.float16]:
        """Compute feature vectors, which do not depend on the other images.

        Args:
            images: (N, S, S, 3) as the network takes them, uint8 or float32.

        Returns:
            (N, F) features.

        Raises:
            StudyError: A feature is no finite number in float16.
        """
        parts = [self._batch(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        found = np.concatenate(parts)
        if not np.isfinite(found).all():
            raise StudyError("The backbone gives features that are no finite numbers. Choose other weights.")
        return found

    @torch.inference_mode()
    def _batch(self, images: NDArray[Any]) -> NDArray[np.float16]:
        filled = np.zeros((BATCH, *images.shape[1:]), images.dtype)
        filled[: len(images)] = images
        batch = torch.from_numpy(filled).permute(0, 3, 1, 2).to(self._device)
        with torch.autocast(self._device.type, self._mixed, enabled=self._mixed is not None):
            features = self._network.features(batch)
        kept: NDArray[np.float16] = features.to(torch.float16).cpu().numpy()[: len(images)]
        return kept


def _device(chosen: DeviceInfo) -> torch.device:
    found = device_of(chosen)
    if found is None:
        raise StudyError(f"Studies do not run on {chosen.name}. Choose the processor or a GPU.")
    return found


def _key(network: Network, config: RunConfig, setup: Setup) -> str:
    """Hash all that decides the features; the head is left out."""
    digest = hashlib.blake2b(digest_size=16)
    machine = identity.of_machine(setup.device.name, setup.threads, setup.precision)
    versions = [f"{name} {machine[name]}" for name in _VERSIONS]
    digest.update(repr([config.backbone, config.image_size, BATCH, versions]).encode())
    head = f"net.{BACKBONES[config.backbone].head}."
    for name, value in network.state_dict().items():
        if not name.startswith(head):
            digest.update(name.encode())
            digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
