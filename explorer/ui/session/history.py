"""Undo and redo: a list of drafts. Changes of one field in a row count as one step."""

import json
from dataclasses import dataclass, replace

from explorer.augment.pipeline import Draft

LIMIT = 60  # steps that can be undone; the whole history is saved with every change


@dataclass(frozen=True)
class History:
    """The draft as it is, what it was, and what was undone. `merge` names the field that changed last."""

    present: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()
    merge: tuple[str, str] | None = None

    def record(self, draft: Draft, merge: tuple[str, str] | None = None) -> "History":
        """The history after a change to `draft`; a second change of the same field replaces the first."""
        if _same(draft, self.present):
            return self
        if merge is None or merge != self.merge or not self.past:
            return History(draft, (*self.past, self.present)[-LIMIT:], (), merge)
        if _same(draft, self.past[-1]):
            # Back where the series began: undo has nothing to bring back, and what comes next is a series of its own.
            return History(draft, self.past[:-1])
        return replace(self, present=draft, future=())

    def undo(self) -> "History":
        """One step back; where there is none, the same history."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> "History":
        """One step forward again; where there is none, the same history."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present), self.future[1:])


def _same(one: Draft, other: Draft) -> bool:
    # In Python 1 == True == 1.0; in a pipeline these are different values. The order of parameters means nothing.
    return one == other and _text(one) == _text(other)


def _text(draft: Draft) -> str:
    return json.dumps(draft.model_dump(mode="json"), sort_keys=True)
