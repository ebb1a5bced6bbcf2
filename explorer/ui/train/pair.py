"""Two runs that differ in augmentation only, to show its effect on the model."""

import secrets

from explorer.augment.pipeline import Pipeline, is_on, without_augmentation
from explorer.runs.spec.config import RunConfig
from explorer.texts import Train as T
from explorer.ui.train.source import MAX_NAME


def augments(pipeline: Pipeline) -> bool:
    """Return whether the pipeline does more than scale pixels for the network."""
    return sum(map(is_on, pipeline.nodes)) > sum(map(is_on, without_augmentation(pipeline).nodes))


def of(config: RunConfig) -> tuple[RunConfig, RunConfig]:
    """Return the run as configured and the same run without augmentation, with the same seed and the same `pair`."""
    pair = secrets.token_hex(6)
    plain = without_augmentation(config.pipeline)
    return (
        config.model_copy(update={"name": _named(config.name, T.WITH), "pair": pair}),
        config.model_copy(update={"name": _named(config.name, T.WITHOUT), "pair": pair, "pipeline": plain}),
    )


def _named(name: str, words: str) -> str:
    ending = words.format(name="")
    return words.format(name=name[: MAX_NAME - len(ending)])
