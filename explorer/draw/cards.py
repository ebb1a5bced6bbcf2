"""The strip of steps, as `strip.js` reads it: a card for the input, each step and the output."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from explorer.augment.trace import Entry, Snapshot, Status, Trace, describe
from explorer.data.sample import Sample
from explorer.draw import frames
from explorer.draw.encoding import Classes, Targets, thumbnail
from explorer.texts import Preview as T
from explorer.texts import Targets as TargetsTexts

INPUT, OUTPUT = "input", "output"
_WORDS = {"back": T.STRIP_BACK, "on": T.STRIP_ON, "label": T.TRACE}
MAX_CARDS = 120  # the strip only counts the steps beyond


@dataclass(frozen=True)
class Card:
    """A step, or a composer around the cards that follow with a larger depth.

    Attributes:
        id: Node and number of its call, such as "n2#0".
        node: The node whose form the card opens, "" for input and output.
        note: Milliseconds, or why nothing happened.
        lost: The targets that were lost, in words.
        hint: Text of the tooltip.
        thumb: JPEG of the image after the step.
    """

    id: str
    node: str
    title: str
    depth: int = 0
    group: bool = False
    status: str = Status.APPLIED
    note: str = ""
    lost: str = ""
    hint: str = ""
    thumb: bytes | None = None


@dataclass(frozen=True)
class DrawnRow:
    """A step that fired, and the values that it drew, in words."""

    step: str
    values: str


def card_of(node_id: str, call: int = 0) -> str:
    """The id of the card of a node's call."""
    return f"{node_id}#{call}"


def node_of(card_id: str) -> str | None:
    """The node of a card, None for input and output."""
    return None if card_id in (INPUT, OUTPUT) else card_id.rpartition("#")[0]


def keyed(traced: Trace) -> Iterator[tuple[str, Entry]]:
    """Every entry with the id of its card."""
    seen: Counter[str] = Counter()
    for entry in traced.entries:
        yield card_of(entry.node_id, seen[entry.node_id]), entry
        seen[entry.node_id] += 1


def focused(traced: Trace, focus: str) -> Entry | None:
    """The entry whose card is in focus; None for the whole pipeline, and for a card that is gone."""
    return next((entry for key, entry in keyed(traced) if key == focus and entry.after is not None), None)


def statuses(traced: Trace) -> dict[str, Status]:
    """Status by node id. A node that is called twice counts as applied if one of the calls was."""
    found: dict[str, Status] = {}
    for entry in traced.entries:
        if found.get(entry.node_id) is not Status.APPLIED:
            found[entry.node_id] = entry.status
    return found


def times(traced: Trace) -> list[list[Any]]:
    """For each step its node, the height and width of its input, and its milliseconds.

    It is the processor's time and not the clock's: after one busy moment a step would always count as slow, since a
    slow step is not drawn unasked and so not measured again.
    """
    return [
        [entry.node_id, list(entry.before.image.shape[:2]), entry.cpu_milliseconds]
        for entry in traced.entries
        if entry.status is Status.APPLIED and entry.before is not None and not entry.is_group
    ]


def frame(traced: Trace, sample: Sample, focus: str, classes: Classes) -> bytes:
    """What the strip shows: the input, every step with its status, and the output."""
    entry = focused(traced, focus)
    pictures = _Thumbnails(classes)
    cards = [
        Card(INPUT, "", T.INPUT, note=size(sample), thumb=pictures.of(sample)),
        *_steps(traced, pictures),
        Card(OUTPUT, "", T.OUTPUT, note=size(traced.result), thumb=pictures.of(traced.result)),
    ]
    rows = [entry] if entry else [each for each in traced.entries if not each.is_group]
    nothing = T.STEP_NOT_APPLIED if entry else T.DRAWN_NOTHING if traced.entries else T.STRIP_EMPTY
    words = {**_WORDS, "nothing": nothing}
    drawn = [_drawn(each) for each in rows if each.status is Status.APPLIED]
    return frames.pack({"rows": cards, "drawn": drawn, "focused": OUTPUT if entry is None else focus, "words": words})


def of_another(packed: bytes) -> bytes:
    """The frame of the last good drawing, without words about the present draft."""
    return frames.with_words(packed, words={**_WORDS, "nothing": ""})


def _steps(traced: Trace, pictures: "_Thumbnails") -> Iterator[Card]:
    for count, (key, entry) in enumerate(keyed(traced)):
        if count == MAX_CARDS:
            more = T.MORE_CARDS.format(count=len(traced.entries) - MAX_CARDS)
            yield Card("more#0", "", more, status=Status.NOT_REACHED)
            return
        called = entry.status in (Status.APPLIED, Status.SKIPPED)
        note = T.STEP_MS.format(ms=entry.milliseconds) if entry.status is Status.APPLIED else T.STATUS[entry.status]
        hint = "\n".join(filter(None, [entry.title, T.STATUS_HELP[entry.status], _drawn(entry).values]))
        thumb = pictures.of(entry.after) if called and entry.after is not None else None
        lost = _lost(entry.before, entry.after) if called else ""
        yield Card(key, entry.node_id, entry.title, entry.depth, entry.is_group, entry.status, note, lost, hint, thumb)


class _Thumbnails:
    """Draws each picture once, also if several steps have left it unchanged."""

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
            (TargetsTexts.TARGET_NAMES["bboxes"], before.bboxes, after.bboxes),
            (TargetsTexts.TARGET_NAMES["keypoints"], before.keypoints, after.keypoints),
        )
        if old is not None and new is not None and len(old) != len(new)
    ]
    return ", ".join(counts)


def size(side: Targets) -> str:
    """The size of an image in words."""
    height, width = side.image.shape[:2]
    return T.SIZE.format(width=width, height=height)
