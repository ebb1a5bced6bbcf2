"""What `verdict ID` prints of a confirmation."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from explorer.runs.cli.verdict_words import WORDS
from explorer.runs.record.paths import RunPaths

if TYPE_CHECKING:
    from explorer.runs.overview.studies.confirm import ConfirmFound


def text(found: "ConfirmFound") -> str:
    """Return the pairs that are trained, their mean with its interval, and the sign flip test."""
    from explorer.metrics.table import EVERY
    from explorer.texts import Confirm

    titles = found.titles
    state = f"{found.done} of {found.plan.pairs} pairs" + ("" if found.complete else ", so there is no verdict yet")
    head = f"Full training, {titles['plus']} against {titles['minus']}: {state}, {EVERY[found.metric].title}."
    lines = [f"pair {pair + 1}  {difference:+.4f}" for pair, difference in enumerate(found.differences)]
    if found.effect is None:
        return head
    effect = found.effect.main[0]
    if effect.effect is None or effect.low is None or effect.high is None:
        return "\n".join([head, "", *lines, f"undefined: {effect.why}"])
    word = WORDS[effect.word] if effect.word else "-"
    lines.append(f"mean    {effect.effect:+.4f}  [{effect.low:+.4f}, {effect.high:+.4f}]  {word}")
    if found.test is not None and found.complete:
        lines.append(f"sign flip test: p = {found.test.p:.2g} (the smallest possible is {found.test.least_p:.2g})")
    if found.plan.chosen_by:
        lines.append(Confirm.CHOSE)
    return "\n".join([head, "", *lines])


def value(paths: RunPaths, found: "ConfirmFound") -> dict[str, Any]:
    """Return the same for --json."""
    return {
        "id": paths.id,
        "pairs": found.done,
        "planned": found.plan.pairs,
        "metric": found.metric,
        "plus": found.titles["plus"],
        "minus": found.titles["minus"],
        "chosen_by": found.plan.chosen_by,
        "differences": list(found.differences),
        "effect": None if found.effect is None else asdict(found.effect.main[0]),
        "p": found.test.p if found.test is not None and found.complete else None,
    }
