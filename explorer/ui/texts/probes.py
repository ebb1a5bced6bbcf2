"""Words of what is tried before a long run: the quick check and the learning rate finder."""

from typing import ClassVar


class Probes:
    START: ClassVar = {"check": "Quick check", "rate": "Find learning rate"}
    HELP: ClassVar = {
        "check": "A few batches of everything that the run will do, saving and loading included; takes seconds",
        "rate": "Trains about 100 steps while the learning rate rises, and finds the range of rates in which the loss "
        "falls most steeply",
    }
    NAMES: ClassVar = {"check": "Quick check", "rate": "Learning rate finder"}
    STARTING = "Starting"
    NOT_STARTED = "It could not be started: {reason}"
    FIX = "Something needs a look first: {fields}."
    CANCEL: ClassVar = {"check": "Cancel the check", "rate": "Cancel the search"}
    CANCELLING = "Cancelling"
    NOT_CANCELLED = "It could not be cancelled: {reason}"
    STALE = "The form has changed since: this is about the settings before."
    GONE = "The last one was deleted."
    USE = "Use {rate}"
    USED = "{rate} is in the form"

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
        "**The run would take about {run}**: {epoch} for an epoch, {speed:.0f} images/s in training, "
        "{memory} of memory so far."
    )

    # The search
    RATE_CHART = "Loss over the learning rate"
    RATE_RANGE = "Good rates: **{low} to {high}**, where the loss falls nearly as fast as at its steepest."
    RATE_FAR_ABOVE = "{rate} is more than ten times above the rates that the search found, {low} to {high}."
    RATE_FAR_BELOW = "{rate} is less than a tenth of the rates that the search found, {low} to {high}."
    RATE_PROGRESS = "step {done} of {total}"
