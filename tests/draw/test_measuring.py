"""Measurements: the same result as in one process, whatever happens to the workers that count."""

from typing import Any

import pytest

from explorer.augment.draws.counts import DrawCounts
from explorer.augment.draws.measure import measure
from explorer.augment.edits import add, set_p
from explorer.augment.pipeline import Draft, Pipeline, validate
from explorer.draw import sources
from explorer.draw.drawing import DrawingError, Ending
from explorer.draw.measuring import Measuring
from explorer.draw.pictures import Photograph, Subject
from explorer.draw.pool import Pool
from tests.augment.draws.plain import in_order
from tests.draw.conftest import LONG_S, kill
from tests.runs.conftest import wait_for

SUBJECT = Subject(Photograph("coffee"), 128)


def pipeline(*names: str, p: float = 0.5) -> Pipeline:
    draft = Draft()
    for name in names:
        draft, step = add(draft, name, None)
        draft = set_p(draft, step, p)
    return validate(draft)


MILD = pipeline("HorizontalFlip", "Affine", "RandomBrightnessContrast")
SLOW = pipeline("ElasticTransform", p=1.0)


def timeless(tally: Any) -> Any:
    """Without what differs from run to run."""
    if not isinstance(tally, dict):
        return tally
    return {name: timeless(value) for name, value in tally.items() if name not in ("seconds", "milliseconds")}


def close(first: Any, second: Any) -> bool:
    """Equal, sums of floats to the last digits."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(close(first[name], second[name]) for name in first)
    return bool(first == pytest.approx(second))


def counts_rightly(measuring: Measuring, drawn: Pipeline, total: int) -> None:
    """Whether the tally is that of the same draws in this process."""
    assert measuring.wait(LONG_S)
    assert measuring.error is None
    assert measuring.complete
    here: DrawCounts = measure([sources.load(SUBJECT).sample], drawn, 5, range(total), total)
    assert close(timeless(in_order(measuring.tally)), timeless(in_order(here)))


@pytest.mark.parametrize("at_once", [1, 2])
def test_the_same_result_whatever_the_number_of_workers(pool: Pool, at_once: int) -> None:
    counts_rightly(Measuring(pool, [SUBJECT], MILD, 5, 90, at_once=at_once), MILD, 90)


def test_cancelled_it_ends_at_once_and_keeps_what_was_counted(pool: Pool) -> None:
    measuring = Measuring(pool, [SUBJECT], SLOW, 0, 10_000)
    wait_for(lambda: measuring.progress().done > 0, "the first draws", LONG_S)
    measuring.cancel()
    assert measuring.wait(LONG_S)
    assert measuring.error is None
    assert not measuring.complete
    assert measuring.tally["draws"] == measuring.progress().done < 10_000


@pytest.mark.parametrize("which", ["the workers", "the template with its workers"])
def test_draws_whose_process_is_killed_are_counted_by_another_and_once(pool: Pool, which: str) -> None:
    total = 300
    measuring = Measuring(pool, [SUBJECT], SLOW, 5, total)
    wait_for(lambda: measuring.progress().done > 0, "the first draws", LONG_S)
    assert not measuring.complete
    for pid in pool.pids()[1:] if which == "the workers" else pool.pids()[:1]:
        kill(pid)
    counts_rightly(measuring, SLOW, total)


def test_what_ends_a_measurement_early_is_said_and_the_next_one_works(pool: Pool) -> None:
    measuring = Measuring(pool, [SUBJECT], SLOW, 0, 100_000)
    while not measuring.wait(0.01):
        for pid in pool.pids()[1:]:
            kill(pid)
    assert isinstance(measuring.error, DrawingError)
    assert measuring.error.ending is Ending.KILLED
    counts_rightly(Measuring(pool, [SUBJECT], MILD, 5, 20), MILD, 20)
