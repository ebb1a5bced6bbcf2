"""What the Train page's form holds: plain values, right or wrong, kept in a file so that a reload loses nothing."""

import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from pydantic import ValidationError

from explorer.augment.pipeline import Pipeline
from explorer.base import records
from explorer.base.names import shown
from explorer.data.dataset import DatasetError
from explorer.data.roots import resolve_inside
from explorer.data.specs import FORMATS, DatasetSpec
from explorer.runs.spec.config import ConfigError, RunConfig, from_values
from explorer.runs.spec.recipe import Recipe
from explorer.ui.keeping.places import drafts_folder
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key
from explorer.ui.session.uploads import Revision, revision, write_shared
from explorer.ui.train import data_fields
from explorer.ui.train.relevance import matters
from explorer.ui.train.weights import weights_inside

Values = dict[str, Any]
_Read = Mapping[str, Any]

# Numbers that people write in many ways (1e-3, 0,001 as a mistake, nothing) are kept as the text that was typed.
DEFAULTS: Mapping[str, Any] = {
    "dataset": "shapes",
    **data_fields.DEFAULTS,
    "depth": "auto",
    "depth_low": "",
    "depth_high": "",
    "depth_center": "40",  # of soft tissue in CT, in Hounsfield units
    "depth_width": "400",
    "pipeline": "",
    "backbone": "efficientnet-lite0",
    "weights": "imagenet",
    "weights_file": "",
    "image_size": 96,
    "frozen": True,
    "unfreeze_epoch": "",
    "backbone_lr_factor": "1",
    "normalise": "auto",
    "loss": "cross_entropy",
    "label_smoothing": 0.0,
    "pos_weight": "",
    "class_weights": "",
    "focal_gamma": 2.0,
    "threshold": 0.5,
    "dropout": 0.2,
    "drop_connect": "",
    "epochs": 8,
    "batch_size": 16,
    "learning_rate": "0.01",
    "optimizer": "adamw",
    "schedule": "onecycle",
    "weight_decay": "0.01",
    "momentum": 0.9,
    "nesterov": False,
    "pct_start": 0.3,
    "div_factor": "25",
    "final_div_factor": "10000",
    "anneal_strategy": "cos",
    "cycle_momentum": True,
    "base_momentum": 0.85,
    "max_momentum": 0.95,
    "three_phase": False,
    "warmup_epochs": 1.0,
    "gradient_clip": "",
    "accumulate": 1,
    "early_stopping": "",
    "monitor": "auroc",
    "mixing": "none",
    "mix_alpha": 0.4,
    "mix_probability": 1.0,
    "accelerator": "auto",
    "gpus": [],
    "precision": "auto",
    "workers": "",
    "threads": "",
    "kept_as": "whole",
    "cache_size": "",
    "loggers": [],
    "name": "",
    "seed": 0,
    "dataset_seed": "",
    "source": "",  # the id of the run that the form was filled from
}
# Of the data set, or found otherwise: not fields of RunConfig as they are.
_APART = (*data_fields.ASKS, *data_fields.DEPTHS, "dataset", "dataset_seed", "pipeline", "source")
OPTIONAL = (  # an empty text is None
    "unfreeze_epoch", "pos_weight", "class_weights", "drop_connect", "gradient_clip", "early_stopping", "workers",
    "threads", "cache_size",
)  # fmt: skip
TEXT_NUMBERS = (*OPTIONAL, "backbone_lr_factor", "learning_rate", "weight_decay", "div_factor", "final_div_factor")
# As they are in RunConfig: numbers, words, switches and lists of them.
PLAIN = tuple(name for name in DEFAULTS if name not in (*_APART, *OPTIONAL))
_RUN = "run:"
_MOST = 2**53  # a browser counts no further


@dataclass(frozen=True)
class _Kept:
    """The values of a workspace, and which version of their file they are."""

    workspace_id: str
    revision: Revision
    values: Values


def current() -> Values:
    """The form's values of this workspace, in the newest version of their file: another window may have changed it."""
    work = workspace.current().id
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    if kept is None or kept.workspace_id != work:
        for drawn in (Key.TRAIN_CURVE_LAST, Key.TRAIN_SEEN):  # of another workspace
            st.session_state.pop(drawn, None)
    elif kept.revision == revision(_file(work)):
        return kept.values
    found = revision(_file(work))  # before it is read: a version that comes in between is read next time
    kept = _Kept(work, found, _load(_file(work)))
    st.session_state[Key.TRAIN_VALUES] = kept
    return kept.values


def before_arrival() -> tuple[Values, bool]:
    """The values to begin with on this workspace, and whether it has a form of its own already.

    A workspace without one takes over the form that this session showed last: a new pipeline is no reason to choose
    data, network and schedule again.
    """
    work = workspace.current().id
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    if _has_form(work):
        return current(), True
    return (dict(DEFAULTS) if kept is None else kept.values), False


def _has_form(work: str) -> bool:
    """Whether there is a form of this workspace: in its file, or in this window where it could not be written."""
    kept: _Kept | None = st.session_state.get(Key.TRAIN_VALUES)
    here = kept is not None and kept.workspace_id == work and Key.FORM_NOT_WRITTEN in st.session_state
    return here or revision(_file(work)) is not None


def begin(values: Values) -> None:
    """Take over a whole form to begin with, unless another window has begun one meanwhile."""
    work = workspace.current().id
    _edit(lambda newest: newest if _has_form(work) else _whole(values))


def change(**values: Any) -> None:
    """Take over what was typed or chosen, and keep it."""
    edit(lambda newest: values)


def edit(changes: Callable[[Values], Values]) -> None:
    """Take over the fields that `changes` makes of the newest values, and what follows from them; the others stay."""

    def changed(newest: Values) -> Values:
        found = changes(newest)
        return newest | found | following(found)

    _edit(changed)


def following(values: Values) -> Values:
    """What follows from a choice."""
    return {"image_size": FORMATS[values["dataset"]].network_size} if "dataset" in values else {}


def fill(values: Values) -> None:
    """Take over a whole form, such as that of an earlier run."""
    _edit(lambda _: _whole(values))


def _whole(values: Values) -> Values:
    return {name: values[name] for name in DEFAULTS}


def reset() -> None:
    """Back to the defaults, but for the kind of data set and its folder; where it was filled from is forgotten."""

    def emptied(newest: Values) -> Values:
        kept = {name: newest[name] for name in ("dataset", *data_fields.PLACES)}
        return dict(DEFAULTS) | kept | following(kept)

    _edit(emptied)


def _edit(change: Callable[[Values], Values]) -> None:
    """Change the newest version of the values, and keep them. Windows of one address take turns."""
    work = workspace.current().id
    workspace.update(lambda work: work)  # a pipeline that nobody has changed has no file yet, and this belongs to it
    with workspace.turn():
        changed = change(current())
        workspace.note_unwritten(Key.FORM_NOT_WRITTEN, lambda: write_shared(_file(work), changed))
        st.session_state[Key.TRAIN_VALUES] = _Kept(work, revision(_file(work)), changed)


# What "pipeline" holds besides names of saved pipelines; a name has no tab in it.
NO_PIPELINE = "\tnone"
_PRESET = "\tpreset:"


def preset_pipeline(name: str) -> str:
    """The value of "pipeline" that stands for a preset."""
    return _PRESET + name


def pipeline_preset(values: Values) -> str | None:
    """The preset that is chosen; None where the choice is another."""
    chosen = str(values["pipeline"])
    return chosen.removeprefix(_PRESET) if chosen.startswith(_PRESET) else None


def run_pipeline(run_id: str) -> str:
    """The value of "pipeline" that stands for the pipeline of a run."""
    return _RUN + run_id


def pipeline_run(values: Values) -> str | None:
    """The run whose pipeline is chosen; None where it is another choice."""
    chosen, source = values["pipeline"], values["source"]
    return source if source and chosen == run_pipeline(source) else None


def _file(workspace_id: str) -> Path:
    return drafts_folder() / f"{workspace_id}.train.json"


def _load(file: Path) -> Values:
    try:
        found = records.parse(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        found = {}
    known = found if isinstance(found, dict) else {}
    return {name: known[name] if _fits(known.get(name), value) else value for name, value in DEFAULTS.items()}


def _fits(found: Any, default: Any) -> bool:
    """Whether a value of a file is one that a field takes, such as a number that browsers can count to."""
    if isinstance(found, list) and not all(isinstance(part, int | str) for part in found):
        return False
    return type(found) is type(default) and (not isinstance(found, int | float) or abs(found) < _MOST)


def config(values: Values, pipeline: Pipeline) -> RunConfig:
    """The config that the values ask for. Raises ConfigError with a message per field, named as RunConfig names it.

    Fields that do not matter for what is chosen are left at their defaults: nobody sees them, so nobody can mend them.
    """
    errors: dict[str, str] = {}
    asked = _chosen(values, DEFAULTS)
    if values["weights"] == "file" and values["weights_file"].strip():
        asked["weights_file"] = _inside(weights_inside, values["weights_file"], "weights_file", errors)
    asked["dataset"] = _dataset(values, errors)
    asked["pipeline"] = pipeline.model_dump()
    try:
        made = from_values(asked)
    except ConfigError as error:
        raise ConfigError({**error.errors, **errors}) from error
    if errors:
        raise ConfigError(errors)
    return made


def dataset_spec(values: Values) -> DatasetSpec | None:
    """The data set alone; None where something in it is wrong."""
    errors: dict[str, str] = {}
    try:
        made = from_values({"dataset": _dataset(values, errors), "pipeline": {}})
    except ConfigError:
        return None  # `config` says what is wrong
    return None if errors else made.dataset


def recipe(values: _Read) -> Recipe | None:
    """The recipe alone; None where something in it is wrong. For what is drawn while the data are not chosen yet."""
    try:
        return Recipe.model_validate(_chosen(values, Recipe.model_fields))
    except ValidationError:
        return None  # `config` says what is wrong


def _chosen(values: _Read, fields: Container[str]) -> dict[str, Any]:
    """Those of `fields` that matter, as RunConfig takes them."""
    chosen = [name for name in (*PLAIN, *OPTIONAL) if name in fields and matters(name, values)]
    return {name: _optional(name, values[name]) if name in OPTIONAL else values[name] for name in chosen}


def _optional(name: str, text: str) -> Any:
    text = text.strip()
    if name == "class_weights" and text and text != "balanced":
        return [part.strip() for part in text.split(",")]
    return text or None


def _inside(resolve: Callable[[str], Path], path: str, field: str, errors: dict[str, str]) -> str:
    """The real place of a path that somebody gave; where that is not to be read, the path, and an error."""
    try:
        return shown(str(resolve(path)))
    except DatasetError as error:
        errors[field] = str(error)
        return path.strip() or "?"


def _dataset(values: Values, errors: dict[str, str]) -> dict[str, Any]:
    kind = values["dataset"]
    spec: dict[str, Any] = {"kind": kind, "seed": values["dataset_seed"].strip() or values["seed"]}
    for name, ask in data_fields.asks(kind).items():
        spec[ask.field] = values[name]
        if ask.inside and (ask.place or values[name].strip()):
            spec[ask.field] = _inside(resolve_inside, values[name], f"dataset.{ask.field}", errors)
    if data_fields.is_of_files(kind):
        spec["depth"] = _depth(values, errors)
        spec["links"] = "inside"  # visitors of a page choose among the folders that it may read
    return spec


def _depth(values: Values, errors: dict[str, str]) -> Any:
    """How values of more than 8 bits become pixels; where a number is wrong, "auto", and an error at the field."""
    if values["depth"] not in ("range", "window"):
        return values["depth"]
    names = ("depth_low", "depth_high") if values["depth"] == "range" else ("depth_center", "depth_width")
    numbers: list[float] = []
    for name in names:
        try:
            numbers.append(float(values[name]))
        except ValueError:
            errors[f"dataset.{name}"] = f"Expected a number, but got {values[name].strip()[:40]!r}."
    if errors.keys() & {f"dataset.{name}" for name in names}:
        return "auto"
    low, high = numbers
    if values["depth"] == "window":
        low, high = low - high / 2, low + high / 2
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        errors[f"dataset.{names[1]}"] = (
            "The high value must be above the low one." if values["depth"] == "range" else "The width must be above 0."
        )
        return "auto"
    return {"low": low, "high": high}
