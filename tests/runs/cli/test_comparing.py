"""`python -m explorer compare ID ID`."""

import json

import pytest

from explorer.runs.cli.main import main
from tests.runs.paired import digits, digits_run


def test_two_runs_are_compared_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = digits_run("one", (3, 10, 11, 12)), digits_run("two", (3, 40, 41))
    assert main(["compare", one.id, two.id]) == 0
    text = capsys.readouterr().out
    assert "only A 2, only B 3, both wrong 1; exact McNemar test p = 1" in text
    assert "these two models" in text
    assert main(["compare", "--json", one.id, two.id]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["a"]["id"], found["b"]["id"], found["images"]) == (one.id, two.id, len(digits()[1]))
    assert found["metrics"]["accuracy"]["difference"] == pytest.approx(1 / found["images"])
    assert found["metrics"]["accuracy"]["low"] <= 0 <= found["metrics"]["accuracy"]["high"]
    assert found["mcnemar"]["only_b"] == 3


def test_runs_that_cannot_be_compared_say_why_and_what_can_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    images = len(digits()[1])
    one, two = digits_run("one"), digits_run("two", rows=range(11, images))
    assert main(["compare", one.id, two.id]) == 1
    said = capsys.readouterr().err
    assert f"{images - 11:,} are the same, only “one” has 11" in said
    assert f"--common compares them on the {images - 11:,} common images" in said
    assert main(["compare", "--common", one.id, two.id]) == 0
    assert "only “one” has 11" in capsys.readouterr().out
