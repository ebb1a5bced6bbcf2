"""The command line leaves out what was decided on the Data page where it is asked to, and says where it does not."""

from argparse import ArgumentParser
from pathlib import Path

import pytest

from explorer.augment.pipeline import Pipeline
from explorer.data import curation
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.runs.cli import decided
from explorer.runs.cli.exit_codes import CommandError
from explorer.runs.spec.config import RunConfig


def test_what_was_decided_is_taken_over_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = ImageFolderSpec(path=str(tmp_path))
    config = RunConfig(dataset=spec, pipeline=Pipeline())
    parser = ArgumentParser()
    parser.add_argument("--json", action="store_true")
    decided.add_option(parser)
    plain, asked = parser.parse_args([]), parser.parse_args(["--as-decided"])
    assert decided.as_decided(plain, config) == decided.as_decided(asked, config) == config
    assert capsys.readouterr().err == ""
    curation.leave_out(spec, {"ants/1.png": "a copy"})
    assert decided.as_decided(plain, config) == config
    assert "to leave out 1 images" in capsys.readouterr().err
    found = decided.as_decided(asked, config).dataset
    assert isinstance(found, ImageFolderSpec)
    assert found.left_out == ("ants/1.png",)
    assert capsys.readouterr().err == ""
    next(curation.folder().glob("*.json")).write_text("{")
    with pytest.raises(CommandError, match="is damaged"):
        decided.as_decided(asked, config)
