"""How many runs of a data set may have used the images of its final set, because they set nothing or less aside."""

from typing import Any, NamedTuple

from explorer.data.specs import DatasetSpec
from explorer.runs.overview.index import summaries
from explorer.runs.overview.summary import RunSummary
from explorer.runs.spec.same_data import DIVIDED_BY, what_counts

# A run with other groups, or without some images, may have used images of the set all the same.
_OF_NO_ACCOUNT = (
    "depth", "set_aside", "drawn", *DIVIDED_BY, "group_column", "left_out", "together", "skip_unusable",
)  # fmt: skip


class Touched(NamedTuple):
    """How many training runs and studies there are."""

    runs: int = 0
    studies: int = 0


def touched(dataset: DatasetSpec, *, before: float | None = None, but: str = "") -> Touched:
    """Count the runs in this folder of runs that may have used images of a final set.

    A larger share holds all images of a smaller one, so that runs which set as much aside have not used them.

    Args:
        dataset: The data set with the share that is set aside.
        before: Only runs that were started before this time, in seconds since 1970; None for all.
        but: The id of a run that is not counted.
    """
    share = dataset.set_aside
    if share is None:
        return Touched()
    data = what_counts(dataset.model_dump(mode="json"), *_OF_NO_ACCOUNT)
    found = [
        run
        for run in summaries()
        if run.id != but
        and (before is None or run.started < before)
        and what_counts(run.asked.get("dataset"), *_OF_NO_ACCOUNT) == data
        and _share(run) < share
        and _has_seen(run)
    ]
    return Touched(sum(run.kind == "train" for run in found), sum(run.kind == "study" for run in found))


def _share(run: RunSummary) -> float:
    spec: Any = run.asked.get("dataset")
    share = spec.get("set_aside") if isinstance(spec, dict) else None
    return float(share) if isinstance(share, int | float) else 0.0


def _has_seen(run: RunSummary) -> bool:
    """Whether a run got as far as to read its images."""
    return run.epochs > 0 if run.kind == "train" else run.worked_s is not None
