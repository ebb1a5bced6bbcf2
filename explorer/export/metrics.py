"""The part of an exported file that measures: the functions that measured the run itself."""

from explorer.export.glue import filled
from explorer.export.lifting import Part, lift
from explorer.metrics.table import SCORES


def parts(classes: int) -> list[Part]:
    """`measured(logits, labels, predicted)` for so many classes."""
    odds = "odds_of_two" if classes == 2 else "odds_of_many"
    # What a metric is computed from -> the functions that give it, and how it is written.
    of = {
        "counts": (["metrics.rates.margins"], "margins(confusion)"),
        "scores": ([f"metrics.scores.{odds}", "metrics.scores.areas"], f"areas({odds}(logits), labels)"),
    }
    rows, places = [], list[str]()
    for metric in SCORES["classification"]:
        (needed, given), function = of[metric.of], metric.compute
        value = f"{function.__name__}({given})"
        rows.append(f'        "{metric.key}": {f"float({value})" if metric.of == "counts" else value},')
        places += [*needed, f"{function.__module__.removeprefix('explorer.')}.{function.__name__}"]
    return [lift(*places), filled(_MEASURED, rows="\n".join(rows))]


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


# Metrics of scores of several labels, which need all images: key -> the function, and how it is written.
_OF_LABELS = {
    "mean_precision": ("metrics.scores.mean_precision", "mean_precision(logits.astype(np.float64).T, labels.T == 1)"),
    "f1_samples": ("metrics.labels.f1_of_images", "f1_of_images(sets_of(labels, predicted))"),
}


def of_labels() -> list[Part]:
    """`measured(logits, labels, predicted)` where images can have several labels."""
    rows, places = [], ["metrics.labels.label_confusion", "metrics.labels.label_areas", "metrics.labels.sets_of"]
    given = {
        "counts": "float({}(margins(label_confusion(labels, predicted))))",
        "scores": "{}(label_areas(logits, labels))",
    }
    for metric in SCORES["labels"]:
        function = metric.compute
        known = (f"{function.__module__.removeprefix('explorer.')}.{function.__name__}", function.__name__)
        place, value = _OF_LABELS[metric.key] if metric.of == "labels" else known
        rows.append(f'        "{metric.key}": {given.get(metric.of, "{}").format(value)},')
        places += ["metrics.rates.margins", place]
    return [lift(*places), filled(_MEASURED_LABELS, rows="\n".join(rows))]


_MEASURED_LABELS = '''\
def measured(logits, labels, predicted):
    """Metrics of (N, L) logits, labels and predictions; nan where one is undefined."""
    found = {
$rows
    }
    return {name: math.nan if value is None else value for name, value in found.items()}
'''
