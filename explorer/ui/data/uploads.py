"""Data sets that visitors upload as zip files: received, unpacked by a process of its own, and deleted."""

import shutil
import sys
from collections import Counter
from functools import partial
from hashlib import blake2b
from pathlib import Path

import streamlit as st

from explorer.base.atomic import write_bytes_atomic
from explorer.base.child import parsed
from explorer.base.names import shown
from explorer.base.words import size
from explorer.data import archives
from explorer.data.dataset import DatasetError
from explorer.data.listing import suffixes
from explorer.data.roots import resolve_inside, uploads_folder
from explorer.runs.record.paths import slug
from explorer.texts import Uploads as T
from explorer.ui.data import last_message, making
from explorer.ui.data.making import Making
from explorer.ui.keeping import limits
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.session.uploads import Received, newly_received
from explorer.ui.train import data_sets

_MODULE = "explorer.data.archives"


def show(key: str) -> None:
    """Draw the uploader in a popover, and the deletion of the shown data set if it was uploaded."""
    with st.popover(T.OPEN, icon=":material/upload:"):
        st.markdown(f"**{T.TITLE}**")
        st.file_uploader(
            T.TITLE, [archives.SUFFIX.removeprefix(".")], key=_uploader(), on_change=_receive,
            max_upload_size=limits.ZIP_MEGABYTES, label_visibility="collapsed", disabled=making.under_way() is not None,
        )  # fmt: skip
        st.caption(f"{T.HELP.format(most=limits.ZIP_MEGABYTES)} {T.PUBLIC}")
        _deletion(key)


def _uploader() -> str:
    return widget_key("data_upload", "file")


def _receive() -> None:
    """Keep the uploaded file, and start to unpack it; a file that was unpacked before is opened."""
    file = newly_received(_uploader())
    if file is None:
        return
    last_message.forget()
    name = shown(file.name)
    try:
        folder, room = making.made_folder()
        upload = _kept(file, name, folder)
    except (OSError, limits.WrongLimit) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        last_message.note("error", T.NOT_KEPT.format(name=name, reason=reason))
        return
    command = [sys.executable, "-P", "-m", _MODULE, str(upload.received), str(upload.target), str(room)]
    making.start(upload, command)


def _kept(file: Received, name: str, folder: Path) -> Making:
    """Write the file into the folder of the unpacked ones. Raises OSError."""
    digest = blake2b(file.content, digest_size=4).hexdigest()
    target = folder / f"{slug(Path(name).stem) or 'upload'}-{digest}"
    place = making.received_file(folder)
    if not target.exists():
        write_bytes_atomic(place, file.content)
    return Making(
        target, T.WORKING.format(name=name), T.CANCELED.format(name=name), partial(T.FAILED.format, name=name),
        partial(_done, name), place,
    )  # fmt: skip


def _done(name: str, printed: str) -> tuple[str, str]:
    """Return what to say about an unpacked file, and its one folder. Raises ChildError."""
    found = parsed(archives.Unpacked, printed)
    words = T.DONE.format(name=name, files=found.files, size=size(found.bytes))
    if found.others:
        others = Counter(found.others)
        left_out = T.LEFT_OUT if others.total() > 1 else T.LEFT_OUT_ONE
        words += " " + left_out.format(count=others.total(), suffixes=suffixes(others))
    return words, found.top


def _deletion(key: str) -> None:
    """Draw the deletion of the shown data set, in two steps."""
    name = _uploaded(key)
    if name is None:
        return
    st.divider()
    sure = st.checkbox(T.DELETE, key=widget_key("data_upload", "delete", name), help=T.DELETE_HELP)
    if sure:
        st.button(
            T.DELETE_SURE, key=widget_key("data_upload", "sure", name), on_click=_delete, args=(key,),
            icon=":material/delete:",
        )  # fmt: skip


def _uploaded(key: str) -> str | None:
    """The name of the upload that holds a data set; None for any other place, however the address spells it.

    The key comes from the address: `..` and links in it must not lead the deletion elsewhere.
    """
    try:
        folder, place = uploads_folder().resolve(), resolve_inside(key.partition(":")[2])
        names = {path.name for path in folder.iterdir()}
    except (DatasetError, OSError):
        return None
    if not place.is_relative_to(folder) or place == folder:
        return None
    name = place.relative_to(folder).parts[0]
    is_upload = name in names and not name.startswith(".") and not (folder / name).is_symlink()
    return name if is_upload else None


def _delete(key: str) -> None:
    name = _uploaded(key)
    if name is None:
        return
    try:
        shutil.rmtree(uploads_folder() / name)
    except OSError as error:
        last_message.note("error", T.NOT_DELETED.format(name=name, reason=error.strerror or error))
        return
    st.query_params.pop(Query.DATA, None)
    st.session_state.pop(Key.DATA, None)
    data_sets.forget_offer()
    last_message.note("success", T.DELETED.format(name=name))
