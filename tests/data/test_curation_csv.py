"""What was decided about a data set leaves as CSV and comes back, also from lists that people write by hand."""

import csv
import io

import pytest

from explorer.data import curation_csv
from explorer.data.curation import Curation, CurationError
from explorer.data.curation_csv import dumps, loads

IDS = ["a.png", "b.png", "고양이, 2.png", "d\n.png", "e.png"]


def test_a_list_comes_back_as_it_was() -> None:
    kept = Curation({"a.png": "damaged", "고양이, 2.png": 'a "copy"'}, (("a.png", "d\n.png"), ("b.png", "e.png")))
    listed = loads(dumps(kept), IDS)
    assert (listed.left_out, listed.together, listed.unknown) == (dict(kept.left_out), kept.together, ())


def test_names_and_reasons_that_a_spreadsheet_would_run_are_marked_and_come_back() -> None:
    ids = ["=cmd|' /C calc'!A0.png", "'quoted.png", "a.png", "+1.png"]
    kept = Curation({ids[0]: "=1+1", ids[1]: "copy", ids[2]: "'so"}, ((ids[1], ids[3]),))
    written = dumps(kept)
    cells = [cell for row in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+"))]
    listed = loads(written, ids)
    assert (listed.left_out, listed.together, listed.unknown) == (dict(kept.left_out), kept.together, ())
    assert list(loads(b"image\n'quoted.png\n=cmd|' /C calc'!A0.png\n", ids).left_out) == [ids[1], ids[0]]


def test_a_column_of_names_leaves_all_of_them_out_and_unknown_names_are_named() -> None:
    listed = loads(b"image\nb.png\nnot-there.png\n\n", IDS)
    assert listed.left_out == {"b.png": "From a list."}
    assert listed.unknown == ("not-there.png",)


def test_too_many_rows_are_refused_before_they_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curation_csv, "MOST_ROWS", 2)
    assert len(loads(b"image\na.png\nb.png\n", IDS).left_out) == 2
    with pytest.raises(CurationError, match="more than 2 rows"):
        loads(b"image\na.png\nb.png\ne.png\n", IDS)


@pytest.mark.parametrize(
    ("data", "words"), [(b"\xff\xfe", "not CSV in UTF-8"), (b"name\na.png\n", 'no column "image"'), (b"", "no column")]
)
def test_another_file_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(CurationError, match=words):
        loads(data, IDS)
