"""The file that computes a verdict again says what the app says."""

import numpy as np
import pytest

from explorer.export.recomputed import effects, least_error, report
from explorer.metrics.verdicts import effects as app
from tests.metrics.verdicts.answers import simulated


@pytest.mark.parametrize("metric", ["accuracy", "auroc"])
def test_intervals_and_words_are_those_of_the_app(metric: str) -> None:
    scores = simulated(150, gains=(0.8, 0.0, 0.8))
    scores.logits["v2"][:] = scores.logits["v0"]  # type: ignore[index]
    contrasts = [("v0", "v1"), ("v0", "v2")]
    found = {"labels": scores.labels, "groups": np.arange(150)} | {f"logits {k}": v for k, v in scores.logits.items()}
    least = np.array([least_error(metric, found, contrast) for contrast in contrasts])
    drawn = effects(metric, found, contrasts, 200)
    lines = report(["one\nstep", "two"], drawn, least, 0.01, planned=scores.repeats)
    assert [line.split("  ")[0] for line in lines] == ["one step", "two"]
    wanted = app.effects(scores, contrasts, metric, smallest=0.01).main
    ends = [float(part.strip(",]")) for part in lines[0].split("[")[1].split("]")[0].split(", ")]
    width = (wanted[0].high or 0) - (wanted[0].low or 0)
    assert ends == pytest.approx([wanted[0].low, wanted[0].high], abs=0.1 * width)
    assert [line.split("]  ")[1] for line in lines] == ["helps", "makes no difference that matters"]
    assert [one.word for one in wanted] == ["helps", "same"]
    early = report(["one", "two"], drawn, least, 0.01, planned=scores.repeats + 1)
    assert [line.split("]  ")[1] for line in early] == ["so far", "so far"], "no verdict before the planned repeats"
