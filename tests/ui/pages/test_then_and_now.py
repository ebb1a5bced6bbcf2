"""The page that puts code for Lightning 1.x beside today's: today's runs and is right, each link leads to a field."""

import ast
import contextlib
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
from pytorch_lightning.utilities.exceptions import MisconfigurationException
from streamlit.testing.v1 import AppTest

from explorer.runs.spec.config import RunConfig
from explorer.settings.fields import FIELDS
from explorer.texts.then_and_now import Idiom, idioms, intro
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/then_and_now.py"
FILE = Path(APP).parent / "explorer" / "texts" / "then_and_now.md"

IDIOMS = idioms()

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
OTHERS = {"load", "log", "softmax"}


def calls(code: str) -> Iterator[tuple[str, set[str]]]:
    """Each call with options: the last part of its name, and the options."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and (names := {word.arg for word in node.keywords if word.arg}):
            yield ast.unparse(node.func).rsplit(".", 1)[-1], names


def unknown(name: str, options: set[str]) -> set[str]:
    """The options that a call does not have."""
    return set() if name in OTHERS else options - set(inspect.signature(KNOWN[name]).parameters)


def test_todays_code_calls_what_exists_with_options_that_exist() -> None:
    made = [(idiom.key, name, options) for idiom in IDIOMS for name, options in calls(idiom.now)]
    assert len(made) > 20
    assert [(key, name, unknown(name, options)) for key, name, options in made if unknown(name, options)] == []


def test_todays_imports_exist() -> None:
    missing = []
    for idiom in IDIOMS:
        for node in ast.parse(idiom.now).body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    importlib.import_module(alias.name)
            elif isinstance(node, ast.ImportFrom):
                module = importlib.import_module(str(node.module))
                missing += [(idiom.key, alias.name) for alias in node.names if not hasattr(module, alias.name)]
    assert missing == []


def test_the_trainer_no_longer_takes_what_was_said_then() -> None:
    then = {idiom.key: [options for name, options in calls(idiom.then) if name == "Trainer"] for idiom in IDIOMS}
    gone = ("gpus", "strategy", "amp-backend", "checkpoint-callback", "lr-find", "progress-bar", "averaging", "resume")
    known = set(inspect.signature(pl.Trainer).parameters)
    assert [key for key in gone if not then[key] or not all(given - known for given in then[key])] == []


def test_hooks_of_then_are_gone_and_those_of_today_exist() -> None:
    assert not hasattr(pl.LightningModule, "validation_epoch_end")
    assert not hasattr(pl.LightningModule, "training_epoch_end")
    hooks = {
        node.name for idiom in IDIOMS for node in ast.walk(ast.parse(idiom.now)) if isinstance(node, ast.FunctionDef)
    }
    assert {"on_validation_epoch_end", "on_train_epoch_end"} <= hooks
    assert [hook for hook in hooks if not hasattr(pl.LightningModule, hook)] == []


def test_each_entry_has_an_anchor_of_its_own_and_a_field_that_exists() -> None:
    assert len(IDIOMS) == (FILE.read_text().count("\n## "))
    assert len(IDIOMS) >= 16
    assert len({idiom.key for idiom in IDIOMS}) == len(IDIOMS)
    fields = {idiom.field for idiom in IDIOMS if idiom.field}
    assert fields <= set(RunConfig.model_fields)
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
    assert codes == [side for idiom in IDIOMS for side in (idiom.then, idiom.now)]
    shown = [element.value for element in app.markdown]
    assert [text for text in (intro(), *(idiom.why for idiom in IDIOMS)) if text not in shown] == []
    links = [element.proto for element in app.get("page_link")]
    assert len(links) == sum(bool(idiom.field) for idiom in IDIOMS)
    found = app.query_params["draft"]
    work = found if isinstance(found, str) else found[0]
    for link, idiom in zip(links, [idiom for idiom in IDIOMS if idiom.field], strict=True):
        assert f"field={idiom.field}" in link.query_string
        assert f"draft={work}" in link.query_string


# Every snippet of today, executed

CLASSES, SIDE = 2, 4


class _Model(pl.LightningModule):
    """What the snippets call `self` and `model`; forwards: how often it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.net = torch.nn.Linear(SIDE, CLASSES)
        self.loss = torch.nn.CrossEntropyLoss()
        self.accuracy = torchmetrics.classification.MulticlassAccuracy(num_classes=CLASSES)
        self.auroc = torchmetrics.classification.BinaryAUROC(thresholds=None)
        self.lr = 1e-3
        self.forwards = 0

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.forwards += 1
        return self.net(images)

    def training_step(self, batch: Any) -> torch.Tensor:
        logits = self.net(batch[0])
        self.accuracy.update(logits, batch[1])
        return self.loss(logits, batch[1])

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=self.lr)


class _Data(pl.LightningDataModule):
    def __init__(self) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(0)
        images = torch.randn(24, SIDE, generator=draw)
        self.images = torch.utils.data.TensorDataset(images, (images[:, 0] > 0).long())

    def train_dataloader(self) -> Any:
        return torch.utils.data.DataLoader(self.images, batch_size=8)

    val_dataloader = train_dataloader


def _quiet(**options: Any) -> pl.Trainer:
    return pl.Trainer(
        accelerator="cpu", max_epochs=2, logger=False, enable_progress_bar=False, enable_model_summary=False,
        enable_checkpointing=False, num_sanity_val_steps=0, **options,
    )  # fmt: skip


def _trained(hooks: dict[str, Any]) -> tuple[_Model, pl.Trainer]:
    """A model with the hooks of a snippet, after two epochs of three batches."""
    model, trainer = type("Model", (_Model,), hooks)(), _quiet()
    trainer.fit(model, datamodule=_Data())
    return model, trainer


def _execute(idiom: Idiom) -> dict[str, Any]:
    """The names that a snippet of today leaves behind. Where it asks for a GPU, there may be none."""
    model, data = _Model(), _Data()
    known: dict[str, Any] = {
        "pl": pl, "torch": torch, "model": model, "data": data.images if idiom.key == "workers" else data,
        "net": model.net, "trainer": _quiet(), "images": torch.full((1, 3, 64, 64), 255.0),
        "logits": torch.tensor([[2.0, 1.0], [0.0, 3.0], [1.0, 0.5]]), "labels": torch.tensor([0, 1, 1]),
    }  # fmt: skip
    for statement in ast.parse(idiom.now).body:
        gpu = "accelerator='gpu'" in ast.unparse(statement) and not torch.cuda.is_available()
        with pytest.raises(MisconfigurationException, match="gpu") if gpu else contextlib.nullcontext():
            exec(compile(ast.Module([statement], []), idiom.key, "exec"), known)  # noqa: S102 - our own text
    return known


def test_every_snippet_of_today_runs_and_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("PL_GLOBAL_SEED", "PL_SEED_WORKERS"):
        monkeypatch.setenv(variable, "0")
    asked: list[str] = []

    def published(url: str, *_args: Any) -> Any:
        asked.append(url)
        return EfficientNet.from_name("efficientnet-b0").state_dict()

    monkeypatch.setattr("efficientnet_pytorch.utils.model_zoo.load_url", published)  # there is no network here
    model, trainer = _trained({})
    trainer.save_checkpoint("last.ckpt")
    torch.save({"state_dict": model.net.state_dict()}, "model.ckpt")
    try:
        left = {idiom.key: _execute(idiom) for idiom in IDIOMS}
    finally:
        torch.use_deterministic_algorithms(False)

    # The probabilities of class 1 are 0.27 and, of the images that are of it, 0.95 and 0.38.
    assert float(left["auroc"]["auroc"].compute()) == 1.0
    assert "adv" in asked[0]
    assert left["advprop"]["images"].max() == 1.0
    assert left["lr-find"]["model"].lr == left["lr-find"]["found"].suggestion()
    assert left["resume"]["trainer"].current_epoch == 8
    assert torch.equal(left["load"]["net"].weight, model.net.weight)

    hooks = {name: left["validation-epoch-end"][name] for name in ("validation_step", "on_validation_epoch_end")}
    validated, fit = _trained(hooks)
    assert validated.forwards == 2 * 3, "the network is called once for each batch of the validation"
    assert 0.0 <= float(fit.callback_metrics["val_auroc"]) <= 1.0
    assert "val_loss" in fit.callback_metrics
    _, fit = _trained({"on_train_epoch_end": left["training-epoch-end"]["on_train_epoch_end"]})
    assert 0.0 <= float(fit.callback_metrics["train_acc"]) <= 1.0
    _, fit = _trained({"configure_optimizers": left["onecycle"]["configure_optimizers"]})
    (schedule,) = [found.scheduler for found in fit.lr_scheduler_configs]
    assert (schedule.total_steps, schedule.last_epoch) == (6, 6), "stepped with each batch, to its end"


def test_the_page_says_when_things_went_as_the_changelog_of_lightning_does() -> None:
    said = {idiom.key: " ".join(idiom.why.split()) for idiom in IDIOMS}
    assert "deprecated in Lightning 1.3 and removed in 1.5" in said["metrics"]
    assert "`distributed_backend` was removed in Lightning 1.5" in said["strategy"]
    assert "`checkpoint_callback` was removed in Lightning 1.7" in said["checkpoint-callback"]
