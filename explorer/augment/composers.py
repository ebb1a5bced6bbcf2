"""What each composer does, in a sentence, and what its parameters mean; albumentations' own text is read with it.

The sentences say what albumentations 2.0.8 does (`albumentations/core/composition.py`), also where its own text is
silent: OneOrOther and Sequential describe no parameter at all.
"""

import functools
from collections.abc import Mapping

import albumentations as A

from explorer.augment.documentation import Documentation, read

_FORCED = "Where a OneOf or OneOrOther has chosen this group, it always runs."
_NOT_FORCED = "This p counts also where a OneOf or OneOrOther has chosen the group."
_DRAWN = {
    "n": "How many of its steps are drawn. Without replacement these are never more than there are.",
    "replace": "Whether a step can be chosen more than once. Its own p decides each time whether it fires.",
    "p": f"How often anything is drawn at all. {_NOT_FORCED}",
}
# Kind -> one sentence, and what its parameters mean.
_COMPOSERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "OneOf": (
        "Applies one of its steps: their p are weights of the choice, and the chosen step always fires.",
        {"p": f"How often one of the steps is applied, instead of none. {_FORCED}"},
    ),
    "SomeOf": (
        "Draws n of its steps, all equally likely, and applies them in the order of the list, each with its own p.",
        _DRAWN,
    ),
    "RandomOrder": (
        "Draws n of its steps, all equally likely, and applies them in a random order, each with its own p.",
        _DRAWN,
    ),
    "Sequential": (
        "Applies its steps one after the other, each with its own p.",
        {"p": f"How often the sequence runs. {_FORCED} Its steps keep their own p."},
    ),
    "OneOrOther": (
        "Applies either its first step or its second, and the chosen one always fires.",
        {"p": "How often it is the first. In all other cases it is the second, so one of the two always runs."},
    ),
    "SelectiveChannelTransform": (
        "Applies its steps to some color channels only; masks, boxes and keypoints stay as they are.",
        {
            "channels": "The channels that the steps see: 0 is red, 1 is green, 2 is blue.",
            "p": f"How often the steps run. {_FORCED} The steps keep their own p.",
        },
    ),
}


@functools.cache
def composer(kind: str) -> Documentation:
    """The documentation of a kind of group. Raises KeyError for an unknown kind."""
    summary, parameters = _COMPOSERS[kind]
    listed = "\n".join(f"- **{name}**: {text}" for name, text in parameters.items())
    theirs = read(getattr(A, kind).__doc__).markdown
    text = f"{summary}\n\n**Parameters**\n\n{listed}\n\n**In the words of albumentations**\n\n{theirs}"
    return Documentation(summary, dict(parameters), text)
