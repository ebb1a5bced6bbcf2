"""The plan of a search for a pipeline, which may find that nothing beats TrivialAugment."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from explorer.augment.pipeline import Node, Nodes, Pipeline, rebuilt, scaling_step, without_augmentation
from explorer.augment.presets import TRIVIAL_AUGMENT, draft
from explorer.runs.spec.fields import Misfit
from explorer.runs.spec.plans.candidates import family, photographs
from explorer.runs.spec.plans.effects import NOTHING, PIPELINE, judged_nodes
from explorer.runs.spec.plans.plan import CrossValidation, Further, Variant

FOUND = "found"
"""The variant whose answers come from what the search chose in the other folds."""
TRIVIAL = "trivial"
INNER_FOLDS = 3  # of the images that a search sees
KEPT = 3  # one in so many candidates goes on to the next rung of the halving

Chosen = tuple[int, ...]  # places of candidates in rising order


class SearchPlan(CrossValidation, Further):
    """Greedy adding and dropping of candidates with successive halving, judged by outer folds.

    Attributes:
        candidates: Pipelines of one step each that may be added; empty for `candidates.photographs`.
    """

    ask: Literal["search"] = "search"
    repeats: Annotated[int, Field(ge=1, le=100, title="Repeats")] = 3
    """How often the data set is divided in another way. Each repeat searches once for each fold"""
    candidates: Annotated[tuple[Variant, ...], Field(max_length=100)] = ()
    most: Annotated[int, Field(ge=1, le=10, title="Steps at most")] = 4
    """Steps that a found pipeline has at most"""

    @model_validator(mode="after")
    def _candidates_differ(self) -> Self:
        names = [one.name for one in self.candidates]
        if len(set(names)) < len(names):
            raise Misfit("candidates", "Each candidate needs a name of its own.")
        idle = [one.label for one in self.candidates if not judged_nodes(one.pipeline)]
        if idle:
            raise Misfit("candidates", f"These candidates have no step that can do anything: {', '.join(idle)}.")
        return self

    @property
    def offered(self) -> tuple[Variant, ...]:
        """The candidates."""
        return self.candidates or photographs()

    @property
    def families(self) -> tuple[str, ...]:
        """The family of each candidate."""
        return tuple(family(one.name) for one in self.offered)

    @property
    def rungs(self) -> tuple[int, ...]:
        """Views of each image at each rung of the halving, the last one with all views.

        Half of them at first, not one: an augmentation helps by showing an image in several ways.
        """
        return tuple(sorted({-(-self.views // 2), self.views}))


def assembled(plan: SearchPlan, pipeline: Pipeline, chosen: Chosen) -> Pipeline:
    """Return the pipeline of chosen candidates.

    The nodes of a candidate have the same ids in all of them, so that what is drawn for a step depends on no other one.

    Args:
        plan: The plan.
        pipeline: That of the config, for its rules for targets and a last step that scales pixels for the network.
        chosen: Places of candidates.
    """
    steps = (node for place in chosen for node in _numbered(plan.offered[place].pipeline, place))
    return _augmented(pipeline, tuple(steps))


def rivals(pipeline: Pipeline) -> tuple[Variant, ...]:
    """Return what a found pipeline is compared with: TrivialAugment, nothing, and the pipeline if it has steps."""
    own = [Variant(name=PIPELINE, pipeline=pipeline)] if judged_nodes(pipeline) else []
    return (
        Variant(name=TRIVIAL, pipeline=_augmented(pipeline, draft(TRIVIAL_AUGMENT).nodes)),
        Variant(name=NOTHING, pipeline=without_augmentation(pipeline)),
        *own,
    )


def most_heads(plan: SearchPlan) -> int:
    """Return how many heads a study trains at most, if each search adds as many steps as it may."""
    offered, halved = len(plan.offered), 0
    for _ in plan.rungs:
        halved, offered = halved + offered, -(-offered // KEPT)
    a_search = INNER_FOLDS * ((plan.most + 1) * (halved + 1) + plan.most**2)
    outer = plan.repeats * plan.folds
    return (outer + 1) * a_search + 4 * outer


def most_views(plan: SearchPlan, images: int) -> int:
    """Return how many views are drawn if each search adds one step; equal views are computed once."""
    return images * (len(plan.offered) * sum(plan.rungs) + 3 * plan.views)


def _augmented(pipeline: Pipeline, steps: Nodes) -> Pipeline:
    scaling = scaling_step(pipeline)
    last = () if scaling is None else (scaling.model_copy(update={"id": "scaling"}),)
    return without_augmentation(pipeline).model_copy(update={"nodes": (*steps, *last), "streams": 2})


def _numbered(pipeline: Pipeline, place: int) -> Sequence[Node]:
    count = 0

    def renamed(node: Node) -> Nodes:
        nonlocal count
        count += 1
        return (node.model_copy(update={"id": f"c{place}-{count}"}),)

    return rebuilt(judged_nodes(pipeline), renamed)
