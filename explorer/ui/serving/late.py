"""Drops what a browser has sent from a page that it shows no longer.

A button that leads to another page is answered by the server, and until the browser has received the other page, the
one before still sends: a wall asks for its pictures, a timer runs. Such a message names its page, and Streamlit runs
that page again, so that the person is led back, or to an empty page.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_MOST_BYTES = 100_000  # of the message that begins a run: it names the pages and the theme
# What a widget or component sends once, when something happens
_TRIGGERS = ("trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value")


class OnlyShownPage:
    """Middleware that drops requests of a fragment, button or component of another page than the one that was sent.

    A request that only names another page is the navigation of a person, and is passed on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with the messages of a page filtered."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        page = _Page()

        async def receiving() -> Message:
            while page.is_late(message := await receive()):
                pass
            return message

        async def sending(message: Message) -> None:
            page.note(message)
            await send(message)

        await self._app(scope, receiving, sending)


class _Page:
    """The page that a browser shows or is about to show, as the messages of both sides tell."""

    def __init__(self) -> None:
        self._sent: tuple[str, ...] = ()  # what the server calls it; () before the first run
        self._asked = ""  # the page that the browser has asked for last

    def is_late(self, message: Message) -> bool:
        """Whether a message of the browser comes from another page. One that is not is noted."""
        asked = _asked(message)
        if asked is None:
            return False
        page = asked.page_script_hash
        if self._sent and page not in (*self._sent, self._asked) and not _is_navigation(asked):
            return True
        self._asked = page
        return False

    def note(self, message: Message) -> None:
        """Note which page a message of the server begins to draw, if it begins one.

        The first run of a browser begins without a page, and names the page that its address leads to afterwards.
        """
        data = message.get("bytes")
        if message["type"] != "websocket.send" or not data or len(data) > _MOST_BYTES:
            return
        sent = ForwardMsg.FromString(data)
        kind = sent.WhichOneof("type")
        if kind == "new_session":
            self._sent, self._asked = (sent.new_session.page_script_hash,), ""
        elif kind == "navigation":
            self._sent = (*self._sent[:1], sent.navigation.page_script_hash)


def _asked(message: Message) -> ClientState | None:
    """The request to run a page that a message of the browser is; None for any other message."""
    data = message.get("bytes")
    if message["type"] != "websocket.receive" or not data:
        return None
    try:
        asked = BackMsg.FromString(data)
    except DecodeError:
        return None  # the server answers what cannot be read
    return asked.rerun_script if asked.WhichOneof("type") == "rerun_script" else None


def _is_navigation(asked: ClientState) -> bool:
    widgets = asked.widget_states.widgets
    return not asked.fragment_id and not any(each.WhichOneof("value") in _TRIGGERS for each in widgets)
