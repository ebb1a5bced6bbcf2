"""What a browser still sends from a page that the server has left is dropped; all else is passed on."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from explorer.ui.serving.late import OnlyShownPage


def begun(page: str) -> ForwardMsg:
    """The message that begins a run of a page."""
    message = ForwardMsg()
    message.new_session.page_script_hash = page
    return message


def led_to(page: str) -> ForwardMsg:
    """The message that names the page of an address, after the first run of a browser has begun."""
    message = ForwardMsg()
    message.navigation.page_script_hash = page
    return message


def asked(page: str, trigger: str = "", fragment: str = "") -> BackMsg:
    """A request to run a page: by the trigger of a widget, for a fragment, or for the page alone."""
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = fragment
    widget = message.rerun_script.widget_states.widgets.add(id="widget")
    if trigger:
        setattr(widget, trigger, True if trigger == "trigger_value" else "{}")
    else:
        widget.int_value = 1
    return message


def passed(messages: Sequence[ForwardMsg | BackMsg | bytes]) -> list[bytes]:
    """What the app receives of a conversation, in which it sends the first kind of messages at their turn."""
    left, received = list(messages), []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        while left:
            if isinstance(left[0], ForwardMsg):
                await send({"type": "websocket.send", "bytes": left.pop(0).SerializeToString()})
            else:
                received.append((await receive())["bytes"])

    async def receive() -> Message:
        if not left or isinstance(left[0], ForwardMsg):
            raise EOFError  # all that there was is dropped
        message = left.pop(0)
        return {
            "type": "websocket.receive",
            "bytes": message if isinstance(message, bytes) else message.SerializeToString(),
        }

    async def send(message: Message) -> None:
        del message

    async def play() -> None:
        with suppress(EOFError):
            await OnlyShownPage(app)({"type": "websocket"}, receive, send)

    asyncio.run(play())
    return received


LATE = {
    "button": asked("data", "trigger_value"),
    "component": asked("data", "json_trigger_value"),
    "fragment": asked("data", fragment="clock"),
}


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_what_is_late_is_dropped(late: BackMsg) -> None:
    assert passed([begun("data"), late, begun("train"), late]) == [late.SerializeToString()]


def test_all_else_is_passed_on() -> None:
    first = asked("")
    of_address = asked("data", "json_trigger_value")
    to_data, on_data = asked("data"), asked("data", fragment="clock")
    said = [first, of_address, to_data, on_data]
    conversation = [first, begun("main"), led_to("data"), of_address, begun("train"), to_data, on_data, b"no message"]
    assert passed(conversation) == [*(each.SerializeToString() for each in said), b"no message"]
