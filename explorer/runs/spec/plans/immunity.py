"""The plan of an immunity map: how well pipelines or trained networks bear distortions of rising strength."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from explorer.augment.distortions import Distortion, distortions
from explorer.runs.spec.fields import Misfit
from explorer.runs.spec.plans.plan import CrossValidation, RunId


class ImmunityPlan(CrossValidation):
    """Distortions by five strengths, for the heads of a study or for the checkpoints of trained runs.

    Attributes:
        study: The id of the study whose variants are judged; None where `runs` are. Folds, repeats and views are those
            of the study.
        runs: The ids of trained runs whose best checkpoints are judged.
        distortions: With the pipelines of each strength, so that a map is resumed and shown as it was begun.
    """

    ask: Literal["immunity"] = "immunity"
    study: RunId | None = None
    runs: Annotated[tuple[RunId, ...], Field(max_length=20)] = ()
    distortions: Annotated[tuple[Distortion, ...], Field(min_length=1, max_length=50, default_factory=distortions)]

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.study is None) == (not self.runs):
            raise Misfit("study", "An immunity map is of one study, or of trained runs: give `study` or `runs`.")
        if len(set(self.runs)) < len(self.runs):
            raise Misfit("runs", "Each run can be given once.")
        names = [one.name for one in self.distortions]
        if len(set(names)) < len(names):
            raise Misfit("distortions", "Each distortion needs a name of its own.")
        return self
