"""The meters: of this computer, and of one run that lives."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.figures.palette import STATE_COLORS
from explorer.runs.launchers import local
from explorer.runs.life import launcher
from explorer.runs.machine.gpus import GpuUse
from explorer.runs.overview.usage import MachineUse, Use
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import from_values
from explorer.ui.components import usage_line
from tests.runs.conftest import pid_of, wait_for

GB = 10**9


def _page() -> None:
    from explorer.runs.record.paths import list_runs
    from explorer.ui.components import usage_line

    usage_line.show_machine()
    for paths in list_runs():
        usage_line.show_run(paths)


def lines() -> list[str]:
    """The lines of meters on a page with the computer and all runs."""
    app = AppTest.from_function(_page).run()
    assert not app.exception
    return [line.proto.body for line in app.get("html")]


@pytest.fixture
def living(monkeypatch: pytest.MonkeyPatch) -> RunPaths:
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")
    return launcher.start(
        from_values({"name": "ignores_stop", "dataset": {"kind": "digits"}, "pipeline": {}, "accelerator": "cpu"})
    )


def test_the_computer_has_a_line_and_a_living_run_another(living: RunPaths) -> None:
    machine, run = lines()
    assert "cores" in machine
    assert "GB free" in machine
    assert "MB" in run
    os.killpg(pid_of(living), 9)
    wait_for(lambda: len(lines()) == 1, "the run leaving the page")


def test_numbers_have_units_and_what_is_nearly_full_is_marked() -> None:
    gpu = GpuUse("Test <GPU>", 2 * GB, 8 * GB, 0.5)
    use = MachineUse(2.0, 2, 6 * GB, 8 * GB, 5 * GB, 100 * GB, (gpu,))
    gauges = usage_line.machine_gauges(use, Path("/here"))
    assert [gauge.text for gauge in gauges] == ["2.0 of 2 cores", "6.0 GB of 8.0 GB", "2.0 GB of 8.0 GB", "5.0 GB free"]
    marked = [STATE_COLORS["stalled"] in usage_line._drawn(gauge) for gauge in gauges]
    assert marked == [False, False, False, True]  # a processor is there to be busy
    assert "Test &lt;GPU&gt;: memory in use, busy 50% of the time" in usage_line._drawn(gauges[2])


def test_a_run_is_measured_before_its_cores_are_known() -> None:
    use = Use(None, 300_000_000, None, 28_000_000, 3)
    assert [gauge.text for gauge in usage_line.run_gauges(use)] == ["measuring", "300 MB", "28 MB"]
    on_gpu = Use(1.5, 300_000_000, 2 * GB, 28_000_000, 1)
    assert [gauge.text for gauge in usage_line.run_gauges(on_gpu)] == ["1.5 cores", "300 MB", "2.0 GB", "28 MB"]
