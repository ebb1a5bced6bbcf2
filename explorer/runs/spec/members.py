"""The training runs of studies that train: which ones there are, and the config of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from explorer.augment.pipeline import Pipeline, all_steps
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.confirm import DRAWN, ConfirmPlan
from explorer.runs.spec.plans.effects import NOTHING, removed_node
from explorer.runs.spec.plans.folds import FoldsPlan
from explorer.runs.spec.plans.table import Plan

Side = Literal["plus", "minus"]
_PIPELINE, _NOTHING = "the pipeline", "no augmentation"
SIDES: tuple[Side, Side] = ("plus", "minus")


@dataclass(frozen=True)
class Member:
    """A training run of a confirmation.

    Attributes:
        number: Its place in the study, from 0; the runs of a pair follow each other.
        pair: From 0.
        side: "plus" trains with the pipeline of the study, "minus" with the one that it is compared with.
    """

    number: int
    pair: int
    side: Side


def runs_of(plan: Plan | None) -> int:
    """Return how many training runs a study makes; 0 for a study that trains heads only, and for none."""
    if isinstance(plan, ConfirmPlan):
        return 2 * plan.pairs
    return plan.folds if isinstance(plan, FoldsPlan) else 0


def keeps_checkpoints(plan: Plan | None) -> bool:
    """Return whether the checkpoints of all training runs of a study stay."""
    return isinstance(plan, FoldsPlan) or (isinstance(plan, ConfirmPlan) and plan.keep_checkpoints)


def members_of(plan: ConfirmPlan) -> tuple[Member, ...]:
    """Return all training runs of a confirmation, in the order in which they are trained."""
    each = ((pair, side) for pair in range(plan.pairs) for side in SIDES)
    return tuple(Member(number, pair, side) for number, (pair, side) in enumerate(each))


def title_of(study: RunConfig, side: Side) -> str:
    """Return the name of the pipeline that a side of the pairs is trained with."""
    assert isinstance(study.study, ConfirmPlan)
    if side == "plus":
        return study.pipeline.name or _PIPELINE
    against = study.study.against
    if against.name == NOTHING:
        return _NOTHING
    removed = removed_node(against.name)
    if removed is None:
        return against.title or against.pipeline.name or against.name
    transforms = (node.transform for node in all_steps(study.pipeline.nodes) if node.id == removed)
    step = against.title or next(transforms, removed)
    return f"{study.pipeline.name or _PIPELINE} without {step}"


def config_of(study: RunConfig, member: Member) -> RunConfig:
    """Return the config of a training run of a confirmation.

    Both runs of a pair have the same seed and the same part of the training images; each pair has others. No image
    that judges may choose an epoch, so that no run stops early.

    Args:
        study: The config of the study, whose plan is a `ConfirmPlan`.
        member: The run.
    """
    assert isinstance(study.study, ConfirmPlan)
    seed = (study.seed + member.pair) % 2**32
    pipeline: Pipeline = study.pipeline if member.side == "plus" else study.study.against.pipeline
    return _trained(study, {"seed": seed, "pipeline": pipeline, "dataset": study.dataset.drawing(DRAWN, seed)})


def config_of_fold(study: RunConfig, fold: int) -> RunConfig:
    """Return the config of the training run of a fold, from 0, which validates on the images of that fold.

    It does not stop early: images that judge a run must not choose when it ends.

    Args:
        study: The config of the study, whose plan is a `FoldsPlan`.
        fold: Which one.
    """
    assert isinstance(study.study, FoldsPlan)
    dataset = study.dataset.model_copy(update={"folds": study.study.folds, "fold": fold})
    return _trained(study, {"dataset": dataset})


def _trained(study: RunConfig, changes: Mapping[str, Any]) -> RunConfig:
    of_all: dict[str, Any] = {
        "kind": "train",
        "study": None,
        "name": "",
        "pair": None,
        "early_stopping": None,
        "loggers": (),
    }
    return study.model_copy(update=of_all | dict(changes))
