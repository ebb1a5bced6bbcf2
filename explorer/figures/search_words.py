"""What a search has found, in words: the answer against TrivialAugment and against nothing, and its changes."""

from collections.abc import Sequence

from explorer.figures import effect_words
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.effects import FEWEST_REPEATS, Effect
from explorer.runs.overview.studies.search import SearchFound
from explorer.runs.record.studies.searches import Searched
from explorer.runs.spec.plans.effects import NOTHING
from explorer.texts import Search as T


def answer(found: SearchFound) -> list[str]:
    """Return the answer, the comparison with no augmentation, and what is left to say, in sentences of Markdown."""
    total = found.plan.repeats * found.plan.folds
    if found.effects is None or found.against_trivial is None:
        return [T.SO_FAR_FOLDS.format(done=len(found.outer), total=total, folds=found.plan.folds)]
    effect, metric = found.against_trivial, found.effects.metric
    if effect.effect is None:
        return [T.UNDEFINED.format(metric=EVERY[metric].in_sentence, why=effect.why)]
    said = effect_words.with_interval(effect, metric)
    if found.verdict is None:
        words = [T.SO_FAR.format(done=found.done, planned=found.plan.repeats, effect=said)]
        return [*words, T.FEW_REPEATS.format(least=FEWEST_REPEATS)] if found.effects.complete else words
    sentences = [T.ANSWERS[found.verdict].format(count=len(found.offered), effect=said)]
    if found.verdict == "unknown":
        sentences.append(effect_words.more(effect))
    sentences.append(_against_nothing(found))
    if found.empty:
        sentences.append(T.CHOSE_NOTHING.format(empty=found.empty, total=len(found.outer)))
    return [one for one in sentences if one]


def _against_nothing(found: SearchFound) -> str:
    assert found.effects is not None
    effect = next((one for one in found.effects.main if one.minus == NOTHING), None)
    if effect is None or effect.word is None:
        return ""
    return T.AGAINST_NOTHING[effect.word].format(effect=effect_words.with_interval(effect, found.effects.metric))


def rival(effect: Effect) -> str:
    """Return the name of what was found is compared with."""
    return T.RIVALS.get(effect.minus, effect.minus)


def titles(found: SearchFound) -> list[str]:
    """Return the titles of the candidates."""
    return [one.label for one in found.offered]


def changes(searched: Searched, names: Sequence[str]) -> list[str]:
    """Return the changes that a search has made, in words."""
    words, before = [], set[int]()
    for step in searched.path:
        after = set(step.chosen)
        new, old = sorted(after - before), sorted(before - after)
        if new and old:
            words.append(T.PATH_EXCHANGED.format(old=names[old[0]], new=names[new[0]]))
        elif new:
            words.append(T.PATH_ADDED.format(step=names[new[0]]))
        else:
            words.append(T.PATH_DROPPED.format(step=names[old[0]]))
        before = after
    return words
