"""Which values a sweep shows."""

import itertools
from typing import Any

import pytest

from explorer.augment.catalog import catalog
from explorer.augment.parameters import Kind, Parameter
from explorer.augment.spread import NUMBERS, RANGES
from explorer.ui.lab import sweeps
from explorer.ui.session.view import Ends


def values(parameter: Parameter, present: object, count: int = 5, ends: Ends = Ends.EXACT) -> list[object]:
    return [value.value for value in sweeps.values(parameter, present, count, ends)]


def parameter(transform: str, name: str) -> Parameter:
    return catalog()[transform].parameters[name]


def every_sweepable() -> list[tuple[str, str]]:
    return [
        (transform.name, name)
        for transform in catalog().values()
        for name, each in transform.parameters.items()
        if sweeps.sweepable(each)
    ]


def test_a_number_goes_from_end_to_end_of_its_slider() -> None:
    assert values(parameter("FancyPCA", "alpha"), 0.5) == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_the_present_value_stands_in_its_place_and_is_the_only_one_marked() -> None:
    found = sweeps.values(parameter("FancyPCA", "alpha"), 0.1, 5, Ends.EXACT)
    assert [value.value for value in found] == [0.0, 0.1, 0.25, 0.5, 0.75, 1.0]
    assert [value.value for value in found if value.present] == [0.1]


def test_whole_numbers_stay_whole() -> None:
    found = values(parameter("GlassBlur", "iterations"), 2, 7)
    assert found == sorted(set(found), key=lambda value: value)  # type: ignore[arg-type,return-value]
    assert all(type(value) is int for value in found)


@pytest.mark.parametrize("count", [5, 7, 9])
def test_kernels_of_odd_size_stay_odd(count: int) -> None:
    for pair in values(parameter("MedianBlur", "blur_limit"), [3, 7], count):
        assert isinstance(pair, list)
        assert all(type(end) is int and end % 2 == 1 and 3 <= end <= 31 for end in pair)
    assert all(isinstance(size, int) and size % 2 for size in values(parameter("Sharpen", "kernel_size"), 5, count))


def test_both_ends_grow_around_zero_where_a_range_has_both_signs() -> None:
    found = values(parameter("Affine", "rotate"), [-15.0, 15.0], 5, Ends.BOTH)
    assert [0.0, 0.0] in found
    assert [-180.0, 180.0] in found
    assert all(low == -high for low, high in found)  # type: ignore[misc]


def test_both_ends_grow_around_the_middle_of_other_ranges() -> None:
    found = values(parameter("ImageCompression", "quality_range"), [40, 60], 5, Ends.BOTH)
    assert found[0] == [50, 50]
    assert found[-1] == [1, 100]
    assert all(low <= high for low, high in found)  # type: ignore[misc]


def test_one_end_moves_and_the_other_stays() -> None:
    rotate = parameter("Affine", "rotate")
    assert {pair[1] for pair in values(rotate, [-15.0, 15.0], 5, Ends.LOW)} == {15.0}  # type: ignore[index]
    assert {pair[0] for pair in values(rotate, [-15.0, 15.0], 5, Ends.HIGH)} == {-15.0}  # type: ignore[index]


def test_the_value_itself_leaves_nothing_to_chance() -> None:
    found = sweeps.values(parameter("Affine", "scale"), [0.9, 1.2], 7, Ends.EXACT)
    assert all(value.value[0] == value.value[1] for value in found if not value.present)
    assert len(found) == 8


def test_choices_and_switches_are_all_shown() -> None:
    interpolation = parameter("Affine", "interpolation")
    assert values(interpolation, 1) == [choice.value for choice in interpolation.choices]
    assert values(parameter("Affine", "keep_ratio"), True) == [False, True]


def test_what_is_not_set_is_one_of_the_values() -> None:
    found = sweeps.values(parameter("CropAndPad", "px"), None, 5, Ends.EXACT)
    assert found[0] == sweeps.Value(None, True)
    assert len(found) == 6


def test_every_parameter_of_the_catalog_has_few_different_values_within_its_slider() -> None:
    tried = list(itertools.product(every_sweepable(), (5, 7, 9), Ends))
    assert len(tried) > 1000
    assert [at for at in tried if not _few_and_different(*at)] == []


def _few_and_different(which: tuple[str, str], count: int, ends: Ends) -> bool:
    each = parameter(*which)
    found = sweeps.values(each, each.default, count, ends)
    others = [value.value for value in found if not value.present]
    # One end of a range that begins and ends at a bound has nowhere to go.
    few = (1 if ends in (Ends.LOW, Ends.HIGH) else 2) <= len(found) <= max(count + 1, len(each.choices) + 1)
    different = len({repr(value.value) for value in found}) == len(found)
    present = [value.value for value in found if value.present] == [each.default]
    slides = each.kind in RANGES | NUMBERS
    return few and different and present and (not slides or all(_within_its_slider(each, value) for value in others))


def _within_its_slider(each: Parameter, value: Any) -> bool:
    numbers = value if isinstance(value, list) else [value]
    # One end may be the present one, wherever it is.
    inside = [(each.soft_low or 0) <= number <= (each.soft_high or 0) for number in numbers]
    return any(inside) and (numbers == sorted(numbers) or each.kind is Kind.INT_PAIR)


def test_it_begins_with_a_number_that_the_step_sets() -> None:
    affine = catalog()["Affine"].parameters.values()
    assert sweeps.first(affine, ["keep_ratio", "rotate"]) == "rotate"
    assert sweeps.first(affine, []) == "scale"
    assert sweeps.first(catalog()["HorizontalFlip"].parameters.values(), []) == ""
