"""The plan of a study that trains the recipe of its config once for each fold of the data set."""

from typing import Annotated, Literal

from pydantic import Field

from explorer.runs.spec.plans.plan import Part


class FoldsPlan(Part):
    """Cross-validation with full training runs: the run of a fold is trained on all other folds and judged by its own.

    The checkpoints of all runs stay, so that they can predict together.
    """

    ask: Literal["folds"] = "folds"
    folds: Annotated[int, Field(ge=2, le=20, title="Folds")] = 5
    """Parts of the data set. Each is predicted by a run that was trained on the others"""
