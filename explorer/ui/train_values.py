"""What the Train page's form holds: plain values, right or wrong, kept in a file so that a reload loses nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.augment.pipeline import Pipeline
from explorer.data.dataset import DatasetError
from explorer.data.roots import resolve_inside
from explorer.runs.atomic import write_json_atomic
from explorer.runs.config import ConfigError, RunConfig, from_values
from explorer.runs.paths import home
from explorer.ui import workspace
from explorer.ui.state import Key

Values = dict[str, Any]

# Numbers that people write in many ways (1e-3, 0,001 as a mistake, nothing) are kept as the text that was typed.
DEFAULTS: Mapping[str, Any] = {
    "dataset": "shapes",
    "num_classes": 5,
    "train_images": 240,
    "val_images": 120,
    "shapes_size": 96,
    "imbalance": 1.0,
    "noise": 0.6,  # hard enough that the confusion matrix has something to show
    "path": "",
    "val_fraction": 0.2,
    "pipeline": "",
    "name": "",
    "backbone": "efficientnet-lite0",
    "weights": "imagenet",
    "frozen": True,
    "image_size": 96,
    "epochs": 8,
    "batch_size": 16,
    "learning_rate": "0.01",
    "weight_decay": "0.01",
    "loss": "cross_entropy",
    "label_smoothing": 0.0,
    "pos_weight": "",
    "seed": 0,
    "accelerator": "auto",
    "precision": "32-true",
    # Not on the form: they come from a run that is changed, and the summary tells of them.
    "dataset_seed": "",
    "workers": "",
    "threads": "",
    "source": "",  # the id of that run
}
HIDDEN = ("dataset_seed", "workers", "threads")
SHAPES = ("num_classes", "train_images", "val_images", "shapes_size", "imbalance", "noise")
# What the network should see of each kind: a demo on small pictures need not wait for large ones.
IMAGE_SIZES: Mapping[str, int] = {"shapes": 96, "digits": 64, "image_folder": 224}
PLAIN = (
    "name", "backbone", "weights", "frozen", "image_size", "epochs", "batch_size", "learning_rate", "weight_decay",
    "loss", "label_smoothing", "seed", "accelerator", "precision",
)  # fmt: skip
_RUN = "run:"


def current() -> Values:
    """The form's values of this workspace."""
    work = workspace.current().id
    kept: tuple[str, Values] | None = st.session_state.get(Key.TRAIN_VALUES)
    if kept is None or kept[0] != work:
        kept = (work, _load(_file(work)))
        st.session_state[Key.TRAIN_VALUES] = kept
    return kept[1]


def change(**values: Any) -> None:
    """Take over what was typed or chosen, and keep it."""
    work = workspace.current().id
    workspace.update(lambda work: work)  # a pipeline that nobody has changed has no file yet, and this belongs to it
    changed = current() | values
    if "dataset" in values:
        changed["image_size"] = IMAGE_SIZES[values["dataset"]]
    _keep(work, changed)


def fill(values: Values) -> None:
    """Take over a whole form, such as that of an earlier run."""
    work = workspace.current().id
    workspace.update(lambda work: work)  # as in `change`
    _keep(work, {name: values[name] for name in DEFAULTS})


def _keep(work: str, changed: Values) -> None:
    st.session_state[Key.TRAIN_VALUES] = (work, changed)
    write_json_atomic(_file(work), changed)


def reset() -> None:
    """Back to the defaults, but for the kind of data set and its folder; where it was filled from is forgotten."""
    values = current()
    change(**(dict(DEFAULTS) | {name: values[name] for name in ("dataset", "path")}))


def forget_hidden() -> None:
    """Leave out what an earlier run had and the form does not show."""
    change(**{name: DEFAULTS[name] for name in HIDDEN})


def run_pipeline(run_id: str) -> str:
    """The value of "pipeline" that stands for the pipeline of a run."""
    return _RUN + run_id


def pipeline_run(values: Values) -> str | None:
    """The run whose pipeline is chosen; None where it is another choice."""
    chosen, source = values["pipeline"], values["source"]
    return source if source and chosen == run_pipeline(source) else None


def _file(workspace_id: str) -> Path:
    folder = home() / "drafts"
    folder.mkdir(exist_ok=True)
    return folder / f"{workspace_id}.train.json"


def _load(file: Path) -> Values:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError):
        found = {}
    known = found if isinstance(found, dict) else {}
    return {name: known[name] if type(known.get(name)) is type(value) else value for name, value in DEFAULTS.items()}


def config(values: Values, pipeline: Pipeline) -> RunConfig:
    """The config that the values ask for. Raises ConfigError with a message per field, named as RunConfig names it."""
    asked: dict[str, Any] = {name: values[name] for name in PLAIN}
    for name in ("pos_weight", "workers", "threads"):
        asked[name] = values[name].strip() or None
    asked["dataset"] = _dataset(values)
    asked["pipeline"] = pipeline.model_dump()
    return from_values(asked)


def _dataset(values: Values) -> dict[str, Any]:
    kind = values["dataset"]
    spec: dict[str, Any] = {"kind": kind, "seed": values["dataset_seed"].strip() or values["seed"]}
    if kind == "shapes":
        spec |= {name: values[name] for name in SHAPES if name != "shapes_size"}
        spec["image_size"] = values["shapes_size"]
    else:
        spec["val_fraction"] = values["val_fraction"]
    if kind == "image_folder":
        try:
            spec["path"] = str(resolve_inside(values["path"]))
        except DatasetError as error:
            raise ConfigError({"dataset.path": str(error)}) from error
    return spec
