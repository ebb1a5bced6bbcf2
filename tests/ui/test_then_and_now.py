"""The page that puts training code of 2022 beside today's: today's is right, and each link leads to a field."""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import albumentations
import pytest
import pytorch_lightning as pl
import torch
import torchmetrics.classification
from efficientnet_pytorch import EfficientNet
from pytorch_lightning import callbacks
from pytorch_lightning.tuner.tuning import Tuner
from streamlit.testing.v1 import AppTest

from explorer.runs.config import RunConfig
from explorer.runs.mistakes import LABELS
from explorer.ui.texts.idioms import IDIOMS, Idiom
from explorer.ui.train_fields import FIELDS

APP = str(Path(__file__).resolve().parents[2] / "app.py")
PAGE = "explorer/ui/pages/then_and_now.py"

every = pytest.mark.parametrize("idiom", IDIOMS, ids=[idiom.key for idiom in IDIOMS])

# What the code calls, by the last part of its name.
KNOWN: dict[str, Callable[..., Any]] = {
    **{name: getattr(torchmetrics.classification, name) for name in ("MulticlassAccuracy", "BinaryAUROC")},
    **{name: getattr(callbacks, name) for name in (
        "ModelCheckpoint", "EarlyStopping", "TQDMProgressBar", "StochasticWeightAveraging",
    )},
    "Trainer": pl.Trainer,
    "fit": pl.Trainer.fit,
    "seed_everything": pl.seed_everything,
    "lr_find": Tuner.lr_find,
    "from_pretrained": EfficientNet.from_pretrained,
    "OneCycleLR": torch.optim.lr_scheduler.OneCycleLR,
    "AdamW": torch.optim.AdamW,
    "CrossEntropyLoss": torch.nn.CrossEntropyLoss,
    "BCEWithLogitsLoss": torch.nn.BCEWithLogitsLoss,
    "DataLoader": torch.utils.data.DataLoader,
    "Compose": albumentations.Compose,
    "RandomResizedCrop": albumentations.RandomResizedCrop,
    "HorizontalFlip": albumentations.HorizontalFlip,
}  # fmt: skip
# What the form has another name for: these are not options of the constructors themselves.
OTHERS = {"load", "log"}


def calls(code: str) -> Iterator[tuple[str, set[str]]]:
    """Each call with options: the last part of its name, and the options."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and (names := {word.arg for word in node.keywords if word.arg}):
            yield ast.unparse(node.func).rsplit(".", 1)[-1], names


@every
def test_todays_code_calls_what_exists_with_options_that_exist(idiom: Idiom) -> None:
    for name, options in calls(idiom.now):
        if name not in OTHERS:
            assert options <= set(inspect.signature(KNOWN[name]).parameters), name


@every
def test_todays_imports_exist(idiom: Idiom) -> None:
    for node in ast.parse(idiom.now).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(str(node.module))
            assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


@pytest.mark.parametrize(
    "key",
    ["gpus", "strategy", "amp-backend", "checkpoint-callback", "lr-find", "progress-bar", "averaging", "resume"],
)
def test_the_trainer_no_longer_takes_what_was_said_then(key: str) -> None:
    then = next(idiom.then for idiom in IDIOMS if idiom.key == key)
    options = [options for name, options in calls(then) if name == "Trainer"]
    assert options
    assert all(given - set(inspect.signature(pl.Trainer).parameters) for given in options)


def test_hooks_of_then_are_gone_and_those_of_today_exist() -> None:
    assert not hasattr(pl.LightningModule, "validation_epoch_end")
    assert not hasattr(pl.LightningModule, "training_epoch_end")
    hooks = {
        node.name for idiom in IDIOMS for node in ast.walk(ast.parse(idiom.now)) if isinstance(node, ast.FunctionDef)
    }
    assert {"on_validation_epoch_end", "on_train_epoch_end"} <= hooks
    assert [hook for hook in hooks if not hasattr(pl.LightningModule, hook)] == []


def test_each_entry_has_an_anchor_of_its_own_and_a_field_that_exists() -> None:
    assert len(IDIOMS) >= 16
    assert len({idiom.key for idiom in IDIOMS}) == len(IDIOMS)
    fields = {idiom.field for idiom in IDIOMS if idiom.field}
    assert fields <= set(RunConfig.model_fields)
    assert fields <= set(LABELS)
    assert fields <= set(FIELDS)  # the form has them, and is opened at them


def test_a_cycle_that_is_stepped_once_an_epoch_does_not_leave_its_warm_up() -> None:
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=1000)
    for _ in range(10):
        optimizer.step()
        schedule.step()
    assert schedule.get_last_lr()[0] < 5e-4  # of 1e-2


def test_the_page_shows_both_sides_and_keeps_the_workspace_in_its_links() -> None:
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    codes = [code.value for code in app.code]
    assert codes == [side.strip("\n") for idiom in IDIOMS for side in (idiom.then, idiom.now)]
    links = [element.proto for element in app.get("page_link")]
    assert len(links) == sum(bool(idiom.field) for idiom in IDIOMS)
    found = app.query_params["draft"]
    work = found if isinstance(found, str) else found[0]
    for link, idiom in zip(links, [idiom for idiom in IDIOMS if idiom.field], strict=True):
        assert f"field={idiom.field}" in link.query_string
        assert f"draft={work}" in link.query_string
