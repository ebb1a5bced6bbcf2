"""The pipeline, tried on a few images before a run: what would break it is told at its field, with the step's name."""

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.augment.network_input import check_pipeline
from explorer.data.dataset import Dataset
from explorer.data.fit import Fit
from explorer.data.images import ImageError
from explorer.data.sample import Sample, SampleError
from explorer.runs.config import RunConfig
from explorer.texts import Train as T
from explorer.ui import slow, train_batch

Sizes = tuple[tuple[int, int], ...]

IMAGES = 4  # spread over the training images
SLOW_MS = 2_000.0  # what takes longer is tried when the run is started
_KEPT_SECONDS = 120.0  # for so long the images of a folder are not read again
_DRAWS = 24  # of each step, about: alone, in the pipeline, and to see whether sizes differ


def is_slow(config: RunConfig) -> bool:
    """Whether trying it would hold up the page."""
    return _DRAWS * slow.cost(config.pipeline, train_batch.size(config)).milliseconds > SLOW_MS


def mistakes(config: RunConfig, dataset: Dataset) -> dict[str, str]:
    """Field of RunConfig -> what would break the run at its first images. Takes its time only once for the same."""
    spec = config.dataset.model_dump_json()
    try:
        samples = _samples(spec, config.kept, config, dataset)
    except (ImageError, SampleError) as error:
        return {"dataset.path" if config.dataset.kind == "image_folder" else "dataset": str(error)}
    message = _message(f"{spec} {config.kept} {config.pipeline.key}", config.seed, config.image_size,
                       config, samples)  # fmt: skip
    return {"pipeline": message} if message else {}


def sizes(config: RunConfig, dataset: Dataset) -> Sizes:
    """Heights and widths in px of the images that a pipeline is tried on; none where they cannot be read."""
    try:
        return _sizes(config.dataset.model_dump_json(), dataset)
    except ImageError:
        return ()  # `mistakes` says it


@st.cache_resource(max_entries=16, ttl=_KEPT_SECONDS, show_spinner=False)
def _sizes(spec: str, _dataset: Dataset) -> Sizes:
    del spec  # of the cache
    return tuple(_dataset.train.size(place) for place in _places(len(_dataset.train)))


def _places(count: int) -> list[int]:
    return sorted({place * count // IMAGES for place in range(min(IMAGES, count))})


@st.cache_resource(max_entries=8, ttl=_KEPT_SECONDS, show_spinner=False)
def _samples(spec: str, kept: Fit | None, _config: RunConfig, _dataset: Dataset) -> list[Sample]:
    del spec, kept  # of the cache
    return [train_batch.stored(_config, _dataset.train, place) for place in _places(len(_dataset.train))]


@st.cache_resource(max_entries=64, ttl=_KEPT_SECONDS, show_spinner=T.TRYING)
def _message(key: str, seed: int, size: int, _config: RunConfig, _samples: list[Sample]) -> str:
    del key  # of the cache
    try:
        check_pipeline(_config.pipeline, _samples, seed, size)
    except AugmentError as error:
        return str(error)
    return ""
