"""Tables in Markdown whose cells hold any text."""

from explorer.ui.components.markdown import cell, table


def test_a_bar_in_a_cell_is_escaped_once_so_that_it_does_not_end_the_cell() -> None:
    assert cell("a | b\nc") == r"a \| b c"
    assert table(["x"], [[cell("|")]]) == "| x |\n| --- |\n| \\| |"
