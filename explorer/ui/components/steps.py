"""The list of steps with its toolbar: one component, whose gestures arrive as commands."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from explorer.augment.pipeline import Draft, Node, Step
from explorer.ui.components.parts import component
from explorer.ui.history import History
from explorer.ui.texts import Augment as T

_component = component("steps")
_WORDS = {
    "undo": T.UNDO,
    "redo": T.REDO,
    "up": T.UP,
    "down": T.DOWN,
    "toggle": T.ENABLED,
    "duplicate": T.DUPLICATE,
    "remove": T.REMOVE,
    "off": T.OFF,
    "empty": T.NO_STEPS,
    "list": T.STEPS,
}


def rows(draft: Draft, errors: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    """What the list shows: a row for each node, in the order of application, children indented by their depth."""
    first_error: dict[str, str] = {}
    for (node_id, _), message in errors.items():
        first_error.setdefault(node_id, message)
    return [
        {
            "id": node.id,
            "title": node.transform if isinstance(node, Step) else node.kind,
            "p": node.p,
            "enabled": node.enabled,
            "error": first_error.get(node.id, ""),
            "depth": depth,
        }
        for node, depth in _walk(draft.nodes)
    ]


def _walk(nodes: tuple[Node, ...], depth: int = 0) -> Iterator[tuple[Node, int]]:
    for node in nodes:
        yield node, depth
        if not isinstance(node, Step):
            yield from _walk(node.children, depth + 1)


def show(
    history: History,
    selected: str | None,
    errors: Mapping[tuple[str, str], str],
    key: str,
    on_command: Callable[[], None],
) -> None:
    """Mount the list; a gesture arrives in `st.session_state[key].command` as `{"op", "id", ...}`."""
    _component(
        data={
            "nodes": rows(history.present, errors),
            "selected": selected,
            "can": {"undo": bool(history.past), "redo": bool(history.future)},
            "words": _WORDS,
        },
        key=key,
        on_command_change=on_command,
    )
