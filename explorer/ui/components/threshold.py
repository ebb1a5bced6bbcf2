"""A slider for the threshold of one class, with what it counts: the browser has all counts and asks no server."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from explorer.base import records
from explorer.draw.frames import pack
from explorer.metrics import thresholds
from explorer.metrics.thresholds import Cuts
from explorer.texts import Scores as T
from explorer.ui.components.parts import as_number, component, event

_component = component("threshold", isolate_styles=False, shared=("frame", "dom", "marks"))

WAYS = ("run", "half", "best_f1", "youden", "recall", "precision")


@dataclass(frozen=True)
class Choice:
    """A threshold that was chosen in the browser.

    Attributes:
        odds: The threshold, as log odds.
        way: How it was chosen, one of WAYS; "" where the slider was moved.
        wanted: The wanted recall or precision, 0 to 1; None with other ways.
        class_index: The class.
        epoch: The epoch whose scores it was chosen on, from 0.
    """

    odds: float
    way: str
    wanted: float | None
    class_index: int
    epoch: int


def frame(
    cuts: Cuts,
    index: int,
    name: str,
    other: str,
    epoch: int,
    channel: str,
    start: float | None = None,
    words: Mapping[str, Any] = T.THRESHOLD,
) -> bytes:
    """Return what the browser needs for one class of one epoch.

    Args:
        cuts: The scores of the class, with their counts.
        index: The class.
        name: Its name.
        other: What all other images are called.
        epoch: From 0.
        channel: Charts with this channel show the threshold as marks.
        start: The threshold of the run, as log odds, to begin with; None for a probability of 0.5.
        words: Those of classes, or of labels.
    """
    scores = cuts.scores.astype("<f8").tobytes()
    found_all, wrong_all = cuts.true_positives, cuts.false_positives
    found, wrong = found_all.astype("<u4").tobytes(), wrong_all.astype("<u4").tobytes()
    named = f"{index} {name} {other} {epoch} {start} {cuts.above}"
    header: dict[str, Any] = {
        "revision": blake2b(scores + found + wrong + named.encode(), digest_size=8).hexdigest(),
        "memory": f"{channel}:{index}",
        "channel": channel,
        "class": index,
        "name": name,
        "other": other,
        "images": int(found_all[-1] + wrong_all[-1]),
        "epoch": epoch,
        "exact": cuts.exact,
        "above": cuts.above,
        "half": thresholds.half(index, cuts),
        "start": start,
        "cuts": {"best_f1": thresholds.best_f1(cuts), "youden": thresholds.youden(cuts)},
        "most": {"precision": f"{thresholds.highest_precision(cuts):.1%}"},
        "words": words if start is None else {**words, "ways": T.WAYS_OF_RUN},
        "scores": scores,
        "tp": found,
        "fp": wrong,
    }
    return pack(header)


def show(data: bytes, key: str, on_keep: Callable[[Choice], None]) -> None:
    """Mount the slider or update it.

    Args:
        data: What `frame` has made.
        key: The key of the component.
        on_keep: Called with the threshold that is to be kept.
    """
    _component(data=data, key=key, **event(key, "keep", on_keep, _as_choice))


def _as_choice(sent: Any) -> Choice | None:
    try:
        found = records.parse(sent.encode())
        odds, way, wanted = float(found["odds"]), found["way"], found["wanted"]
        wanted = None if wanted is None else float(wanted)
        class_index, epoch = as_number(found["class"]), as_number(found["epoch"])
    except (AttributeError, ValueError, TypeError, KeyError, RecursionError):
        return None
    if way not in ("", *WAYS) or class_index is None or epoch is None:
        return None
    known = math.isfinite(odds) and (wanted is None or 0 <= wanted <= 1)
    return Choice(odds, way, wanted, class_index, epoch) if known else None
