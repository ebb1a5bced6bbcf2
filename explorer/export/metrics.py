"""The part of an exported file that measures: the functions that measured the run itself."""

from collections.abc import Callable
from itertools import chain
from typing import Any

from explorer.export.glue import filled
from explorer.export.lifting import Part, lift
from explorer.metrics.table import SCORES

# What a metric is computed from -> the functions that give it, and how it is written. The loss is the module's own.
_OF = {
    "counts": ([], "confusion"),
    "scores": (["metrics.scores.areas", "metrics.scores.of_classes"], "of_classes(areas(logits, labels))"),
}


def parts() -> list[Part]:
    """`measured(logits, labels, predicted)`."""
    computed = [(metric.key, metric.compute, *_OF[metric.of]) for metric in SCORES]
    rows = "".join(f'        "{key}": {function.__name__}({given}),\n' for key, function, _, given in computed)
    places = [[*needed, _place(function)] for _, function, needed, _ in computed]
    return [
        lift(*chain.from_iterable(places)),
        filled(_MEASURED, rows=rows.rstrip()),
    ]


def _place(function: Callable[..., Any]) -> str:
    return f"{function.__module__.removeprefix('explorer.')}.{function.__name__}"


_MEASURED = '''\
def measured(logits, labels, predicted):
    """Metrics of (N, C) logits and (N,) predicted classes; nan where one is undefined."""
    classes = logits.shape[1]
    confusion = np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)
    found = {
$rows
    }
    return {name: math.nan if value is None else value for name, value in found.items()}
'''
