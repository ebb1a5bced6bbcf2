"""What a person asks for in the dialog of a study, and the config that follows from it and the Train page's form."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import streamlit as st

from explorer.augment.pipeline import Pipeline, renewed
from explorer.data.specs import FORMATS
from explorer.metrics.table import EVERY, HEADLINE, METRICS
from explorer.metrics.verdicts.decision import smallest_that_matters
from explorer.metrics.verdicts.measured import JUDGED
from explorer.runs.machine.machine import BackboneInfo, Machine
from explorer.runs.spec.config import RunConfig, from_values
from explorer.runs.spec.fields import Values
from explorer.runs.spec.plans.effects import EffectsPlan
from explorer.settings.fields import DEFAULTS, FIELDS
from explorer.ui.session.keys import Key
from explorer.ui.train import conversion

BACKBONE = "efficientnet-lite0"  # its weights come with the installation
MOST_SIZE = 160  # px, unless another size is chosen: enough for a head, and twice as fast as 224
_PLAN = EffectsPlan()


@dataclass(frozen=True)
class Asked:
    """The fields of the dialog besides the data set, which is that of the Train page's form.

    Attributes:
        image_size: In px; 0 for what fits the data set.
        smallest: The smallest effect that matters, in units of the metric; 0 for that of the metric.
    """

    backbone: str = BACKBONE
    image_size: int = 0
    metric: str = HEADLINE
    smallest: float = 0.0
    repeats: int = _PLAN.repeats
    folds: int = _PLAN.folds
    views: int = _PLAN.views
    seed: int = 0

    @property
    def matters(self) -> float:
        """The smallest effect that matters."""
        return self.smallest or smallest_that_matters(self.metric)

    def size_for(self, kind: str) -> int:
        """Return the image size in px for a format of data sets."""
        return self.image_size or min(FORMATS[kind].network_size, MOST_SIZE)


def current() -> Asked:
    """Return the settings of the dialog in this session."""
    found = st.session_state.get(Key.STUDY_ASKED)
    return found if isinstance(found, Asked) else Asked()


def change(**values: Any) -> None:
    """Change settings of the dialog. Another metric resets the smallest effect to its default."""
    if "metric" in values:
        values["smallest"] = 0.0
    st.session_state[Key.STUDY_ASKED] = replace(current(), **values)


def metrics() -> Mapping[str, str]:
    """Return the titles of the metrics that effects can be asked for in, by key."""
    return {key: EVERY[key].title for key in METRICS if key in JUDGED}


def networks(machine: Machine | None) -> dict[str, BackboneInfo]:
    """Return the networks with pretrained weights: the features of others say nothing."""
    found = machine.backbones if machine else ()
    return {one.name: one for one in found if _weights(one)}


def _weights(network: BackboneInfo) -> str | None:
    return next((name for name in network.weights if name not in ("none", "file")), None)


def config_of(asked: Asked, form: Values, pipeline: Pipeline, machine: Machine | None) -> RunConfig:
    """Return the config of the study.

    Raises:
        ConfigError: Some values are wrong. It has a message for each field, under its name in RunConfig.
    """
    network = networks(machine).get(asked.backbone)
    of_data = {name for name, field in FIELDS.items() if field.path.startswith("dataset")}
    values = {
        **DEFAULTS,
        **{name: form[name] for name in of_data},
        "backbone": asked.backbone,
        "weights": (_weights(network) if network else None) or DEFAULTS["weights"],
        "image_size": asked.size_for(form["dataset"]),
        "frozen": True,
        "seed": asked.seed,
        "monitor": asked.metric,
    }
    plan = {"ask": "effects", **{name: asdict(asked)[name] for name in ("repeats", "folds", "views")}}
    made = conversion.config(values, renewed(pipeline))
    return from_values(made.model_dump() | {"kind": "study", "study": plan | {"smallest": asked.matters}})
