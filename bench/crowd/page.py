"""What a browser keeps of a Streamlit page: the values of its widgets, and the messages that it need not be sent again.

Written after Streamlit 1.67's own client: what it sends was recorded from Chromium and is compared by a test.
"""

from collections.abc import Callable
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState


def _slider(element: Any, state: WidgetState) -> None:
    state.double_array_value.data.extend(element.value if element.set_value else element.default)


def _number(element: Any, state: WidgetState) -> None:
    value = element.value if element.set_value else element.default
    if element.data_type == NumberInput.INT:
        state.int_value = int(value)
    else:
        state.double_value = value


def _checkbox(element: Any, state: WidgetState) -> None:
    state.bool_value = element.value if element.set_value else element.default


def _selectbox(element: Any, state: WidgetState) -> None:
    if element.set_value and element.HasField("raw_value"):
        state.string_value = element.raw_value
    elif not element.set_value and element.HasField("default"):
        state.string_value = element.options[element.default]


def _buttons(element: Any, state: WidgetState) -> None:
    chosen = element.raw_values if element.set_value else [element.options[at].content for at in element.default]
    state.string_array_value.data.extend(chosen)


def _text(element: Any, state: WidgetState) -> None:
    state.string_value = element.value if element.set_value else element.default


# Kind of element -> what sets the value that the browser then sends with every request.
WIDGETS: dict[str, Callable[[Any, WidgetState], None]] = {
    "button_group": _buttons,
    "checkbox": _checkbox,
    "color_picker": _text,
    "number_input": _number,
    "selectbox": _selectbox,
    "slider": _slider,
    "text_area": _text,
    "text_input": _text,
}


class Cache:
    """Messages that were marked as cacheable, for as many full runs as the server asks for."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}
        self._run = 0

    @property
    def hashes(self) -> list[str]:
        return list(self._kept)

    def resolved(self, message: ForwardMsg) -> ForwardMsg:
        """The message itself, or the one that it refers to, in the place where it is wanted now. Raises KeyError."""
        if message.WhichOneof("type") == "ref_hash":
            found = ForwardMsg()
            found.CopyFrom(self._kept[message.ref_hash][0])
            found.metadata.delta_path[:] = message.metadata.delta_path
            self._kept[message.ref_hash] = (found, self._run)
            return found
        if message.metadata.cacheable:
            self._kept[message.hash] = (message, self._run)
        return message

    def count(self, most: int) -> None:
        """A full run is over: forget what was last used more than `most` runs ago."""
        self._run += 1
        self._kept = {name: kept for name, kept in self._kept.items() if self._run - kept[1] <= most}


class Page:
    """The widgets of one page, and the requests that a browser would send."""

    def __init__(self, url: str, query: str) -> None:
        self.cache = Cache()
        self.query = query
        self._hash, self._most = "", 0
        self._context = ContextInfo(
            timezone="UTC", timezone_offset=0, locale="en-US", url=url, is_embedded=False, color_scheme="light"
        )
        self._states: dict[str, WidgetState] = {}
        self._fragments: dict[str, str] = {}
        self._seen: set[str] = set()

    def receive(self, message: ForwardMsg) -> None:
        """Keep what a message says. Its references are resolved."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._hash, self._most = (
                message.new_session.page_script_hash,
                message.new_session.config.max_cached_message_age,
            )
            self._seen = set(self._states) if message.metadata.run.fragment_ids else set()
        elif kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._widget(message)
        elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            self.cache.count(self._most)
            self._states = {name: state for name, state in self._states.items() if name in self._seen}

    def _widget(self, message: ForwardMsg) -> None:
        new = message.delta.new_element
        kind = new.WhichOneof("type")
        if kind not in WIDGETS:
            return
        element = getattr(new, kind)
        self._seen.add(element.id)
        self._fragments[element.id] = message.delta.fragment_id
        if element.id not in self._states or element.set_value:
            state = WidgetState(id=element.id)
            WIDGETS[kind](element, state)
            self._states[element.id] = state

    def find(self, key: str) -> str:
        """The id of the widget with this key. Raises KeyError."""
        for name in self._states:
            if name.endswith(f"-{key}"):
                return name
        raise KeyError(key)

    def slide(self, widget: str, values: list[float]) -> bytes:
        """Move a slider; the request that the browser sends then."""
        state = WidgetState(id=widget)
        state.double_array_value.data.extend(values)
        self._states[widget] = state
        return self.request(self._fragments[widget])

    def request(self, fragment: str = "", by_clock: bool = False) -> bytes:
        """A request to run the page, or a fragment of it."""
        sent = BackMsg()
        run = sent.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self.query, self._hash, fragment
        run.is_auto_rerun = by_clock
        run.widget_states.widgets.extend(self._states.values())
        run.cached_message_hashes.extend(self.cache.hashes)
        run.context_info.MergeFrom(self._context)
        return sent.SerializeToString()
