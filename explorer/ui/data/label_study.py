"""The button that starts a study whose out-of-fold scores say which labels are probably wrong."""

from typing import Any

import streamlit as st

from explorer.augment import presets
from explorer.augment.pipeline import Pipeline, validate
from explorer.data.curation import CurationError, curated
from explorer.data.specs import TRAINABLE
from explorer.runs.life import launcher
from explorer.runs.life.launcher import LaunchError
from explorer.runs.machine.machine import MachineError, machine
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.texts import Common
from explorer.texts import Findings as T
from explorer.ui.components.markdown import escape
from explorer.ui.data.finding_state import Looked
from explorer.ui.session import workspace
from explorer.ui.session.keys import Page, Query, widget_key

_NETWORK = "efficientnet-lite0"  # its weights come with the installation
_SIZE = 160  # px: enough for heads on features, and twice as fast as 224
_OTHER = "flips"  # the preset that is compared with no augmentation: a study compares two pipelines at least
_REPEATS, _FOLDS, _VIEWS = 3, 5, 2


def offer(looked: Looked) -> None:
    """Draw how to find label errors where no study has been done, and the button that starts one."""
    st.caption(T.LABELS_NONE)
    if not isinstance(looked.spec, TRAINABLE):
        return
    damaged = looked.findings.of("undecodable") is not None and not looked.spec.skip_unusable
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            T.LABELS_START, icon=":material/play_arrow:", key=widget_key("label_study", looked.opened.key),
            disabled=damaged,
        ):  # fmt: skip
            _start(looked)
        st.caption(T.LABELS_DAMAGED if damaged else T.LABELS_FOLDS, width="content")


def _start(looked: Looked) -> None:
    try:
        with st.spinner(Common.STARTING):
            paths = launcher.start(config_of(looked))
    except (LaunchError, ConfigError, CurationError, MachineError) as error:
        st.error(escape(T.LABELS_NOT_STARTED.format(reason=error)))
        return
    workspace.go(Page.RUNS, **{Query.RUN.value: paths.id})


def config_of(looked: Looked) -> RunConfig:
    """Return the config of the study. Raises ConfigError, CurationError, MachineError."""
    network = next((one for one in machine().backbones if one.name == _NETWORK), None)
    weights = next((name for name in network.weights if name not in ("none", "file")), "none") if network else "none"
    other = validate(presets.draft(_OTHER))
    variant = {"name": _OTHER, "title": other.name, "pipeline": other.model_dump()}
    plan: dict[str, Any] = {"ask": "effects", "repeats": _REPEATS, "folds": _FOLDS, "views": _VIEWS}
    name = T.LABELS_NAME.format(name=looked.contents.name)
    return from_values(
        {
            "kind": "study",
            "name": name if len(name) <= 100 else f"{name[:99]}…",
            "dataset": curated(looked.spec).model_dump(),
            "pipeline": Pipeline().model_dump(),
            "study": plan | {"variants": [variant]},
            "backbone": _NETWORK,
            "weights": weights,
            "frozen": True,
            "image_size": min(looked.spec.network_size, _SIZE),
        }
    )
