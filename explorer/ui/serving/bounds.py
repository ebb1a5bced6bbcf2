"""Limits the number of open pages and the uploads that they hold in memory. Streamlit limits single files only.

A file stays in memory until its page is closed. The files on disk have their own limit, see keeping/room.py.
"""

import re
from collections import Counter
from typing import cast

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from explorer.runs.machine.capacity import in_words
from explorer.texts import Keeping as T
from explorer.ui.keeping import limits

_UPLOAD = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/(?P<file>[^/]+)")
_TRY_LATER = 1013  # WebSocket close code
_TOO_MANY, _TOO_LARGE, _FULL = 429, 413, 503


class Bounded:
    """Middleware that refuses a request beyond the limits before it reads the content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._pages = 0
        self._files: Counter[str] = Counter()  # session -> uploads in progress
        self._bytes: Counter[str] = Counter()  # session -> their announced bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or refuse it."""
        if scope["type"] == "websocket":
            await self._page(scope, receive, send)
        elif (session := _session_of_upload(scope)) is not None:
            await self._upload(session, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._pages >= limits.SESSIONS:
            await WebSocketClose(_TRY_LATER)(scope, receive, send)
            return
        self._pages += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._pages -= 1

    async def _upload(self, session: str, scope: Scope, receive: Receive, send: Send) -> None:
        size = _announced(Headers(scope=scope))
        if refused := self._refusal(session, size):
            await PlainTextResponse(refused[1], refused[0])(scope, receive, send)
            return
        self._files[session] += 1
        self._bytes[session] += size
        try:
            await self._app(scope, receive, send)
        finally:
            self._files[session] -= 1
            self._bytes[session] -= size
            if not self._files[session]:
                del self._files[session], self._bytes[session]

    def _refusal(self, session: str, size: int) -> tuple[int, str] | None:
        """The status and the message if an upload exceeds a limit."""
        if self._files[session] >= limits.SESSION_UPLOADS or self._files.total() >= limits.SERVER_UPLOADS:
            return _TOO_MANY, T.TOO_MANY_FILES
        of_session, of_all = _held(session)
        if of_session + self._bytes[session] + size > limits.SESSION_UPLOAD_BYTES:
            return _TOO_LARGE, T.TOO_MANY_BYTES.format(room=in_words(of_session))
        if of_all + self._bytes.total() + size > limits.SERVER_UPLOAD_BYTES:
            return _FULL, T.SERVER_FULL
        return None


def _session_of_upload(scope: Scope) -> str | None:
    """The session that uploads a file. None for any other request and for an unknown session."""
    if scope["type"] != "http" or scope["method"] != "PUT":
        return None
    found = _UPLOAD.fullmatch(scope["path"])
    return found["session"] if found and runtime.get_instance().is_active_session(found["session"]) else None


def _announced(headers: Headers) -> int:
    """The content length of a request. Without a valid header it is the largest that is accepted."""
    most = int(st.get_option("server.maxUploadSize")) * 1024 * 1024
    length = headers.get("content-length", "")
    return min(int(length), most) if length.isdecimal() else most


def _held(session: str) -> tuple[int, int]:
    """The bytes of uploads that Streamlit holds for a session, and for all sessions."""
    kept = cast("MemoryUploadedFileManager", runtime.get_instance().uploaded_file_mgr).file_storage
    sizes = {name: sum(len(file.data) for file in list(files.values())) for name, files in list(kept.items())}
    return sizes.get(session, 0), sum(sizes.values())
