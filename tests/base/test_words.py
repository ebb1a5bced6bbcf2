"""Numbers as people read them."""

import pytest

from explorer.base.words import chance, number, signed


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


def test_a_chance_has_three_digits_and_a_tiny_one_is_not_zero() -> None:
    assert [chance(1.0), chance(0.0313), chance(0.0000123)] == ["1.000", "0.031", "1.2e−05"]
