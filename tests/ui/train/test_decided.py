"""The Train page starts runs without the images that were left out, and says so."""

from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Pipeline
from explorer.data import curation
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.runs.spec import config as run_config
from explorer.runs.spec.config import ConfigError
from explorer.settings.fields import DEFAULTS
from explorer.ui.session.keys import widget_key
from explorer.ui.train import conversion
from tests.ui.conftest import APP


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageFolderSpec:
    monkeypatch.setenv("EXPLORER_DATA_ROOTS", str(tmp_path))
    for name in ("ants", "bees"):
        (tmp_path / "insects" / name).mkdir(parents=True)
        for number in range(4):
            Image.new("RGB", (8, 8), (number, 0, 0)).save(tmp_path / "insects" / name / f"{number}.png")
    return ImageFolderSpec(path=str(tmp_path / "insects"))


def test_what_was_decided_is_said_and_given_to_the_run(spec: ImageFolderSpec) -> None:
    curation.leave_out(spec, {"ants/0.png": "a copy", "bees/1.png": "a copy", "bees/2.png": "damaged"})
    curation.keep_together(spec, [("ants/1.png", "ants/2.png")])
    app = AppTest.from_file(APP, default_timeout=60).switch_page("explorer/ui/pages/train.py").run()
    app.radio(key=widget_key("train", "dataset")).set_value("image_folder").run()
    assert not app.exception
    said = " ".join(caption.value for caption in app.caption)
    assert "3 images are left out, 1 group of 2 images stays together" in said
    values = {**DEFAULTS, "dataset": "image_folder", "path": spec.path}
    made = conversion.config(values, Pipeline())
    assert made.dataset == conversion.dataset_spec(values)
    assert getattr(made.dataset, "left_out", None) == ("ants/0.png", "bees/1.png", "bees/2.png")
    assert getattr(made.dataset, "together", None) == (("ants/1.png", "ants/2.png"),)


def test_a_list_that_a_run_cannot_keep_is_an_error_of_the_form(
    spec: ImageFolderSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    curation.leave_out(spec, {f"ants/{number}.png": "a copy" for number in range(200)})
    monkeypatch.setattr(run_config, "MAX_BYTES", 4_000)
    with pytest.raises(ConfigError, match="200 images that are left out"):
        conversion.config({**DEFAULTS, "dataset": "image_folder", "path": spec.path}, Pipeline())
