"""The part of an exported file that measures: the functions that measured the run itself."""

from explorer.export.glue import filled
from explorer.export.lifting import Part, lift

# Key in the run's events -> the functions, and what they make of `confusion`, or of `logits` and `labels`.
_METRICS = {
    "auroc": (["metrics.scores.areas", "metrics.scores.of_classes"], "of_classes(areas(logits, labels)).macro"),
    "f1_macro": (["metrics.counts.f1_macro"], "f1_macro(confusion)"),
    "accuracy": (["metrics.counts.accuracy"], "accuracy(confusion)"),
}


def parts() -> list[Part]:
    """`measured(logits, labels, predicted)`."""
    rows = "".join(f'        "{key}": {value},\n' for key, (_, value) in _METRICS.items())
    return [
        lift(*(place for places, _ in _METRICS.values() for place in places)),
        filled(_MEASURED, rows=rows.rstrip()),
    ]


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
