"""One browser tab without the browser: its websocket, its clocks, and when the image of each press came."""

import asyncio
import json
import struct
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.crowd.page import Page

PREVIEW = "explorer_preview"


@dataclass
class Press:
    """A slider was moved to `value`. answered: when the image of this or of a later value came; perf_counter."""

    value: float
    sent: float
    answered: float | None = None


@dataclass
class Session:
    """What a tab knows. slider: its widget's key. shown: the image that the preview shows. errors: what went wrong."""

    slider: str
    page: Page
    socket: ClientConnection
    presses: list[Press] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    shown: str = ""
    notice: str = ""
    value: float | None = None
    fresh: float | None = None
    in_fragment: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    framed: asyncio.Event = field(default_factory=asyncio.Event)
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    rests: asyncio.Event = field(default_factory=asyncio.Event)  # no script runs for it on the server
    clocks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def press(self, value: float, upper: float) -> Press:
        """Move the lower end of the slider."""
        press = Press(value, time.perf_counter())
        self.presses.append(press)
        await self.socket.send(self.page.slide(self.page.find(self.slider), [value, upper]))
        return press

    async def answer(self, press: Press, seconds: float) -> bool:
        """Wait for the image of a press; whether it came in time."""
        try:
            async with asyncio.timeout(seconds):
                while press.answered is None:
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            self.errors.append(f"an image did not come; the page says: {self.notice or 'nothing'}")
            return False
        return True

    async def listen(self) -> None:
        """Take in what the server sends, until the connection ends."""
        try:
            await self.socket.send(self.page.request())
            async for data in self.socket:
                assert isinstance(data, bytes)
                message = ForwardMsg()
                message.ParseFromString(data)
                self._receive(self.page.cache.resolved(message))
        except ConnectionClosed as error:
            self.errors.append(f"the connection was closed: {error}")

    def note_end(self, listening: asyncio.Task[None]) -> None:
        """What has ended the listening, if it was not the end of the visit."""
        if not listening.cancelled() and (error := listening.exception()) is not None:
            self.errors.append(f"the client has failed: {error!r}")

    def _receive(self, message: ForwardMsg) -> None:
        self.page.receive(message)
        kind = message.WhichOneof("type")
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta.new_element)
        elif kind == "new_session":
            self.rests.clear()
            self.in_fragment = bool(message.metadata.run.fragment_ids)
            if not self.in_fragment:
                self.stop_clocks(list(self.clocks))
        elif kind == "auto_rerun":
            self._start_clock(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self.stop_clocks(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.errors.append("the script could not be compiled")
        elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self.rests.set()

    def _element(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "alert" and element.alert.format == Alert.ERROR:
            self.errors.append(element.alert.body)
        elif kind == "slider" and element.slider.id.endswith(f"-{self.slider}"):
            known = element.slider
            self.complete.set()
            self._at(round((known.value if known.set_value else known.default)[0], 6))
        elif kind == "bidi_component" and element.bidi_component.component_name == PREVIEW:
            self._frame(header(element.bidi_component.bytes))

    def _frame(self, head: dict[str, Any]) -> None:
        """A new image. Where several presses wait, the slider that follows says of which value it is."""
        self.framed.set()
        self.notice = head["notice"]
        if head["stale"]:  # the image of an earlier value, and the page says so
            self.fresh = None
        if head["stale"] or head["after"]["id"] == self.shown:
            return
        self.shown, self.fresh = head["after"]["id"], time.perf_counter()
        if len(waiting := [press for press in self.presses if press.answered is None]) == 1:
            self._answer(waiting)
        elif self.in_fragment and self.value is not None:
            self._at(self.value)

    def _at(self, value: float) -> None:
        """The page has been drawn with this value: its image answers the press, and those before it."""
        self.value = value
        here = [at for at, press in enumerate(self.presses) if press.answered is None and press.value == value]
        self._answer(self.presses[: here[-1] + 1] if here else [])

    def _answer(self, presses: Sequence[Press]) -> None:
        if self.fresh is None:
            return
        for press in presses:
            press.answered = press.answered or self.fresh
        self.fresh = None
        self.changed.set()

    def _start_clock(self, fragment: str, seconds: float) -> None:
        self.stop_clocks([fragment])
        self.clocks[fragment] = asyncio.create_task(self._tick(fragment, seconds))

    async def _tick(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self.socket.send(self.page.request(fragment, by_clock=True))

    def stop_clocks(self, fragments: list[str]) -> None:
        """No fragment of these is run by the clock any more."""
        for fragment in fragments:
            if (clock := self.clocks.pop(fragment, None)) is not None:
                clock.cancel()


def header(frame: bytes) -> dict[str, Any]:
    """What a frame of the preview says of itself, as `frame.js` reads it."""
    (length,) = struct.unpack_from("<I", frame)
    found: dict[str, Any] = json.loads(frame[4 : 4 + length])
    return found


@asynccontextmanager
async def opened(url: str, query: str, slider: str) -> AsyncIterator[Session]:
    """A tab at an address, open until the block ends. url: without a path, as "http://localhost:8501"."""
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    # Without a limit of its queue: a client that has left off reading would not even see that the server hangs up.
    settings: dict[str, Any] = {"origin": url, "subprotocols": ["streamlit"], "max_size": None, "max_queue": None}
    async with connect(address, **settings) as socket:
        session = Session(slider, Page(f"{url}/", query.removeprefix("?")), socket)
        listening = asyncio.create_task(session.listen())
        listening.add_done_callback(session.note_end)
        try:
            yield session
        finally:
            session.stop_clocks(list(session.clocks))
            listening.cancel()
