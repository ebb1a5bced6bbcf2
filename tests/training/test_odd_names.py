"""Names that are no UTF-8, and links that lead away, in a trainer of its own: it ends with an outcome in words."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import explorer
from explorer.runs.record.paths import RunPaths
from tests.training.conftest import config_of, folder_of, outcome_of

ODD = os.fsdecode(b"gr\xfcn")
# One process for several runs: to import torch takes longer than they do.
TRAIN = """
import sys
from explorer.training.__main__ import main
for folder in sys.argv[1:]:
    main([folder])
print("imported:", sorted({"pytorch_lightning", "scipy.signal", "sklearn", "transformers"} & set(sys.modules)))
"""


def make_insects(folder: Path) -> Path:
    """Two classes of four images; the name of one class and those of all images are no UTF-8."""
    for name, color in ((ODD, "green"), ("red", "red")):
        (folder / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (40, 40), color).save(folder / name / f"{ODD}{number}.png")
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, RunPaths], str]]:
    """Runs in a process as a page starts it, to their ends, and what was printed into a plain file."""
    folder = tmp_path_factory.mktemp("odd")
    roots = folder / "roots"
    specs = {
        "fine": {"path": str(make_insects(roots / "fine")), "links": "inside"},
        "damaged": {"path": str(make_insects(roots / "damaged"))},
        "linked": {"path": str(make_insects(roots / "linked")), "links": "inside"},
    }
    (roots / "damaged" / "red" / f"{ODD}7.png").write_bytes(b"no image")
    Image.new("RGB", (40, 40)).save(folder / "secret.png")
    (roots / "linked" / "red" / "link.png").symlink_to(folder / "secret.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(folder / "home"))
        patch.setenv("EXPLORER_DATA_ROOTS", str(roots))
        common = {"kind": "image_folder", "val_fraction": 0.5}
        runs = {
            name: folder_of(config_of(dataset=common | spec, epochs=1, batch_size=2), name)
            for name, spec in specs.items()
        }
        log = folder / "log.txt"
        with log.open("wb") as file:
            subprocess.run(
                [sys.executable, "-c", TRAIN, *(str(paths.root) for paths in runs.values())], stdout=file, stderr=file,
                env={**explorer.child_environment(), "PYTHONUTF8": "1"}, check=False,
            )  # fmt: skip
        yield runs, log.read_text()


def test_classes_and_images_of_such_names_are_trained_on(trained: tuple[dict[str, RunPaths], str]) -> None:
    paths = trained[0]["fine"]
    assert outcome_of(paths).state == "finished", outcome_of(paths).reason
    assert "gr\\\\xfcn" in paths.events(1).read_text()  # the names of the classes, in JSON


def test_a_damaged_image_of_such_a_name_ends_the_run_with_an_outcome_that_names_it(
    trained: tuple[dict[str, RunPaths], str],
) -> None:
    runs, printed = trained
    found = outcome_of(runs["damaged"])
    assert found.state == "failed"
    assert "red/gr\\xfcn7.png" in found.reason
    assert f"failed: {found.reason}" in printed
    assert "Traceback" in printed


def test_a_link_that_leads_out_ends_the_run_that_a_page_started(trained: tuple[dict[str, RunPaths], str]) -> None:
    found = outcome_of(trained[0]["linked"])
    assert found.state == "failed"
    assert "red/link.png is a link that leads outside" in found.reason
    assert "secret" not in found.reason


def test_a_trainer_does_not_wait_for_imports_of_what_it_never_uses(trained: tuple[dict[str, RunPaths], str]) -> None:
    assert "imported: ['pytorch_lightning']\n" in trained[1]
