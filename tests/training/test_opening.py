"""The final set: no training, validation or study sees it, and it opens once."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.export.facts import ExportError
from explorer.export.script import check
from explorer.runs.record import final, ledger
from explorer.runs.record.validation import ValidationImages
from explorer.runs.spec.config import RunConfig, loads
from explorer.training import opening
from explorer.training.opening import FinalSetError, OpenedBefore, open_for
from explorer.ui.session.keys import widget_key
from tests.training.conftest import SHAPES, SMALL, config_of, run_here


def config(**changes: object) -> RunConfig:
    return config_of(**SMALL, epochs=1, dataset=SHAPES | {"set_aside": 0.2} | changes)


def test_it_opens_once_unless_the_person_insists() -> None:
    first, ended = run_here(config(), "first")
    assert ended.state == "finished", ended.reason
    result = open_for(first)
    found = final.read(first)
    assert found is not None
    assert found[0] == result
    assert (result.images, result.before) == (6, 0)  # 20 % of the 11 images of each class
    assert found[1].confusion.sum() == 6
    assert found[1].logits is not None
    # Neither validated on nor trained on.
    listed = ValidationImages.load(first.validation)
    final_hashes = set(opening.divide(config().dataset.whole(), 0.2).hashes)
    assert not final_hashes & set(listed.hashes)
    with pytest.raises(FinalSetError, match="already"):
        open_for(first)
    second, _ = run_here(config(), "second")
    with pytest.raises(OpenedBefore, match=f"opened once before, first at .* for the run {first.id}"):
        open_for(second)
    assert final.read(second) is None
    page = AppTest.from_function(_page, kwargs={"run": second.id}, default_timeout=120).run()
    now, insist = (widget_key("run", second.id, name) for name in ("final_now", "final_insist"))
    page.button(key=now).click().run()
    assert "opened once before, first at" in page.warning[0].value.replace("\\", "")
    page.checkbox(key=insist).check().run()
    page.button(key=now).click().run()
    assert not page.exception
    assert not page.warning
    again = final.read(second)
    assert again is not None
    assert again[0].before == 1
    assert [entry.insisted for entry in ledger.read().opened(result.contents)] == [False, True]
    # A set of another share has images of it.
    less, _ = run_here(config(set_aside=0.1), "less")
    with pytest.raises(OpenedBefore, match=r"This final set was opened 2 times before"):
        open_for(less)
    more, _ = run_here(config(set_aside=0.3), "more")
    with pytest.raises(OpenedBefore, match=r"6 of the \d+ images of this final set were opened 2 times before"):
        open_for(more)
    # The results of runs tell of openings where the ledger is lost or was cut.
    ledger.file().write_bytes(b"")
    with pytest.raises(OpenedBefore, match="opened 2 times before"):
        open_for(less)
    ledger.file().unlink()
    assert [entry.insisted for entry in ledger.read().opened(result.contents)] == [False, True]


def test_an_opening_counts_before_an_image_is_judged() -> None:
    paths, _ = run_here(config())
    paths.final_scores.mkdir()  # the result cannot be written
    with pytest.raises(FinalSetError, match="The opening stays noted"):
        open_for(paths)
    paths.final_scores.rmdir()
    with pytest.raises(OpenedBefore, match=f"opened once before, first at .* for the run {paths.id}"):
        open_for(paths)


def _page(run: str) -> None:
    from explorer.runs.overview.view import RunView
    from explorer.runs.record.paths import run_paths
    from explorer.ui.run import final_set

    final_set._form(RunView(run_paths(run)))


def test_nothing_is_opened_where_it_cannot_be_noted_or_the_data_have_changed() -> None:
    paths, _ = run_here(config())
    ledger.file().unlink()
    ledger.file().mkdir()  # nothing can be written there
    with pytest.raises(FinalSetError, match="so nothing was opened"):
        open_for(paths)
    assert final.read(paths) is None
    ledger.file().rmdir()
    changed = loads(paths.config.read_bytes())
    paths.config.write_text(
        changed.model_copy(update={"dataset": changed.dataset.model_copy(update={"noise": 0.9})}).model_dump_json()
    )
    with pytest.raises(FinalSetError, match="have changed since the run began"):
        open_for(paths)


def test_a_run_that_leaves_images_out_is_not_exported_as_code() -> None:
    with pytest.raises(ExportError, match="leaves images out"):
        check(config())
