"""Tries the pipeline on a few images before a run, so that the form names a step that would break the run."""

import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.augment.mask_cautions import blending_words, filling_words
from explorer.augment.pipeline import Step, walk
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.sample import SampleError
from explorer.data.stored import ImageError
from explorer.draw import batch
from explorer.draw.drawing import DrawingError
from explorer.draw.requests import OneClassViews, Trial
from explorer.draw.training import decided
from explorer.runs.spec.config import RunConfig
from explorer.texts import Train as T
from explorer.ui.background import asking, endings, slow

Sizes = tuple[tuple[int, int], ...]

IMAGES = 4  # spread over the training images
_LOOKED_AT = 12  # training images whose masks are looked at, each a few times
SLOW_MS = 2_000.0  # a pipeline that takes longer is tried when the run is started
_KEPT_SECONDS = 120.0  # the time after which the images of a folder are read again
_DRAWS = 24  # applications of each step, roughly: alone, in the pipeline, and to see whether sizes differ


def is_slow(config: RunConfig) -> bool:
    """Return whether a trial would block the page."""
    return _DRAWS * slow.cost(config.pipeline, batch.size(config)).milliseconds > SLOW_MS


def mistakes(config: RunConfig, dataset: Dataset) -> dict[str, str]:
    """Return the message of each field of RunConfig that would break the run at once; cached."""
    key = f"{config.dataset.model_dump_json()} {config.kept} {config.pipeline.key} {config.seed} {config.image_size}"
    return _mistakes(key, config, dataset)


@st.cache_resource(max_entries=64, ttl=_KEPT_SECONDS, show_spinner=T.TRYING)
def _mistakes(key: str, _config: RunConfig, _dataset: Dataset) -> dict[str, str]:
    del key  # the key of the cache
    drawn = _config.model_copy(update={"dataset": decided(_config.dataset, _dataset)})
    try:
        message = asking.wait_for(Trial(drawn, tuple(_places(len(_dataset.train)))))
    except (DatasetError, ImageError, SampleError) as error:
        return {_config.dataset.error_field: str(error)}
    except DrawingError as error:
        return {"pipeline": _named(error, _config)}
    return {"pipeline": message} if message else {}


def _named(error: DrawingError, config: RunConfig) -> str:
    steps = (node for node, _ in walk(config.pipeline.nodes) if isinstance(node, Step) and node.id == error.node_id)
    words = endings.words(error, config.pipeline, batch.size(config))
    return "".join(f"{step.transform}: " for step in steps) + words


def mask_caution(config: RunConfig, dataset: Dataset) -> str:
    """Return what is seldom wanted of the masks that training gets; "" if nothing is, or no masks are learned.

    A pipeline that is slow is not looked at here.
    """
    if dataset.train.masks is None:
        return ""
    said = (blending_words(config.pipeline), filling_words(config.pipeline, dataset.train.masks))
    words = " ".join(filter(None, said))
    if is_slow(config):
        return words
    key = f"{config.dataset.model_dump_json()} {config.kept} {config.pipeline.key} {config.seed} {config.image_size}"
    return " ".join(filter(None, [words, _one_class(key, config, dataset)]))


@st.cache_resource(max_entries=64, ttl=_KEPT_SECONDS, show_spinner=T.TRYING)
def _one_class(key: str, _config: RunConfig, _dataset: Dataset) -> str:
    del key  # the key of the cache
    drawn = _config.model_copy(update={"dataset": decided(_config.dataset, _dataset)})
    try:
        return asking.wait_for(OneClassViews(drawn, tuple(_places(len(_dataset.train), _LOOKED_AT))))
    except (AugmentError, DatasetError, DrawingError, ImageError, SampleError):
        return ""  # `mistakes` reports it


def sizes(config: RunConfig, dataset: Dataset) -> Sizes:
    """Return height and width in px of each image that a pipeline is tried on; empty if they cannot be read."""
    try:
        return _sizes(config.dataset.model_dump_json(), dataset)
    except ImageError:
        return ()  # `mistakes` reports it


@st.cache_resource(max_entries=16, ttl=_KEPT_SECONDS, show_spinner=False)
def _sizes(spec: str, _dataset: Dataset) -> Sizes:
    del spec  # the key of the cache
    return tuple(_dataset.train.size(place) for place in _places(len(_dataset.train)))


def _places(count: int, most: int = IMAGES) -> list[int]:
    return sorted({place * count // most for place in range(min(most, count))})
