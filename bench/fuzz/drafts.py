"""Pipelines of one step with extreme values that validation lets pass, of every transform in turn."""

import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bench.fuzz.values import value
from explorer.augment import edits
from explorer.augment.catalog import Transform, catalog
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, Step, validate
from explorer.augment.targets import BoxRules, PointRules, TargetRules

_TRIES = 40  # at values that pass, before a transform has its turn with those of before
_MOST = 4  # parameters that are changed at once


@dataclass
class Checked:
    """What validation did: in the app it happens in the server's own process.

    tried, refused: how many. slowest: seconds, and which (transform, values) took them.
    """

    tried: int = 0
    refused: int = 0
    slowest: tuple[float, str, object] = (0.0, "", None)


def pipelines(chance: random.Random, checked: Checked) -> Iterator[Pipeline]:
    """Without end, one transform after the other."""
    for transform in itertools.cycle(catalog().values()):
        yield _one(transform, chance, checked)


def _one(transform: Transform, chance: random.Random, checked: Checked) -> Pipeline:
    draft = _alone(transform)
    for _ in range(_TRIES):
        count = min(len(transform.parameters), chance.randint(1, _MOST))
        names = chance.sample(list(transform.parameters), count)
        params = {name: value(transform.parameters[name], chance) for name in names}
        if (found := _checked(_with(draft, params), transform.name, params, checked)) is not None:
            return found
    return validate(draft)


def _checked(draft: Draft, name: str, params: dict[str, object], checked: Checked) -> Pipeline | None:
    begun = time.perf_counter()
    try:
        return validate(draft)
    except DraftErrors:
        checked.refused += 1
        return None
    finally:
        checked.tried += 1
        checked.slowest = max(checked.slowest, (time.perf_counter() - begun, name, params), key=lambda each: each[0])


def _alone(transform: Transform) -> Draft:
    """A draft of this one step, whose rules leave out the targets that it refuses."""
    rules = TargetRules(
        boxes=BoxRules(use="bboxes" not in transform.refuses),
        keypoints=PointRules(use="keypoints" not in transform.refuses),
    )
    draft, node = edits.add(Draft(targets=rules), transform.name, None)
    return edits.set_p(draft, node, 1.0)


def _with(draft: Draft, params: dict[str, object]) -> Draft:
    (step,) = draft.nodes
    assert isinstance(step, Step)
    return draft.model_copy(update={"nodes": (step.model_copy(update={"params": {**step.params, **params}}),)})
