"""Files of annotations that were damaged at random: nothing crashes. `python -m bench damaged` tries thousands."""

from pathlib import Path

from bench.damaged import annotations


def test_damaged_annotations_are_refused_or_left_out_and_nothing_crashes(allowed: Path) -> None:
    found = annotations.tried(annotations.make(allowed), 120, seed=3)
    assert found.crashed == []
    assert found.kinds.total() == 120
    assert min(found.kinds["read"], found.kinds["refused with words"], found.kinds["read, with what is left out"]) > 10
