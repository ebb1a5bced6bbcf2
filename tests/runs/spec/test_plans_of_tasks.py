"""Which studies a config allows, by what its networks learn."""

from typing import Any

import pytest

from explorer.runs.spec.config import ConfigError, from_values

STUDIES: dict[str, dict[str, Any]] = {
    "effects": {},
    "worth": {},
    "search": {},
    "immunity": {"runs": ["20260101-000000-a"]},
}
AGAINST = {"name": "nothing", "pipeline": {}}
MASKS = {"kind": "shapes", "learn": "masks"}


def message(dataset: dict[str, Any], ask: str, plan: dict[str, Any]) -> str:
    with pytest.raises(ConfigError) as error:
        from_values({"kind": "study", "dataset": dataset, "pipeline": {}, "study": {"ask": ask, **plan}})
    return error.value.errors["study"]


LABELS = {"kind": "csv", "path": "labels.csv", "several": "columns"}


@pytest.mark.parametrize(("dataset", "called"), [(MASKS, "masks"), (LABELS, "several labels")])
def test_masks_and_labels_have_the_studies_of_full_runs_only(dataset: dict[str, Any], called: str) -> None:
    for ask, plan in STUDIES.items():
        assert called in message(dataset, ask, plan)
        assert "Pairs of short full runs (confirm)" in message(dataset, ask, plan)
    for study in ({"ask": "confirm", "against": AGAINST}, {"ask": "folds"}):
        config = from_values({"kind": "study", "dataset": dataset, "pipeline": {}, "study": study})
        assert config.monitor == ("iou" if dataset is MASKS else "auroc")
