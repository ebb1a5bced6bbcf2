"""What a gesture in the list of steps does to a workspace: one table, pure functions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from explorer.augment import edits
from explorer.augment.pipeline import Draft
from explorer.ui.workspace import Workspace

Command = Mapping[str, Any]  # {"op", "id", ...} as the list sends it


def obey(workspace: Workspace, command: Command) -> Workspace:
    """The workspace after a gesture; one about a step that is gone by now changes nothing."""
    operation = COMMANDS.get(str(command.get("op")))
    if operation is None:
        return workspace
    if command["op"] not in ("undo", "redo") and edits.find(workspace.draft, str(command.get("id"))) is None:
        return workspace
    return operation(workspace, command)


def _changed(workspace: Workspace, draft: Draft, selected: str | None) -> Workspace:
    view = replace(workspace.view, selected=selected)
    return replace(workspace, history=workspace.history.record(draft), view=view)


def _select(workspace: Workspace, command: Command) -> Workspace:
    return replace(workspace, view=replace(workspace.view, selected=command["id"]))


def _move(workspace: Workspace, command: Command, delta: int | None = None) -> Workspace:
    by = int(command["delta"]) if delta is None else delta
    return _changed(workspace, edits.move(workspace.draft, command["id"], by), command["id"])


def _toggle(workspace: Workspace, command: Command) -> Workspace:
    node = edits.find(workspace.draft, command["id"])
    enabled = node is not None and not node.enabled
    return _changed(workspace, edits.set_enabled(workspace.draft, command["id"], enabled), command["id"])


def _duplicate(workspace: Workspace, command: Command) -> Workspace:
    draft, new_id = edits.duplicate(workspace.draft, command["id"])
    return _changed(workspace, draft, new_id)


def _remove(workspace: Workspace, command: Command) -> Workspace:
    ids = [node.id for node in workspace.draft.nodes]
    draft = edits.remove(workspace.draft, command["id"])
    left = [node.id for node in draft.nodes]
    at = ids.index(command["id"]) if command["id"] in ids else 0
    return _changed(workspace, draft, left[min(at, len(left) - 1)] if left else None)


def _travel(workspace: Workspace, back: bool) -> Workspace:
    history = workspace.history.undo() if back else workspace.history.redo()
    selected = workspace.view.selected
    if selected is None or edits.find(history.present, selected) is None:
        selected = history.present.nodes[0].id if history.present.nodes else None
    return replace(workspace, history=history, view=replace(workspace.view, selected=selected))


COMMANDS: dict[str, Callable[[Workspace, Command], Workspace]] = {
    "select": _select,
    "move": _move,
    "up": lambda workspace, command: _move(workspace, command, -1),
    "down": lambda workspace, command: _move(workspace, command, 1),
    "toggle": _toggle,
    "duplicate": _duplicate,
    "remove": _remove,
    "undo": lambda workspace, command: _travel(workspace, back=True),
    "redo": lambda workspace, command: _travel(workspace, back=False),
}
