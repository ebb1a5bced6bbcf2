"""What a learning curve and a search cost before they start: views, heads, and about how long that takes at most."""

from dataclasses import dataclass

from explorer.runs.machine import paces, study_paces
from explorer.runs.machine.machine import Machine
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.search import SearchPlan, most_heads, most_views
from explorer.runs.spec.plans.worth import WorthPlan, usual_sizes


@dataclass(frozen=True)
class FurtherCost:
    """The work of a study.

    Attributes:
        views: Augmented images at most; those that an earlier study has computed are kept.
        heads: Heads at most.
        seconds: At most about so long; None where the pace of this computer has not been measured.
    """

    views: int
    heads: int
    seconds: float | None


def cost_of(config: RunConfig, images: int, classes: int, machine: Machine | None) -> FurtherCost:
    """Return the cost of a learning curve or a search, for so many images of so many classes."""
    plan = config.study
    if isinstance(plan, SearchPlan):
        views, heads = most_views(plan, images), most_heads(plan)
    elif isinstance(plan, WorthPlan):
        sizes = plan.sizes or usual_sizes(images * (plan.folds - 1) // plan.folds, classes)
        views, heads = 2 * plan.views * images, 2 * len(sizes) * plan.repeats * plan.folds
    else:
        raise ValueError(f"a learning curve or a search was expected, not {plan}")
    pace = study_paces.known(config, paces.machine_key(machine)) if machine else None
    if pace is None or pace.view_s is None or pace.head_s is None:
        return FurtherCost(views, heads, None)
    return FurtherCost(views, heads, views * pace.view_s + heads * pace.head_s)
