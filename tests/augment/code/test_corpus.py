"""Code in all the ways in which people write it gives the pipeline, the notes and the questions beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.augment.code import FoundPipeline, read_code, read_notebook
from explorer.augment.pipeline import validate
from tests.augment.code.plain import plain

CASES = Path(__file__).with_name("cases")
TEXTS = sorted(CASES.glob("*.py.txt"))
NOTEBOOKS = sorted(CASES.glob("*.ipynb.txt"))


def name(file: Path) -> str:
    return file.name.partition(".")[0]


def expected(file: Path) -> Any:
    return json.loads((CASES / f"{name(file)}.json").read_text())


def read(file: Path) -> tuple[FoundPipeline, ...]:
    return read_notebook(file.read_text()) if file in NOTEBOOKS else read_code(file.read_text())


def test_there_are_many_cases() -> None:
    assert len(TEXTS) + len(NOTEBOOKS) >= 60


def test_a_case_gives_what_stands_beside_it(subtests: pytest.Subtests) -> None:
    for file in (*TEXTS, *NOTEBOOKS):
        with subtests.test(file.name):
            found = read(file)
            assert plain(found) == expected(file)
            for one in found:  # open names have a start value, so it can be drawn at once
                assert validate(one.draft).nodes == one.draft.nodes
