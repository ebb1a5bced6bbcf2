"""The lesson about masks: linear interpolation invents classes, and the nearest pixel does not."""

from types import SimpleNamespace

import albumentations as A
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from explorer.base.words import span
from explorer.data.sample import Sample
from explorer.draw.mask_lesson import Interpolation
from explorer.draw.requests import TurnedMask
from explorer.runs.machine.durations import Duration, keep, work_of
from explorer.runs.machine.machine import machine
from explorer.runs.machine.paces import machine_key
from explorer.runs.spec.config import RunConfig
from explorer.texts import Common, Preview
from explorer.texts import Lab as Texts
from explorer.ui.lab import lesson_runs
from explorer.ui.lab.mask_lesson import WAYS
from explorer.ui.session.history import History
from explorer.ui.session.keys import Key
from explorer.ui.session.view import Lab, Mode, View
from explorer.ui.session.workspace import Workspace, demo_draft, save
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/laboratory.py"


@pytest.mark.parametrize("way", WAYS)
def test_classes_that_a_mask_never_had_are_counted(way: Interpolation) -> None:
    config = lesson_runs.config()
    split = config.dataset.open().train
    index = next(place for place in range(20) if 3 in np.unique(_mask(split.load(place))))
    found = next(TurnedMask(config, way, index, 3, ((255, 0, 0),)).draw())
    assert (found.share > 0) == (way == "INTER_LINEAR")
    assert set(found.invented) <= {"circle", "square"}
    # The same rule in a plain pipeline, turned by one fixed angle
    plain = A.Compose([A.Rotate((30, 30), p=1.0)], mask_interpolation=getattr(cv2, way))
    sample = split.load(index)
    turned = plain(image=sample.image, mask=sample.mask)["mask"]
    assert bool(set(np.unique(turned)) - {0, 3}) == (way == "INTER_LINEAR")


def _mask(sample: Sample) -> NDArray[np.uint8]:
    assert sample.mask is not None
    return sample.mask


@pytest.fixture
def lesson() -> AppTest:
    """The page of the lesson."""
    save(Workspace("w" * 22, History(demo_draft()), View(lab=Lab(mode=Mode.MASKS))))
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["draft"] = "w" * 22
    return app.switch_page(PAGE).run()


def test_the_lesson_shows_only_what_has_an_effect_in_it(lesson: AppTest) -> None:
    assert not lesson.exception
    assert [each.label for each in lesson.selectbox] == []
    assert [each.label for each in lesson.button if each.label in {Common.UNDO, Common.REDO}] == []
    assert [each.label for each in lesson.number_input] == [Preview.SEED]
    assert lesson.caption[0].value == Texts.MODE_HELP["masks"]
    lesson.button(Key.NEXT).click().run()
    assert lesson.number_input[0].value == 1


def test_the_button_says_how_long_both_runs_take_before(lesson: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = Texts.LESSON_UNKNOWN.format(epochs=12, images=240)
    assert unknown in [each.value for each in lesson.caption]
    found = machine()
    monkeypatch.setattr(lesson_runs, "known_machine", lambda: found)
    keep(work_of(lesson_runs.config(), machine_key(found)), Duration(by="train", epoch_s=10.0))
    assert lesson_runs.expected_s() is None  # the runs say how masks are interpolated
    for way, epoch_s in zip(WAYS, (10.0, 15.0), strict=True):
        keep(work_of(lesson_runs._of_way(way), machine_key(found)), Duration(by="train", epoch_s=epoch_s, start_s=20.0))
    assert lesson_runs.expected_s() == pytest.approx(2 * 20 + 12 * 25)
    said = Texts.LESSON_TAKES.format(takes=span(340.0)).format(epochs=12, images=240)
    assert said in [each.value for each in lesson.run().caption]


def test_both_runs_of_the_lesson_are_canceled_with_one_button(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[RunConfig] = []
    stopped: list[str] = []
    monkeypatch.setattr(lesson_runs.launcher, "start", started.append)
    lesson_runs._start()
    assert [config.pipeline.targets.mask_interpolation for config in started] == list(WAYS)
    assert len({config.pair for config in started}) == 1
    monkeypatch.setattr(lesson_runs, "_latest", lambda: {way: SimpleNamespace(paths=way) for way in WAYS})
    monkeypatch.setattr(lesson_runs.control, "request_stop", stopped.append)
    lesson_runs._cancel()
    assert stopped == list(WAYS)
