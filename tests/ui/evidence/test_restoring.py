"""The validation images of a run of before are looked up in its data set, if they are still the same."""

from pathlib import Path
from weakref import WeakKeyDictionary

import pytest

from explorer.augment.pipeline import Pipeline
from explorer.data.fit import square
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.draw.drawing import DrawingError, Ending
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunView
from explorer.runs.record.events import EventWriter
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import RunConfig, dumps
from explorer.texts import Evidence as T
from explorer.ui.background import asking
from explorer.ui.evidence import restoring
from explorer.ui.evidence.restoring import restore
from tests.training.conftest import make_image_folder


def test_images_are_found_as_long_as_the_list_is_the_recorded_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_image_folder(home / "data" / "insects", {"ants": 3, "bees": 3})
    make_image_folder(folder, {"ants": 2, "bees": 1}, "val")
    config = RunConfig(dataset=ImageFolderSpec(path=str(folder)), pipeline=Pipeline())
    split = config.dataset.open().val
    paths = RunPaths(runs_root() / "20261123-142501-before-x7k")
    paths.root.mkdir()
    paths.config.write_text(dumps(config))
    identity = {"validation images": split.listing(square(config.image_size)), "depth": '{"low": 0, "high": 255}'}
    with EventWriter(paths, 1) as writer:
        writer.write("start", promise_s=30, identity=identity)
    view = RunView(paths)
    view.refresh()
    evidence = Evidence(view)
    away = folder.rename(folder.with_name("away"))
    assert T.NOT_RESTORED.format(reason="") in restore(evidence)
    away.rename(folder)
    assert T.NOT_RESTORED.format(reason="") in restore(evidence)  # not tried again at once
    monkeypatch.setattr(restoring, "_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr(restoring, "_TRIED", WeakKeyDictionary())
    folder.rename(away)
    assert T.NOT_RESTORED.format(reason="") in restore(evidence)
    away.rename(folder)
    assert restore(evidence) == ""
    assert evidence.images is not None
    assert evidence.images.ids == split.ids

    with EventWriter(paths, 1) as writer:
        writer.write("start", promise_s=30, identity={**identity, "validation images": "of before"})
    view.refresh()
    assert restore(Evidence(view)).endswith(T.NOT_RESTORED.format(reason=T.OTHER_LISTING))


@pytest.mark.parametrize("ending", list(Ending))
def test_a_listing_that_was_ended_does_not_advise_another_image(ending: Ending) -> None:
    assert "image." not in asking.listing_words(DrawingError(ending, "", 10.0))
