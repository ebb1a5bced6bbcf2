"""Links that contain a pipeline and its view. Opening one makes a copy, which is validated like a file."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import streamlit as st
from pydantic import ValidationError

from explorer.augment import exchange
from explorer.augment.files import PipelineFileError, dumps_draft
from explorer.augment.pipeline import Draft
from explorer.texts import Files as T
from explorer.ui.preview import pictures
from explorer.ui.serving import hosts
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, Query
from explorer.ui.session.view import View
from explorer.ui.session.workspace import Workspace

MAX_LINK = 8_000  # characters; longer ones are cut off by some mail programs and servers
_MAX_TEXT = 1_000_000  # characters after unpacking
_FIRST = ""  # the first photograph


class ShareError(ValueError):
    """The address contains no valid pipeline; the message says why."""


def open_from_address() -> None:
    """Open a copy of the pipeline in the address, if there is one, with a notice. Raises ShareError."""
    packed = st.query_params.get(Query.SHARED)
    if packed is None:
        return
    del st.query_params[Query.SHARED]
    opened: dict[str, str] = st.session_state.setdefault(Key.SHARED_OPENED, {})
    if packed in opened:  # the browser's Back button has returned to the link
        with suppress(workspace.WorkspaceError):  # that copy is gone: make another one
            workspace.open_draft(opened[packed])
            return
    draft, view = unpack(packed)
    opened[packed] = workspace.open_new(draft, view)
    st.session_state[Key.NOTICE] = T.LINK_OPENED


def link(address: str, work: Workspace) -> str:
    """Return the link that opens a copy of the workspace in the app at `address`."""
    parts = urlsplit(address)
    query = f"{Query.SHARED}={pack(work.draft, work.view)}"
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", query, ""))


def address(here: str) -> str:
    """Return the address under which others reach the app; `here`, that of the page, unless that is a local one."""
    others = hosts.for_others()
    return hosts.address(others[0]) if is_local(here) and others and hosts.is_open() else here


def is_local(address: str) -> bool:
    """Return whether an address means each reader's own computer, such as localhost."""
    return hosts.is_local(urlsplit(address).hostname or "")


def pack(draft: Draft, view: View) -> str:
    """Return draft and view as characters allowed in an address; an uploaded picture is left out."""
    seen = replace(view, picture=_FIRST, boxes="", points="") if view.picture == pictures.UPLOAD else view
    default = asdict(View())
    shown = {name: value for name, value in asdict(seen).items() if value != default[name]}
    text = json.dumps({"pipeline": json.loads(dumps_draft(draft)), "view": shown}, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).rstrip(b"=").decode()


def unpack(packed: str) -> tuple[Draft, View]:
    """Return the draft and the view that `pack` was given. Raises ShareError."""
    record = _record(packed)
    pipeline, view = record.get("pipeline"), record.get("view", {})
    if not isinstance(pipeline, dict) or not isinstance(view, dict):
        raise ShareError(T.LINK_CUT)
    try:
        return exchange.draft_of(pipeline), View(**view)
    except (PipelineFileError, ValidationError, TypeError) as error:
        raise ShareError(str(error)) from error


def _record(packed: str) -> Mapping[str, Any]:
    try:
        data = base64.urlsafe_b64decode(packed.encode("ascii") + b"=" * (-len(packed) % 4))
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(data, _MAX_TEXT)  # a few characters can hold gigabytes
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise ShareError(T.LINK_CUT)
        record = json.loads(text)
    except (UnicodeError, binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise ShareError(T.LINK_CUT) from error
    if not isinstance(record, dict):
        raise ShareError(T.LINK_CUT)
    return record
