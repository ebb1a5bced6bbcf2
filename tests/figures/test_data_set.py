"""Charts of a data set: what each bar and cell stands for, so that a click opens the right images."""

import json

import numpy as np

from explorer.figures import data_set, measured


def test_a_bar_of_the_balance_knows_its_class_and_part() -> None:
    counts = np.array([[5, 0, 2], [1, 3, 0]])
    figure = data_set.balance(counts, ["a", "b", "c"], ["train", "val"], ["training", "validation"])
    json.dumps(figure, allow_nan=False)
    for part, trace in enumerate(figure["data"]):
        assert trace["x"] == counts[part].tolist()
        assert trace["meta"] == {"rows": True, "column": part}
        assert trace["customdata"] == ["a", "b", "c"]


def test_of_many_classes_the_largest_are_drawn_and_all_of_few_in_their_order() -> None:
    counts = np.arange(100)[None]
    assert data_set.largest(counts).tolist() == list(range(99, 99 - data_set.MOST_CLASSES, -1))
    assert data_set.largest(counts[:, :5]).tolist() == [0, 1, 2, 3, 4]


def test_a_histogram_has_a_bar_for_each_bin_and_an_interval_where_it_was_sampled() -> None:
    edges, counts = np.geomspace(1, 1000, 5), np.array([4, 0, 8, 1])
    trace = measured.histogram(edges, counts, "x", counts - 0.5, counts + 2)["data"][0]
    assert (trace["x"], trace["y"], trace["meta"]) == ([0, 1, 2, 3], [4, 0, 8, 1], {"rows": True})
    assert trace["customdata"][1] == ["5.62", "31.6"]
    assert (trace["error_y"]["array"], trace["error_y"]["arrayminus"]) == ([2] * 4, [0.5] * 4)
    assert "error_y" not in measured.histogram(edges, counts, "x")["data"][0]


def test_cells_of_a_map_have_their_edges_and_counts_and_empty_ones_are_none() -> None:
    counts = np.array([[0, 4], [9, 0], [1, 0]])
    figure = measured.heat(counts, [0, 10, 20], [0, 1, 2, 3], ("x", "y"), "", down=True)
    trace = figure["data"][0]
    assert trace["z"] == [[None, 2], [3, None], [1, None]]
    assert trace["customdata"][1][0] == ["0", "10", "1", "2", 9]
    assert figure["layout"]["yaxis"]["range"] == [2.5, -0.5]
    json.dumps(figure, allow_nan=False)


def test_a_class_keeps_its_color_where_bars_are_sorted() -> None:
    bars = measured.by_class([3.0, 1.0], ["owl", "cat"], [2, 0], "", "", [0.0, 0.0])["data"][0]
    others = measured.by_class([1.0, 3.0], ["cat", "owl"], [0, 2], "", "", [0.0, 0.1])["data"][0]
    assert bars["marker"]["color"] == others["marker"]["color"][::-1]
    assert "error_x" not in bars
    assert others["error_x"]["array"] == [0, 0.1]
