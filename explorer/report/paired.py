"""What a report says about a confirmation: its verdict, the differences of its pairs, and their figure."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from explorer.figures import effect_words, pair_words, pairs
from explorer.metrics.table import EVERY
from explorer.report.figures import Chart
from explorer.runs.overview.studies import confirm
from explorer.runs.overview.studies.confirm import ConfirmFound
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.images import StudyRecordError
from explorer.runs.spec.config import RunConfig
from explorer.texts import Confirm as T
from explorer.texts import Report

Row = tuple[str, ...]


def found_of(paths: RunPaths, config: RunConfig) -> tuple[ConfirmFound | None, str]:
    """Return what a confirmation has found, or why nothing can be said."""
    try:
        found = confirm.read(paths, config)
    except (StudyRecordError, ValueError) as error:
        return None, str(error)
    return (None, T.NO_PAIR) if found is None or not found.done else (found, "")


def sentences(found: ConfirmFound) -> tuple[str, ...]:
    """Return the verdict, and what the test says."""
    return tuple(filter(None, (one.replace("**", "") for one in (pair_words.sentence(found), pair_words.test(found)))))


def table(found: ConfirmFound) -> tuple[Row, tuple[Row, ...]]:
    """Return the head and the rows of the table of pairs."""
    head = (T.ONE_PAIR, f"{EVERY[found.metric].title}, {T.DIFFERENCE}")
    differences = [found.difference(pair) for pair in range(found.done)]
    shown = [Report.UNDEFINED if one is None else effect_words.amount(one, found.metric) for one in differences]
    return head, tuple((str(pair + 1), said) for pair, said in enumerate(shown))


def charts(found: ConfirmFound) -> Iterator[Chart]:
    """Yield the differences of the pairs, and the validations of all runs."""
    yield Chart("pairs", T.DIFFERENCES, pairs.differences(found), help=T.DIFFERENCES_HELP)
    yield Chart("pair-curves", T.CURVES, pairs.curves(found), help=T.CURVES_HELP)


def numbers(found: ConfirmFound) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "pairs": found.done,
        "planned": found.plan.pairs,
        "metric": found.metric,
        "plus": found.titles["plus"],
        "minus": found.titles["minus"],
        "differences": [found.difference(pair) for pair in range(found.done)],
        "effect": None if found.effect is None else asdict(found.effect.main[0]),
        "p": found.test.p if found.test is not None and found.complete else None,
    }
