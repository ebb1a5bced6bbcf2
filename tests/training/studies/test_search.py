"""A search finds a step that is known to help, and says no where none does."""

from collections.abc import Sequence

import numpy as np
import pytest

from explorer.augment.pipeline import Pipeline
from explorer.metrics.verdicts.answers import OutOfFold
from explorer.metrics.verdicts.effects import effects
from explorer.runs.record.studies.searches import OuterFold
from explorer.runs.spec.plans.effects import NOTHING
from explorer.runs.spec.plans.search import FOUND, Chosen, SearchPlan, assembled
from explorer.training.studies.features import Features
from explorer.training.studies.halving import Losses, search
from explorer.training.studies.heads import HeadPool
from explorer.training.studies.nested_search import NestedSearch
from explorer.training.studies.set_features import SetFeatures

IMAGES, VIEWS, NUISANCE = 60, 3, 29
CANDIDATES = tuple(
    {"name": name, "pipeline": {"nodes": [{"kind": "step", "id": "a", "transform": transform}]}}
    for name, transform in (("one", "HorizontalFlip"), ("two", "VerticalFlip"))
)
PLAN = SearchPlan.model_validate({"folds": 2, "repeats": 3, "views": VIEWS, "candidates": CANDIDATES, "most": 2})


def work(pool: HeadPool, helps: int | None) -> NestedSearch:
    """A search in features of which the first tells the classes apart, and the others mean nothing.

    The step at the place `helps` removes the latter from the views. All other steps change next to nothing.
    """
    labels = np.arange(IMAGES) % 2
    means = np.zeros((IMAGES, 1 + NUISANCE))
    means[:, 0] = 2.5 * labels
    clean = means + np.random.default_rng(5).normal(size=means.shape)

    def features(pipelines: Sequence[Pipeline], views: int) -> Features:
        return of_views([[int(node.id[1]) for node in one.nodes] for one in pipelines], views)

    def of_views(sets: Sequence[Sequence[int]], views: int) -> Features:
        drawn = np.repeat(np.repeat(clean[None, :, None], views, axis=2), len(sets), axis=0)
        for row, chosen in enumerate(sets):
            for place in chosen:
                noise = np.random.default_rng(place).normal(size=(IMAGES, VIEWS, 1 + NUISANCE))[:, :views]
                drawn[row] += 0.05 * noise
                if place == helps:
                    drawn[row, :, :, 1:] = 0
        shape = drawn.shape[:3]
        return Features(drawn.reshape(-1, drawn.shape[3]).astype(np.float16), np.arange(np.prod(shape)).reshape(shape))

    return NestedSearch(
        plan=PLAN,
        labels=labels,
        num_classes=2,
        groups=None,
        seed=0,
        clean=Features(clean.astype(np.float16), np.arange(IMAGES)),
        sets=SetFeatures(lambda chosen: assembled(PLAN, Pipeline(), chosen), features),
        rivals=lambda: {NOTHING: of_views([[]], VIEWS)[0]},
        pool=pool,
        report=lambda: lambda done, total: None,
        penalties=(0.1, 1.0),
    )


def judged(found: list[OuterFold], labels: np.ndarray) -> OutOfFold:
    logits = {name: np.empty((PLAN.repeats, IMAGES, 2), np.float32) for name in (FOUND, NOTHING)}
    for number, one in enumerate(found):
        for name in logits:
            logits[name][number // PLAN.folds, one.rows] = one.logits[name]
    return OutOfFold(labels, logits)


@pytest.mark.parametrize("helps", [1, None])
def test_what_was_chosen_in_other_folds_helps_only_where_a_step_does(helps: int | None) -> None:
    pool = HeadPool(1)
    asked = work(pool, helps)
    found = [asked.outer(number) for number in range(PLAN.repeats * PLAN.folds)]
    whole = asked.whole()
    judgment = effects(judged(found, asked.labels), [(FOUND, NOTHING)], "log_loss", smallest=0.05)
    if helps is None:
        assert whole.chosen == ()
        assert judgment.main[0].word != "helps"
    else:
        assert whole.chosen == (helps,)
        assert np.mean([one.searched.chosen == (helps,) for one in found]) > 0.5
        assert judgment.main[0].word == "helps"


def test_candidates_without_an_effect_get_in_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(0)
    losses: dict[Chosen, np.ndarray] = {}

    def judge(sets: Sequence[Chosen], views: int) -> Losses:
        del views
        return np.stack([losses.setdefault(one, rng.normal(size=100)) for one in sets])

    found = 0
    for _ in range(200):
        losses.clear()
        found += bool(search(judge, [str(place) for place in range(8)], (1, 4), most=1))
    assert found <= 20  # 5 % of 200, and more than three standard errors


def test_steps_are_added_exchanged_for_another_strength_and_dropped() -> None:
    # Two strengths of one family, and a step that the better strength makes superfluous.
    means = {(): 1.0, (0,): 0.8, (1,): 0.9, (2,): 0.85, (0, 2): 0.7, (1, 2): 0.6}
    rng = np.random.default_rng(1)
    scatter = rng.normal(size=400)

    def judge(sets: Sequence[Chosen], views: int) -> Losses:
        del views
        return np.stack([means[one] + scatter + 0.01 * rng.normal(size=400) for one in sets])

    path = search(judge, ["crop", "crop", "flip"], (1, 2), most=2)
    assert [move.chosen for move in path] == [(0,), (0, 2), (1, 2)]
    means |= {(1,): 0.6}
    path = search(judge, ["crop", "crop", "flip"], (2,), most=2)
    assert path[-1].chosen == (1,)
