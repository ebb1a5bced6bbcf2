"""The Data page of a table whose images can have several labels speaks of labels, and not of classes."""

from pathlib import Path

import pytest
from PIL import Image

from explorer.data.contents import Contents
from explorer.data.findings.finding import Finding
from explorer.data.formats.csv_file import CsvSpec
from explorer.ui.data.balance import table_of
from explorer.ui.data.counts import counts_of
from explorer.ui.data.finding_words import sentence, to_do


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    """Six images, one of them without a label."""
    cells = ["cat|dog", "dog", "", "cat", "cat|dog", "dog"]
    for at in range(len(cells)):
        Image.new("RGB", (12, 10), (at, 0, 0)).save(tmp_path / f"{at}.png")
    rows = [f"{at}.png,{cell}\n" for at, cell in enumerate(cells)]
    (tmp_path / "table.csv").write_text("image,labels\n" + "".join(rows))
    return CsvSpec(path=str(tmp_path / "table.csv"), several="|").contents()


def test_the_table_of_counts_has_labels(contents: Contents) -> None:
    table = table_of(contents, counts_of(contents))
    assert table["Label"] == ["cat", "dog", "no label"]
    assert "Class" not in table


def test_findings_name_labels(contents: Contents) -> None:
    small = Finding("class_small", "note", 1, values={"small": [("train", "cat", 2)]})
    missing = Finding("class_missing", "check", 1, values={"missing": [("val", ("dog",))]})
    assert sentence(small, contents).startswith("Labels with fewer than")
    assert sentence(missing, contents).startswith("Labels without images")
    values = {"weights": (1.0, 9.0), "pos_weight": None}
    assert to_do(Finding("imbalance", "note", 2, values=values), contents).endswith(
        "count as much as those without it: cat 1, dog 9."
    )
    assert "class" not in " ".join(to_do(one, contents) for one in (small, missing))
