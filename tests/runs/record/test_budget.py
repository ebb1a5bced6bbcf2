"""Which epochs keep the scores of single images."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.record.budget import EPOCH_BYTES, RUN_BYTES, ScoreBudget


@given(st.integers(1, 2_000_000), st.integers(2, 1000), st.integers(1, 10_000))
def test_a_run_stays_within_its_budget_and_small_runs_keep_all(images: int, classes: int, epochs: int) -> None:
    budget = ScoreBudget(images, classes, epochs)
    kept = sum(budget.keeps(epoch, best=1, latest=epochs - 1) for epoch in range(epochs)) * budget.epoch_bytes
    assert kept <= budget.run_bytes <= RUN_BYTES
    assert (kept == 0) == (budget.epoch_bytes > EPOCH_BYTES)
    if budget.epoch_bytes * epochs <= RUN_BYTES and budget.fits:
        assert kept == budget.epoch_bytes * epochs
