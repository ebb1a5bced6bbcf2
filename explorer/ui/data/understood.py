"""What was understood of a data set: the first thing that the Data page shows."""

from functools import lru_cache

import numpy as np
import streamlit as st

from explorer.base.tables import csv_bytes
from explorer.base.words import counted
from explorer.data import curation
from explorer.data.contents import Contents
from explorer.data.curation import CurationError
from explorer.data.dataset import DatasetError
from explorer.data.formats.spec import FileSpec, Spec
from explorer.data.mask_classes import MaskClasses, mask_classes
from explorer.data.mask_coding import UNNAMED
from explorer.data.overview.measured import Measured
from explorer.texts import Common
from explorer.texts import Data as T
from explorer.texts import Measured as M
from explorer.ui.components.fields import bound
from explorer.ui.components.markdown import escape
from explorer.ui.data import balance, outlines
from explorer.ui.data.album import Album, part_name
from explorer.ui.data.annotated import NOTHING, Annotated, annotated_of
from explorer.ui.data.counts import Counts, counts_of
from explorer.ui.data.opened import Opened
from explorer.ui.preview import wall
from explorer.ui.session.keys import widget_key
from explorer.ui.train import values
from explorer.ui.train.mask_classes import chosen

SAMPLES = 8
MOST_ROWS = 500  # of a table in the page


def show(opened: Opened, measured: Measured | None) -> None:
    """Draw the answer in one line, the counts, a few samples, and what was left out."""
    contents, counts = opened.contents, counts_of(opened.contents)
    annotated = NOTHING if counts.labeled or not isinstance(opened.spec, FileSpec) else annotated_of(contents)
    line = filter(None, [answer(contents, counts, annotated, _by_you(opened), _learned(opened)), decoding(measured)])
    st.markdown(f"**{escape(' '.join(line))}**")
    st.caption(escape(" ".join(details(opened, counts))))
    if not len(contents):
        _left_out(opened)
        _notes(contents)
        return
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        balance.show(opened, counts, annotated)
    with right:
        st.markdown(f"**{T.SAMPLES}**")
        album = Album(opened, measured)
        wall.show(
            album, samples(contents), album.caption, widget_key("data_samples", opened.key), T.SAMPLES, alone=True
        )
    _left_out(opened)
    _notes(contents)


def _learned(opened: Opened) -> MaskClasses | None:
    """Return the classes of the masks as a run would learn them, which the list below names, too."""
    return chosen(opened.key, opened.contents.mask_classes)


def _by_you(opened: Opened) -> int:
    """Return how many of the images a person has left out."""
    try:
        kept = curation.read(opened.spec)
    except CurationError:
        return 0  # the findings say why
    return sum(one in kept.left_out for one in opened.contents.ids) if kept.left_out else 0


def answer(
    contents: Contents, counts: Counts, annotated: Annotated, by_you: int = 0, learned: MaskClasses | None = None
) -> str:
    """Return the whole data set in one line.

    Args:
        contents: The data set.
        counts: Its images by part and class.
        annotated: Its boxes or keypoints.
        by_you: How many of its images a person has left out.
        learned: The classes of its masks as a run would learn them; None for those that their names say.
    """
    parts = [T.IN_PART.format(count=int(count), part=part_name(contents, at)) for at, count in enumerate(counts.parts)]
    left_out = len(contents.left_out)
    words = {
        "images": counted(len(contents), *Common.IMAGE) + (T.BY_YOU.format(count=by_you) if by_you else ""),
        "classes": _classes(contents, counts) or _annotations(contents, annotated, learned),
        "parts": ", ".join(parts),
        "left_out": counted(left_out, *T.ENTRIES_LEFT_OUT) if left_out else T.NOTHING_LEFT_OUT if not by_you else "",
    }
    return (T.ANSWER if len(parts) > 1 else T.ANSWER_ONE_PART).format(**words).rstrip()


def _classes(contents: Contents, counts: Counts) -> str:
    if not counts.labeled:
        return ""
    if contents.several is not None:
        return T.WITH_LABELS.format(labels=counted(len(contents.classes), *T.LABELS))
    return T.IN_CLASSES.format(classes=counted(len(contents.classes), *Common.CLASSES))


def _annotations(contents: Contents, annotated: Annotated, learned: MaskClasses | None) -> str:
    if not annotated.kind:
        return ""
    if annotated.kind == "masks":
        return _masks(contents, learned)
    one, many = T.MARKS[annotated.kind]
    marks = counted(len(annotated.label), one, many) if annotated.whole else many
    return T.WITH.format(marks=marks, classes=counted(len(contents.classes), *Common.CLASSES))


def _masks(contents: Contents, learned: MaskClasses | None) -> str:
    """Say how many classes a network learns from the masks, and that a value does not count."""
    known = learned or mask_classes(contents.mask_classes, "auto")
    if contents.refused or not known.classes:
        return T.WITH_MASKS
    words = T.WITH_MASKS_OF if known.ignored is None else T.WITH_MASKS_AND_ONE
    return words.format(classes=counted(len(known.classes), *Common.CLASSES))


def decoding(measured: Measured | None) -> str:
    """Return whether the images decode; "" as long as that is not known."""
    if measured is None or not len(measured):
        return ""
    if damaged := len(measured.trouble):
        return counted(damaged, *M.SOME_DAMAGED)
    if len(measured) == 1:
        return M.ONE_DECODES
    return (M.MEASURED_DECODE if measured.sampled else M.DECODES).format(count=len(measured))


def details(opened: Opened, counts: Counts) -> list[str]:
    """Return sentences on the columns of a table, the division, groups, and whether a network can be trained."""
    contents = opened.contents
    found = [columns_words(contents), _division(opened.spec)]
    if contents.refused:
        found.insert(0, T.REFUSED.format(reason=contents.refused))
    if contents.group is not None and not contents.columns:
        found.append(T.GROUPED.format(groups=counted(_groups(contents), *Common.GROUP)))
    if counts.labeled and counts.without.any():
        words = T.WITHOUT_CLASS if contents.several is None else T.WITHOUT_LABEL
        found.append(counted(int(counts.without.sum()), *words))
    if outlines.are_in(opened.key, contents):
        found.append(T.OUTLINES)
    elif not opened.spec.trainable:
        found.append(T.NOT_TRAINABLE.format(reason=opened.spec.why_untrained))
    return list(filter(None, found))


def columns_words(contents: Contents) -> str:
    """Return by which columns a table was read; "" for other formats."""
    groups = "" if contents.group is None else T.OF_GROUPS.format(groups=counted(_groups(contents), *Common.GROUP))
    pairs = zip(T.COLUMNS_READ, contents.columns, strict=False)
    said = [words.format(name=name, groups=groups) for words, name in pairs if name]
    return f"{', '.join(said)}." if said else ""


def _division(spec: Spec) -> str:
    if not isinstance(spec, FileSpec):
        return T.GENERATED
    try:
        divided = spec.is_split(spec.root)
    except DatasetError:
        return ""  # the contents say what is wrong
    if divided:
        return T.IS_SPLIT
    words = T.NOT_SPLIT_MASKS if spec.task == "segmentation" else T.NOT_SPLIT
    return words.format(share=spec.val_fraction) if spec.trainable else ""


@lru_cache(maxsize=4)
def _groups(contents: Contents) -> int:
    return 0 if contents.group is None else len(np.unique(contents.group))


@lru_cache(maxsize=4)
def samples(contents: Contents, count: int = SAMPLES) -> np.ndarray:
    """Return the places of a few images, of as many classes as possible, spread over the data set."""
    generator = np.random.default_rng(0)
    labels = np.array([at for at in range(len(contents.classes)) if contents.having(at).any()], np.int64)
    if not len(labels):
        chosen = generator.choice(len(contents), min(count, len(contents)), replace=False)
        return np.sort(chosen).astype(np.int64)
    if len(labels) > count:
        labels = np.sort(generator.choice(labels, count, replace=False))
    found: list[int] = []
    for number, label in enumerate(labels):
        members = np.flatnonzero(contents.having(int(label)))
        share = count // len(labels) + (number < count % len(labels))
        found += generator.choice(members, min(share, len(members)), replace=False).tolist()
    return np.array(list(dict.fromkeys(found)), np.int64)  # one with several labels may be drawn twice


def _left_out(opened: Opened) -> None:
    """List what cannot be used, with the reasons, and ask whether runs leave it out."""
    contents = opened.contents
    found = contents.left_out
    if not found:
        return
    if opened.spec.trainable:
        with st.container(horizontal=True, vertical_alignment="center"):
            skips = values.current()["skip_unusable"]
            shows = bound(widget_key("data_skip"), skips, lambda chosen: values.change(skip_unusable=chosen))
            st.toggle(T.LEAVE_OUT, value=skips, help=T.LEAVE_OUT_HELP, width="content", **shows)
            st.caption(T.LEAVE_OUT_NOTE, width="content")
    with st.expander(T.LEFT_OUT_TITLE.format(count=len(found)), icon=":material/block:"):
        rows = [(each.name, each.reason) for each in found[:MOST_ROWS]]
        st.dataframe(
            dict(zip(T.LEFT_OUT_COLUMNS, zip(*rows, strict=True), strict=True)), hide_index=True, width="stretch"
        )  # fmt: skip
        if len(found) > MOST_ROWS:
            st.caption(T.LEFT_OUT_CUT.format(shown=MOST_ROWS, count=len(found)))
        st.download_button(
            T.LEFT_OUT_SAVE, lambda: left_out_csv(contents), T.LEFT_OUT_FILE, T.CSV, icon=":material/download:",
            key=widget_key("data_left_out"), on_click="ignore",
        )  # fmt: skip


def left_out_csv(contents: Contents) -> bytes:
    """Return what was left out as a CSV file."""
    return csv_bytes(T.LEFT_OUT_COLUMNS, ((each.name, each.reason) for each in contents.left_out))


def _notes(contents: Contents) -> None:
    notes = [note for note in contents.notes if note != UNNAMED]  # which stands below the classes
    if notes:
        with st.expander(T.NOTES.format(count=len(notes))):
            for note in notes:
                st.caption(escape(note))
