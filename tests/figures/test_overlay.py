"""The curves of several runs in one figure."""

import json
import math
from typing import Any

import numpy as np
import pandas
import pytest

from explorer.figures import overlay, palette
from explorer.figures.overlay import Axis, Course
from explorer.metrics.table import METRICS


def course(place: int, points: int = 5, seconds: float = 60.0, steps: int = 0) -> Course:
    number = np.arange(1.0, points + 1)
    values = {key: np.linspace(0.5, 0.9, points) + place / 100 for key in (*METRICS, "train_loss")}
    axes: dict[Axis, Any] = {"epoch": number, "step": 10 * number, "time": seconds * number}
    stepped = np.arange(1.0, steps + 1)
    of_steps: dict[Axis, Any] = {"epoch": stepped / 10, "step": stepped, "time": stepped * seconds / 10}
    return Course(f"run-{place}", f"run {place}", place, axes, of_steps, values, 1 / stepped)


def lines(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {trace["uid"]: trace for trace in figure["data"]}


def test_each_run_has_its_color_in_every_chart_also_when_another_one_is_gone() -> None:
    all_three = overlay.overlay([course(place) for place in range(3)], "auroc", "epoch", 0.0)
    two = overlay.overlay([course(place) for place in (0, 2)], "auroc", "epoch", 0.0)
    for figure in (all_three, two):
        colors = {trace["line"]["color"] for trace in figure["data"] if trace["legendgroup"] == "run-2"}
        assert colors == {palette.run_color(2)}
        assert len([trace for trace in figure["data"] if trace["showlegend"]]) == len(figure["data"]) / 3
    assert lines(two).keys() < lines(all_three).keys()  # by which plotly keeps what was hidden
    assert palette.run_color(24) == palette.run_color(0)
    assert palette.run_dash(24) != palette.run_dash(0)


@pytest.mark.parametrize(
    ("axis", "seconds", "last", "title"),
    [
        ("epoch", 1.0, 5, "epoch"),
        ("step", 1.0, 50, "step"),
        ("time", 10.0, 50, "time worked, seconds"),
        ("time", 600.0, 50, "time worked, minutes"),
        ("time", 7200.0, 10, "time worked, hours"),
    ],
)
def test_the_axis_has_the_unit_that_fits(axis: Axis, seconds: float, last: float, title: str) -> None:
    figure = overlay.overlay([course(0, seconds=seconds)], "auroc", axis, 0.0)
    assert figure["data"][0]["x"][-1] == last
    assert figure["layout"]["xaxis"]["title"]["text"] == title
    assert {figure["layout"][f"xaxis{panel}"].get("matches") for panel in ("2", "3")} == {"x"}


def test_a_smooth_line_has_the_measured_one_faint_behind_it() -> None:
    figure = overlay.overlay([course(0, steps=50)], "auroc", "step", 0.1)
    drawn = lines(figure)
    assert len(drawn) == 6
    assert drawn[overlay.uid("run-0", "", "raw")]["opacity"] < 0.5
    assert drawn[overlay.uid("run-0", "", "smooth")]["opacity"] == 1
    assert [trace["showlegend"] for trace in drawn.values()].count(True) == 1
    assert drawn[overlay.uid("run-0", "3", "raw")]["y"][0] == 1.0


def test_smoothing_is_that_of_pandas_for_regular_points() -> None:
    values = np.random.default_rng(0).normal(size=40)
    width = 4.0
    found = overlay.smooth(np.arange(40), values, width)
    # The first value counts for a whole width and not for one step.
    start = (1 - math.exp(-1)) / (1 - math.exp(-1 / width))
    weighted = pandas.Series(values * np.where(np.arange(40) == 0, start, 1.0))
    weights = pandas.Series(np.where(np.arange(40) == 0, start, 1.0))
    decay = {"alpha": 1 - math.exp(-1 / width), "adjust": True}
    expected = weighted.ewm(**decay).mean() / weights.ewm(**decay).mean()
    np.testing.assert_allclose(found, expected)


def test_smoothing_does_not_depend_on_how_often_values_were_reported() -> None:
    sparse = np.arange(0.0, 50.0, 2.0)
    dense = np.arange(0.0, 50.0, 0.5)
    step = [overlay.smooth(x, (x >= 25).astype(float), 5.0)[-1] for x in (sparse, dense)]
    assert step[0] == pytest.approx(step[1], abs=0.02)


def test_smoothing_leaves_gaps_and_constants_alone() -> None:
    y = np.array([0.5, math.nan, 0.5, 0.5])
    np.testing.assert_allclose(overlay.smooth(np.arange(4), y, 2.0), y)
    np.testing.assert_array_equal(overlay.smooth(np.arange(4), y, 0.0), y)
    assert overlay.smooth([], [], 1.0).tolist() == []


def test_fifty_long_runs_make_a_figure_of_bounded_size_without_nan() -> None:
    runs = [course(place, points=2000, steps=2000) for place in range(50)]
    runs[3].metrics["auroc"][:] = math.nan
    for smoothing in (0.0, 0.1):
        figure = overlay.overlay(runs, "auroc", "epoch", smoothing)
        assert sum(len(trace["x"]) for trace in figure["data"]) <= overlay.MOST_POINTS
        assert len(json.dumps(figure, allow_nan=False)) < 3_000_000


def test_a_run_of_a_few_seconds_has_its_training_loss_by_epoch() -> None:
    figure = overlay.overlay([course(0, points=5, steps=1)], "auroc", "epoch", 0.0)
    (drawn,) = [trace for trace in figure["data"] if trace["yaxis"] == "y3"]
    assert len(drawn["y"]) == 5
    assert drawn["mode"] == "lines+markers"  # a line through the only step would not be seen
