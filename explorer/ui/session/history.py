"""Undo and redo as lists of drafts. Consecutive changes of one field count as one step."""

import json
from dataclasses import dataclass, replace

from explorer.augment.pipeline import Draft

LIMIT = 60  # steps that can be undone; the whole history is saved with every change


@dataclass(frozen=True)
class History:
    """The present draft, the earlier and the undone ones. `merge` names the field that changed last."""

    present: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()
    merge: tuple[str, str] | None = None

    def record(self, draft: Draft, merge: tuple[str, str] | None = None) -> "History":
        """Change the present draft. Another change of the same field replaces the one before."""
        if _same(draft, self.present):
            return self
        if merge is None or merge != self.merge or not self.past:
            return History(draft, (*self.past, self.present)[-LIMIT:], (), merge)
        if _same(draft, self.past[-1]):
            # The field is back at its first value: there is nothing to undo, and the next change starts a new series.
            return History(draft, self.past[:-1])
        return replace(self, present=draft, future=())

    def undo(self) -> "History":
        """Go one step back; the same history if there is none."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> "History":
        """Go one step forward; the same history if there is none."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])


def _same(one: Draft, other: Draft) -> bool:
    # In Python 1 == True == 1.0, but in a pipeline these are different values. The order of parameters does not matter.
    return one == other and _text(one) == _text(other)


def _text(draft: Draft) -> str:
    return json.dumps(draft.model_dump(mode="json"), sort_keys=True)
