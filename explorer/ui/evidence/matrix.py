"""The Matrix section of a run's page: the confusion matrix of each epoch, and the images behind a cell."""

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from explorer.figures.charts import class_names, planned_epochs
from explorer.metrics.cells import members, most_confident_first, predicted_classes, share_of
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import EpochPoint, RunSnapshot, RunView
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.spec.config import threshold_of
from explorer.texts import Evidence as TextsOfEvidence
from explorer.texts import Masks
from explorer.texts import Matrix as T
from explorer.ui.components import matrix
from explorer.ui.components.markdown import escape
from explorer.ui.components.matrix import Epoch, Focus, Opened
from explorer.ui.evidence import mask_cells, pictures, training_images
from explorer.ui.evidence import opened as opened_image
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key

MOST_CELLS = 200_000  # that are sent at once; of runs with more, the browser asks for the epochs that it shows
_SMALL = 12  # classes of a matrix that leaves room for images beside it
_WANTED = 6  # epochs that are sent beside the best and the latest one, if not all are
_FRAMES_KEPT = 4  # of a run: browser tabs may look at different epochs

Indices = NDArray[np.int64]


class _Cells:
    """The sparse matrices of a run, shared by all browser tabs; each epoch is read once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[EpochPoint, Epoch]] = {}
        self._frames: OrderedDict[object, bytes] = OrderedDict()

    def frame(
        self, view: RunView, snapshot: RunSnapshot, best: int | None, wanted: tuple[int, ...], focus: Focus | None
    ) -> bytes:
        """Return the data for the browser, which is made again only when something in it has changed."""
        names = class_names(snapshot)
        stamp = (snapshot.revision, best, wanted, focus, names)
        made = self._frames.get(stamp)
        if made is None:
            needed = None if self._fits(snapshot, len(names)) else {best, snapshot.latest_epoch, *wanted}
            epochs = [self._epoch(view, point, len(names), needed) for point in snapshot.epochs]
            planned = planned_epochs(snapshot)
            of_pixels = _of_pixels(snapshot)
            made = matrix.frame(
                snapshot.id, names, epochs, best, snapshot.latest_epoch, focus, planned, pixels=of_pixels
            )
            self._frames[stamp] = made
            while len(self._frames) > _FRAMES_KEPT:
                self._frames.popitem(last=False)
        return made

    @staticmethod
    def _fits(snapshot: RunSnapshot, classes: int) -> bool:
        counts = snapshot.confusion
        most = classes**2 if counts is None else min(classes**2, int(counts.sum()))
        return most * len(snapshot.epochs) <= MOST_CELLS

    def _epoch(self, view: RunView, point: EpochPoint, classes: int, needed: set[int | None] | None) -> Epoch:
        known, found = self._known.get(point.epoch, (None, None))
        if found is not None and known is point:
            sent = needed is None or point.epoch in needed
            return found if sent else Epoch(found.number, found.key, None, found.missing)
        key = f"{point.epoch}:{id(point):x}"
        if needed is not None and point.epoch not in needed:
            return Epoch(point.epoch, key, None, point.measured is None)
        record = view.record(point.epoch)
        fits = record is not None and len(record.confusion) == classes
        made = Epoch(point.epoch, key, matrix.sparse(record.confusion) if record and fits else None, not fits)
        self._known[point.epoch] = (point, made)
        return made


@st.cache_resource(max_entries=16, show_spinner=False)
def _cells_of(root: str) -> _Cells:
    del root  # the key of the cache
    return _Cells()


def show(view: RunView, snapshot: RunSnapshot, evidence: Evidence) -> None:
    """Draw the section; it runs again each second while the run trains."""
    if not snapshot.epochs:
        st.caption(T.NEVER if snapshot.status.over else T.COMES)
        return
    best = best_point(view.paths, snapshot.config, snapshot.epochs)
    wanted_key = widget_key("matrix_wanted", snapshot.id)
    opened_key, part_key = _opened_key(snapshot.id), _part_key(snapshot.id)
    wanted: tuple[int, ...] = st.session_state.get(wanted_key, ())
    focus: Focus | None = st.session_state.get(_focus_key(snapshot.id))
    data = _cells_of(str(view.paths.root)).frame(view, snapshot, None if best is None else best.epoch, wanted, focus)

    def follow(opened: Opened) -> None:
        st.session_state[opened_key] = opened

    def open_images(opened: Opened) -> None:
        follow(opened)
        st.session_state[part_key] = T.VALIDATION_IMAGES

    def fetch(epoch: int) -> None:
        st.session_state[wanted_key] = (*(one for one in wanted if one != epoch), epoch)[-_WANTED:]

    place, beside = _places(len(class_names(snapshot)))
    with place:
        matrix.show(
            data,
            widget_key("matrix", snapshot.id),
            on_open=open_images,
            on_follow=follow,
            on_close=lambda _: st.session_state.pop(opened_key, None),
            on_fetch=fetch,
        )
    opened: Opened | None = st.session_state.get(opened_key)
    if _of_pixels(snapshot):
        with beside:
            if opened is not None and _exists(opened, snapshot):
                mask_cells.show(view, snapshot, evidence, opened)
            else:
                st.caption(Masks.NOTHING_OPEN)
        return
    part = beside.segmented_control(
        T.PART, [T.VALIDATION_IMAGES, T.TRAINING_IMAGES], default=T.VALIDATION_IMAGES, required=True,
        key=part_key, label_visibility="collapsed", help=T.TRAINING_HELP,
    )  # fmt: skip
    with beside.container(key=widget_key("matrix_images", snapshot.id)):
        if part == T.TRAINING_IMAGES:
            training_images.show(view, snapshot, opened, snapshot.latest_epoch if best is None else best.epoch)
        elif opened is not None and _exists(opened, snapshot):
            _images(view, snapshot, evidence, opened)
        else:
            st.caption(T.NOTHING_OPEN)


def _of_pixels(snapshot: RunSnapshot) -> bool:
    """Whether the matrix counts pixels, and not images."""
    return snapshot.config is not None and snapshot.config.task == "segmentation"


def _places(classes: int) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the places of the matrix and of the images: beside a small matrix, below a large one."""
    if classes > _SMALL:
        return st.container(), st.container()
    place, beside = st.columns([0.45, 0.55], gap="medium")
    return place, beside


def _focus_key(run_id: str) -> str:
    """The key of the session state for the cell that another section leads to."""
    return widget_key("matrix_focus", run_id)


def lead_to(run_id: str, choice: Literal["best", "latest"], cell: Opened) -> None:
    """Have the section show a cell of an epoch and its images, once it is open."""
    assert cell.row is not None
    assert cell.column is not None
    key = _focus_key(run_id)
    before: Focus | None = st.session_state.get(key)
    number = 1 if before is None else before.number + 1
    st.session_state[key] = Focus(number, choice, cell.epoch, cell.row, cell.column)
    st.session_state[_opened_key(run_id)] = cell
    st.session_state[_part_key(run_id)] = T.VALIDATION_IMAGES


def _opened_key(run_id: str) -> str:
    """The key of the session state for the cell whose images are shown."""
    return widget_key("matrix_opened", run_id)


def _part_key(run_id: str) -> str:
    """The key of the choice between validation images and training images."""
    return widget_key("matrix_part", run_id)


def _exists(opened: Opened, snapshot: RunSnapshot) -> bool:
    """Whether the run has this cell: the browser says which, and is not trusted."""
    classes = len(class_names(snapshot))
    places = [place for place in (opened.row, opened.column) if place is not None]
    return max(places) < classes and any(point.epoch == opened.epoch for point in snapshot.epochs)


def _images(view: RunView, snapshot: RunSnapshot, evidence: Evidence, opened: Opened) -> None:
    """Draw the images of a cell, a row or a column."""
    names, counts = class_names(snapshot), view.record(opened.epoch)
    st.markdown(f"**{escape(_heading(opened, names, None if counts is None else counts.confusion))}**", help=T.ORDER)
    source = pictures.of_validation(snapshot, evidence)
    record, why_not = evidence.record(opened.epoch), evidence.why_not(opened.epoch)
    if why_not is not None:
        st.info(T.NO_SCORES.format(reason=TextsOfEvidence.WHY_NOT[why_not.code].format(**why_not.values)))
        return
    if isinstance(source, str):
        st.info(escape(source))
        return
    assert record is not None
    found = ordered(record, threshold_of(snapshot.config), opened.row, opened.column)
    counted = _count(record.confusion, opened)
    if counted != len(found):
        st.warning(T.DIFFERS.format(found=len(found), count=counted))
    caption = _captions(record, threshold_of(snapshot.config), names, opened)
    image = pictures.show(source, found, caption, widget_key("matrix_pictures", snapshot.id), T.ORDER)
    if image is not None:
        assert record.labels is not None
        classes = (int(predicted(record, threshold_of(snapshot.config))[image]), int(record.labels[image]))
        opened_image.show(snapshot, source, image, opened.epoch, classes)


@functools.lru_cache(maxsize=3)
def predicted(record: EpochRecord, threshold: float) -> Indices:
    """Return the (N,) classes that a record with logits predicts."""
    assert record.logits is not None
    return predicted_classes(record.logits, threshold)


@functools.lru_cache(maxsize=4)
def ordered(record: EpochRecord, threshold: float, row: int | None, column: int | None) -> Indices:
    """Return the images of a cell of a record with logits, the most confident first."""
    assert record.logits is not None
    assert record.labels is not None
    classes = predicted(record, threshold)
    return most_confident_first(record.logits, members(record.labels, classes, row, column), classes)


def _count(confusion: NDArray[np.int64], opened: Opened) -> int:
    rows = slice(None) if opened.row is None else opened.row
    columns = slice(None) if opened.column is None else opened.column
    return int(confusion[rows, columns].sum())


def _heading(opened: Opened, names: tuple[str, ...], confusion: NDArray[np.int64] | None) -> str:
    count = 0 if confusion is None else _count(confusion, opened)
    row = "" if opened.row is None else names[opened.row]
    column = "" if opened.column is None else names[opened.column]
    total = 0 if confusion is None or opened.row is None else int(confusion[opened.row].sum())
    words = T.OF_CELL if row and column else T.OF_ROW if row else T.OF_COLUMN
    return words.format(row=row, column=column, count=count, total=total, epoch=opened.epoch + 1)


def _captions(
    record: EpochRecord, threshold: float, names: tuple[str, ...], opened: Opened
) -> Callable[[int], Caption]:
    """Return the function that describes an image by the scores of a record with logits."""
    logits, labels, classes = record.logits, record.labels, predicted(record, threshold)
    assert logits is not None
    assert labels is not None

    def caption(index: int) -> Caption:
        mine, truth = int(classes[index]), names[int(labels[index])]
        share = share_of(logits[index], mine)
        several = opened.row is None or opened.column is None
        return Caption(
            title=T.IMAGE_TITLE.format(predicted=names[mine], share=pictures.percent(share)),
            note=T.IMAGE_TRUE.format(true=truth) if opened.row is None else "",
            mark=T.WRONG if several and mine != int(labels[index]) else "",
            text=T.SCORES.format(scores=pictures.scores_text(names, logits[index]), true=truth),
        )

    return caption
