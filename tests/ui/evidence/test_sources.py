"""Where the pictures of a run's images come from."""

from collections.abc import Mapping

import numpy as np

from explorer.draw.training_images import Listed
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.ui.evidence.sources import _versions

VERSIONS = {"albumentations": "2.0.8", "opencv-python-headless": "4.12"}


def start(paths: RunPaths, attempt: int, identity: Mapping[str, str]) -> None:
    with EventWriter(paths, attempt) as writer:
        writer.write("start", promise_s=30, identity=dict(identity))


def test_the_versions_of_an_attempt_are_read_once_and_those_of_a_new_attempt_are_added() -> None:
    paths = RunPaths(runs_root() / "20261123-142501-versions-x7k")
    paths.root.mkdir()
    assert _versions(paths) == ()
    start(paths, 1, VERSIONS)
    assert dict(_versions(paths)) == VERSIONS
    paths.events(1).write_bytes(b"")  # a long file is not read for each picture
    assert dict(_versions(paths)) == VERSIONS
    start(paths, 2, {"albumentations": "2.0.9"})
    assert ("albumentations", "2.0.9") in _versions(paths)


def test_lists_of_training_images_are_found_by_identity_since_they_may_be_long() -> None:
    one, same = (Listed(("a", "b"), (0, 1), ("", "")) for _ in range(2))
    assert one != same
    assert np.array_equal(one.of_class(1), [1])
