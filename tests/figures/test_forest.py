"""The forest plot and the effects by class: checked on their data."""

import json
from dataclasses import replace

import pytest

from explorer.figures import class_effects, effect_words, forest, palette
from explorer.metrics.verdicts.classes import ClassEffect, ClassEffects
from explorer.metrics.verdicts.effects import Effect, Effects

NAMES = ("Whole pipeline", "Flip <b>", "Noise", "Crop")


def effect(word: str | None, middle: float, half: float = 0.01, **more: object) -> Effect:
    ends = {"low": middle - half, "high": middle + half, "low_90": middle - half / 2, "high_90": middle + half / 2}
    return Effect("pipeline", "without x", 0.9, 0.9 - middle, effect=middle, error=half / 2, word=word, **ends, **more)  # type: ignore[arg-type]


def effects(metric: str = "accuracy", planned: int = 6, **changed: object) -> Effects:
    main = (effect("harms", -0.03), effect("same", 0.0, 0.004), effect("unknown", 0.012, 0.02, more_images=1234))
    found = Effects(metric, 0.01, 400, 400, 6, planned, effect("helps", 0.02), main, False)
    return replace(found, **changed)  # type: ignore[arg-type]


def test_each_row_shows_its_interval_in_points_and_the_region_that_does_not_matter() -> None:
    figure = forest.forest(NAMES, effects(), effects("log_loss"), chosen=1)
    json.dumps(figure, allow_nan=False)
    lines = [one for one in figure["data"] if one.get("mode") == "lines" and one["xaxis"] == "x"]
    assert lines[2]["x"] == pytest.approx([-4.0, -2.0])
    assert lines[2]["y"] == [1, 1]
    assert lines[2]["line"]["color"] == palette.EFFECT_COLORS["harms"]
    regions = [shape for shape in figure["layout"]["shapes"] if shape.get("fillcolor") == palette.REGION]
    assert [(shape["x0"], shape["x1"]) for shape in regions] == [(-1.0, 1.0), (-0.01, 0.01)]
    assert "Flip &lt;b&gt;" in figure["layout"]["yaxis"]["ticktext"][1]
    assert "harms" in figure["layout"]["yaxis"]["ticktext"][1]
    touched = [one for one in figure["data"] if one.get("meta") == {"rows": True}]
    assert [len(one["y"]) for one in touched] == [4, 4]


def test_before_the_planned_repeats_all_rows_are_gray_and_have_no_word() -> None:
    main = tuple(replace(one, word=None) for one in effects().main)
    figure = forest.forest(NAMES[1:], effects(planned=9, gate=None, main=main))
    drawn = [one for one in figure["data"] if one["type"] == "scatter"]
    colors = {one.get("line", one.get("marker"))["color"] for one in drawn}
    assert colors == {palette.NEUTRAL}
    assert all("so far" in label for label in figure["layout"]["yaxis"]["ticktext"])


def test_an_undefined_effect_has_a_row_without_a_mark() -> None:
    found = effects(main=(Effect("pipeline", "without x", None, None, why="a class has no images"),))
    figure = forest.forest(NAMES[:2], found)
    assert {one["y"][0] for one in figure["data"] if one["type"] == "scatter"} == {0}
    assert "a class has no images" in figure["data"][-1]["hovertext"][1]


def test_sentences_say_what_is_known_and_what_would_tell() -> None:
    found = effects()
    assert effect_words.sentence(found.main[0], "Flip", found) == (
        "With a frozen backbone, Flip **harms**: −3.0 points of accuracy (95% interval −4.0 to −2.0)."
    )
    unknown = effect_words.sentence(found.main[2], "Crop", found)
    assert "**too early to tell** whether Crop helps" in unknown
    assert "About 1,300 more images would tell; more repeats alone would not." in unknown
    small = effect("helps", 0.005, 0.002, matters=False)
    assert "surely less than what matters (1 point)" in effect_words.sentence(small, "Flip", found)
    early = effects(planned=9)
    assert "After 6 of 9 repeats" in effect_words.sentence(replace(small, word=None), "Flip", early)
    assert effect_words.amount(0.0124, "auroc") == "+0.012"
    assert effect_words.ends(-0.0004, 0.016, "auroc") == "−0.0004 to +0.016"  # the side of 0 decides the word
    assert effect_words.ends(0.0, 0.0123, "accuracy") == "0.0 to +1.2"


def test_classes_that_change_most_are_drawn_in_their_own_colors() -> None:
    many = [ClassEffect(index, 30, (index - 15) / 100, 0.01, -0.05, 0.05, 0.5, 0.5) for index in range(30)]
    many[3] = replace(many[3], effect=0.001, adjusted=0.01)
    found = ClassEffects(0.01, tuple(many))
    shown = class_effects.shown(found)
    assert len(shown) == class_effects.MOST
    assert many[3] in shown
    figure = class_effects.figure([f"class {index}" for index in range(30)], found)
    json.dumps(figure, allow_nan=False)
    assert figure["data"][1]["marker"]["color"] == palette.class_color(shown[0].index)
    assert "<b>class 3</b>" in figure["layout"]["yaxis"]["ticktext"]
