"""What was drawn, in a few words."""

import numpy as np

from explorer.augment.trace import describe


def test_numbers_are_short_and_arrays_tell_size_and_range() -> None:
    described = describe(
        {"angle": 13.71234, "flip": True, "n": np.int64(3), "noise": np.arange(12.0).reshape(3, 4), "s": "mud"}
    )
    assert described == {"angle": "13.7", "flip": "true", "n": "3", "noise": "array 3 × 4, 0 to 11", "s": "mud"}


def test_what_was_not_drawn_is_left_out() -> None:
    assert describe({"shape": (3, 4, 3), "rows": 3, "cols": 4, "f": lambda: 0, "interpolation": 1, "fill": 0}) == {}


def test_long_lists_are_cut() -> None:
    assert describe({"holes": [(1, 2), (3, 4), (5, 6), (7, 8), (9, 9)]})["holes"].endswith("… 5 in all)")
