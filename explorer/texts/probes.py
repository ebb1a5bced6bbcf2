"""Words of the quick check and the learning rate finder."""

from typing import ClassVar, NamedTuple


class KindWords(NamedTuple):
    """A kind of run. name: empty for a training. start, help, icon: of its button. takes: how its duration is known."""

    takes: str = ""
    name: str = ""
    start: str = ""
    help: str = ""
    icon: str = ""
    cancel: str = ""


class Probes:
    KINDS: ClassVar = {
        "train": KindWords(takes="From an earlier run with the same work on this computer."),
        "check": KindWords(
            name="Quick check",
            start="Quick check",
            help="Runs all parts of the training on a few batches, including saving and loading. Takes seconds.",
            icon=":material/fact_check:",
            cancel="Cancel the check",
            takes="From a quick check with the same work: a few batches of training and validation.",
        ),
        "rate": KindWords(
            name="Learning rate finder",
            start="Find learning rate",
            help="Trains for about 100 steps while the learning rate rises, and finds the range of rates in which the "
            "loss falls fastest.",
            icon=":material/query_stats:",
            cancel="Cancel the search",
            takes="From a learning rate search with the same work; the time of validation is estimated.",
        ),
        "study": KindWords(name="Study"),
        "predict": KindWords(name="Prediction"),
    }
    NOT_STARTED = "This could not be started: {reason}"
    CANCELLING = "Canceling"
    NOT_CANCELLED = "This could not be canceled: {reason}"
    STALE = "The settings have changed since. This result is for the previous settings."
    GONE = "The last result was deleted."
    USE = "Use {rate}"
    USED = "{rate} is used"

    # What was checked
    CHECKS: ClassVar = {
        "data": "Data",
        "pipeline": "Pipeline",
        "network": "Network",
        "training": "Training",
        "validation": "Validation",
        "checkpoint": "Saving",
        "loading": "Loading",
    }
    CHECK_LINE = "{icon} **{name}** :gray[{seconds:.1f} s] {detail}"
    ICONS: ClassVar = {
        "ok": ":green[:material/check_circle:]",
        "warn": ":orange[:material/warning:]",
        "failed": ":red[:material/error:]",
    }
    NEXT_LINE = ":gray[:material/radio_button_unchecked: {name}]"
    NOW_LINE = ":material/pending: **{name}**"
    CHECKED = "{done} of {total} checks"
    ESTIMATE = (
        "**The run would take about {run}**: {epoch} for each epoch, {speed} images/s in training, "
        "{memory} of memory so far."
    )

    # The search
    RATE_CHART = "Loss over the learning rate"
    RATE_RANGE = "Good rates: **{low} to {high}**, where the loss falls nearly as fast as at its steepest."
    RATE_READ_AGAIN = (
        "This search was made by an earlier version, which used the steepest fall anywhere on the curve. The curve was "
        "read again: only the part before its minimum counts."
    )
    RATE_FAR_ABOVE = "{rate} is more than ten times above the rates that the search found, {low} to {high}."
    RATE_FAR_BELOW = "{rate} is less than a tenth of the rates that the search found, {low} to {high}."
    RATE_PROGRESS = "step {done} of {total}"
