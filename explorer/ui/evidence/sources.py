"""Where the pictures of a run's images come from: ids and hashes that it has recorded, and its own settings."""

import functools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from explorer.draw.drawing import DrawingError
from explorer.draw.pictures import NoPicture
from explorer.draw.recorded import LARGE, SMALL, NetworkInput, Recorded, RecordedPicture
from explorer.draw.training_images import Listed, ListTraining, TrainingInput, partner_of
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.depths import recorded_depth
from explorer.runs.record.events import Event
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.resume_point import started
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig
from explorer.texts import Evidence as TextsOfEvidence
from explorer.texts import RecordedImages as T
from explorer.ui.background import asking
from explorer.ui.evidence import restoring
from explorer.ui.preview.wall import Picture

_DECIDES_PIXELS = ("albumentations", "opencv-python-headless")  # libraries, as a run records them


@dataclass(frozen=True, eq=False)
class Source:
    """The images of one split of a run.

    Attributes:
        paths: The files of the run.
        config: Its config, whose data set has the recorded range of values of more than 8 bits.
        part: "train" or "val".
        ids: The id of each image in the order of the split; they may repeat.
        hashes: The recorded hash of what each image is made of, "" where none was recorded.
        repeated: The ids that several images have.
        epoch: The epoch of training whose augmentation is shown, from 0; None for validation.
    """

    paths: RunPaths
    config: RunConfig
    part: str
    ids: tuple[str, ...]
    hashes: tuple[str, ...]
    repeated: frozenset[str]
    epoch: int | None = None

    def recorded(self, index: int) -> Recorded:
        """Return an image as a worker finds it."""
        return Recorded(self.config.dataset, self.part, index, self.ids[index], self.hashes[index])

    def small(self, index: int) -> RecordedPicture:
        """Return the request for a small picture."""
        return RecordedPicture(self.recorded(index), SMALL)

    def large(self, index: int) -> tuple[Picture, ...]:
        """Return the image in large, and what the network saw of it."""
        original = RecordedPicture(self.recorded(index), LARGE)
        seen = (str(self.paths.root), self.part, "seen", index, self.epoch)
        return (
            Picture("original", T.ORIGINAL, original, original),
            Picture("seen", T.AS_SEEN, self.network_input(index), seen, self.as_seen, exact=True),
        )

    def network_input(self, index: int) -> NetworkInput | TrainingInput:
        """Return the request for what the network saw."""
        own = NetworkInput(self.recorded(index), self.config, self.epoch, _versions(self.paths))
        if self.epoch is None:
            return own
        partner = partner_of(self.config, len(self.ids), self.epoch, index)
        return TrainingInput(own, None if partner is None else self.recorded(partner), len(self.ids))

    def as_seen(self, size: str) -> str:
        """Return the words below what the network saw, whose size is given in words."""
        if self.epoch is None:
            return T.AS_SEEN_VALIDATION.format(size=size)
        return T.AS_SEEN_TRAINING.format(size=size, epoch=self.epoch + 1)

    def name(self, index: int) -> str:
        """Return the id of an image, with its place in the list where other images have the same id."""
        name = self.ids[index]
        return T.REPEATED.format(id=name, number=index + 1) if name in self.repeated else name


def of_validation(snapshot: RunSnapshot, evidence: Evidence) -> Source | str:
    """Return the validation images of a run, or the reason why they cannot be shown.

    The images of a run of an earlier version are looked up in its data set, once.
    """
    if snapshot.config is None:
        return T.NO_CONFIG.format(reason=snapshot.problem)
    if reason := restoring.restore(evidence):
        return reason
    images = evidence.images
    if images is None:
        return TextsOfEvidence.WHY_NO_IMAGES["damaged"]  # it was there a moment ago
    config = with_recorded_range(snapshot.config, snapshot.start)
    return Source(evidence.view.paths, config, "val", images.ids, images.hashes, _repeated(images))


def of_training(snapshot: RunSnapshot, paths: RunPaths, epoch: int) -> tuple[Source, Listed] | str:
    """Return the training images of a run as an epoch, from 0, has seen them, or why they cannot be shown.

    The first call compares their contents with what the run has recorded, which may take a while for large ones.
    """
    if snapshot.config is None:
        return T.NO_CONFIG.format(reason=snapshot.problem)
    found, config = identity(snapshot.start), with_recorded_range(snapshot.config, snapshot.start)
    contents = found.get("contents", "").split()
    train = contents[0] if len(contents) == 2 else ""  # of both splits, one after the other
    listed = _listed_or_why(str(paths.root), config, found.get("training images", ""), train)
    if isinstance(listed, str):
        return listed
    return Source(paths, config, "train", listed.ids, listed.hashes, _repeated(listed), epoch), listed


@st.cache_resource(max_entries=64, ttl=60.0, show_spinner=False)  # then what could not be listed is tried again
def _listed_or_why(root: str, _config: RunConfig, listing: str, contents: str) -> Listed | str:
    try:
        return _listed(root, _config, listing, contents)
    except NoPicture as error:
        return str(error)
    except DrawingError as error:
        return asking.listing_words(error)


# Long, since all files are hashed for it: one that changes later is found by its own hash when its picture is drawn.
@st.cache_resource(max_entries=8, ttl=3600.0, show_spinner=False)
def _listed(root: str, _config: RunConfig, listing: str, contents: str) -> Listed:
    del root  # a key of the cache
    return asking.wait_for(ListTraining(_config, listing, contents), asked=True)


def with_recorded_range(config: RunConfig, start: Event | None) -> RunConfig:
    """Return the config with the range of values of more than 8 bits that the run has recorded."""
    dataset = config.dataset.with_range(recorded_depth(identity(start)))
    return config.model_copy(update={"dataset": dataset})


def identity(start: Event | None) -> Mapping[str, str]:
    """Return what an attempt has recorded of versions and data; empty where it has not."""
    found = start.values.get("identity") if start else None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _versions(paths: RunPaths) -> tuple[tuple[str, str], ...]:
    """The versions of libraries that decide pixels, of all attempts: each attempt may have had others."""
    found = [_identity_of(paths, attempt) for attempt in paths.attempts()]
    return tuple(
        sorted({(name, one[name]) for one in found for name in _DECIDES_PIXELS if one and name in one}),
    )


def _identity_of(paths: RunPaths, attempt: int) -> Mapping[str, str]:
    try:
        return _recorded_identity(paths, attempt)
    except LookupError:
        return {}


@functools.lru_cache(maxsize=256)  # an attempt writes it once, and its file of events may be long
def _recorded_identity(paths: RunPaths, attempt: int) -> Mapping[str, str]:
    """What an attempt has recorded. Raises LookupError if it has not begun, so that this is not kept."""
    if (start := started(paths, attempt)) is None:
        raise LookupError(attempt)
    return identity(start)


@functools.lru_cache(maxsize=8)
def _repeated(images: ValidationImages | Listed) -> frozenset[str]:
    return frozenset(name for name, count in Counter(images.ids).items() if count > 1)
