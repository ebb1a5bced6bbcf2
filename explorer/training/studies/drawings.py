"""What a study draws of its images: views of pipelines, or the images as validation sees them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

import explorer.augment
import explorer.data
from explorer.augment.apply import AugmentError
from explorer.augment.network_input import training_image, validation_image
from explorer.augment.observe import between_images
from explorer.augment.pipeline import Pipeline
from explorer.base.versions import version
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.training.prepared import Prepared
from explorer.training.stopping import TrainingError

_LIBRARIES = ("albumentations", "opencv-python-headless", "numpy", "scipy", "pillow", "scikit-image")
NAME_BYTES = 16


@dataclass(frozen=True)
class Drawing:
    """What is drawn of each image: `views` views of each pipeline.

    Attributes:
        seed, size: As `training_image` takes them; without a seed the images are those of validation.
    """

    samples: Prepared
    pipelines: tuple[Pipeline, ...]
    views: int
    seed: int | None
    size: int

    @property
    def count(self) -> int:
        """How many places an image has: pipelines × views."""
        return len(self.pipelines) * self.views

    def image(self, index: int, place: int) -> NDArray[Any]:
        """The network's input at a place. Raises TrainingError, whose message survives the way out of a worker."""
        pipeline, view = self.pipelines[place // self.views], place % self.views
        try:
            sample = self.samples.sample(index)
            if self.seed is None:
                return validation_image(sample, pipeline)
            return training_image(sample, pipeline, self.seed, view, index, self.size)
        except (AugmentError, ImageError, SampleError) as error:
            said = f"{self.samples.split.ids[index]}: {error}"
            raise TrainingError(" ".join(said.split())) from error
        finally:
            between_images()

    def names(self, indices: Sequence[int]) -> list[list[bytes]]:
        """A name of each view, (N, count), that is equal only where all that decides its pixels is equal.

        It takes in the code that draws, so that no other version of it finds what this one has drawn. Empty where the
        contents of the images are not known.
        """
        contents = self.samples.hashes()
        if not contents:
            return []
        common = repr((_code(), self.samples.fit, self.samples.split.reading, self.seed, self.size))
        keys = [_key(pipeline) for pipeline in self.pipelines]
        how = [f"{common} {key} {view}".encode() for key in keys for view in range(self.views)]
        # One hash for all of it once: the texts of pipelines are long.
        how = [hashlib.blake2b(text).digest() for text in how]
        return [[_name(each, contents[index], index) for each in how] for index in indices]


def _key(pipeline: Pipeline) -> str:
    """The pipeline's key without the nodes at its top that are turned off, which draw nothing."""
    return pipeline.model_copy(update={"nodes": tuple(node for node in pipeline.nodes if node.enabled)}).key


def _name(how: bytes, content: bytes, index: int) -> bytes:
    return hashlib.blake2b(how + content + index.to_bytes(8), digest_size=NAME_BYTES).digest()


@cache
def _code() -> str:
    """A hash of what draws: our modules and the versions of libraries."""
    folders = [Path(path) for package in (explorer.augment, explorer.data) for path in package.__path__]
    return code_hash([path for folder in folders for path in folder.rglob("*.py")], _LIBRARIES)


def code_hash(modules: Sequence[Path], libraries: Sequence[str]) -> str:
    """Hash the sources of modules, the versions of libraries, and the vector instructions that they may use."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(modules):
        digest.update(path.read_bytes())
    versions = [version(name) for name in libraries]
    digest.update(repr([versions, torch.backends.cpu.get_cpu_capability()]).encode())
    return digest.hexdigest()
