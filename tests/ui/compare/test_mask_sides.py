"""Two compared runs that learn masks show the images whose Dice differs most, with both masks."""

import numpy as np

from explorer.runs.overview.comparison import best_of, pair_of, side_of
from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths
from explorer.texts import Compare as T
from explorer.ui.compare import mask_sides
from explorer.ui.compare.readers import Compared
from explorer.ui.evidence.mask_images import MaskImages
from explorer.ui.preview import wall
from tests.training.conftest import SMALL, config_of, run_here
from tests.ui.compare.test_page import compare, text

SHAPES = {"kind": "shapes", "learn": "masks", "train_images": 12, "val_images": 9, "image_size": 48, "num_classes": 2}


def _compared(place: int, paths: RunPaths) -> Compared:
    view = RunView(paths)
    snapshot = view.refresh()
    return Compared(place, paths.id, view, snapshot, best_of(view, snapshot))


def test_the_images_whose_dice_differs_most_are_shown_with_both_masks() -> None:
    a, b = (
        run_here(config_of(dataset=SHAPES, pipeline={"nodes": []}, epochs=epochs, learning_rate=0.02, **SMALL), name)[0]
        for epochs, name in ((1, "short"), (5, "long"))
    )
    runs = _compared(0, a), _compared(1, b)
    lower, higher = pair_of(*(side_of(run.view, run.snapshot, run.name) for run in runs)).changed_dice()
    app = compare(a, b, section=T.IMAGES, tasks=("segmentation",))
    (sides,) = app.segmented_control
    assert list(sides.options) == [
        T.LOWER.format(count=len(lower)), T.HIGHER.format(count=len(higher))
    ]  # fmt: skip
    assert "Click one for both masks." in text(app)
    images = [mask_sides._images(run) for run in runs]
    first, second = (one for one in images if isinstance(one, MaskImages))
    changed = {one.row_a: one for one in (*lower, *higher)}
    album = mask_sides.Album(first, second, *mask_sides._epochs(*runs), changed)
    place = next(iter(changed))
    pictures = [next(iter(one.request.draw())).picture for one in album.large(place)]
    assert len(set(pictures)) == 3
    large = wall.board(album, np.array([*changed]), 0, place, album.caption, lambda _: None, "").large
    assert large is not None
    assert [large.cell.title, *(cell.title for cell in large.beside)] == [one.title for one in album.large(place)]
    assert album.caption(place).text == T.DICE_OF_BOTH.format(a=changed[place].a, b=changed[place].b)
    b.masks(1, album.epoch_b).unlink()
    assert T.MASK_NOT_KEPT.format(side="B") in album.caption(place).text
