"""`python -m scripts.screenshots`: start the app, do what a person does, and take docs/screenshots again.

The pictures of a run's evidence are those of photographs, where EXPLORER_TEST_DATA names a folder with hymenoptera/
and camvid/ in it, and else of generated shapes.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Page

from explorer.augment.pipeline import Pipeline
from explorer.augment.presets import draft
from explorer.data.formats.csv_file import CsvSpec
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.mask_folder import MaskFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.spec.config import RunConfig, dumps, from_values
from explorer.runs.spec.plans.effects import EffectsPlan
from scripts.browsing import app_and_browser
from scripts.server import PROJECT, Server

FOLDER = PROJECT / "docs" / "screenshots"
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Take every image that README and docs/ show."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        roots = [folder for folder in (os.environ.get("EXPLORER_TEST_DATA"), made) if folder]
        os.environ["EXPLORER_DATA_ROOTS"] = os.pathsep.join(roots)
        _take(_table_of_shapes(Path(made)))


def _take(several_labels: CsvSpec) -> None:
    with app_and_browser() as (server, browser):
        page = browser.new_page(viewport=SIZE)
        page.goto(server.url)
        _presets(page)
        _augment(page)
        _targets(page)
        _references(page)
        page.goto(server.url)
        _files(page)
        _laboratory(page)
        _data(page, server.url)
        page.goto(server.url)
        _run(page)
        page.get_by_role("link", name="Then and now").click()
        page.get_by_text("Metrics have a package of their own").wait_for()
        _shot(page, "then-and-now")
        runs = [_trained(server, name) for name in ("medium", "light")]
        _evidence(page, server.url, runs[0])
        _compared(page, server.url, runs)
        _study(page, server.url, _studied(server))
        _masks(page, server.url, _trained_on(server, _masked(), epochs=25, image_size=224, batch_size=4))
        _labels(page, server.url, _trained_on(server, several_labels, epochs=2, image_size=96, batch_size=16))


def _shot(page: Page, name: str) -> None:
    page.wait_for_timeout(1500)
    page.screenshot(path=FOLDER / f"{name}.png")


def _data(page: Page, url: str) -> None:
    photographs = os.environ.get("EXPLORER_TEST_DATA")
    page.goto(f"{url}/data?data={f'image_folder:{photographs}/hymenoptera' if photographs else 'shapes'}")
    page.locator("[data-testid=grid] .cell").first.wait_for()
    if photographs:
        page.get_by_text(re.compile(r"All [\d,]+ images decode\.")).wait_for()
    page.wait_for_timeout(2000)  # pictures come one after the other
    _shot(page, "data")
    if photographs:
        page.get_by_text("Brightness and sharpness", exact=True).click()
        page.locator("[data-testid=plot][data-key$=sharpness] .js-plotly-plot").wait_for()
        page.get_by_role("heading", name="Overview").evaluate("e => e.scrollIntoView()")
        _shot(page, "data-overview")


def _presets(page: Page) -> None:
    page.locator("[data-testid=preview][data-painted]").wait_for()
    page.get_by_text("Play", exact=True).click()
    page.get_by_role("button", name="Presets").click()
    page.get_by_role("button", name="Open Medium").wait_for()
    _shot(page, "augment-presets")
    page.get_by_role("button", name="Open Medium").click()
    page.get_by_role("dialog").wait_for(state="hidden")


def _augment(page: Page) -> None:
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("6")
    seed.press("Enter")
    page.get_by_role("treeitem", name="Affine").click()
    _shot(page, "augment")
    page.locator("[data-testid=trace] .card", has_text="Affine").click()
    page.get_by_text("Difference", exact=True).click()
    _shot(page, "augment-step")
    page.get_by_text("Result", exact=True).click()
    page.locator("[data-testid=trace] .card", has_text="Output").click()


def _targets(page: Page) -> None:
    page.get_by_role("button", name="Targets").click()
    page.get_by_role("tab", name="Boxes").click()
    _shot(page, "augment-targets")
    page.keyboard.press("Escape")


def _references(page: Page) -> None:
    box = page.get_by_role("combobox", name="Add a transform")
    box.click()
    box.fill("FDA")
    page.get_by_role("option", name="Images and text · FDA").click()
    page.locator("[data-testid=grid] .cell").first.wait_for()
    slider = page.get_by_role("slider", name="Probability p")
    slider.focus()
    slider.press("End")
    page.wait_for_timeout(1000)
    page.locator("[data-testid=trace] .card", has_text="FDA").click()
    _shot(page, "augment-references")


# A training file as many people have it.
_CODE = b"""
import albumentations as albu

def get_transforms(opt):
    train = albu.Compose([
        albu.RandomResizedCrop(opt.image_size, opt.image_size, scale=(0.3, 1.0)),
        albu.Flip(p=0.5),
        albu.GaussNoise(var_limit=(100.0, 400.0), p=0.3),
        ToTensorV2(),
    ])
    valid = albu.Compose([albu.CenterCrop(224, 224), ToTensorV2()])
    return train, valid
"""


def _files(page: Page) -> None:
    page.locator("[data-testid=preview][data-painted]").wait_for()
    page.get_by_text("Play", exact=True).click()
    page.get_by_role("button", name="Presets").click()
    page.get_by_role("button", name="Open Medium").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    page.get_by_role("button", name="Export, share").click()
    page.get_by_text("A.HorizontalFlip").wait_for()
    _shot(page, "export")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Import").click()
    page.get_by_role("dialog").locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(
        {"name": "train.py", "mimeType": "text/x-python", "buffer": _CODE}
    )
    page.get_by_text("2 pipelines found").wait_for()
    answer = page.get_by_role("textbox", name="opt")
    answer.fill("224")
    answer.press("Enter")
    page.get_by_text("size=[224, 224]").wait_for()
    _shot(page, "import")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")


_MODES = {
    "Sweep": "lab-sweep",
    "Grid": "lab-grid",
    "A/B": "lab-compare",
    "Gallery": "lab-gallery",
    "Mask borders": "lab-masks",
}


def _laboratory(page: Page) -> None:
    page.get_by_role("link", name="Laboratory").click()
    for mode, name in _MODES.items():
        page.get_by_text(mode, exact=True).click()
        page.wait_for_timeout(4000)  # pictures come one after the other
        _shot(page, name)
    page.get_by_text("Statistics", exact=True).click()
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("Keypoints by class").wait_for(timeout=60_000)
    page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=60_000)
    _shot(page, "lab-statistics")


def _run(page: Page) -> None:
    page.get_by_role("button", name="Train with this").click()
    _recipe(page)
    _start(page)
    run = page.url
    page.get_by_text(re.compile("Latest: epoch [5-8]")).first.wait_for(timeout=180_000)
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / "run.png")
    _duplicate(page)
    page.goto(run)
    _duplicate(page)
    page.get_by_role("button", name="All runs").click()
    page.locator("[data-testid=run-list] li").nth(2).wait_for()
    _shot(page, "runs")


def _recipe(page: Page) -> None:
    page.get_by_role("button", name="Quick check").click(timeout=60_000)
    page.get_by_text("MixUp", exact=True).click()
    page.get_by_text("MixUp or CutMix, chosen per batch", exact=True).wait_for()
    page.get_by_text("What the model sees").scroll_into_view_if_needed()
    _shot(page, "train-mixing")
    page.locator(".st-key-train-mixing, .st-key-train_mixing").get_by_text("None", exact=True).click()
    page.get_by_text("Optimizer and schedule").evaluate("e => e.scrollIntoView()")
    page.get_by_text("The run would take about").first.wait_for(timeout=90_000)
    _shot(page, "train-schedule")


def _start(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click(timeout=60_000)
    page.wait_for_url("**/runs?*run=*")


def _duplicate(page: Page) -> None:
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Duplicate and change").click()
    rate = page.get_by_role("textbox", name="Learning rate")
    rate.fill("0.003")
    rate.press("Enter")
    page.get_by_text("was 0.01").wait_for()
    page.wait_for_timeout(1500)  # the page is drawn again around it
    page.get_by_text("was 0.01").scroll_into_view_if_needed()
    _shot(page, "train-duplicate")
    _start(page)


def _photographs() -> ImageFolderSpec | None:
    given = os.environ.get("EXPLORER_TEST_DATA")
    return ImageFolderSpec(path=str(Path(given).resolve() / "hymenoptera")) if given else None


def _trained(server: Server, preset: str) -> str:
    """Train a run to its end by the command line, and return its id."""
    folder, chosen = _photographs(), draft(preset)
    config = RunConfig(
        name=f"{'ants and bees' if folder else 'shapes'}, {chosen.name}",
        dataset=folder or ShapesSpec(),
        pipeline=Pipeline(nodes=chosen.nodes, name=chosen.name),
        image_size=160,
        frozen=True,
        epochs=5,
        learning_rate=0.002,
    )
    return _carried_out(server, "start", config)


def _studied(server: Server) -> str:
    """Study the steps of a pipeline to the end by the command line, and return the id of the study."""
    folder, chosen = _photographs(), draft("medium")
    config = RunConfig(
        kind="study",
        name=f"{'ants and bees' if folder else 'digits'}, {chosen.name}",
        dataset=folder or DigitsSpec(),
        pipeline=Pipeline(nodes=chosen.nodes, name=chosen.name),
        image_size=160 if folder else 32,
        frozen=True,
        monitor="accuracy",
        study=EffectsPlan(),
    )
    return _carried_out(server, "study", config)


def _masked() -> MaskFolderSpec | ShapesSpec:
    given = os.environ.get("EXPLORER_TEST_DATA")
    return (
        MaskFolderSpec(path=str(Path(given).resolve() / "camvid"), ignore_index=11)
        if given
        else ShapesSpec(learn="masks")
    )


def _table_of_shapes(folder: Path) -> CsvSpec:
    """Make images that hold up to three shapes, and the table that says which."""
    generator = np.random.default_rng(0)
    rows = ["path,labels"]
    for number in range(120):
        image = generator.integers(40, 160, (96, 96, 3)).astype(np.uint8)
        held = generator.random(3) < (0.6, 0.4, 0.3)
        color = tuple(int(value) for value in generator.integers(90, 255, 3))
        x, y, half = (int(value) for value in generator.integers((20, 20, 8), (40, 40, 15)))
        if held[0]:
            cv2.circle(image, (x, y), half, color, -1)
        if held[1]:
            cv2.rectangle(image, (x + 32 - half, y - half), (x + 32 + half, y + half), color, -1)
        if held[2]:
            corners = np.array([[x - half, y + 44], [x + half, y + 44], [x, y + 44 - 2 * half]])
            cv2.fillPoly(image, [corners], color)
        cv2.imwrite(str(folder / f"{number:03}.png"), image)
        names = (name for name, is_there in zip(("circle", "square", "triangle"), held, strict=True) if is_there)
        rows.append(f"{number:03}.png,{'|'.join(names)}")
    (folder / "shapes.csv").write_text("\n".join(rows) + "\n")
    return CsvSpec(path=str((folder / "shapes.csv").resolve()), several="|")


def _trained_on(server: Server, dataset: CsvSpec | MaskFolderSpec | ShapesSpec, **recipe: Any) -> str:
    """Train with the light preset to the end by the command line, and return the id of the run."""
    pipeline = Pipeline(nodes=draft("light").nodes, name="light")
    return _carried_out(server, "start", from_values({"dataset": dataset, "pipeline": pipeline, **recipe}))


def _carried_out(server: Server, command_name: str, config: RunConfig) -> str:
    command = [sys.executable, "-m", "explorer", command_name, "-", "--wait", "--json"]
    environment = {**os.environ, "EXPLORER_HOME": str(server.home)}
    done = subprocess.run(command, input=dumps(config), capture_output=True, text=True, check=True, env=environment)
    return str(json.loads(done.stdout)["id"])


def _evidence(page: Page, url: str, run: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{url}/runs?run={run}")
    page.get_by_role("tab", name="Matrix", exact=True).click()
    page.get_by_role("button", name=re.compile("→")).first.click()  # the most confused pair
    page.locator("[data-testid=grid] .cell").first.wait_for()
    page.wait_for_timeout(2000)  # pictures come one after the other
    page.locator("[data-testid=matrix]").evaluate("e => e.scrollIntoView()")
    _shot(page, "run-matrix")
    page.get_by_role("tab", name="Scores", exact=True).click()
    page.get_by_text("Best F1").wait_for()
    page.get_by_role("tab", name="Scores", exact=True).evaluate("e => e.scrollIntoView()")
    _shot(page, "run-scores")
    page.get_by_role("tab", name="Mistakes", exact=True).click()
    page.locator("[data-testid=grid] .cell").first.wait_for()
    page.wait_for_timeout(2000)  # pictures come one after the other
    page.get_by_role("tab", name="Mistakes", exact=True).evaluate("e => e.scrollIntoView()")
    _shot(page, "run-mistakes")


def _study(page: Page, url: str, run: str) -> None:
    page.goto(f"{url}/runs?run={run}")
    page.locator("[data-testid=plot][data-key$=forest] .js-plotly-plot").wait_for()
    _shot(page, "study")


def _masks(page: Page, url: str, run: str) -> None:
    page.goto(f"{url}/runs?run={run}")
    page.get_by_role("tab", name="Masks", exact=True).click()
    page.locator("[data-testid=masks][data-image]").locator("canvas").focus()
    page.keyboard.press("5")  # the true mask beside the predicted one
    page.locator("[data-testid=masks][data-view=swipe]").wait_for()
    page.get_by_role("tab", name="Masks", exact=True).evaluate("e => e.scrollIntoView()")
    page.wait_for_timeout(2000)  # the wall below comes one image after the other
    _shot(page, "run-masks")


def _labels(page: Page, url: str, run: str) -> None:
    page.goto(f"{url}/runs?run={run}")
    page.get_by_role("tab", name="Labels", exact=True).click()
    page.locator("[data-testid=matrix]").first.wait_for()
    page.get_by_role("tab", name="Labels", exact=True).evaluate("e => e.scrollIntoView()")
    page.wait_for_timeout(2000)
    _shot(page, "run-labels")


def _compared(page: Page, url: str, runs: list[str]) -> None:
    page.goto(f"{url}/runs?runs={','.join(runs)}")
    page.get_by_role("tab", name="Metrics", exact=True).wait_for()
    _shot(page, "compare")


if __name__ == "__main__":
    main()
