"""A table of labels from end to end: found, taken over into the form, trained on, and exported."""

from pathlib import Path

import pytest

from explorer.data import picture_sets
from explorer.runs.overview.summary import summarize
from explorer.ui.session.view import DATA_SET, View
from explorer.ui.train import carry, conversion, source
from explorer.ui.train import values as train_values
from tests.export.conftest import execute, export, metrics_of
from tests.export.test_script import make_photographs
from tests.training.conftest import config_of, run_here


def test_a_table_is_trained_on_as_the_form_says_and_the_exported_file_measures_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path / "data"))
    photographs = make_photographs(tmp_path / "data" / "photographs")
    table = tmp_path / "data" / "tables" / "labels.csv"
    table.parent.mkdir()
    files = sorted(file for file in photographs.rglob("*") if file.is_file())
    rows = (
        f"../photographs/{file.relative_to(photographs)};{file.relative_to(photographs).parts[0]}" for file in files
    )
    table.write_text("image;label\n" + "\n".join(rows))
    (key,) = (each.key for each in picture_sets.offer().sets if each.title == "tables/labels.csv")
    carried = carry.data_of(View(picture=DATA_SET, set_key=key))
    assert carried == {"dataset": "csv", "csv_path": str(table)}
    values = dict(train_values.DEFAULTS) | carried | {"val_fraction": 0.3, "label_column": "label"}
    small = {"backbone": "small-cnn", "weights": "none", "frozen": False, "epochs": 1}
    config = config_of(**small)
    config = config.model_copy(update={"dataset": conversion.config(values, config.pipeline).dataset})
    paths, outcome = run_here(config)
    assert outcome.state == "finished", outcome.reason
    again = conversion.config(source.values_of(config, paths.root.name), config.pipeline)
    assert again.dataset == config.dataset
    assert summarize(paths).dataset == "labels.csv"
    file = export(paths, tmp_path / "exported")
    assert execute({file: ("--data", str(table))})[file] == metrics_of(paths)
