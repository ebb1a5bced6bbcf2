"""From a trace to the cards of the strip."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from explorer.augment.describe import describe
from explorer.augment.trace import Entry, Snapshot, Status, Trace
from explorer.data.sample import Sample
from explorer.draw import strip_frame
from explorer.draw.encoding import Classes, Targets
from explorer.draw.frames import with_words
from explorer.draw.strip_frame import INPUT, OUTPUT, Card, DrawnRow, card_of
from explorer.draw.thumbnails import thumbnail
from explorer.texts import Augment as T

_WORDS = {"back": T.STRIP_BACK, "on": T.STRIP_ON, "label": T.TRACE}
MAX_CARDS = 120  # beyond, the strip says how many more there are


def keyed(traced: Trace) -> Iterator[tuple[str, Entry]]:
    """Every entry with the id of its card: the node, and which of its calls it is."""
    seen: Counter[str] = Counter()
    for entry in traced.entries:
        yield card_of(entry.node_id, seen[entry.node_id]), entry
        seen[entry.node_id] += 1


def focused(traced: Trace, focus: str) -> Entry | None:
    """The entry whose card is in focus; None for the whole pipeline, and for a card that is not there any more."""
    return next((entry for key, entry in keyed(traced) if key == focus and entry.after is not None), None)


def statuses(traced: Trace) -> dict[str, Status]:
    """Node id -> what became of it with this seed; a node that was called twice was applied where one call was."""
    found: dict[str, Status] = {}
    for entry in traced.entries:
        if found.get(entry.node_id) is not Status.APPLIED:
            found[entry.node_id] = entry.status
    return found


def times(traced: Trace) -> list[list[Any]]:
    """What each step took: its node, height and width of what it was given, and milliseconds.

    The processor's time, not the clock's: a busy moment of the machine is no property of a step, and a step that asks
    before it is drawn would never be measured again.
    """
    return [
        [entry.node_id, list(entry.before.image.shape[:2]), entry.cpu_milliseconds]
        for entry in traced.entries
        if entry.status is Status.APPLIED and entry.before is not None and not entry.is_group
    ]


def frame(traced: Trace, sample: Sample, focus: str, classes: Classes) -> bytes:
    """What the strip shows: input, every step with what became of it, output."""
    entry = focused(traced, focus)
    pictures = _Thumbnails(classes)
    cards = [
        Card(INPUT, "", T.INPUT, 0, False, Status.APPLIED, _size(sample), "", "", pictures.of(sample)),
        *_steps(traced, pictures),
        Card(OUTPUT, "", T.OUTPUT, 0, False, Status.APPLIED, _size(traced.result), "", "", pictures.of(traced.result)),
    ]
    rows = [entry] if entry else [each for each in traced.entries if not each.is_group]
    nothing = T.STEP_NOT_APPLIED if entry else T.DRAWN_NOTHING if traced.entries else T.STRIP_EMPTY
    words = {**_WORDS, "nothing": nothing}
    drawn = [_drawn(each) for each in rows if each.status is Status.APPLIED]
    return strip_frame.frame(cards, drawn, OUTPUT if entry is None else focus, words)


def of_another(packed: bytes) -> bytes:
    """The frame of the last good drawing, which says nothing of the draft as it is now."""
    return with_words(packed, words={**_WORDS, "nothing": ""})


def _steps(traced: Trace, pictures: "_Thumbnails") -> Iterator[Card]:
    for count, (key, entry) in enumerate(keyed(traced)):
        if count == MAX_CARDS:
            more = T.MORE_CARDS.format(count=len(traced.entries) - MAX_CARDS)
            yield Card("more#0", "", more, 0, False, Status.NOT_REACHED, "", "", "", None)
            return
        called = entry.status in (Status.APPLIED, Status.SKIPPED)
        note = T.STEP_MS.format(ms=entry.milliseconds) if entry.status is Status.APPLIED else T.STATUS[entry.status]
        hint = "\n".join(filter(None, [entry.title, T.STATUS_HELP[entry.status], _drawn(entry).values]))
        thumb = pictures.of(entry.after) if called and entry.after is not None else None
        lost = _lost(entry.before, entry.after) if called else ""
        yield Card(key, entry.node_id, entry.title, entry.depth, entry.is_group, entry.status, note, lost, hint, thumb)


class _Thumbnails:
    """Each picture is drawn once, also where several steps have left it as it was."""

    def __init__(self, classes: Classes) -> None:
        self._classes = classes
        self._known: dict[int, tuple[Targets, bytes]] = {}

    def of(self, targets: Targets) -> bytes:
        known = self._known.get(id(targets.image))
        if known is None or known[0].mask is not targets.mask:
            known = self._known[id(targets.image)] = targets, thumbnail(targets, self._classes)
        return known[1]


def _drawn(entry: Entry) -> DrawnRow:
    return DrawnRow(entry.title, ", ".join(f"{name} {value}" for name, value in describe(entry.params).items()))


def _lost(before: Snapshot | None, after: Snapshot | None) -> str:
    if before is None or after is None or before is after:
        return ""
    counts = [
        T.LOST.format(what=what, before=len(old), after=len(new))
        for what, old, new in (
            (T.TARGET_NAMES["bboxes"], before.bboxes, after.bboxes),
            (T.TARGET_NAMES["keypoints"], before.keypoints, after.keypoints),
        )
        if old is not None and new is not None and len(old) != len(new)
    ]
    return ", ".join(counts)


def _size(side: Targets) -> str:
    height, width = np.shape(side.image)[:2]
    return T.SIZE.format(width=width, height=height)
