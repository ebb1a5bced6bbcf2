"""CSV files that spreadsheets open without running anything in them."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.base.tables import csv_bytes, safe


@settings(max_examples=40)
@given(st.text())
def test_each_text_comes_back_by_taking_away_one_apostrophe(text: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_bytes(["text"], [[text]]).decode("utf-8-sig"), newline="")))
    assert rows[0] == ["text"]
    ((cell,),) = rows[1:] or [[""]]
    assert cell.removeprefix("'") == text
    assert cell.lstrip()[:1] not in ("=", "+", "-", "@") or not text


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", "'=1"])
def test_what_a_spreadsheet_may_run_gets_an_apostrophe(text: str) -> None:
    assert safe(text) == f"'{text}"


def test_numbers_and_other_texts_stay_as_they_are() -> None:
    written = csv_bytes(["id", "loss", "note"], [["ants/a=b.jpg", -0.5, None], ["개미,\n2", 1e-9, "x"]])
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert rows[1:] == [["ants/a=b.jpg", "-0.5", ""], ["개미,\n2", "1e-09", "x"]]


def test_bytes_of_file_names_that_are_no_text_are_shown() -> None:
    assert safe(b"a\xff.jpg".decode("utf-8", "surrogateescape")) == "a\\xff.jpg"
