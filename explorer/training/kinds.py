"""The table of the kinds of runs."""

from collections.abc import Callable

from explorer.runs.record.reasons import Why
from explorer.runs.spec.config import RunConfig, loads
from explorer.training.attempt import Attempt
from explorer.training.predictions.predict import carry_out as predict
from explorer.training.quick_check import check
from explorer.training.rate_finder import find
from explorer.training.trainer import fit


def study(attempt: Attempt, config: RunConfig) -> Why:
    """Carry out a study; returns what was found. Raises as `explorer.training.studies.study.carry_out` does."""
    # Imported here: scikit-learn, which divides its images into folds, takes all other kinds of runs two seconds.
    from explorer.training.studies.study import carry_out

    return carry_out(attempt, config)


KINDS: dict[str, Callable[[Attempt, RunConfig], Why]] = {
    "train": fit,
    "check": check,
    "rate": find,
    "study": study,
    "predict": predict,
}


def carry_out(attempt: Attempt) -> Why:
    """Carry out the kind of run that the config asks for; returns how it went. Raises what that kind raises."""
    config = loads(attempt.paths.config.read_bytes())
    attempt.stop.check("stopped_beginning")
    return KINDS[config.kind](attempt, config)
