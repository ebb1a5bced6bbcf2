"""What a run's page offers to take elsewhere: code, weights, the checkpoint, curves for TensorBoard."""

import ast
import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from streamlit.testing.v1 import AppTest

from explorer.export.facts import of_run
from explorer.export.script import script
from explorer.runs.record import outcome
from explorer.runs.record.events import EventWriter
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import RunConfig, dumps
from explorer.texts import Report as T
from explorer.ui.run import export, reports
from explorer.ui.session.keys import widget_key
from tests.runs.conftest import config_of
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/runs.py"
FACTS: dict[str, Any] = {
    "classes": ["ants", "bees"], "precision": "32-true", "threads": 2, "workers": 0, "accelerator": "cpu",
    "device": "Test CPU", "identity": {"torch": "2.13.0"},
}  # fmt: skip


def trained(config: RunConfig, begun: bool = True) -> RunPaths:
    """A run that is over, as a trainer leaves it, but for its checkpoint."""
    paths = RunPaths(runs_root() / "20261124-182000-ants-x7k")
    paths.root.mkdir()
    paths.config.write_text(dumps(config))
    with EventWriter(paths, 1) as writer:
        if begun:
            writer.write("start", promise_s=60, total_steps=8, steps_per_epoch=4, epochs=2, **FACTS)
        else:
            writer.write("phase", promise_s=60, phase="importing")
    outcome.write(paths, Outcome("finished", "", 1.0))
    return paths


def save_best(paths: RunPaths, config: RunConfig) -> torch.Tensor:
    """A checkpoint with what a real one has, and two weights."""
    weight = torch.randn(2, 3)
    state = {"network.net.fc.weight": weight, "network.net.fc.bias": torch.zeros(2)}
    scale = {f"network.{name}": torch.ones(1, 3, 1, 1) for name in ("mean", "std")}
    ours = {"config": config.model_dump_json(), "classes": ["ants", "bees"]}
    paths.checkpoints.mkdir()
    parts: dict[str, Any] = {"optimizer_states": [], "lr_schedulers": [], "loops": {}, "callbacks": {}}
    torch.save(parts | {"state_dict": state | scale, "explorer": ours, "epoch": 1, "global_step": 8}, paths.best)
    return weight


def opened(paths: RunPaths) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = paths.id
    app.switch_page(PAGE).run()
    app.session_state[widget_key("run", paths.id, "export")] = True
    app.run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.warning, *app.caption, *app.error]).replace("\\", "")


def downloads(app: AppTest) -> dict[str, bool]:
    """Label -> whether it can be had."""
    return {one.proto.label: not one.proto.disabled for one in app.get("download_button")}


def test_the_code_of_a_run_is_offered() -> None:
    config = config_of("finishes")
    paths = trained(config)
    app = opened(paths)
    (shown,) = [code.value for code in app.code if "class Classifier" in code.value]
    assert shown == script(config, of_run(paths)).strip("\n")  # what is downloaded can be read first
    assert any(isinstance(node, ast.ClassDef) and node.name == "Classifier" for node in ast.walk(ast.parse(shown)))
    (name,) = [label.removeprefix("Download ") for label in downloads(app)]
    assert Path(name).stem.isidentifier()  # else nobody can import from it
    assert Path(name).suffix == ".py"
    assert "from train import Classifier" in (Path(APP).parent / "docs/export.md").read_text()
    assert name == "train.py"


def test_a_run_that_has_not_begun_says_why_there_is_no_code() -> None:
    app = opened(trained(config_of("finishes"), begun=False))
    assert downloads(app) == {}
    assert "has not begun to train" in text(app)
    assert "Weights can be exported after the first validated epoch" in text(app)


def test_a_record_of_an_older_version_says_what_it_lacks() -> None:
    paths = trained(config_of("finishes"), begun=False)
    with EventWriter(paths, 1) as writer:
        writer.write("start", promise_s=60, **{name: value for name, value in FACTS.items() if name != "threads"})
    app = opened(paths)
    assert downloads(app) == {}
    assert "has not noted its threads" in text(app)


def test_weights_are_written_by_a_process_of_their_own_and_then_offered() -> None:
    config = config_of("finishes")
    paths = trained(config)
    weight = save_best(paths, config)
    app = opened(paths)
    app.button(key=widget_key("run", paths.id, "write", "weights")).click().run()
    assert not app.exception
    assert [label.split(",")[0] for label in downloads(app)] == [
        "Download train.py", "Weights (.safetensors)", "best.ckpt",
    ]  # fmt: skip
    assert torch.equal(load_file(paths.weights)["fc.weight"], weight)


def test_a_checkpoint_that_cannot_be_read_is_told() -> None:
    paths = trained(config_of("finishes"))
    paths.checkpoints.mkdir()
    paths.best.write_bytes(b"torn")
    app = opened(paths)
    app.button(key=widget_key("run", paths.id, "write", "weights")).click().run()
    assert "The weights could not be exported: best.ckpt" in text(app)
    assert not paths.weights.exists()


def test_weights_older_than_the_checkpoint_are_not_offered() -> None:
    paths = trained(config_of("finishes"))
    save_best(paths, config_of("finishes"))
    paths.weights.write_bytes(b"of an earlier epoch")
    later = time.time() + 1  # also by a coarse clock
    os.utime(paths.best, (later, later))
    assert not any("Weights" in label for label in downloads(opened(paths)))


def test_a_checkpoint_that_is_too_large_for_the_browser_is_told_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_BYTES", 100)
    paths = trained(config_of("finishes"))
    save_best(paths, config_of("finishes"))
    app = opened(paths)
    assert str(paths.best) in [code.value for code in app.code]
    assert not any("best.ckpt" in label for label in downloads(app))


def test_tensorboard_is_named_only_where_the_run_writes_for_it() -> None:
    assert not any("tensorboard --logdir" in code.value for code in opened(trained(config_of("finishes"))).code)


def test_the_command_of_tensorboard_can_be_pasted() -> None:
    paths = trained(config_of("finishes").model_copy(update={"loggers": ("tensorboard",)}))
    assert f"tensorboard --logdir '{paths.logged}'" in [
        code.value for code in opened(paths).code
    ]  # its home has a space


def test_a_report_is_made_by_a_process_and_offered_for_download() -> None:
    paths = trained(config_of("ants"))
    app = opened(paths)
    app.button(key=widget_key("report", reports.key_of((paths.id,)), "make")).click().run()
    assert not app.exception
    making = reports.JOBS.get(reports.key_of((paths.id,)))
    assert making is not None
    assert making.wait(120)
    assert making.problem == ""
    app.run()
    (download,) = [one for one in app.get("download_button") if "report" in one.proto.id]
    assert "report" in download.proto.label
    assert T.NO_EPOCH in (reports.reports_folder() / f"{reports.key_of((paths.id,))}.html").read_text()


def test_a_report_that_fails_says_why() -> None:
    making = reports.Making(("no-such-run",), reports.reports_folder() / "none.html")
    assert making.wait(120)
    assert "no-such-run" in making.problem
