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
        pages: set[str] = set()  # the names of the page that was sent last, and of those that were asked for since

        async def receiving() -> Message:
            while True:
                message = await receive()
                asked = _asked(message)
                if asked is None:
                    return message
                if not _is_navigation(asked) and pages and asked.page_script_hash not in pages:
                    continue
                pages.add(asked.page_script_hash)
                return message

        async def sending(message: Message) -> None:
            _note(message, pages)
            await send(message)

        await self._app(scope, receiving, sending)


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


def _note(message: Message, pages: set[str]) -> None:
    """Note in `pages` which page a message of the server begins to draw, if it begins one.

    The first run of a browser begins without a page, and names the page that its address leads to afterwards.
    """
    data = message.get("bytes")
    if message["type"] != "websocket.send" or not data or len(data) > _MOST_BYTES:
        return
    sent = ForwardMsg.FromString(data)
    kind = sent.WhichOneof("type")
    if kind == "new_session":
        pages.clear()
        pages.add(sent.new_session.page_script_hash)
    elif kind == "navigation":
        pages.add(sent.navigation.page_script_hash)
