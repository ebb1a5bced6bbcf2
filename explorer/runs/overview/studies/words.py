"""What is said of an effect in a word, and of earlier verdicts about the same images."""

from collections.abc import Sequence

from explorer.metrics.verdicts.effects import Effect
from explorer.texts import Study as T


def short(effect: Effect) -> str:
    """Return the word of an effect as in a table; "so far" while it has none."""
    if effect.effect is None:
        return T.UNDEFINED_SHORT
    return T.SO_FAR if effect.word is None else T.WORDS[effect.word]


def looked_before(looked: Sequence[int], before: Effect | None) -> str:
    """Say that verdicts were given about the same images before; empty where there were none.

    Args:
        looked: After how many repeats.
        before: What the last of them said of the whole pipeline; None where it was not judged.
    """
    if not looked:
        return ""
    said = "" if before is None else T.LOOK_SAID.format(word=short(before))
    if len(looked) == 1:
        return T.SECOND_LOOK.format(repeats=looked[0], said=said)
    return T.LATER_LOOK.format(number=len(looked) + 1, repeats=", ".join(map(str, looked)), said=said)
