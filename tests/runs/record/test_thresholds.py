"""Thresholds that are kept with a run."""

import json

import pytest

from explorer.runs.record import thresholds
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.thresholds import Threshold, ThresholdsError

BEES = Threshold("bees", 1, 0.7, 0.8473, 3, "recall", 0.95, 50)
ANTS = Threshold("ants", 0, 0.5, 0.0, 2)


def test_a_class_has_one_threshold_which_can_be_removed(folder: RunPaths) -> None:
    assert thresholds.read(folder) == ()
    for one in (BEES, ANTS, BEES):
        thresholds.keep(folder, one)
    assert thresholds.read(folder) == (ANTS, BEES)
    thresholds.remove(folder, 1)
    thresholds.remove(folder, 1)
    assert thresholds.read(folder) == (ANTS,)


@pytest.mark.parametrize(
    "damage", [{"probability": 3}, {"log_odds": "much"}, {"class_index": None}, {"wanted": []}, {"epoch": {}}]
)
def test_a_damaged_entry_is_left_out(folder: RunPaths, damage: dict[str, object]) -> None:
    thresholds.keep(folder, ANTS)
    thresholds.keep(folder, BEES)
    stored = json.loads(folder.thresholds.read_text())
    stored["classes"]["1"] |= damage
    folder.thresholds.write_text(json.dumps(stored))
    assert thresholds.read(folder) == (ANTS,)


@pytest.mark.parametrize("damage", ["", "[]", '{"classes": 3}', "\0"])
def test_a_damaged_file_is_not_written_over(folder: RunPaths, damage: str) -> None:
    folder.thresholds.write_text(damage)
    for attempt in (
        lambda: thresholds.read(folder),
        lambda: thresholds.keep(folder, ANTS),
        lambda: thresholds.remove(folder, 0),
    ):
        with pytest.raises(ThresholdsError, match="damaged"):
            attempt()
    assert folder.thresholds.read_text() == damage
