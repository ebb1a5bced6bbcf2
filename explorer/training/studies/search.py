"""The study that searches for a pipeline, which may find that nothing beats TrivialAugment.

Each outer fold is written as a whole. What is offered in the end is what the same search chooses on all images.
"""

from collections.abc import Sequence

from explorer.augment.pipeline import Pipeline
from explorer.runs.record.reasons import Why, reason
from explorer.runs.record.studies.parts import parts
from explorer.runs.record.studies.progress import HEADS, VIEWS
from explorer.runs.record.studies.searches import OUTER, WHOLE, save_whole
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.search import SearchPlan, assembled, most_heads, rivals
from explorer.training.attempt import Attempt
from explorer.training.studies.begun import Begun, begin
from explorer.training.studies.features import Features
from explorer.training.studies.heads import HeadPool
from explorer.training.studies.nested_search import NestedSearch
from explorer.training.studies.pace import Units
from explorer.training.studies.room import check_memory
from explorer.training.studies.set_features import SETS_BYTES, SetFeatures


def carry_out(attempt: Attempt, config: RunConfig) -> Why:
    """Search in each outer fold that is missing, then on all images. Raises what `begin` raises."""
    plan = config.study
    assert isinstance(plan, SearchPlan)
    alone = [assembled(plan, config.pipeline, (place,)) for place in range(len(plan.offered))]
    tried = [*alone, *(one.pipeline for one in rivals(config.pipeline))]
    outer = plan.repeats * plan.folds
    with begin(attempt, config, tried, folds=plan.folds, repeats=plan.repeats) as begun:
        rivaling = rivals(config.pipeline)
        begun.check_plan((1 + len(rivaling)) * plan.repeats, most_heads(plan))
        # The first rung of a search is the largest: the views of all candidates, beside what is kept of others.
        check_memory(begun.memory_of(len(alone) + len(rivaling), plan.rungs[0]) + SETS_BYTES)
        done = parts(attempt.paths, OUTER)
        units = Units(attempt, len(done), outer + 1)
        pool = HeadPool(begun.setup.threads, begun.bank)
        work = _work(begun, plan, pool, units)
        for number in range(outer):
            if number not in done:
                work.outer(number).save(attempt.paths, number)
                units.finish()
        if not parts(attempt.paths, WHOLE):
            save_whole(attempt.paths, work.whole())
        return reason("searches_done", searches=outer + 1)


def _work(begun: Begun, plan: SearchPlan, pool: HeadPool, units: Units) -> NestedSearch:
    pipeline = begun.config.pipeline
    compared: dict[str, Features] = {}

    def computed(pipelines: Sequence[Pipeline], views: int) -> Features:
        return begun.features(pipelines, views, units.reporter(VIEWS))

    def of_rivals() -> dict[str, Features]:
        if not compared:
            asked = rivals(pipeline)
            found = computed([one.pipeline for one in asked], plan.views)
            compared.update({one.name: found[place] for place, one in enumerate(asked)})
        return compared

    return NestedSearch(
        plan=plan,
        labels=begun.labels,
        num_classes=begun.num_classes,
        groups=begun.groups,
        seed=begun.config.seed,
        clean=begun.clean,
        sets=SetFeatures(lambda chosen: assembled(plan, pipeline, chosen), computed),
        rivals=of_rivals,
        pool=pool,
        report=lambda: units.reporter(HEADS),
    )
