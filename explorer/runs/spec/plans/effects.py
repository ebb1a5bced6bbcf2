"""The plan of the study "Does this step help?", and the pipelines that it compares."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from explorer.augment.pipeline import Group, Node, Pipeline, Step, is_on, rebuilt, scaling_step, without_augmentation
from explorer.runs.spec.fields import Misfit
from explorer.runs.spec.plans.plan import CrossValidation, RunId, Variant

PIPELINE = "pipeline"
NOTHING = "nothing"
MOST_VARIANTS = 50  # pipelines that a study compares: their features are in memory at once
FOLD = "fold"
"""The array of the folds beside the heads of each variant in the record of a study."""
_WITHOUT = "without "


class EffectsPlan(CrossValidation):
    """The pipeline against nothing, and against itself without each of its steps.

    Attributes:
        variants: What the pipeline of the config is compared with, where that is something else than nothing and the
            pipeline without each step.
        extends: The id of the study whose repeats this one goes on from.
        looked: After how many repeats the studies that it goes on from gave verdicts, the first one first.
    """

    ask: Literal["effects"] = "effects"
    variants: Annotated[tuple[Variant, ...], Field(max_length=50)] = ()
    extends: RunId | None = None
    looked: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _variants_differ(self) -> Self:
        names = [PIPELINE, NOTHING, FOLD, *(one.name for one in self.variants)]
        if len(set(names)) < len(names):
            taken = f'"{PIPELINE}", "{NOTHING}" and "{FOLD}" are taken'
            raise Misfit("variants", f"Each variant needs a name of its own; {taken}.")
        shared = [one.label for one in self.variants if one.pipeline.streams == 1]
        if shared:
            raise Misfit(
                "variants",
                f"These variants draw random numbers of all steps from one generator: {', '.join(shared)}. Set "
                "`streams` to 2 in each.",
            )
        return self


def judged_nodes(pipeline: Pipeline) -> tuple[Node, ...]:
    """Return the nodes whose effect is measured: the active nodes at the top level; a group counts as one step.

    A last step that only scales pixels for the network is no augmentation.
    """
    scaling = scaling_step(pipeline)
    return tuple(node for node in pipeline.nodes if is_on(node) and node.p > 0 and node is not scaling)


def without_node(pipeline: Pipeline, node_id: str) -> Pipeline:
    """Return the pipeline with one node turned off; all others keep their ids, and so their random numbers."""

    def turned_off(node: Step | Group) -> tuple[Node, ...]:
        return (node.model_copy(update={"enabled": False}) if node.id == node_id else node,)

    return pipeline.model_copy(update={"nodes": rebuilt(pipeline.nodes, turned_off)})


def without_name(node_id: str) -> str:
    """Return the name of the variant in which a node is turned off."""
    return _WITHOUT + node_id


def removed_node(name: str) -> str | None:
    """Return the id of the node that is turned off in the variant of this name; None where it is another variant."""
    return name.removeprefix(_WITHOUT) if name.startswith(_WITHOUT) else None


def variants_of(plan: EffectsPlan, pipeline: Pipeline) -> tuple[Variant, ...]:
    """Return all pipelines that a study compares, the whole pipeline first, then nothing."""
    whole = Variant(name=PIPELINE, pipeline=pipeline)
    if plan.variants:
        return (whole, *plan.variants)
    nothing = Variant(name=NOTHING, pipeline=without_augmentation(pipeline))
    rest = (
        Variant(name=without_name(node.id), title=node.title, pipeline=without_node(pipeline, node.id))
        for node in judged_nodes(pipeline)
    )
    return (whole, nothing, *rest)
