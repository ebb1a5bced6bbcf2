"""The comparison of runs: what it says of any selection, and which address it has."""

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.runs.record import meta
from explorer.runs.record.paths import RunPaths
from explorer.texts import Compare as T
from explorer.texts import Immunity, Report
from explorer.ui.compare import page
from explorer.ui.run import reports
from explorer.ui.session import selection
from explorer.ui.session.keys import widget_key
from tests.runs.paired import digits, digits_run
from tests.ui.conftest import APP

PAGE = "explorer/ui/pages/runs.py"
A_WRONG, B_WRONG = (3, 10, 11, 12), (3, 40, 41)


def compare(*runs: RunPaths | str, section: str = T.METRICS, tasks: tuple[str, ...] = (), **query: str) -> AppTest:
    """Open the page. tasks: of the runs, where none is one of classes."""
    app = AppTest.from_file(APP, default_timeout=60)
    ids = [run if isinstance(run, str) else run.id for run in runs]
    app.query_params["runs"] = ",".join(ids)
    for name, value in query.items():
        app.query_params[name] = value
    app.session_state[widget_key("compare_section", *tasks)] = section
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.error, *app.warning, *app.info, *app.subheader, *app.caption]
    return " ".join(part.value for part in parts).replace("\\", "")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_two_runs_show_the_difference_its_interval_and_the_exact_test() -> None:
    app = compare(digits_run("one", A_WRONG), digits_run("two", B_WRONG))
    said = text(app)
    assert "Compare 2 runs" in said
    assert "these two models" in said
    images = len(digits()[1])
    assert f"5 of {images:,} images changed sides: 3 only B gets right, 2 only A. Exact McNemar test: p = 1.000" in said
    assert f"| Accuracy | {1 - 4 / images:.3f} | {1 - 3 / images:.3f} | +{1 / images:.3f} | −" in said
    assert "| Validation loss | 0.400 | 0.400 | 0.000 | – |" in said


def test_another_reference_turns_the_difference_around() -> None:
    one, two = digits_run("one", A_WRONG), digits_run("two", B_WRONG)
    said = text(compare(one, two, against=two.id))
    assert "2 only B gets right, 3 only A" in said


def test_several_runs_are_compared_with_the_reference_and_one_of_them_in_detail() -> None:
    runs = [digits_run(name, wrong) for name, wrong in (("one", A_WRONG), ("two", B_WRONG), ("three", ()))]
    app = compare(*runs)
    said = text(app)
    assert "| one (reference) |" in said
    assert "| two |" in said
    assert "4 gained, 0 lost, p = 0.125" in said
    app.selectbox(key="compare_other").select(runs[2].id).run()
    assert "4 only B gets right, 0 only A" in text(app)


def test_what_differs_is_listed_and_pipelines_step_by_step() -> None:
    runs = digits_run("one", steps=["Blur"], seed=1), digits_run("two", steps=["Blur", "Rotate"], seed=2, epochs=3)
    said = text(compare(*runs, section=T.SETTINGS))
    assert "Seed | 1 | 2 |" in said
    assert "Epochs | 2 | 3 |" in said
    assert "Batch size" not in said
    assert "- :green[+ Rotate, p = 0.5]" in said
    assert ":gray[Blur, p = 0.5]" in said


def test_versions_are_listed_where_they_differ() -> None:
    older, newer = ({"torch": version, "numpy": "2.4.6"} for version in ("2.12.0", "2.13.0"))
    said = text(
        compare(*(digits_run(f"v{i}", identity=each) for i, each in enumerate((older, newer))), section="Settings")
    )
    assert "| torch | 2.12.0 | 2.13.0 |" in said
    assert "numpy" not in said


def test_common_images_are_compared_if_a_person_asks() -> None:
    images = len(digits()[1])
    app = compare(digits_run("one", A_WRONG), digits_run("two", B_WRONG, rows=range(11, images)))
    assert f"The runs were not validated on the same images: {images - 11:,} are the same" in text(app)
    assert "B − A" not in text(app)
    press(app, f"Compare on the {images - 11:,} common images")
    assert "3 only B" not in text(app)
    assert "2 only B gets right, 2 only A" in text(app)
    press(app, "Back to all images")
    assert "B − A" not in text(app)


@pytest.mark.parametrize("section", [section.title for section in page.SECTIONS])
def test_every_section_copes_with_runs_that_lack_something(section: str) -> None:
    failed = digits_run("failed", epochs=0, state="failed")
    damaged = digits_run("damaged")
    damaged.config.write_text("{")
    old = digits_run("old", listed=False, scores=False, identity={"contents": "1b"})
    starting = digits_run("starting", epochs=0, state="")
    app = compare(digits_run("good"), failed, damaged, old, starting, "20260101-000000-gone-x7k", section=section)
    said = text(app)
    assert "Compare 5 runs" in said
    assert "Not found: 20260101-000000-gone-x7k" in said


def test_an_address_of_many_runs_that_are_gone_names_some_and_says_that_not_all_were_read() -> None:
    gone = [f"gone-{number}" for number in range(300)]
    said = text(compare(digits_run("one"), digits_run("two"), "x" * 1000, *gone))
    assert f"Not found: {'x' * 100}…, gone-0, gone-1, gone-2, gone-3 and 193 more." in said
    assert "only its first 200 places" in said


def test_runs_of_the_same_name_have_titles_that_differ() -> None:
    runs = [digits_run(name, wrong) for name, wrong in (("one", A_WRONG), ("two", B_WRONG), ("three", ()))]
    for run in runs:
        meta.change(run, name="*same*")
    app = compare(*runs)
    other = app.selectbox(key="compare_other")
    assert len(set(other.options)) == 2
    assert "\\*same\\*" in other.label
    other.select_index(1).run()
    assert "4 only B gets right, 0 only A" in text(app)


def test_a_selection_of_one_run_and_of_probes_says_what_is_missing() -> None:
    check = digits_run("check", kind="check")
    said = text(compare(digits_run("one"), check))
    assert "Not compared here: “check”. Only training runs have curves to compare" in said
    assert "A comparison needs at least two runs" in said


def test_a_run_keeps_its_place_when_another_is_taken_out() -> None:
    address = selection.address(["a", "b", "c"])
    left = selection.without(address, "b")
    assert [(one.place, one.id) for one in selection.read(left)] == [(0, "a"), (2, "c")]
    assert selection.without(left, "c") == "a"
    assert [(one.place, one.id) for one in selection.read("a, b,,a,../x")] == [(0, "a"), (1, "b"), (4, "../x")]


def test_a_run_leads_to_the_comparison_with_its_pair_and_its_origin() -> None:
    one = digits_run("one", pair="abcd")
    two = digits_run("two", pair="abcd", start_from=one.id)
    meta.change(one, name="the *first*")
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["run"] = two.id
    app.switch_page(PAGE).run()
    for label in (T.WITH_ORIGIN, T.WITH_PAIR):
        assert [button.label for button in app.button].count(label) == 1
    press(app, T.WITH_PAIR)
    assert app.query_params["runs"] == f"{one.id},{two.id}"
    assert "run" not in app.query_params
    assert "Compare 2 runs" in text(app)
    press(app, "All runs")
    assert "runs" not in app.query_params


def test_a_name_is_shown_as_it_is() -> None:
    one, two = digits_run("one", A_WRONG), digits_run("two", B_WRONG)
    meta.change(two, name="<b>| *x*")
    said = compare(one, two)
    assert any("\\<b\\>" in part.value for part in said.markdown)


def test_the_comparison_offers_its_report_with_the_reference_first() -> None:
    a, b = digits_run("one", A_WRONG), digits_run("two", B_WRONG)
    app = compare(a, b, against=b.id)
    app.session_state[widget_key("compare", "report")] = True
    app.run()
    assert not app.exception
    assert app.button(key=widget_key("report", reports.key_of([b.id, a.id]), "make")).label == Report.MAKE


def test_runs_of_masks_and_of_labels_are_not_offered_the_robustness_of_one_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[list[str]] = []

    def tabs(titles: list[str], **_: object) -> list[SimpleNamespace]:
        drawn.append(titles)
        return [SimpleNamespace(open=False)] * len(titles)

    monkeypatch.setattr(st, "tabs", tabs)
    for tasks in (("segmentation", "segmentation"), ("labels",), ("classification", "labels")):
        runs: list[Any] = [SimpleNamespace(snapshot=SimpleNamespace(task=task)) for task in tasks]
        page._sections(runs)
    assert [Immunity.SECTION in titles for titles in drawn] == [False, False, True]
