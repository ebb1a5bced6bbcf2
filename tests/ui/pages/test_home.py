"""A folder for runs and pipelines that cannot be written: told on every page, and what is there can still be read."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from explorer.augment.pipeline import Pipeline
from explorer.data.formats.digits import DigitsSpec
from explorer.runs.record import outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, queue_root, runs_root, trash_root
from explorer.runs.spec.config import RunConfig, dumps
from tests import disks
from tests.ui.conftest import APP


def test_a_new_home_that_cannot_be_written_is_told_with_what_to_do(home: Path) -> None:
    with disks.small_disk(home, megabytes=1) as disk:
        disks.make_read_only(disk)
        app = AppTest.from_file(APP, default_timeout=60).run()
        assert not app.exception
        words = app.error[0].value.replace("\\", "")
        assert "Read-only file system" in words
        assert "set EXPLORER_HOME to another folder" in words


def test_runs_of_a_home_that_cannot_be_written_any_more_can_be_read(home: Path) -> None:
    with disks.small_disk(home, megabytes=4) as disk:
        paths = RunPaths(runs_root() / "20261123-142501-ants-x7k")
        paths.root.mkdir()
        paths.config.write_text(dumps(RunConfig(dataset=DigitsSpec(), pipeline=Pipeline())))
        outcome.write(paths, Outcome("finished", "All 2 epochs are done.", 1.0))
        queue_root()
        trash_root()
        disks.make_read_only(disk)
        app = AppTest.from_file(APP, default_timeout=60)
        app.query_params["run"] = paths.id
        app.run()
        app.switch_page("explorer/ui/pages/runs.py").run()
        assert not app.exception
        assert "All 2 epochs are done." in " ".join(part.value for part in app.markdown).replace("\\", "")
