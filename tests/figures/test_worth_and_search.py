"""What learning curves and searches say, and how it is drawn."""

import json
import math

import numpy as np
import pytest

from explorer.augment.pipeline import Pipeline
from explorer.figures import search_words, worth_words
from explorer.figures.chosen_steps import chosen_steps
from explorer.figures.learning_curves import learning_curves
from explorer.metrics.verdicts.answers import OutOfFold
from explorer.metrics.verdicts.effects import effects
from explorer.metrics.verdicts.worth import Curve, Worth
from explorer.runs.overview.studies.search import SearchFound
from explorer.runs.overview.studies.worth import WorthFound
from explorer.runs.record.studies.searches import OuterFold, Searched, Step
from explorer.runs.spec.plans.search import FOUND, SearchPlan
from explorer.runs.spec.plans.worth import WorthPlan, usual_sizes

LOW, HIGH = Curve((0.7, 0.8), (0.6, 0.7), (0.8, 0.9)), Curve((0.75, 0.9), (0.7, 0.8), (0.8, 0.95))


def found_of(code: str, photographs: float, low: float, high: float, *, done: int = 6, **more: bool) -> WorthFound:
    plus, minus = (HIGH, LOW) if photographs > 0 else (LOW, HIGH)
    worth = Worth(code, (10, 100), plus, minus, photographs, low, high, **more)  # type: ignore[arg-type]
    return WorthFound(WorthPlan(), "accuracy", 120, done, worth)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (found_of("worth", 60, 12, 90, high_open=True), "**about 60 more photographs** here (95% interval 12 to more"),
        (found_of("worth", 90, 12, 90, high_open=True, open=True), "**at least 90 more photographs**"),
        (
            found_of("costs", -60, -80, -20),
            "**costs** as much as having **about 60 fewer photographs** (95% interval 20 to",
        ),
        (found_of("unknown", 60, -90, 80, low_open=True), "**cannot be said** what augmenting is worth here: 60"),
        (found_of("unknown", 90, -90, 90, high_open=True, open=True), "worth here: at least 90 more photographs"),
        (found_of("worth", 60, 12, 80, done=2), "So far, after 2 of 6 repeats"),
    ],
)
def test_the_answer_says_more_than_where_the_curves_end_and_nothing_too_early(found: WorthFound, said: str) -> None:
    assert said in worth_words.answer(found)


def test_the_distance_is_drawn_at_the_end_of_the_worse_curve() -> None:
    found = found_of("worth", 60, 12, 90)
    figure = learning_curves(found.worth, found.metric, found.speaks)
    json.dumps(figure, allow_nan=False)
    arrow, words = figure["layout"]["annotations"]
    assert 10 ** arrow["ax"] == pytest.approx(100)
    assert 10 ** arrow["x"] == pytest.approx(40)
    assert arrow["y"] == arrow["ay"] == 0.8
    assert words["text"] == "60 images"
    assert "about 40 images" in worth_words.how(found)


def test_sizes_grow_by_one_factor_from_five_of_a_class_to_the_whole_fold() -> None:
    sizes = usual_sizes(316, 2)
    assert (sizes[0], sizes[-1], len(sizes)) == (10, 316, 6)
    ratios = np.diff(np.log(sizes))
    assert ratios.max() - ratios.min() < 0.05
    assert usual_sizes(9, 2) == (9,)


def searched(trivial: float, *, repeats: int = 3) -> SearchFound:
    """A search among 13 steps, whose answers have so many logits more for the right class than TrivialAugment's."""
    plan, labels = SearchPlan(repeats=3, folds=2), np.arange(80) % 2
    rng = np.random.default_rng(0)
    right = np.where(labels == 1, 1.0, -1.0)

    def logits(skill: float) -> np.ndarray:
        score = skill * right + rng.normal(size=(repeats, 80))
        return np.stack([-score, score], axis=2).astype(np.float32)

    answers = OutOfFold(labels, {FOUND: logits(1.0 + trivial), "trivial": logits(1.0), "nothing": logits(1.0)})
    judged = effects(answers, [(FOUND, "trivial"), (FOUND, "nothing")], "accuracy", planned=3)
    chose = Searched((Step((2,), 0.1, 0.02, 13), Step((2, 7), 0.05, 0.01, 12), Step((7,), 0.0, 0.01, 2)), 90)
    outer = tuple(OuterFold(chose if at else Searched((), 60), labels, {}) for at in range(2 * repeats))
    return SearchFound(plan, Pipeline(), "accuracy", 80, outer, repeats, judged, chose)


def test_a_search_says_whether_it_beats_trivial_augment_only_after_all_repeats() -> None:
    better, worse, early = searched(2.0), searched(-0.9), searched(2.0, repeats=2)
    assert (better.verdict, worse.verdict, early.verdict) == ("beats", "not better", None)
    assert "chosen among 13 steps beats TrivialAugment" in search_words.answer(better)[0]
    assert "nothing beats TrivialAugment" in search_words.answer(worse)[0]
    assert "So far, after 2 of 3 repeats" in search_words.answer(early)[0]
    assert "In 1 of 6 outer folds the search chose no step" in search_words.answer(better)[-1]
    assert better.counts.tolist() == [0] * 7 + [5] + [0] * 5
    assert better.result is not None
    assert [node.title for node in better.result.nodes] == ["ColorJitter"]


def test_the_changes_of_a_search_and_how_often_steps_were_chosen_are_named() -> None:
    found = searched(2.0)
    assert found.whole is not None
    names = search_words.titles(found)
    assert search_words.changes(found.whole, names) == [
        "add CropAndPad, mild",
        "add ColorJitter, strong",
        "drop CropAndPad, mild",
    ]
    figure = chosen_steps(names, found.counts.tolist(), len(found.outer), found.whole.chosen)
    json.dumps(figure, allow_nan=False)
    assert figure["data"][0]["x"][7] == 5
    assert math.isclose(figure["layout"]["xaxis"]["range"][1], 6.36)
