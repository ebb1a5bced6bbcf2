"""The part of the dialog that asks which images are predicted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from pydantic import TypeAdapter

from explorer.base.tables import TABLES, TEXTS
from explorer.base.words import counted, size
from explorer.data import unlabeled
from explorer.data.curation import CurationError, curated
from explorer.data.dataset import Dataset, DatasetError
from explorer.data.formats.spec import FileSpec
from explorer.data.inspection import Looking
from explorer.data.roots import allowed_roots, resolve_inside
from explorer.data.specs import TRAINABLE, DatasetSpec
from explorer.texts import Common, TrainFields
from explorer.texts import Predict as T
from explorer.ui.components.markdown import escape
from explorer.ui.predict import kept
from explorer.ui.session.keys import widget_key
from explorer.ui.train import data_sets

_LIST_SECONDS = 20.0
_LOOK_SECONDS = 2.0
_MOST_NEAR = 40  # places that are offered


@dataclass(frozen=True)
class Chosen:
    """What is chosen.

    Attributes:
        fields: Of the plan: `part`, and `dataset` or `images`; empty where nothing can be predicted yet.
        count: Images.
        name: What they are called in the name of the run.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    count: int = 0
    name: str = ""


def ask(key: str, spec: DatasetSpec, *, of_folds: bool, best: bool) -> Chosen:
    """Draw the choice and what it asks for.

    Args:
        key: A word for the keys of widgets.
        spec: The data set of the first run.
        of_folds: Whether the networks were trained on folds of it, so that most have seen any validation image.
        best: Whether the weights of best epochs are used.
    """
    own = _own(spec)
    kinds = [kind for kind in T.IMAGES_TITLES if kind != "test" or (own is not None and own.test is not None)]
    kinds = [kind for kind in kinds if kind != "val" or (own is not None and not of_folds)]
    kind = st.segmented_control(
        T.IMAGES, kinds, default=kinds[0], required=True, key=widget_key("predict", key, "kind"), help=T.IMAGES_HELP,
        format_func=T.IMAGES_TITLES.__getitem__,
    )  # fmt: skip
    if kind in ("test", "val") and own is not None:
        return _part(own, kind, best=best)
    if kind == "labeled":
        return _labeled(key)
    if kind == "folder":
        return _folder(key, spec)
    return _uploaded(key)


def _own(spec: DatasetSpec) -> Dataset | None:
    try:
        return opened(spec.for_page())
    except DatasetError as error:
        st.caption(escape(T.NOT_OPENED.format(reason=error)))
        return None


@st.cache_resource(max_entries=4, ttl=_LIST_SECONDS, show_spinner=False)
def opened(spec: DatasetSpec) -> Dataset:
    """Open a data set; what is found holds for some seconds. Raises DatasetError."""
    return spec.open(Looking(seconds=_LOOK_SECONDS))


def _part(own: Dataset, part: str, *, best: bool) -> Chosen:
    split = own.test if part == "test" else own.val
    assert split is not None
    st.caption(counted(len(split), *_known(own)))
    if part == "val" and best:
        st.warning(T.VAL_NOTE)
    name = T.PART_OF[part].format(name=own.name)
    return Chosen({"part": part}, len(split), name)


def _known(dataset: Dataset) -> tuple[str, str]:
    """Return what one image and several images of a data set are called, by what is known of them."""
    return T.TEST_COUNT if dataset.train.masks is None else T.TEST_COUNT_MASKS


def _labeled(key: str) -> Chosen:
    """Ask for another data set, all of whose images are predicted."""
    formats: dict[str, type[FileSpec]] = {one.name(): one for one in TRAINABLE if issubclass(one, FileSpec)}
    found = {f"{name}:{place}": (one, place) for name, one in formats.items() for place in data_sets.places(name)}
    chosen = st.selectbox(
        T.LABELED, list(found), index=None, key=widget_key("predict", key, "labeled"), help=T.LABELED_HELP,
        accept_new_options=True, format_func=lambda one: found[one][1] if one in found else one,
    )  # fmt: skip
    if not chosen:
        return Chosen()
    try:
        spec = curated(_spec_of(str(chosen), found))
        dataset = opened(spec)
    except (DatasetError, CurationError) as error:
        st.error(escape(T.CANNOT.format(reason=error)))
        return Chosen()
    every = sum(len(one) for one in (dataset.train, dataset.val, dataset.test) if one is not None)
    st.caption(counted(every, *_known(dataset)))
    if isinstance(spec, FileSpec) and spec.left_out:
        st.caption(counted(len(spec.left_out), *T.CURATED))
    return Chosen({"part": "all", "dataset": spec.model_dump()}, every, dataset.name)


def _spec_of(chosen: str, found: dict[str, tuple[type[FileSpec], str]]) -> DatasetSpec:
    """Return the spec of a data set that was found or whose path was typed. Raises DatasetError."""
    if chosen in found:
        form, place = found[chosen]
        return made(form, place)
    place = str(resolve_inside(chosen))
    for form in (one for one in TRAINABLE if issubclass(one, FileSpec)):
        try:
            if form.looks(Path(place)):
                return made(form, place)
        except OSError:
            continue
    raise DatasetError(T.NO_DATASET.format(path=chosen))


def made(form: type[FileSpec], place: str) -> DatasetSpec:
    """Return the spec of a place as a page may read it. Raises OutsideRoots."""
    spec: DatasetSpec = TypeAdapter(DatasetSpec).validate_python({"kind": form.name(), "path": place})
    return spec.for_page()


def _folder(key: str, spec: DatasetSpec) -> Chosen:
    near = [str(place) for place in near_by(spec, TABLES)]
    roots = ", ".join(map(str, allowed_roots()))
    typed = st.selectbox(
        T.PATH, near, index=None, key=widget_key("predict", key, "path"), help=escape(T.PATH_HELP.format(roots=roots)),
        accept_new_options=True,
    )  # fmt: skip
    if not typed:
        st.caption(T.PATH_EMPTY)
        return Chosen()
    return listed(str(typed), _encoding(key) if is_text(Path(str(typed))) else "")


def is_text(place: Path) -> bool:
    """Whether a path is that of a table that is text."""
    return place.suffix.lower() in TEXTS


def _encoding(key: str) -> str:
    words = TrainFields.CHOICES["encoding"]
    return st.selectbox(
        T.ENCODING, list(words), key=widget_key("predict", key, "encoding"), format_func=words.__getitem__
    )  # fmt: skip


def listed(typed: str, encoding: str = "") -> Chosen:
    """Return the images of a folder or a table that a page may read, or show why there are none."""
    try:
        place = resolve_inside(typed)
        count, missing = _counted(str(place), encoding)
    except DatasetError as error:
        st.error(escape(T.CANNOT.format(reason=error)))
        return Chosen()
    words = T.FOUND_LEFT_OUT if missing else T.FOUND
    st.caption(words.format(images=counted(count, *Common.IMAGE), left_out=missing))
    return Chosen({"images": {"path": str(place), "encoding": encoding, "links": "inside"}}, count, place.name)


@st.cache_data(max_entries=16, ttl=_LIST_SECONDS, show_spinner=False)
def _counted(place: str, encoding: str) -> tuple[int, int]:
    """How many images a folder or a table has, and how many the table names that are not there. Raises DatasetError."""
    if Path(place).is_dir():
        found = unlabeled.in_folder(place, inside=True)
    else:
        found = unlabeled.in_table(place, encoding=encoding, inside=True)  # type: ignore[arg-type]  # of the choices
    return len(found.ids), len(found.left_out)


def near_by(spec: DatasetSpec, tables: Collection[str], *, folders: bool = True) -> list[Path]:
    """Return folders, and tables of these suffixes, beside the data set of a run and in it, tests first."""
    if not isinstance(spec, FileSpec):
        return []
    base = spec.root if spec.root.is_dir() else spec.root.parent
    try:
        inside = resolve_inside(str(base.absolute()))
        children = [child for child in sorted(inside.iterdir()) if not child.name.startswith(".")]
    except (DatasetError, OSError):
        return []
    found = [
        child for child in children
        if (folders and child.is_dir()) or child.suffix.lower() in tables
    ]  # fmt: skip
    return sorted(found, key=lambda place: "test" not in place.name.lower())[:_MOST_NEAR]


def _uploaded(key: str) -> Chosen:
    limit = size(kept.MOST_BYTES)
    files = st.file_uploader(
        T.UPLOADED, type=kept.types(), accept_multiple_files=True, key=widget_key("predict", key, "upload"),
        help=T.UPLOADED_HELP.format(most=kept.MOST, size=limit),
    )  # fmt: skip
    if not files:
        st.caption(T.UPLOADED_EMPTY)
        return Chosen()
    received = [(file.name, file.getvalue()) for file in files]
    if not kept.fits(received):
        st.error(T.UPLOADED_MANY.format(most=kept.MOST, size=limit))
        return Chosen()
    return _kept(received)


def _kept(received: Sequence[kept.File]) -> Chosen:
    try:
        folder = kept.keep(received)
    except OSError as error:
        st.error(escape(T.CANNOT.format(reason=error.strerror or error)))
        return Chosen()
    return Chosen({"images": {"path": str(folder), "links": "inside"}}, len(received), T.UPLOADS)
