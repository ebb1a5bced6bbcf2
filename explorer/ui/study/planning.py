"""The smallest effect that a study will be able to see with more repeats, in words."""

from explorer.figures import effect_words
from explorer.metrics.verdicts.effects import Effect
from explorer.texts import Study as T
from explorer.ui.study.reading import Seen


def visible(seen: Seen, repeats: int) -> str:
    """Return the smallest effect of a step that so many repeats will see with a power of 80 %."""
    metric, now = seen.effects.metric, seen.effects.repeats
    if now == 1:
        return _foreseen(seen, repeats)
    found = [
        (effect.visible, after)
        for effect in seen.effects.main
        if effect.visible is not None and (after := _after(effect, seen, repeats)) is not None
    ]
    if not found:
        return T.VISIBLE_UNKNOWN
    before, after = max(found)
    said = T.VISIBLE_AFTER.format(now=now, before=_rounded(before, metric))
    more = T.VISIBLE_WITH.format(repeats=repeats, after=_rounded(after, metric))
    return said if repeats == now else f"{said} {more}"


def _after(effect: Effect, seen: Seen, repeats: int) -> float | None:
    parts, units = effect.components, seen.effects.units
    if parts is None or effect.visible is None:
        return None
    before = parts.error(units, seen.effects.repeats)
    return effect.visible * parts.error(units, repeats) / before if before > 0 else effect.visible


def _foreseen(seen: Seen, repeats: int) -> str:
    """Return what a pilot of one repeat says: the effect lies between two bounds."""
    metric = seen.effects.metric
    ends = [(one.least, one.most) for one in seen.found.foreseen(repeats)[: len(seen.effects.main)]]
    known = [(least, most) for least, most in ends if least is not None and most is not None]
    if not known:
        return T.VISIBLE_UNKNOWN
    least, most = max(low for low, _ in known), max(high for _, high in known)
    return T.VISIBLE_PILOT.format(repeats=repeats, least=_rounded(least, metric), most=_rounded(most, metric))


def _rounded(value: float, metric: str) -> str:
    unit = effect_words.unit_of(metric)
    return effect_words.size(round(value * unit.scale, unit.digits) / unit.scale, metric)
