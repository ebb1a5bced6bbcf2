"""The tables know slow steps from cheap ones, and what was measured counts more than what a table says."""

import threading

import pytest

from bench.costs import CONTRASTS
from explorer.augment.catalog import catalog
from explorer.augment.costs import Observed, estimate

SIDE = 256  # px
SIZE = (SIDE, SIDE)


def at_start(name: str, size: tuple[int, int] = SIZE, **params: object) -> float:
    return estimate(name, {**catalog()[name].starts, **params}, size)


def test_slow_steps_are_slow_in_the_table() -> None:
    for slow in ("PiecewiseAffine", "RandomFog", "Superpixels"):
        for quick in ("HorizontalFlip", "RandomBrightnessContrast", "Affine", "GaussNoise"):
            assert at_start(slow) > 10 * at_start(quick), (slow, quick)


def test_a_parameter_that_costs_time_is_known_to() -> None:
    """That these do cost time is measured by `python -m bench costs`."""
    weak = [name for name, cheap, dear in CONTRASTS if at_start(name, **dear) <= 2 * at_start(name, **cheap)]
    assert weak == []


def test_every_transform_has_an_estimate_that_grows_with_the_picture() -> None:
    at_sizes = {name: (at_start(name, (64, 64)), at_start(name, (2048, 2048))) for name in catalog()}
    assert {name: ms for name, ms in at_sizes.items() if not 0 < ms[0] < ms[1] < 120_000} == {}


def test_a_step_that_no_catalog_has_is_taken_for_a_usual_one() -> None:
    assert estimate("Nothing", {"fill": None}, SIZE) == estimate("HorizontalFlip", {}, SIZE)


def test_what_was_measured_counts_more_than_the_table() -> None:
    observed = Observed()
    observed.note("RandomFog", {"alpha_coef": 0.1}, SIZE, 3.0)
    assert observed.estimate("RandomFog", {"alpha_coef": 0.1}, SIZE) == pytest.approx(3.0)
    assert observed.estimate("RandomFog", {"alpha_coef": 0.1}, (2 * SIDE, 2 * SIDE)) == pytest.approx(12.0, rel=0.1)
    assert observed.estimate("RandomFog", {}, SIZE) == estimate("RandomFog", {}, SIZE)


def test_a_step_of_fixed_cost_is_not_reckoned_dearer_for_larger_pictures() -> None:
    observed = Observed()
    observed.note("Superpixels", {}, (256, 256), 50.0)
    assert observed.estimate("Superpixels", {}, (1024, 1024)) == pytest.approx(50.0)


def test_the_order_of_parameters_does_not_matter() -> None:
    observed = Observed()
    observed.note("Affine", {"rotate": [0, 1], "scale": [1, 2]}, SIZE, 70.0)
    assert observed.estimate("Affine", {"scale": [1, 2], "rotate": [0, 1]}, SIZE) == pytest.approx(70.0)


def test_one_pause_of_the_machine_is_outvoted_and_a_lasting_change_is_not() -> None:
    observed = Observed()
    for milliseconds in (2.0, 2.0, 900.0):
        observed.note("Affine", {}, SIZE, milliseconds)
    assert observed.estimate("Affine", {}, SIZE) == pytest.approx(2.0)
    observed.note("Affine", {}, SIZE, 900.0)
    assert observed.estimate("Affine", {}, SIZE) == pytest.approx(900.0)


def test_the_memory_forgets_what_was_noted_longest_ago() -> None:
    observed = Observed(limit=3)
    for number in (0, 1, 2, 0, 3):
        observed.note("Rotate", {"limit": number}, SIZE, 77.0)
    assert len(observed) == 3
    kept = [n for n in range(4) if observed.estimate("Rotate", {"limit": n}, SIZE) == pytest.approx(77.0)]
    assert kept == [0, 2, 3]


def test_threads_may_note_and_ask_at_once() -> None:
    observed = Observed(limit=16)
    failures: list[Exception] = []

    def work(thread: int) -> None:
        try:
            for number in range(300):
                observed.note("Rotate", {"limit": number % 40}, SIZE, float(thread + 1))
                assert observed.estimate("Rotate", {"limit": (number * 7) % 40}, SIZE) > 0
        except Exception as error:  # noqa: BLE001 - whatever a thread meets is told below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(observed) == 16


def test_512_steps_are_remembered() -> None:
    observed = Observed()
    for number in range(600):
        observed.note("NoOp", {"test": number}, SIZE, 1.0)
    assert len(observed) == 512
