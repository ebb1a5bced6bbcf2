"""Data sets that visitors upload as zip files: received, unpacked by a process of its own, opened, and deleted."""

import re
import secrets
import shutil
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

import streamlit as st

from explorer.base.atomic import write_bytes_atomic
from explorer.base.child import ChildError, parsed
from explorer.base.names import shown
from explorer.base.words import size
from explorer.data import archives, picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.listing import suffixes
from explorer.data.roots import resolve_inside, uploads_folder
from explorer.runs.record.paths import slug
from explorer.texts import Uploads as T
from explorer.ui.background import jobs
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs
from explorer.ui.components.markdown import escape
from explorer.ui.data import last_message
from explorer.ui.keeping import limits, room
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.session.uploads import Received, newly_received
from explorer.ui.train import data_sets

JOBS: Jobs[Child] = Jobs(most=1)  # two at once would both take the room that is left
_MODULE = "explorer.data.archives"
_LATE_S = 3.0  # for which messages of a busy browser may be on their way
_RECEIVED = re.compile(r"\.received-[0-9a-f]+\.zip")


@dataclass(frozen=True)
class _Upload:
    """An upload of this session. name: of the file; file: where it was received; target: the folder it becomes."""

    name: str
    file: Path
    target: Path

    @property
    def key(self) -> str:
        return str(self.target)


def show(key: str) -> None:
    """Draw the uploader in a popover, and the deletion of the shown data set if it was uploaded."""
    with st.popover(T.OPEN, icon=":material/upload:"):
        st.markdown(f"**{T.TITLE}**")
        st.file_uploader(
            T.TITLE, [archives.SUFFIX.removeprefix(".")], key=_uploader(), on_change=_receive,
            max_upload_size=limits.ZIP_MEGABYTES, label_visibility="collapsed", disabled=_under_way() is not None,
        )  # fmt: skip
        st.caption(f"{T.HELP.format(most=limits.ZIP_MEGABYTES)} {T.PUBLIC}")
        _deletion(key)


def show_progress() -> None:
    """Draw the upload under way. What became of it is said by `last_message`."""
    upload = _under_way()
    if upload is not None:
        works = JOBS.at_work(upload.key) is not None
        if st.button(T.CANCEL, key=widget_key("data_upload", "cancel"), icon=":material/close:"):
            JOBS.cancel(upload.key)
            st.rerun()
        jobs.watch(works, lambda: JOBS.at_work(upload.key), partial(_say, upload.name))
        if not works:
            _end(upload)
            st.rerun()


def _say(name: str) -> None:
    st.info(escape(T.WORKING.format(name=name)))


def _uploader() -> str:
    return widget_key("data_upload", "file")


def _under_way() -> _Upload | None:
    found: _Upload | None = st.session_state.get(Key.DATA_UPLOAD)
    return found


def _receive() -> None:
    """Keep the uploaded file, and start to unpack it; a file that was unpacked before is opened."""
    file = newly_received(_uploader())
    if file is None:
        return
    last_message.forget()
    name = shown(file.name)
    try:
        upload = _kept(file, name)
    except (OSError, limits.WrongLimit) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        last_message.note("error", T.NOT_KEPT.format(name=name, reason=reason))
        return
    if upload.target.exists():
        _open(upload.target, "")
        return
    if JOBS.full:
        upload.file.unlink(missing_ok=True)
        last_message.note("warning", T.BUSY)
        return
    left = int(limits.data_bytes()) - room.data_taken()
    command = [sys.executable, "-P", "-m", _MODULE, str(upload.file), str(upload.target), str(left)]
    JOBS.start(upload.key, lambda: Child(command))
    st.session_state[Key.DATA_UPLOAD] = upload


def _kept(file: Received, name: str) -> _Upload:
    """Write the file beside the unpacked ones. Raises OSError, WrongLimit."""
    folder = uploads_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _tidy(folder)
    if room.data_taken() >= limits.data_bytes():
        raise room.NoRoom(T.NO_ROOM.format(room=size(limits.data_bytes())))
    digest = blake2b(file.content, digest_size=4).hexdigest()
    target = folder / f"{slug(Path(name).stem) or 'upload'}-{digest}"
    place = folder / f".received-{secrets.token_hex(8)}.zip"
    if not target.exists():
        write_bytes_atomic(place, file.content)
    return _Upload(name, place, target)


def _tidy(folder: Path) -> None:
    """Delete what uploads have left behind that were interrupted, while none is under way."""
    if any(job.running for job in JOBS.all().values()):
        return
    for path in folder.iterdir():
        if _RECEIVED.fullmatch(path.name):
            path.unlink(missing_ok=True)
        elif path.name.startswith(".unpacking-"):
            shutil.rmtree(path, ignore_errors=True)


def _end(upload: _Upload) -> None:
    """Say what became of an upload, and open the data set."""
    st.session_state.pop(Key.DATA_UPLOAD, None)
    with suppress(OSError):
        upload.file.unlink(missing_ok=True)
    child = JOBS.get(upload.key)
    if child is None or child.canceled:
        last_message.note("warning", T.CANCELED.format(name=upload.name))
        return
    try:
        found = parsed(archives.Unpacked, child.result().decode(errors="replace"))
    except ChildError as error:
        last_message.note("error", T.FAILED.format(name=upload.name, reason=error))
        return
    words = T.DONE.format(name=upload.name, files=found.files, size=size(found.bytes))
    if found.others:
        others = Counter(found.others)
        left_out = T.LEFT_OUT if others.total() > 1 else T.LEFT_OUT_ONE
        words += " " + left_out.format(count=others.total(), suffixes=suffixes(others))
    _open(upload.target, words, found.top)


def shown_instead(asked: str) -> str:
    """Return the key of the data set to show where the address names the data set `asked`.

    For some seconds after an upload was opened, this is the upload where the address still names the data set that was
    shown before: a busy browser may have sent that address before it received the new one.
    """
    before, key, opened = st.session_state.get(Key.DATA_OPENED, ("", "", 0.0))
    return key if asked == before and time.monotonic() - opened < _LATE_S else asked


def _show_opened(key: str) -> None:
    """Put an opened upload into the address, and remember which data set it replaces (see `shown_instead`)."""
    st.session_state[Key.DATA_OPENED] = (st.query_params.get(Query.DATA, ""), key, time.monotonic())
    st.query_params[Query.DATA] = key


def _open(target: Path, words: str, top: str = "") -> None:
    """Show the data set in the unpacked folder, or say why it is none."""
    data_sets.forget_offer()
    reason = ""
    for place in (target / top, target) if top else (target, *_only_folder(target)):
        try:
            _show_opened(picture_sets.typed(str(place)).key)
        except DatasetError as error:
            reason = reason or str(error)
            continue
        if words:
            last_message.note("success", words)
        return
    inside = [each.key for each in data_sets.offer().sets if Path(each.key.partition(":")[2]).is_relative_to(target)]
    if inside:
        _show_opened(inside[0])
        last_message.note("success", words or T.OPEN)
        return
    last_message.note("error", " ".join(filter(None, [words, reason])))


def _only_folder(target: Path) -> list[Path]:
    inside = [path for path in target.iterdir() if not path.name.startswith(".")]
    return inside if len(inside) == 1 and inside[0].is_dir() else []


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
