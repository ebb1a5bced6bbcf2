"""What is said of a confirmation: on its page, in its report and by the command line."""

from collections.abc import Callable

from explorer.figures import effect_words
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.effects import Effect
from explorer.runs.overview.studies.confirm import ConfirmFound
from explorer.texts import Confirm as T


def sentence(found: ConfirmFound, shown: Callable[[str], str] = str) -> str:
    """Return what a confirmation says so far, in Markdown.

    Args:
        found: The confirmation.
        shown: Escapes the name of a pipeline for the place where it is shown.
    """
    if found.effect is None:
        return T.NO_PAIR
    effect, family = found.effect.main[0], found.effect
    names = {side: shown(title) for side, title in found.titles.items()}
    if effect.effect is None:
        return T.UNDEFINED.format(metric=EVERY[found.metric].in_sentence, why=effect.why)
    said = effect_words.with_interval(effect, found.metric)
    if effect.word is None:
        return T.SO_FAR.format(done=found.done, planned=found.plan.pairs, effect=said, **names)
    parts = [T.SENTENCES[effect.word].format(effect=said, **names)]
    if effect.word == "unknown":
        parts.append(more(effect))
    elif effect.word != "same" and effect.matters is False:
        parts.append(effect_words.surely_small(family))
    return " ".join(parts)


def more(effect: Effect) -> str:
    """Return what it would take to tell."""
    images, pairs = effect.more_images, effect.more_repeats
    if images is None and pairs is None:
        return T.MORE_NEVER
    if pairs is None:
        return T.MORE_IMAGES.format(images=f"{effect_words.rounded_up(images or 0):,}")
    if images is None:
        return T.MORE_PAIRS.format(pairs=f"{pairs:,}")
    return T.MORE.format(images=f"{effect_words.rounded_up(images):,}", pairs=f"{pairs:,}")


def test(found: ConfirmFound) -> str:
    """Return what the sign flip test says; "" before all pairs are trained."""
    if found.test is None or not found.complete:
        return ""
    return T.SIGN_FLIP.format(pairs=found.test.repeats, p=f"{found.test.p:.2g}", least=f"{found.test.least_p:.2g}")


def rests_on(found: ConfirmFound) -> str:
    """Return what the answer rests on; "" before the first pair."""
    if found.effect is None:
        return ""
    said = T.RESTS_ON.format(
        pairs=T.ONE_PAIR if found.done == 1 else T.SOME_PAIRS.format(count=found.done),
        images=found.effect.images,
        smallest=effect_words.size(found.effect.smallest, found.metric),
        metric=EVERY[found.metric].in_sentence,
    )
    counted = T.COUNTED.get(found.task, "")
    return " ".join(filter(None, (said, counted, T.CHOSE if found.plan.chosen_by else "")))
