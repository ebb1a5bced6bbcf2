"""What components take from a browser, which is not trusted."""

import math

import pytest

from explorer.ui.components.matrix import Opened, received
from explorer.ui.components.plot import _as_cell


@pytest.mark.parametrize("wrong", [-7, 0.5, math.nan, math.inf, pytest.param(10**400, id="huge"), "x", [], None, True])
def test_a_cell_of_a_chart_or_a_matrix_has_two_whole_numbers(wrong: object) -> None:
    assert _as_cell({"row": wrong, "column": 1}) is None
    assert _as_cell({"row": 1, "column": wrong}) is None
    assert received({"row": 1, "column": 1, "epoch": wrong}) is None


def test_whole_numbers_are_taken_over() -> None:
    assert _as_cell({"row": 2, "column": 1.0}) == (2, 1)
    assert received({"row": None, "column": 1, "epoch": 3.0}) == Opened(None, 1, 3)
    for sent in ("x", [2, 1], None):
        assert _as_cell(sent) is None
