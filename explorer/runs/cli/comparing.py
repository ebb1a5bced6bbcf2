"""`python -m explorer compare ID ID`: two runs on the same validation images, each at its best epoch."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from explorer.runs.cli import report
from explorer.runs.cli.exit_codes import FAILED, CommandError
from explorer.runs.cli.run_ids import find
from explorer.runs.overview.summary import summarize
from explorer.runs.record.paths import RunPaths

if TYPE_CHECKING:
    from explorer.metrics.paired_bootstrap import Difference
    from explorer.runs.overview.comparison import Pair, Side

_THESE_TWO = (
    "This says something about these two models, not about their training setups: another seed gives other models."
)


def compare(options: argparse.Namespace) -> int:
    """Compare two runs. Raises CommandError with the reason where they cannot be compared."""
    # Imported here: it imports numpy.
    from explorer.runs.overview.comparison import NotComparable, pair_of

    paths = [find(text) for text in options.id]
    try:
        pair = pair_of(*map(_side, paths), common=options.common)
    except NotComparable as error:
        more = f" --common compares them on the {error.common:,} common images." if error.common else ""
        raise CommandError(f"{error}{more}", FAILED) from error
    found = pair.differences()
    return report.answer(options, _text(pair, found), value=_value(paths, pair, found))


def _side(paths: RunPaths) -> "Side":
    from explorer.runs.overview.comparison import side_of
    from explorer.runs.overview.view import RunView

    view = RunView(paths)
    return side_of(view, view.refresh(), summarize(paths).name)


def _text(pair: "Pair", found: "dict[str, Difference]") -> str:
    from explorer.metrics.table import EVERY

    sides = pair.mcnemar()
    rows = [
        (EVERY[key].title, _number(one.a), _number(one.b), _change(one), _interval(one)) for key, one in found.items()
    ]
    table = [("", "A", "B", "B - A", "95% interval"), *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ["  ".join(f"{text:{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in table]
    images = f"{len(pair.labels):,} images"
    if sides is not None:
        parts = [f"both right {sides.both_right:,}", f"only A {sides.only_a:,}", f"only B {sides.only_b:,}"]
        test = f"exact McNemar test p = {sides.p:.3g}"
        images = f"{images}: {', '.join(parts)}, both wrong {sides.both_wrong:,}; {test}"
    undefined = [
        f"{EVERY[key].title} of {side} is undefined: {why}."
        for key, one in found.items()
        for side, why in one.undefined.items()
    ]
    return "\n".join(
        [
            f"A  {pair.a.name}, epoch {pair.a.point.number}",
            f"B  {pair.b.name}, epoch {pair.b.point.number}",
            *lines,
            images,
            *undefined,
            *pair.notes,
            _THESE_TWO,
        ]
    )


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def _change(one: "Difference") -> str:
    return "-" if one.difference is None else f"{one.difference:{'' if one.none else '+'}.4f}"


def _interval(one: "Difference") -> str:
    if one.low is None or one.high is None:
        return "-"
    if one.none:
        return "no difference on these images"
    return f"{one.low:+.4f} to {one.high:+.4f}{' (approximate)' if one.approximate else ''}"


def _value(paths: list[RunPaths], pair: "Pair", found: "dict[str, Difference]") -> dict[str, Any]:
    """Return what JSON says. Epochs count from 0, as in all files."""
    both = zip(("a", "b"), paths, (pair.a, pair.b), strict=True)
    runs = {name: {"id": each.id, "name": side.name, "epoch": side.point.epoch} for name, each, side in both}
    sides = pair.mcnemar()
    metrics = {key: asdict(one) | {"difference": one.difference} for key, one in found.items()}
    more = {
        "images": len(pair.labels),
        "metrics": metrics,
        "mcnemar": None if sides is None else asdict(sides),
        "notes": list(pair.notes),
    }
    return runs | more
