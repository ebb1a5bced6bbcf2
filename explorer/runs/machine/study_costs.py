"""What a study costs before it starts: views to draw, heads to train, and about how long that takes."""

from dataclasses import dataclass

from explorer.runs.machine import paces, study_paces
from explorer.runs.machine.machine import Machine
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.effects import EffectsPlan, variants_of

# Without anything measured: seconds for a view of EfficientNet-lite0 at 160 px, and for the head of one fold.
_VIEW_S, _HEAD_S = 0.012, 0.25
_GUESSED_AT = 160  # px
_START_S = 8.0  # until torch is loaded and the images are read


@dataclass(frozen=True)
class StudyCost:
    """The work of a study.

    Attributes:
        variants: Pipelines that are compared.
        views: Augmented images whose features are computed, at most: equal ones are computed once, and those that an
            earlier study has computed are kept.
        heads: Heads that are trained, one for each variant, repeat and fold.
        seconds: About how long it takes, at most.
        measured: Whether earlier studies on this computer have measured the pace; else it is a rough guess.
    """

    variants: int
    views: int
    heads: int
    seconds: float
    measured: bool


def cost_of(config: RunConfig, images: int, machine: Machine) -> StudyCost:
    """Return the cost of a study of effects of a data set with so many images."""
    assert isinstance(config.study, EffectsPlan)
    plan = config.study
    variants = len(variants_of(plan, config.pipeline))
    views, heads = variants * plan.views * images, variants * plan.repeats * plan.folds
    key = paces.machine_key(machine)
    pace = study_paces.known(config, key)
    view_s = _guessed_view_s(config, key) if pace.view_s is None else pace.view_s
    head_s = _HEAD_S if pace.head_s is None else pace.head_s
    seconds = _START_S + views * view_s + heads * head_s
    return StudyCost(variants, views, heads, seconds, pace.view_s is not None and pace.head_s is not None)


def _guessed_view_s(config: RunConfig, key: str) -> float:
    """Guess the seconds of a view from the measured speed of the network, where there is one."""
    pace = paces.known(config.backbone, key)
    if pace is None:
        return _VIEW_S * (config.image_size / _GUESSED_AT) ** 2
    return (config.image_size / pace.size) ** 2 / pace.frozen_images_per_second
