"""One parameter of a step, as its widgets see it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.augment.parameters import Parameter
from explorer.ui.components.fields import bound
from explorer.ui.session.keys import widget_key


@dataclass(frozen=True, eq=False)
class Field:
    """A parameter of a node with its value in the draft; `on_change` gets the id of the node, the name and a value."""

    node_id: str
    parameter: Parameter
    value: Any
    on_change: Callable[[str, str, Any], None]

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def help(self) -> str | None:
        return self.parameter.doc or None

    def key(self, *widget: str) -> str:
        """Return the key of a widget. Another widget of the same parameter needs another name, or it starts at zero."""
        return widget_key(self.node_id, self.name, *widget)

    def commit(self, value: Any) -> None:
        self.on_change(self.node_id, self.name, value)

    def bound(self, value: Any, convert: Callable[[Any], Any], *widget: str) -> dict[str, Any]:
        """Return the arguments of a widget that shows `value`, and commits a new one after `convert` was applied."""
        shows = bound(self.key(*widget), value, lambda chosen: self.commit(convert(chosen)))
        return {"help": self.help, **shows}
