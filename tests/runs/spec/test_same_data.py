"""Which data sets are the same, by what was asked."""

from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.spec.same_data import DIVIDED_BY, what_counts


def test_a_table_of_a_run_of_before_is_the_same_and_its_division_may_be_left_out() -> None:
    spec = CsvSpec(path="t.csv").model_dump(mode="json")
    before = {name: spec[name] for name in ("kind", "path", "val_fraction", "folder", "image_column", "label_column")}
    assert what_counts(spec, "depth") == what_counts(before | {"seed": 5})
    folds = CsvSpec(path="t.csv", folds=5, fold=3, val_fraction=0.4, split_column="set").model_dump(mode="json")
    assert what_counts(folds) != what_counts(spec)
    assert what_counts(folds, *DIVIDED_BY) == what_counts(spec, *DIVIDED_BY)


def test_shapes_of_a_run_of_before_are_those_of_which_the_class_is_learned() -> None:
    spec = ShapesSpec().model_dump(mode="json")
    before = {name: value for name, value in spec.items() if name != "learn"}
    assert what_counts(spec) == what_counts(before)
    assert what_counts(ShapesSpec(learn="masks").model_dump(mode="json")) != what_counts(before)
