"""The table of what a study may ask. explorer/training/studies/table.py has the code of each."""

from typing import Annotated, Literal

from pydantic import Field

from explorer.runs.spec.plans.confirm import ConfirmPlan
from explorer.runs.spec.plans.effects import EffectsPlan
from explorer.runs.spec.plans.folds import FoldsPlan
from explorer.runs.spec.plans.immunity import ImmunityPlan
from explorer.runs.spec.plans.search import SearchPlan
from explorer.runs.spec.plans.worth import WorthPlan

Ask = Literal["effects", "immunity", "worth", "search", "confirm", "folds"]
Plan = Annotated[
    EffectsPlan | ImmunityPlan | WorthPlan | SearchPlan | ConfirmPlan | FoldsPlan, Field(discriminator="ask")
]
