"""A walk as in a competition: a table with groups, folds trained, test-time augmentation, and a submission."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from explorer.data.formats.csv_file import CsvSpec
from scripts.server import Server
from tests.browser import forms, looking, placing

PATIENTS, OF_EACH, TESTED, SIDE = 20, 3, 12, 32


def _picture(file: Path, label: str, rng: np.random.Generator) -> None:
    """Noise on a color that tells the class."""
    color = {"benign": (70, 90, 160), "malign": (150, 90, 80)}[label]
    pixels = np.clip(rng.normal(color, 40, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)


def _write(file: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with file.open("w", newline="") as target:
        csv.writer(target).writerows([head, *rows])


@pytest.fixture
def competition(home: Path) -> Path:
    """A folder as a competition gives it: train.csv with patients, images, a test folder, and a sample submission."""
    with placing.data_set(home, "skin") as folder:
        _fill(folder)
    return home / "data" / "skin"


def _fill(folder: Path) -> None:
    rng = np.random.default_rng(7)
    rows = []
    for patient in range(PATIENTS):
        label = ("benign", "malign")[patient % 2]
        for number in range(OF_EACH):
            name = f"images/p{patient:02d}_{number}.png"
            _picture(folder / name, label, rng)
            rows.append([name, label, f"patient {patient}"])
    _write(folder / "train.csv", ["image", "label", "patient"], rows)
    for number in range(TESTED):
        _picture(folder / "test" / f"t{number:02d}.png", _truth(f"t{number:02d}"), rng)
    ids = [f"t{number:02d}" for number in reversed(range(TESTED))]
    _write(folder / "sample_submission.csv", ["image_id", "malign", "benign"], [[one, "0.5", "0.5"] for one in ids])


def _truth(name: str) -> str:
    return ("benign", "malign")[int(name[1:]) % 3 == 0]


def _accept(submission: Path, sample: Path) -> float:
    """Check a submission as a competition does, and return its accuracy. Raises AssertionError."""
    with submission.open(newline="") as file, sample.open(newline="") as asked:
        found, wanted = list(csv.DictReader(file)), list(csv.DictReader(asked))
    assert list(found[0]) == list(wanted[0])
    assert [row["image_id"] for row in found] == [row["image_id"] for row in wanted]
    for row in found:
        assert sum(float(row[name]) for name in ("malign", "benign")) == pytest.approx(1, abs=1e-5)
    right = [max(("malign", "benign"), key=lambda name: float(row[name])) == _truth(row["image_id"]) for row in found]
    return sum(right) / len(right)


def _choose(page: Page, field: Locator, option: str) -> None:
    field.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_from_a_table_with_groups_to_a_submission(
    competition: Path, server: Server, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{server.url}/train")
    page.get_by_text(CsvSpec.title, exact=True).click()
    expect(page.get_by_text(re.compile(r"by patient, 20 groups"))).to_be_visible()
    _choose(page, page.get_by_role("combobox", name="Backbone"), "Small CNN")
    expect(page.get_by_text("four convolutions", exact=False)).to_be_visible()
    forms.set_number(page, "Image size (px)", SIDE, "by patient, 20 groups")
    looking.rest(page)
    forms.set_epochs(page, 2)

    page.get_by_role("button", name="Train k folds").click()
    dialog = page.get_by_role("dialog")
    forms.set_number(page, "Folds (k)", 3, r"^60 images, about 20 in each fold\.")
    dialog.get_by_role("button", name="Train 3 folds").click()
    expect(page.get_by_text("All 3 folds are trained.")).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"Out of fold, accuracy is 0\.\d+ \(95% interval|Out of fold, accuracy is 1"))
    ).to_be_visible()
    expect(page.get_by_text("Each of 60 images was judged by the run that was not trained on it.")).to_be_visible()

    page.get_by_role("button", name="Predict with 3 networks").click()
    dialog.get_by_text("Folder or table").first.click()
    _choose(page, dialog.get_by_role("combobox", name="Folder or table"), str(competition / "test"))
    expect(dialog.get_by_text(f"{TESTED} images.")).to_be_visible()
    _choose(page, dialog.get_by_role("combobox", name="Test-time augmentation"), "Mirror image")
    _choose(page, dialog.get_by_role("combobox", name="Sample submission"), str(competition / "sample_submission.csv"))
    expect(dialog.get_by_text("72 passes")).to_be_visible()
    dialog.get_by_role("button", name=f"Predict {TESTED} images").click()

    expect(page.get_by_text(f"{TESTED} images are predicted", exact=True)).to_be_visible()
    expect(page.get_by_text("What test-time augmentation changes")).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="submission-1.csv").click()
    started.value.save_as(tmp_path / "submission.csv")
    assert _accept(tmp_path / "submission.csv", competition / "sample_submission.csv") >= 0.75
