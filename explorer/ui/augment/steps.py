"""The tree of steps with its toolbar: one component, whose gestures arrive as commands.

A newer trigger of a component replaces one that the server has not handled yet. So that no key press is lost, the
browser numbers its batches and sends one at a time: later gestures wait for the answer, which contains the last number
that was received. A batch without an answer is sent again, and handled once.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.augment.documentation import composer
from explorer.augment.firing import effective
from explorer.augment.pipeline import GROUP_KINDS, Draft, Group, Node, active, check, group_params, is_unfinished
from explorer.texts import Augment as T
from explorer.ui.components.parts import component
from explorer.ui.session.history import History

Errors = Mapping[tuple[str, str], str]
Row = dict[str, Any]

_component = component("steps", shared=("dom",), folder=Path(__file__).parent)
_WORDS = T.WORDS | {
    "tools": [
        {"op": op, "label": label, "title": T.TOOL.format(label=label, key=key)} for op, (label, key) in T.TOOLS.items()
    ],
    "kinds": [{"kind": kind, "hint": T.GROUP_HINTS[kind], "title": composer(kind).summary} for kind in GROUP_KINDS],
}


@dataclass(frozen=True)
class Batch:
    """Gestures that were sent together; the commands are as the browser sends them, not validated."""

    number: int
    commands: Any


def received(sent: Any, heard: int) -> Batch | None:
    """Return the batch that the browser has sent; None if it is missing, malformed or handled already."""
    number = sent.get("number") if isinstance(sent, Mapping) else None
    if type(number) is not int or number <= heard:
        return None
    return Batch(number, sent.get("commands"))


def rows(draft: Draft, errors: Errors) -> list[Row]:
    """Return a row for each node, parents before their children, with depth from 0.

    The `share` of a row is its effective probability; None if the draft is invalid.
    """
    shares = {} if check(draft.nodes) else effective(draft.nodes)
    first_error: dict[str, str] = {}
    for (node_id, _), message in errors.items():
        first_error.setdefault(node_id, message)
    return [
        _row(node, parent, depth, shares.get(node.id), first_error.get(node.id, ""))
        for node, parent, depth in _walk(draft.nodes)
    ]


def _walk(
    nodes: tuple[Node, ...], parent: Group | None = None, depth: int = 0
) -> Iterator[tuple[Node, Group | None, int]]:
    for node in nodes:
        yield node, parent, depth
        if isinstance(node, Group):
            yield from _walk(node.children, node, depth + 1)


def _row(node: Node, parent: Group | None, depth: int, share: float | None, error: str) -> Row:
    return {
        "id": node.id,
        "title": node.title,
        "detail": _detail(node) if isinstance(node, Group) else "",
        "p": T.NODE_P.format(p=node.p) if node.enabled else T.OFF,
        "share": share,
        "percent": "" if share is None else percent(share),
        "tip": error or _tip(node, parent, share),
        "wrong": bool(error),
        "enabled": node.enabled,
        "group": isinstance(node, Group),
        "depth": depth,
    }


def _detail(group: Group) -> str:
    if is_unfinished(group):
        return T.GROUP_UNFINISHED if group.children else T.GROUP_EMPTY
    params, on = group_params(group), len(active(group))
    n, repeats = params.get("n"), params.get("replace") is True
    if isinstance(n, int) and not repeats:
        n = min(n, on)
    channels = params.get("channels", ())
    named = " ".join(map(str, channels)) if isinstance(channels, list) else channels
    return (T.GROUP_REPEATS if repeats else T.GROUP_DETAILS[group.kind]).format(n=n, on=on, channels=named)


def _tip(node: Node, parent: Group | None, share: float | None) -> str:
    if not node.enabled:
        return T.NODE_TIP_OFF.format(name=node.title)
    if share is None:
        return T.NODE_TIP_ALONE.format(name=node.title, p=node.p)
    chosen = {"OneOf": T.NODE_TIP_WEIGHT, "OneOrOther": T.NODE_TIP_CHOSEN}
    text = chosen.get(parent.kind, T.NODE_TIP) if parent else T.NODE_TIP
    return text.format(name=node.title, p=node.p, share=percent(share))


def percent(share: float) -> str:
    """Return a probability in whole percent; only exactly 0 and 1 become 0 % and 100 %."""
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1 %"
    return ">99 %" if whole == 100 and share < 1 - 1e-9 else f"{whole} %"


def show(
    history: History, selected: str | None, errors: Errors, heard: int, key: str, on_command: Callable[[], None]
) -> None:
    """Mount the tree; `heard` is the number of the last handled batch, the next is `st.session_state[key].command`."""
    _component(
        data={
            "nodes": rows(history.present, errors),
            "selected": selected,
            "can": {"undo": bool(history.past), "redo": bool(history.future)},
            "heard": heard,
            "words": _WORDS,
        },
        key=key,
        on_command_change=on_command,
    )
