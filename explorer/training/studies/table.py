"""The table of the code of each plan, see explorer/runs/spec/plans/table.py."""

from collections.abc import Callable

from explorer.runs.record.reasons import Why
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.table import Ask
from explorer.training.attempt import Attempt
from explorer.training.studies.confirm import carry_out as confirm
from explorer.training.studies.effects import carry_out as effects
from explorer.training.studies.fold_runs import carry_out as folds
from explorer.training.studies.immunity import carry_out as immunity
from explorer.training.studies.search import carry_out as search
from explorer.training.studies.worth import carry_out as worth

ASKS: dict[Ask, Callable[[Attempt, RunConfig], Why]] = {
    "effects": effects,
    "immunity": immunity,
    "worth": worth,
    "search": search,
    "confirm": confirm,
    "folds": folds,
}
