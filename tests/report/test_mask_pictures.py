"""A report of runs that learn masks shows their worst images, and those whose masks changed most between two runs."""

import base64
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from sklearn.metrics import f1_score

from explorer.data.mask_classes import UNCOUNTED
from explorer.report import mask_pictures, pictures
from explorer.report.mask_pictures import Painter
from explorer.report.reported import Reported, read
from explorer.runs.overview.comparison import Pair, pair_of, side_of
from explorer.runs.record.paths import RunPaths
from explorer.texts import Masks, ReportMasks
from tests.report.test_report import Page, report
from tests.training.conftest import SMALL, config_of, run_here

SHAPES = {"kind": "shapes", "learn": "masks", "train_images": 12, "val_images": 9, "image_size": 48, "num_classes": 2}

PLAIN = {"dataset": SHAPES, "pipeline": {"nodes": []}, "learning_rate": 0.02}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[RunPaths, RunPaths]]:
    """A home, and two runs in it, of which one trains longer."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(folder))
        first, second = (
            run_here(
                config_of(dataset=SHAPES, pipeline={"nodes": []}, epochs=epochs, learning_rate=0.02, **SMALL), name
            )
            for epochs, name in ((1, "short"), (5, "long"))
        )
    return folder, (first[0], second[0])


@pytest.fixture
def runs(trained: tuple[Path, tuple[RunPaths, RunPaths]], monkeypatch: pytest.MonkeyPatch) -> tuple[RunPaths, RunPaths]:
    monkeypatch.setenv("EXPLORER_HOME", str(trained[0]))
    return trained[1]


def _painter(run: Reported) -> Painter:
    return Painter(run, pictures.opened(run, inside=False), inside=False)


def _dice(painter: Painter, index: int) -> float:
    """The mean Dice of an image over the classes in either mask, by scikit-learn."""
    found = painter.seen(index)
    counts = found.truth != UNCOUNTED
    truth, predicted = found.truth[counts], painter.predicted(index, found)[counts]
    return float(f1_score(truth, predicted, average="macro", labels=np.unique([*truth, *predicted]), zero_division=0))


def test_the_worst_images_and_a_typical_one_are_shown_with_both_masks(runs: tuple[RunPaths, RunPaths]) -> None:
    run = read(runs[0])
    painter = _painter(run)
    found = mask_pictures.of_run(run, painter, 10**7, "")
    assert run.images is not None
    scores = {name: _dice(painter, index) for index, name in enumerate(run.images.ids)}
    order = sorted(scores, key=lambda name: scores[name])
    middle = order[len(order) // 2]
    assert [row.id for row in found.rows] == [name for name in order[:6] if name != middle] + [middle]
    assert found.rows[0].words == ReportMasks.DICE.format(dice=scores[order[0]])
    assert found.rows[-1].words == ReportMasks.TYPICAL.format(dice=scores[middle])
    assert [picture.title for picture in found.rows[0].pictures] == [
        Masks.VIEWS[view] for view in ("image", "truth", "predicted", "difference")
    ]
    index = run.images.ids.index(order[0])
    seen = painter.seen(index)
    wrong = seen.wrong(painter.predicted(index, seen))
    _, _, coded = found.rows[0].pictures[-1].address.partition("base64,")
    drawn = cv2.imdecode(np.frombuffer(base64.b64decode(coded), np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    orange = cv2.resize((drawn[..., 2].astype(int) - drawn[..., 0] > 90).astype(np.uint8), wrong.shape[::-1])
    assert (orange.astype(bool) == wrong).mean() > 0.9
    small = mask_pictures.of_run(run, painter, found.rows[0].size, "")
    assert [bool(row.pictures) for row in small.rows] == [True] + [False] * (len(small.rows) - 1)


def test_two_runs_show_the_images_whose_dice_changed_most(runs: tuple[RunPaths, RunPaths], target: Path) -> None:
    a, b = map(read, runs)
    painters = _painter(a), _painter(b)
    pair = _pair(a, b)
    changes = [_dice(painters[1], index) - _dice(painters[0], index) for index in range(9)]
    lost, won = pair.changed_dice()
    assert lost
    assert won
    assert [one.row_a for one in lost] == sorted((at for at in range(9) if changes[at] < 0), key=lambda at: changes[at])
    assert [one.b - one.a for one in won] == pytest.approx(sorted((one for one in changes if one > 0), reverse=True))
    page = Page(report(target, *runs))
    assert f"{ReportMasks.TITLE_PAIR} {ReportMasks.NOTE_PAIR}" in page.said
    rows = [
        len(mask_pictures.of_run(run, painter, 10**7, "").rows) for run, painter in zip((a, b), painters, strict=True)
    ]
    assert len(page.loaded) == 4 * (sum(rows) + min(3, len(lost)) + min(3, len(won)))
    for one in (*lost[:3], *won[:3]):
        assert re.search(rf"Dice {one.a:.3f} in A, {one.b:.3f} in B", page.said)


def _pair(a: Reported, b: Reported) -> Pair:
    return pair_of(*(side_of(run.evidence.view, run.snapshot, run.summary.name) for run in (a, b)))


def test_masks_that_were_not_kept_are_said_to_be_absent(runs: tuple[RunPaths, RunPaths], target: Path) -> None:
    kept = runs[0].masks(1, 0)
    content = kept.read_bytes()
    kept.unlink()
    try:
        page = Page(report(target, runs[0]))
    finally:
        kept.write_bytes(content)
    assert Masks.NONE_STORED in page.said
    assert page.loaded == []
