"""Why a run ended is stored as codes with values and worded where it is shown; what an older version stored is read."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import explorer
from explorer.runs.record import outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.reasons import WORDS, Reason, from_json, in_words, joined, reason, to_json

STOPS = ("reason", "check", "_check_stop", "reporter")  # calls whose argument may be a code


ELSEWHERE = {"by", "epoch", "done", "epochs", "patience", "monitor"}  # given by functions on the way of a stop


def _calls() -> Iterator[tuple[str, set[str]]]:
    """Each code that is given somewhere, with the names of the values beside it."""
    for file in sorted(Path(explorer.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in STOPS:
                codes = [given.value for arg in node.args for given in ast.walk(arg) if isinstance(given, ast.Constant)]
                yield from ((str(code), {str(each.arg) for each in node.keywords}) for code in codes if code in WORDS)


def test_every_code_has_words_and_every_value_in_them_is_given() -> None:
    given = list(_calls())
    assert {code for code, _ in given} == set(WORDS)
    lacking = []
    for code, values in given:
        named = {str(name) for _, name, _, _ in Formatter().parse(WORDS[code]) if name}
        if not named <= values | (ELSEWHERE if code.startswith("stopped_") else set()):
            lacking.append((code, named, values))
    assert lacking == []


def test_an_outcome_keeps_codes_and_is_read_in_words(folder: RunPaths) -> None:
    why = joined(reason("stopped_after_step", by="SIGTERM", epoch=2, step=9), "", reason("all_saved"))
    outcome.write(folder, Outcome("stopped", why, 1.0))
    assert json.loads(folder.outcome.read_bytes())["reason"] == [
        {"code": "stopped_after_step", "values": {"by": "SIGTERM", "epoch": 2, "step": 9}},
        {"code": "all_saved", "values": {}},
    ]
    found = outcome.read(folder)
    assert found is not None
    assert found.why == why
    assert found.reason == "Stopped by SIGTERM in epoch 2, after step 9. Everything up to there is saved."


def test_sentences_of_an_older_version_are_shown_as_they_are() -> None:
    for stored in ("All 2 epochs are done.", ["{epochs}", "done"], ""):
        assert in_words(from_json(stored)) == (stored if isinstance(stored, str) else " ".join(stored))
        assert from_json(to_json(from_json(stored))) == from_json(stored)


def test_values_are_worded_by_their_names() -> None:
    best = reason("best_epoch", epoch=2, metric="auroc", value=0.98765)
    assert in_words(best) == "Best: epoch 2 with AUROC 0.988."
    assert in_words(reason("run_takes", takes=75.0)) == "The run would take about 1 min 15 s."
    early = reason("stopped_early", done=2, epochs=6, patience=1, monitor="accuracy")
    words = "Stopped early after 2 of 6 epochs: 1 without a better accuracy or a lower validation loss."
    assert in_words(early) == words
    assert "a better of_tomorrow or" in in_words(Reason("stopped_early", {**early.values, "monitor": "of_tomorrow"}))


def test_what_cannot_be_understood_is_shown_plainly_or_not_at_all() -> None:
    assert in_words(Reason("of_tomorrow", {"step": 3})) == "of_tomorrow step=3"
    assert in_words(Reason("saved_step", {})) == "saved_step"
    assert in_words(from_json({"code": "best_epoch", "values": {"value": "high"}})) == "best_epoch value=high"
    for odd in (None, 3, True, [None, 4.5], [[["a"]]]):
        assert in_words(from_json(odd)) == ""
    assert in_words(from_json({"code": 7, "values": 7})) == "7"
