"""The runs that are compared as a table, each with the color that it has in the charts."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from explorer.texts import Compare as T
from explorer.ui.components.parts import component, event

_component = component("compared", shared=("dom",))
_WORDS = {
    "label": T.RUNS,
    "reference": T.REFERENCE,
    "refer": T.MAKE_REFERENCE,
    "refer_short": T.REFER,
    "remove": T.REMOVE,
    **T.HEAD,
}


@dataclass(frozen=True)
class Row:
    """A run: its color, its state in a word, its best epoch, and its values in the order of the columns."""

    id: str
    name: str
    color: str
    state: str
    epoch: str
    values: tuple[str, ...]
    reference: bool
    removable: bool


def show(
    head: Sequence[str],
    rows: Sequence[Row],
    key: str,
    *,
    on_open: Callable[[str], None],
    on_remove: Callable[[str], None],
    on_refer: Callable[[str], None],
) -> None:
    """Mount the table.

    Args:
        head: The titles of the columns of values.
        rows: The runs.
        key: The key of the component.
        on_open, on_remove, on_refer: Called with the id of a run to open, to take out, or to compare the others with.
    """
    calls = event(key, "open", on_open) | event(key, "remove", on_remove) | event(key, "refer", on_refer)
    _component(data={"head": list(head), "runs": [asdict(row) for row in rows], "words": _WORDS}, key=key, **calls)
