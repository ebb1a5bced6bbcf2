"""Numbers as people read them."""

import pytest

from explorer.base.words import chance, counted, number, rate, signed


@pytest.mark.parametrize(
    ("value", "plain", "difference"),
    [
        (0.0271, "0.027", "+0.027"),
        (-0.0271, "−0.027", "−0.027"),
        (-0.0001, "0.000", "0.000"),
        (0.0001, "0.000", "0.000"),
    ],
)
def test_numbers_have_a_true_minus_and_what_rounds_to_zero_has_no_sign(
    value: float, plain: str, difference: str
) -> None:
    assert (number(value), signed(value)) == (plain, difference)


def test_a_slow_rate_is_not_written_as_zero() -> None:
    said = {1250.4: "1,250", 9.96: "10", 9.94: "9.9", 1.0: "1.0", 0.996: "1.0", 0.45: "0.45", 0.0: "0.00"}
    assert {value: rate(value) for value in said} == said


def test_a_chance_has_three_digits_and_a_tiny_one_is_not_zero() -> None:
    assert [chance(1.0), chance(0.0313), chance(0.0000123)] == ["1.000", "0.031", "1.2e−05"]


def test_one_is_one_and_all_others_are_many() -> None:
    assert [counted(count, "image") for count in (0, 1, 1200)] == ["0 images", "1 image", "1,200 images"]
    assert [counted(count, "box has", "boxes have") for count in (1, 2)] == ["1 box has", "2 boxes have"]
