"""The edits that gestures in the list of steps make to a workspace: one table of pure functions.

Gestures come from a browser, which is not trusted: a malformed one, or one about a node that no longer exists, changes
nothing. A gesture may name several siblings in `ids`, which then move together.

Nodes move as in an outliner. Up and down lead past the siblings and, at an end, out of the group. In leads into the
group right above, else right below. Out leads to right behind the group.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from explorer.augment import edits
from explorer.augment.pipeline import GROUP_KINDS, Draft, Group, walk
from explorer.ui.session.history import History
from explorer.ui.session.workspace import Workspace

Command = Mapping[str, Any]  # {"op", "id", "ids", ...} as the list sends it
Ids = tuple[str, ...]  # siblings, in their order
MOST = 200  # gestures that may arrive at once


def obey(workspace: Workspace, command: Any, report: Callable[[str], None] = lambda _: None) -> Workspace:
    """Apply one gesture. `report` is called with the reason if the pipeline would become too large."""
    if not isinstance(command, Mapping) or not isinstance(command.get("op"), str):
        return workspace
    if travel := TRAVELS.get(command["op"]):
        return _travelled(workspace, travel(workspace.history))
    operation, ids = OPERATIONS.get(command["op"]), _chosen(workspace.draft, command)
    if operation is None or not ids:
        return workspace
    try:
        return operation(workspace, ids, command)
    except edits.TooLargeError as error:
        report(str(error))
        return workspace


def obey_all(workspace: Workspace, commands: Any, report: Callable[[str], None] = lambda _: None) -> Workspace:
    """Apply up to `MOST` gestures in order."""
    for command in commands[:MOST] if isinstance(commands, list) else ():
        workspace = obey(workspace, command, report)
    return workspace


def _chosen(draft: Draft, command: Command) -> Ids:
    """The siblings that a gesture names, in the order of the draft; empty if they are not valid."""
    ids = command.get("ids", [command.get("id")])
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids) or command.get("id") not in ids:
        return ()
    try:
        parent, _ = edits.place(draft, command["id"])
    except KeyError:
        return ()
    chosen = frozenset(ids)
    found = tuple(node.id for node in edits.level(draft, parent) if node.id in chosen)
    return found if len(found) == len(chosen) else ()


def _selected(workspace: Workspace, node_id: str | None) -> Workspace:
    return replace(workspace, view=workspace.view.choosing(node_id))


def _changed(workspace: Workspace, draft: Draft, selected: str | None) -> Workspace:
    return _selected(replace(workspace, history=workspace.history.record(draft)), selected)


def _edit(edit: Callable[[Draft, Ids], Draft]) -> "Operation":
    return lambda workspace, ids, command: _changed(workspace, edit(workspace.draft, ids), command["id"])


def _up(draft: Draft, ids: Ids) -> Draft:
    parent, at = edits.place(draft, ids[0])
    if at == 0 and parent is not None:
        return edits.move_to(draft, ids, *edits.place(draft, parent))
    return edits.move(draft, ids, -1)


def _down(draft: Draft, ids: Ids) -> Draft:
    parent, at = edits.place(draft, ids[-1])
    if at == len(edits.level(draft, parent)) - 1:
        return edits.move_out(draft, ids)
    return edits.move(draft, ids, 1)


def _move(workspace: Workspace, ids: Ids, command: Command) -> Workspace:
    """Move dragged nodes to `index` in the group `parent`. The index does not count the dragged nodes."""
    parent, index = command.get("parent", ""), command.get("index")
    if not (parent is None or isinstance(parent, str)) or type(index) is not int:
        return workspace
    try:
        there = [node for node in edits.level(workspace.draft, parent) if node.id not in ids]
    except KeyError:
        return workspace
    if not 0 <= index <= len(there):
        return workspace
    return _changed(workspace, edits.move_to(workspace.draft, ids, parent, index), command["id"])


def _toggle(workspace: Workspace, ids: Ids, command: Command) -> Workspace:
    node = edits.find(workspace.draft, command["id"])
    enabled = node is not None and not node.enabled  # all follow the selected one
    return _changed(workspace, edits.set_enabled(workspace.draft, ids, enabled), command["id"])


def _duplicate(workspace: Workspace, ids: Ids, command: Command) -> Workspace:
    draft, copies = edits.duplicate(workspace.draft, ids)
    return _changed(workspace, draft, copies[ids.index(command["id"])])


def _wrap(workspace: Workspace, ids: Ids, command: Command) -> Workspace:
    if command.get("kind") not in GROUP_KINDS:
        return workspace
    return _changed(workspace, *edits.wrap(workspace.draft, ids, command["kind"]))


def _unwrap(workspace: Workspace, ids: Ids, command: Command) -> Workspace:
    draft = workspace.draft
    for node_id in ids:
        draft = edits.unwrap(draft, node_id)
    node = edits.find(workspace.draft, command["id"])
    if not isinstance(node, Group):
        return _changed(workspace, draft, command["id"])
    inside = node.children[0].id if node.children else _beside(workspace.draft, ids)
    return _changed(workspace, draft, inside)


def _beside(draft: Draft, ids: Ids) -> str | None:
    """The node to select once these siblings are gone: the next one, else the previous one, else their group."""
    parent, first = edits.place(draft, ids[0])
    siblings = [node.id for node in edits.level(draft, parent)]
    left = [node_id for node_id in siblings if node_id not in ids]
    return left[min(first, len(left) - 1)] if left else parent


def _travelled(workspace: Workspace, history: History) -> Workspace:
    """Select a node that has come back, else keep the selection, else select the node now in its place."""
    if history is workspace.history:
        return workspace
    old, new = _order(workspace.draft), _order(history.present)
    selected, known = workspace.view.selected, frozenset(old)
    come_back = next((node_id for node_id in new if node_id not in known), None)
    if come_back is None and selected in new:
        come_back = selected
    if come_back is None and new:
        come_back = new[min(old.index(selected) if selected in old else 0, len(new) - 1)]
    return _selected(replace(workspace, history=history), come_back)


def _order(draft: Draft) -> list[str]:
    return [node.id for node, _ in walk(draft.nodes)]


Operation = Callable[[Workspace, Ids, Command], Workspace]
TRAVELS: dict[str, Callable[[History], History]] = {"undo": History.undo, "redo": History.redo}
OPERATIONS: dict[str, Operation] = {
    "select": lambda workspace, ids, command: _selected(workspace, command["id"]),
    "move": _move,
    "up": _edit(_up),
    "down": _edit(_down),
    "out": _edit(edits.move_out),
    "in": _edit(edits.move_in),
    "wrap": _wrap,
    "unwrap": _unwrap,
    "toggle": _toggle,
    "duplicate": _duplicate,
    "remove": lambda workspace, ids, command: _changed(
        workspace, edits.remove(workspace.draft, ids), _beside(workspace.draft, ids)
    ),
}
