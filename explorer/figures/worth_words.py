"""What a pipeline is worth in photographs, in words: the answer, and how it is read off the curves."""

from explorer.base.words import number
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.measured import judged
from explorer.metrics.verdicts.worth import Worth
from explorer.runs.overview.studies.worth import WorthFound
from explorer.texts import Worth as T


def answer(found: WorthFound) -> str:
    """Return the answer in one sentence of Markdown."""
    worth = found.worth
    if worth.photographs is None:
        return T.UNDEFINED.format(metric=EVERY[judged(found.metric)].in_sentence, why=worth.why)
    if not found.speaks:
        words = T.SO_FAR if found.done < found.plan.repeats else T.PILOT
        return words.format(
            done=found.done, planned=found.plan.repeats, images=_images(worth, "unknown"), ends=_ends(worth)
        )
    return T.ANSWERS[worth.code].format(images=_images(worth, worth.code), ends=_ends(worth))


def how(found: WorthFound) -> str:
    """Return how the number is read off the curves; empty where it is undefined or 0."""
    worth = found.worth
    if not worth.photographs or worth.plus is None or worth.minus is None:
        return ""
    largest, smallest = worth.sizes[-1], worth.sizes[0]
    needed = round(largest - abs(worth.photographs))
    images = T.HOW_BEYOND.format(count=f"{smallest:,}") if worth.open else T.HOW_IMAGES.format(count=f"{needed:,}")
    words = T.HOW if worth.photographs > 0 else T.HOW_COSTS
    return words.format(
        size=f"{largest:,}",
        metric=EVERY[judged(found.metric)].in_sentence,
        plus=number(worth.plus.values[-1]),
        minus=number(worth.minus.values[-1]),
        needed=images,
    )


def _images(worth: Worth, code: str) -> str:
    count = worth.photographs or 0.0
    if code == "unknown":
        if worth.open:
            return (T.AT_LEAST if count > 0 else T.FEWER_AT_LEAST).format(count=f"{round(abs(count)):,}")
        return T.SAVED.format(count=_signed(count))
    about, at_least = (T.FEWER, T.FEWER_AT_LEAST) if code == "costs" else (T.ABOUT, T.AT_LEAST)
    return (at_least if worth.open else about).format(count=f"{round(abs(count)):,}")


def _ends(worth: Worth) -> str:
    """Write the interval of photographs; an end beyond the curves is open, and of a cost both are positive."""
    low, high = worth.low or 0.0, worth.high or 0.0
    if worth.code == "costs":
        first, last = -high, -low
        return T.ENDS.format(low=_signed(first), high=_end(last, T.MORE_THAN if worth.low_open else ""))
    return T.ENDS.format(
        low=_end(low, T.BELOW if worth.low_open else ""), high=_end(high, T.MORE_THAN if worth.high_open else "")
    )


def _end(value: float, words: str) -> str:
    return words.format(count=_signed(value)) if words else _signed(value)


def _signed(value: float) -> str:
    return number(value, 0) if abs(value) < 1000 else f"{'−' if value < 0 else ''}{round(abs(value)):,}"
