"""Data sets that are made in the folder of uploads by a process of their own: waited for, canceled, and opened."""

import re
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.base.child import ChildError
from explorer.base.words import size, span
from explorer.data import picture_sets
from explorer.data.dataset import DatasetError
from explorer.data.overview.saved import read_progress
from explorer.data.roots import uploads_folder
from explorer.texts import Uploads as T
from explorer.ui.background import jobs
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs
from explorer.ui.components.markdown import escape
from explorer.ui.data import last_message
from explorer.ui.keeping import limits, room
from explorer.ui.session.keys import Key, Query, widget_key
from explorer.ui.train import data_sets

JOBS: Jobs[Child] = Jobs(most=1)  # two at once would both take the room that is left
_LATE_S = 3.0  # for which messages of a busy browser may be on their way
_TORN_FILE = re.compile(r"\.received-[0-9a-f]+\.zip|\..+\.progress")


@dataclass(frozen=True)
class Making:
    """A data set that is being made for this session.

    Attributes:
        target: The folder that it becomes.
        working: What is shown meanwhile, in words.
        canceled: What is said when it was canceled.
        failed: Says that it failed, by the `reason`.
        done: Reads what the process has printed, and returns what to say and the folder in the target to show, "" for
            the target itself. Raises ChildError.
        received: A file that is not needed afterwards.
        progress: The file in which the process notes how far it is, see `saved.Noting`.
    """

    target: Path
    working: str
    canceled: str
    failed: Callable[..., str]
    done: Callable[[str], tuple[str, str]]
    received: Path | None = None
    progress: Path | None = None

    @property
    def key(self) -> str:
        """The key of its job."""
        return str(self.target)


def under_way() -> Making | None:
    """Return what is being made for this session, if there is something."""
    found: Making | None = st.session_state.get(Key.DATA_MAKING)
    return found


def start(making: Making, command: Sequence[str]) -> None:
    """Start to make a data set, or open the one that was made before; while another is made, say so."""
    if making.target.exists():
        _tidy(making)
        open_made(making.target, "")
        return
    if JOBS.full:
        _tidy(making)
        last_message.note("warning", T.BUSY)
        return
    JOBS.start(making.key, lambda: Child(command))
    st.session_state[Key.DATA_MAKING] = making


def show_progress() -> None:
    """Draw what is being made, with a way to cancel. What became of it is said by `last_message`."""
    making = under_way()
    if making is not None:
        works = JOBS.at_work(making.key) is not None
        if st.button(T.CANCEL, key=widget_key("data_making", "cancel"), icon=":material/close:"):
            JOBS.cancel(making.key)
            st.rerun()
        jobs.watch(works, lambda: JOBS.at_work(making.key), lambda: _say(making))
        if not works:
            _end(making)
            st.rerun()


def _say(making: Making) -> None:
    found = None if making.progress is None else read_progress(making.progress)
    if found is None or not found.total:
        st.info(escape(making.working))
        return
    words = T.PROGRESS.format(working=making.working, done=found.done, total=found.total)
    if found.left is not None:
        words = T.LEFT.format(progress=words, time=span(found.left))
    st.progress(found.share, escape(words))


def _end(making: Making) -> None:
    """Say what became of it, and open the data set."""
    st.session_state.pop(Key.DATA_MAKING, None)
    _tidy(making)
    child = JOBS.get(making.key)
    if child is None or child.canceled:
        last_message.note("warning", making.canceled)
        return
    try:
        words, top = making.done(child.result().decode(errors="replace"))
    except ChildError as error:
        last_message.note("error", making.failed(reason=error))
        return
    open_made(making.target, words, top)


def _tidy(making: Making) -> None:
    for file in filter(None, (making.received, making.progress)):
        with suppress(OSError):
            file.unlink(missing_ok=True)


def shown_instead(asked: str) -> str:
    """Return the key of the data set to show where the address names the data set `asked`.

    For some seconds after a made data set was opened, this is that data set where the address still names the one that
    was shown before: a busy browser may have sent that address before it received the new one.
    """
    before, key, opened = st.session_state.get(Key.DATA_OPENED, ("", "", 0.0))
    return key if asked == before and time.monotonic() - opened < _LATE_S else asked


def _show_opened(key: str) -> None:
    """Put an opened data set into the address, and remember which one it replaces (see `shown_instead`)."""
    st.session_state[Key.DATA_OPENED] = (st.query_params.get(Query.DATA, ""), key, time.monotonic())
    st.query_params[Query.DATA] = key


def open_made(target: Path, words: str, top: str = "") -> None:
    """Show the data set in a folder, or say why it is none.

    Args:
        target: The folder that was made.
        words: What is said about it.
        top: The folder in it that holds everything; "" for none.
    """
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
        if words:
            last_message.note("success", words)
        return
    last_message.note("error", " ".join(filter(None, [words, reason])))


def _only_folder(target: Path) -> list[Path]:
    inside = [path for path in target.iterdir() if not path.name.startswith(".")]
    return inside if len(inside) == 1 and inside[0].is_dir() else []


def made_folder() -> tuple[Path, int]:
    """Return the folder in which data sets are made, and how many bytes they may still take.

    What interrupted processes have left behind is removed.

    Raises:
        OSError: It cannot be made, or there is no room in it.
        WrongLimit: The limit of the owner cannot be read.
    """
    folder = uploads_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(job.running for job in JOBS.all().values()):
        _remove_torn(folder)
    limit = int(limits.data_bytes())
    left = limit - room.data_taken()
    if left <= 0:
        raise room.NoRoom(T.NO_ROOM.format(room=size(limit)))
    return folder, left


def received_file(folder: Path) -> Path:
    """Return where an uploaded file is kept until it is unpacked."""
    return folder / f".received-{secrets.token_hex(8)}.zip"


def _remove_torn(folder: Path) -> None:
    for path in folder.iterdir():
        if _TORN_FILE.fullmatch(path.name):
            path.unlink(missing_ok=True)
        elif path.name.startswith(".unpacking-"):
            shutil.rmtree(path, ignore_errors=True)
