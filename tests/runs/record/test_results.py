"""A check and a search store codes and values; sentences that an older version stored are read as well."""

import json

from explorer.runs.record import results
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.rates import judge, rate_of
from explorer.runs.record.reasons import in_words, joined, reason
from explorer.runs.record.results import CheckResult, CheckStep, RateResult


def test_details_of_a_check_are_stored_as_codes_and_read_in_words(folder: RunPaths) -> None:
    said = joined(reason("check_data", train=1200, val=300, ms=1.6), "A class has no validation images.")
    results.write(folder, CheckResult(steps=(CheckStep(name="data", state="warn", seconds=0.1, detail=said),)))
    (stored,) = json.loads(folder.result.read_bytes())["steps"]
    assert stored["detail"] == [
        {"code": "check_data", "values": {"train": 1200, "val": 300, "ms": 1.6}},
        "A class has no validation images.",
    ]
    found = results.check_result(folder)
    assert found is not None
    words = "1,200 images train, 300 validate; 2 ms to read one. A class has no validation images."
    assert in_words(found.steps[0].detail) == words


def test_what_a_search_says_is_stored_as_codes(folder: RunPaths) -> None:
    rates = [rate_of(step) for step in range(100)]
    said = judge(rates, [2.0 - min(step, 60) / 60 for step in range(100)])
    results.write(folder, RateResult(lr=tuple(rates), **vars(said)))
    assert json.loads(folder.result.read_bytes())["reason"]["code"] == "rate_found"
    found = results.rate_result(folder)
    assert found is not None
    assert found.reason == said.reason
    assert in_words(found.reason).startswith("The loss falls most steeply near a learning rate of ")


def test_sentences_of_an_older_version_are_read(folder: RunPaths) -> None:
    step = {"name": "network", "state": "ok", "seconds": 0.5, "detail": "7 parameters, of which 2 learn at first."}
    folder.result.write_text(json.dumps({"kind": "check", "total": 7, "steps": [step]}))
    check = results.check_result(folder)
    assert check is not None
    assert in_words(check.steps[0].detail) == step["detail"]
    folder.result.write_text(json.dumps({"kind": "rate", "reason": "The loss fell at no rate.", "caution": ""}))
    rate = results.rate_result(folder)
    assert rate is not None
    assert (in_words(rate.reason), in_words(rate.caution)) == ("The loss fell at no rate.", "")
