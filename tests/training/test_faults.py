"""The short form of `python -m bench faults`: real runs, hurt at random moments, lose nothing and end the same."""

from bench.runs import faults


def test_runs_that_are_hurt_lose_nothing_show_no_wrong_state_and_end_with_the_same_weights() -> None:
    tally = faults.measure(runs=1, seed=8)  # hurt once, a tenth of a second after its first steps
    assert tally.runs == 1
    assert tally.resumes >= 1, "nothing was interrupted: this proves nothing"
    assert tally.polls > 100
    assert (tally.lost, tally.wrong, tally.other) == ([], [], [])
