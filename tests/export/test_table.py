"""A table of labels that pages look at becomes, in the form, the data set that test_script trains on and exports."""

from pathlib import Path

import pytest

from explorer.data import picture_sets
from explorer.runs.overview.summary import summarize
from explorer.settings.values import values_of
from explorer.ui.session.view import DATA_SET, View
from explorer.ui.train import carry, conversion
from explorer.ui.train import values as train_values
from tests.export.test_script import CONFIGS, make_table
from tests.training.conftest import config_of, folder_of


def test_a_table_is_found_and_taken_over_into_the_form_and_out_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "data"))
    table = make_table(tmp_path / "data")
    (key,) = (each.key for each in picture_sets.offer().sets if each.title == "tables/labels.csv")
    carried = carry.data_of(View(picture=DATA_SET, set_key=key))
    assert carried == {"dataset": "csv", "csv_path": str(table)}
    values = dict(train_values.DEFAULTS) | carried | {"val_fraction": 0.3, "label_column": "label"}
    config = config_of()
    config = config.model_copy(update={"dataset": conversion.config(values, config.pipeline).dataset})
    trained = CONFIGS["a table of labels"]
    assert config.dataset == config_of(**trained | {"dataset": trained["dataset"] | {"path": str(table)}}).dataset
    paths = folder_of(config)
    again = conversion.config(values_of(config, paths.root.name), config.pipeline)
    assert again.dataset == config.dataset
    assert summarize(paths).dataset == "labels.csv"
