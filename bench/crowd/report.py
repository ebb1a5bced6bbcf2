"""The tables of `python -m bench crowd`."""

import math
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence

from bench.crowd.trial import Found

ASKED = {20: (150.0, 500.0), 40: (math.inf, 2000.0)}  # sessions -> ms: median and p95
HEAD = (
    f"{'sessions':>8} {'app':6}{'presses':>8}{'median':>9}{'p95':>9}{'max':>9}{'lost':>6}{'stuck':>6}{'errors':>7}"
    f"{'left':>5}   {'in Chromium: median':>20}{'p95':>9}"
)
_MOST_ERRORS = 5


def verdict(count: int, found: Mapping[str, Found]) -> str:
    """Ours as a share of the others, and whether it is as quick as it should be."""
    *others, ours = found.values()
    lines = [f"{'':9}of {name}: {_ratios(ours, one)}" for name, one in zip(found, others, strict=False)]
    return "\n".join([*lines, *_asked(count, ours)])


def failed(found: Found) -> bool:
    """Whether something was lost, stuck or left behind."""
    return bool(lost(found) or found.stuck or found.left or found.zombies)


def lost(found: Found) -> int:
    """Presses whose image never came."""
    return [*found.clients, *found.browser].count(None)


def median(times: Sequence[float | None]) -> float:
    """In ms, of the presses that were answered."""
    return statistics.median(_answered(times))


def p95(times: Sequence[float | None]) -> float:
    """In ms; an image that never came counts as the longest."""
    known = sorted(math.inf if ms is None else ms for ms in times)
    return known[min(len(known) - 1, math.ceil(0.95 * len(known)) - 1)] if known else math.nan


def _answered(times: Sequence[float | None]) -> list[float]:
    return [ms for ms in times if ms is not None] or [math.nan]


def rows(count: int, name: str, found: Found) -> str:
    """What was found of one app with so many sessions."""
    times = found.clients
    waits = [median(times), p95(times), max(_answered(times))]
    wrong = f"{lost(found):>6}{found.stuck:>6}{len(found.errors):>7}{found.left:>5}"
    first = f"{count:>8} {name:6}{len(times):>8}{''.join(map(_ms, waits))}{wrong}"
    chromium = f"{'':14}{_ms(median(found.browser))}{_ms(p95(found.browser))}"
    memory, opened = found.memory, max(found.opened, default=math.nan)
    second = (
        f"{'':9}memory {memory.idle:.0f} MB idle, {memory.peak:.0f} at most, {memory.after:.0f} afterwards; "
        f"open files {memory.files[0]} -> {memory.files[1]}; "
        f"processes {memory.processes[0]} at most, {memory.processes[1]} afterwards; "
        f"slowest first image {opened / 1000:.2f} s"
    )
    killed = [f"{'':9}{found.killed} processes killed, {found.zombies} zombies left"] if found.killed else []
    return "\n".join([f"{first}{chromium}", second, *killed, *_errors(found)])


def _ms(value: float) -> str:
    return f"{value:>6.0f} ms"


def _errors(found: Found) -> list[str]:
    counted = Counter(error.strip().replace("\n", " ")[:160] for error in found.errors)
    return [f"{'':9}{times} x {error}" for error, times in counted.most_common(_MOST_ERRORS)]


def _ratios(ours: Found, other: Found) -> str:
    more = ours.memory.idle - other.memory.idle
    pairs = {"median": (ours.clients, other.clients), "in Chromium": (ours.browser, other.browser)}
    words = [f"{name} {_of(*pair)}" for name, pair in pairs.items()]
    return "; ".join([*words, f"memory idle {more:+.0f} MB"])


def _of(times: Sequence[float | None], others: Sequence[float | None]) -> str:
    return f"{median(times) / median(others):.2f}, p95 {p95(times) / p95(others):.2f}"


def _asked(count: int, ours: Found) -> list[str]:
    if count not in ASKED:
        return []
    middle, worst = ASKED[count]
    holds = median(ours.clients) < middle and p95(ours.clients) < worst
    words = "" if math.isinf(middle) else f"median under {middle:.0f} ms and "
    return [f"{'':9}asked for: {words}p95 under {worst:.0f} ms: {'holds' if holds else 'missed'}"]
