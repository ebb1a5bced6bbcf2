"""The validation images of one of several labels: those of a cell of its matrix, or all that are wrong."""

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.figures.charts import class_names
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.spec.config import threshold_of
from explorer.texts import Evidence as TextsOfEvidence
from explorer.texts import Labels as T
from explorer.ui.components.markdown import escape
from explorer.ui.components.matrix import Opened
from explorer.ui.evidence import opened as opened_image
from explorer.ui.evidence import pictures
from explorer.ui.evidence.pictures import Caption
from explorer.ui.session.keys import widget_key

_NAMED = 4  # labels with their probabilities in the words below an image

Indices = NDArray[np.int64]


def show(snapshot: RunSnapshot, evidence: Evidence, label: int, epoch: int, cell: Opened | None) -> None:
    """Draw the images.

    Args:
        snapshot: The run.
        evidence: Its reader.
        label: The label, by its place.
        epoch: The epoch whose wrong images are shown where no cell is open, from 0.
        cell: A cell, row or column of the label's matrix; None for what is wrong.
    """
    shown = epoch if cell is None else cell.epoch
    absent = evidence.why_not(shown)
    if absent is not None:
        st.info(T.NO_SCORES.format(reason=TextsOfEvidence.WHY_NOT[absent.code].format(**absent.values)))
        return
    record, source = evidence.record(shown), pictures.of_validation(snapshot, evidence)
    if isinstance(source, str):
        st.info(escape(source))
        return
    assert record is not None
    names, above = class_names(snapshot), threshold_of(snapshot.config)
    found = chosen(record, above, label, *((None, None) if cell is None else (cell.row, cell.column)), cell is None)
    st.markdown(f"**{escape(_heading(names[label], cell, len(found), record.counted, shown))}**", help=T.ORDER)
    if not len(found):
        return
    caption = _captions(record, above, names, label)
    image = pictures.show(source, found, caption, widget_key("labels", snapshot.id, "pictures"), T.ORDER)
    if image is not None:
        opened_image.show(snapshot, source, image, shown, (label, label))


@functools.lru_cache(maxsize=4)
def chosen(
    record: EpochRecord, threshold: float, label: int, row: int | None, column: int | None, wrong: bool
) -> Indices:
    """Return the images of a cell of a label's matrix, or those that are wrong, the most confident answers first."""
    assert record.logits is not None
    assert record.labels is not None
    odds, true = record.logits[:, label], record.labels[:, label]
    predicted = odds > log_odds(threshold)
    inside = predicted != true if wrong else np.ones(len(true), bool)
    if row is not None:
        inside = inside & (true == row)
    if column is not None:
        inside = inside & (predicted == column)
    found = np.flatnonzero(inside)
    return found[np.argsort(-np.abs(odds[found] - log_odds(threshold)), kind="stable")]


def log_odds(probability: float) -> float:
    """Return log(p / (1 - p))."""
    return math.log(probability / (1 - probability))


def _heading(name: str, cell: Opened | None, count: int, total: int, epoch: int) -> str:
    sides = (T.WITHOUT.format(name=name), T.WITH.format(name=name))
    if cell is None:
        words = T.WRONG if count else T.NONE_WRONG
        return words.format(name=name, count=count, total=total, epoch=epoch + 1)
    row = "" if cell.row is None else sides[cell.row]
    column = "" if cell.column is None else sides[cell.column]
    words = T.CELL if row and column else T.ROW if row else T.COLUMN
    return words.format(row=row, column=column, count=count, epoch=epoch + 1)


def _captions(record: EpochRecord, threshold: float, names: Sequence[str], label: int) -> Callable[[int], Caption]:
    """Return the function that describes an image by its labels and their probabilities."""
    logits, labels = record.logits, record.labels
    assert logits is not None
    assert labels is not None

    def caption(index: int) -> Caption:
        shares = 1 / (1 + np.exp(-logits[index].astype(np.float64)))
        true = ", ".join(names[at] for at in np.flatnonzero(labels[index]).tolist()) or T.NO_LABEL
        predicted, has = bool(logits[index, label] > log_odds(threshold)), bool(labels[index, label])
        order = np.argsort(-shares, kind="stable")[:_NAMED]
        scores = " · ".join(f"{names[at]} {pictures.percent(float(shares[at]))}" for at in order.tolist())
        return Caption(
            title=T.IMAGE_TITLE.format(name=names[label], share=pictures.percent(float(shares[label]))),
            note=T.IMAGE_TRUE.format(labels=true),
            mark="" if predicted == has else T.MISSED if has else T.TOO_MUCH,
            text=T.IMAGE_TEXT.format(true=true, scores=scores),
        )

    return caption
