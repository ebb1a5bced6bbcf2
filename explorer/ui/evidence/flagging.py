"""Flags and notes of single images: the editor below a large picture, and the export of all."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import PurePath

import streamlit as st

from explorer.base.tables import Cell, csv_bytes
from explorer.metrics.mistakes import Judged
from explorer.runs.record import flags
from explorer.runs.record.flags import Flag, FlagsError
from explorer.runs.record.paths import RunPaths
from explorer.texts import Mistakes as T
from explorer.ui.components.markdown import escape
from explorer.ui.evidence.sources import Source
from explorer.ui.session.keys import widget_key
from explorer.ui.session.uploads import Stamp, stamp

_WIDTH = 640  # px of a note


def read(paths: RunPaths) -> tuple[Mapping[int, Flag], str]:
    """Return the flags of a run, and why they cannot be read, or "". The file is read when it has changed."""
    try:
        return _read(paths, stamp(paths.flags)), ""
    except (FlagsError, OSError) as error:
        return {}, str(error)


@lru_cache(maxsize=32)
def _read(paths: RunPaths, written: Stamp) -> Mapping[int, Flag]:
    return {} if written is None else flags.read(paths)


def image(source: Source, index: int) -> Flag:
    """Return which image is meant, for `edit`."""
    return Flag(index, source.ids[index], source.hashes[index], flagged=False)


def edit(paths: RunPaths, image: Flag) -> None:
    """Draw the flag and the note of one image. They are saved when they are changed.

    Args:
        paths: The run.
        image: Says which image it is.
    """
    found, problem = read(paths)
    kept = found.get(image.index, image)
    flag_key, note_key, error_key = (
        widget_key("flag", paths.id, str(image.index), part) for part in ("on", "note", "error")
    )
    if error_key not in st.session_state:  # what could not be saved stays in its field
        for key, value in ((flag_key, kept.flagged), (note_key, kept.note)):
            if st.session_state.get(key) != value:
                st.session_state[key] = value
    st.checkbox(
        T.FLAG, key=flag_key, help=T.FLAG_HELP, on_change=_save, args=(paths, image, flag_key, "flagged", error_key)
    )
    st.text_area(
        T.NOTE, key=note_key, placeholder=T.NOTE_PLACEHOLDER, max_chars=flags.MAX_NOTE, height=80, width=_WIDTH,
        on_change=_save, args=(paths, image, note_key, "note", error_key),
    )  # fmt: skip
    if (reason := st.session_state.get(error_key)) is not None:
        st.error(escape(T.NOT_KEPT.format(reason=reason)))
    elif problem:
        st.error(escape(T.FLAGS_UNREADABLE.format(reason=problem)))


def _save(paths: RunPaths, image: Flag, key: str, field: str, error_key: str) -> None:
    value = st.session_state[key]
    st.session_state.pop(error_key, None)
    try:
        if field == "note":
            flags.change(paths, image, note=str(value))
        else:
            flags.change(paths, image, flagged=bool(value))
    except (FlagsError, OSError) as error:
        st.session_state[error_key] = str(error)


def export(paths: RunPaths, found: Mapping[int, Flag], judged: Judged, names: tuple[str, ...], epoch: int) -> None:
    """Draw the button that downloads the flagged images as a table."""
    st.download_button(
        T.EXPORT,
        lambda: table(found, judged, names, epoch),
        file_name=T.FILE.format(run=paths.id), mime="text/csv", key=widget_key("flags", paths.id, "export"),
        help=T.EXPORT_HELP, on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def table(found: Mapping[int, Flag], judged: Judged, names: tuple[str, ...], epoch: int) -> bytes:
    """Return the flagged images as CSV, by their row in the list of validation images, from 0.

    Args:
        found: All flags of the run.
        judged: How the network of an epoch judged the images.
        names: The names of the classes.
        epoch: That epoch, from 0.
    """
    return csv_bytes(T.HEAD, [_row(flag, judged, names, epoch) for flag in flags.flagged(found)])


def _row(flag: Flag, judged: Judged, names: tuple[str, ...], epoch: int) -> list[Cell]:
    at = flag.index
    scores: list[Cell] = [None] * 5
    if 0 <= at < len(judged):
        label, predicted = names[judged.labels[at]], names[judged.predicted[at]]
        scores = [label, predicted, float(judged.confidence[at]), float(judged.loss[at]), epoch + 1]
    return [at, flag.id, PurePath(flag.id).name, *scores, flag.note, _moment(flag.time), flag.hash]


def _moment(seconds: float) -> Cell:
    """The date and time of a flag; None for a number in its file that is no time."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return None
