"""The data set that the Data page shows, listed once for all sessions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from explorer.base.names import shown
from explorer.data import curation
from explorer.data.contents import Contents
from explorer.data.curation import CurationError
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec, Spec
from explorer.data.roots import modified_ns, resolve_inside
from explorer.data.specs import FORMATS, OF_FILES

_MOST_PATH = 4096  # characters, as in the specs
_LISTED_FOR_S = 600.0  # a change of a watched file or folder lists it before


@dataclass(frozen=True, eq=False)
class Opened:
    """A data set with all that it holds.

    Attributes:
        key: As in `picture_sets`: the format, and the place where it is in a folder; with more behind it where it is
            read in another way than is usual.
        spec: The data set as a page may read it.
        contents: What it holds.
    """

    key: str
    spec: Spec
    contents: Contents


def of_key(key: str, fields: Mapping[str, str] | None = None) -> Opened:
    """Open the data set of a key. Raises DatasetError.

    Args:
        key: As in `picture_sets`.
        fields: Of its spec, such as the columns of a table.
    """
    spec = spec_of(key, fields)
    if fields:
        key = f"{key}?{json.dumps(dict(fields), sort_keys=True)}"
    watched = spec.watched(spec.root) if isinstance(spec, FileSpec) else ()
    return _opened(key, spec, tuple(map(modified_ns, watched)))


def as_divided(opened: Opened) -> Opened:
    """Return a data set with the parts that a run gives it, which depend on what a person has decided about images."""
    spec = opened.spec
    if not isinstance(spec, FileSpec) or is_given(spec):
        return opened
    try:
        kept = curation.read(spec)
        return opened if kept.empty else _divided(opened, spec, kept.changes)
    except (CurationError, DatasetError):
        return opened  # the findings say why what was decided cannot be read, and a run why it cannot divide the rest


@lru_cache(maxsize=4)
def _divided(opened: Opened, spec: FileSpec, changes: int) -> Opened:
    del changes  # a key of the cache
    before, after = opened.contents, curation.curated(spec).contents()
    if after.parts != before.parts:
        return opened
    part, part_of = before.part.copy(), dict(zip(after.ids, after.part.tolist(), strict=True))
    for place, one in enumerate(before.ids):
        part[place] = part_of.get(one, part[place])  # an image that is left out stays where it was
    return replace(opened, contents=replace(before, part=part))


def is_given(spec: FileSpec) -> bool:
    """Return whether the data set says itself which images validate."""
    try:
        return spec.folds is None and spec.is_split(spec.root)
    except DatasetError:
        return False


def spec_of(key: str, fields: Mapping[str, str] | None = None) -> Spec:
    """The data set of a key, which anybody may have written into an address. Raises DatasetError."""
    kind, _, place = key.partition(":")
    if kind in FORMATS and kind not in OF_FILES and not place:
        return FORMATS[kind].model_validate(FORMATS[kind].pictured)
    if kind not in OF_FILES or not place or len(place) > _MOST_PATH:
        places = ", ".join(f"{name}:/folder" for name in OF_FILES)
        raise DatasetError(f"There is no data set {key[:80]!r}. Expected one of {places}.")
    values = {"path": shown(str(resolve_inside(place))), **(fields or {})}
    try:
        spec = OF_FILES[kind].model_validate(values).for_page()
    except ValidationError as error:
        wrong = ", ".join(str(each["loc"][-1]) for each in error.errors() if each["loc"])
        raise DatasetError(f"The address has a value that does not fit: {wrong}. Choose another one.") from error
    if "several" in (fields or {}):
        return spec
    try:
        return spec.recognized()
    except DatasetError:
        return spec  # opening it says what is wrong


def other_formats(key: str) -> Mapping[str, str]:
    """The titles of the formats that the place of a key could be read as, by the key that does so."""
    kind, _, place = key.partition(":")
    if not place:
        return {key: FORMATS[kind].title} if kind in FORMATS else {}
    suffix, is_file = Path(place).suffix.lower(), _is_file(place)
    fitting = {name: spec for name, spec in OF_FILES.items() if (suffix in spec.suffixes if is_file else spec.folders)}
    return {f"{name}:{place}": spec.title for name, spec in fitting.items()}


def _is_file(place: str) -> bool:
    try:
        return resolve_inside(place).is_file()
    except (DatasetError, OSError):
        return False  # opening it says what is wrong


@st.cache_resource(max_entries=4, ttl=_LISTED_FOR_S, show_spinner=False)
def _opened(key: str, _spec: Spec, modified: tuple[int, ...]) -> Opened:
    del modified  # a key of the cache
    return Opened(key, _spec, _spec.contents())
