"""Work in the background is reported, cancelled and collected."""

import threading

import pytest
from explorer.ui.jobs import Job, OnStep


def test_a_job_gives_what_its_work_gives() -> None:
    job = Job("drawing", 1, lambda _: "picture", 10)
    assert job.wait(20)
    assert job.done
    assert job.finish() == "picture"


def test_a_job_that_fails_raises_where_its_result_is_asked_for() -> None:
    def fail(_: OnStep) -> str:
        raise ValueError("this step cannot")

    job = Job("drawing", 1, fail, 10)
    assert job.wait(20)
    with pytest.raises(ValueError, match="this step cannot"):
        job.finish()


def test_a_job_that_is_cancelled_ends_at_its_next_step_and_gives_nothing() -> None:
    begun, go_on = threading.Event(), threading.Event()
    steps: list[int] = []

    def work(on_step: OnStep) -> str:
        begun.set()
        assert go_on.wait(20)
        for count in range(1, 4):
            on_step(count)
            steps.append(count)
        return "picture"

    job = Job("drawing", 1, work, 10_000)
    assert begun.wait(20)
    assert not job.done
    job.cancel()
    assert job.done
    assert job.finish() is None
    go_on.set()
    assert job.wait(20)
    assert steps == []


def test_progress_grows_and_never_says_that_all_is_done() -> None:
    go_on = threading.Event()
    job = Job("drawing", 1, lambda _: str(go_on.wait(20)), 1)
    first = job.progress()
    while job.progress().share <= first.share and job.progress().share < 0.97:
        pass
    assert 0 <= first.share <= job.progress().share <= 0.97
    assert job.progress().seconds_left >= 0
    go_on.set()
    assert job.wait(20)


def test_no_more_than_two_run_at_once() -> None:
    go_on, running, most = threading.Event(), [], []

    def work(_: OnStep) -> str:
        running.append(1)
        most.append(len(running))
        assert go_on.wait(20)
        running.pop()
        return "picture"

    jobs = [Job("drawing", number, work, 10) for number in range(5)]
    go_on.set()
    for job in jobs:
        assert job.wait(20)
    assert max(most) <= 2
    assert [job.finish() for job in jobs] == ["picture"] * 5
