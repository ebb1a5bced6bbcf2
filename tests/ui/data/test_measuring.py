"""Measuring in a child process, as pages ask for it."""

from pathlib import Path

import numpy as np
import pytest

from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.overview.measured import Measured
from explorer.data.overview.sampling import Sampling
from explorer.ui.data import measuring
from explorer.ui.data.measuring import Failed
from tests.data.overview.generated import jpeg, photograph

_LONG_S = 120.0


@pytest.fixture
def spec(tmp_path: Path) -> ImageFolderSpec:
    """Two classes of four images each."""
    rng = np.random.default_rng(0)
    for number in range(8):
        jpeg(tmp_path / "set" / "ab"[number % 2] / f"{number}.jpg", photograph(rng, 60, 80))
    return ImageFolderSpec(path=str(tmp_path / "set"))


def _wait(spec: ImageFolderSpec, sampling: Sampling) -> None:
    for job in measuring.JOBS.all().values():
        assert job.wait(_LONG_S)
    assert not measuring.running(spec, sampling)


def test_a_set_is_measured_canceled_and_measured_again(spec: ImageFolderSpec) -> None:
    sampling = Sampling(6, 1)
    assert measuring.state(spec, sampling) is None
    measuring.start(spec, sampling)
    measuring.cancel(spec, sampling)
    assert not isinstance(measuring.state(spec, sampling), Failed)
    measuring.start(spec, sampling)
    _wait(spec, sampling)
    found = measuring.state(spec, sampling)
    assert isinstance(found, Measured)
    assert (len(found), found.total) == (6, 8)
    duplicates = measuring.duplicates(spec, spec.contents(), sampling)
    assert duplicates is not None
    assert duplicates.clusters == ()


def test_why_a_set_cannot_be_measured_is_said(tmp_path: Path) -> None:
    spec, sampling = ImageFolderSpec(path=str(tmp_path / "nothing")), Sampling(5)
    measuring.start(spec, sampling)
    _wait(spec, sampling)
    failed = measuring.state(spec, sampling)
    assert isinstance(failed, Failed)
    assert "There is no folder" in failed.reason
