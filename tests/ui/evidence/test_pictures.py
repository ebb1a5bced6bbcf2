"""The grid of a run's images: pages, the large view and its neighbors, images with the same id, and refusals."""

from collections.abc import Callable

import numpy as np

from explorer.augment.pipeline import Pipeline
from explorer.data.formats.digits import DigitsSpec
from explorer.draw.recorded import Card
from explorer.runs.record.paths import RunPaths, runs_root
from explorer.runs.spec.config import RunConfig
from explorer.ui.components.grid import Board
from explorer.ui.evidence import pictures
from explorer.ui.evidence.pictures import ON_PAGE, Caption, Refused, percent, scores_text
from explorer.ui.evidence.sources import Source
from explorer.ui.preview import wall

COUNT = 60
ORDER = np.arange(COUNT)[::-1].astype(np.int64)


def source() -> Source:
    ids = tuple("twice" if index in (3, 7) else f"val/{index}.jpg" for index in range(COUNT))
    config = RunConfig(dataset=DigitsSpec(), pipeline=Pipeline())
    return Source(RunPaths(runs_root() / "a"), config, "val", ids, ("",) * COUNT, frozenset({"twice"}))


def board(page: int, opened: int | None = None, drawn: Callable[[object], pictures.Drawn] = lambda key: None) -> Board:
    return pictures.board(source(), ORDER, page, opened, lambda index: Caption(f"image {index}"), drawn, "all")


def test_the_last_page_has_what_is_left() -> None:
    shown = board(2)
    assert [cell.id for cell in shown.groups[0].cells] == [str(index) for index in range(COUNT - 2 * ON_PAGE)][::-1]
    assert shown.pages is not None
    assert (shown.pages.number, shown.pages.count, shown.pages.text) == (2, 3, "49–60 of 60")


def test_the_neighbors_of_a_large_image_are_also_on_other_pages() -> None:
    for opened, neighbors in ((59, ("", "58")), (36, ("37", "35")), (0, ("1", ""))):
        large = board(0, opened).large
        assert large is not None
        assert large.neighbors == neighbors


def test_images_with_the_same_id_are_told_apart_and_refusals_stand_in_their_cells() -> None:
    def drawn(key: object) -> pictures.Drawn:
        return Refused("Deleted since the run") if key == source().small(7) else Card(b"jpeg", (10, 20))

    cells = {cell.id: cell for cell in board(2, drawn=drawn).groups[0].cells}
    assert (cells["7"].picture, cells["7"].message) == (None, "Deleted since the run")
    assert cells["3"].picture == b"jpeg"
    assert cells["3"].search == "twice (image 4 of the list)"
    large = board(2, 3, drawn).large
    assert large is not None
    assert large.cell.note == "20 × 10 px"
    (beside,) = large.beside
    assert "same in every epoch" in beside.note


def test_numbers_of_a_browser_that_are_too_long_are_ignored() -> None:
    state = wall._State(ORDER)
    for sent in ("9" * 5_000, "9" * 30, "-1", "1.5"):
        wall._choose(state, sent, None)
        wall._turn(state, sent)
    assert (state.opened, state.page) == (None, 0)
    wall._choose(state, "3", None)
    assert (state.opened, state.page) == (3, 2)


def test_a_probability_is_never_rounded_to_one() -> None:
    assert [percent(share) for share in (0.5, 0.9994, 0.9999999)] == ["50.0%", "99.9%", ">99.9%"]
    assert (
        scores_text(["a", "b", "c", "d"], np.array([0, 9, 1, -5], np.float32)).startswith("b >99.9% · c 0.0%") is True
    )
