"""The plan of a confirmation: paired full trainings with and without what a study has found."""

from typing import Annotated, Literal

from pydantic import Field

from explorer.metrics.verdicts.sign_flip import FEWEST, MOST
from explorer.runs.spec.plans.plan import Part, RunId, Variant

DRAWN = 0.8  # share of the training images of each pair


class ConfirmPlan(Part):
    """Pairs of full training runs by the recipe of the config: its pipeline, and another one.

    Attributes:
        against: The other pipeline of each pair.
        keep_checkpoints: Whether the checkpoints of trained members stay in their folders; only their scores are
            needed to judge.
        chosen_by: The id of the study that has chosen what is compared; None where none has. It has seen all images of
            the data set, also those that judge here.
    """

    ask: Literal["confirm"] = "confirm"
    against: Variant
    chosen_by: RunId | None = None
    pairs: Annotated[int, Field(ge=FEWEST, le=MOST, title="Pairs")] = FEWEST
    """Pairs of full training runs. Fewer than 6 can never show anything at the level of 95%"""
    smallest: Annotated[float | None, Field(gt=0, le=1, title="Smallest effect that matters")] = None
    """Effects below it make no difference that matters. Empty: 0.01, which is one point, and 0.005 for AUROC"""
    keep_checkpoints: Annotated[bool, Field(title="Keep checkpoints")] = False
    """Checkpoints are deleted when a run of the study is trained and its scores are stored, unless they are kept"""
