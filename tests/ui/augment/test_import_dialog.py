"""The dialogs at the doors: code is read, asked about and opened; what is wrong is told there and nothing is lost."""

import json
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.augment import exchange
from explorer.augment.pipeline import Draft, DraftErrors, Step, validate, wanted_targets
from explorer.ui.session.keys import Key, version_key, widget_key

TWO = """
train = A.Compose([A.Resize(opt.size, opt.size), A.HorizontalFlip(p=0.3), ToTensorV2()])
valid = A.Compose([A.CenterCrop(height=100, width=120)])
"""


def dialogs() -> None:
    """Both dialogs on a page: what is inside of a dialog can be driven so without a browser."""
    import streamlit as st

    from explorer.ui.augment import export_dialog, import_dialog
    from explorer.ui.preview import sources
    from explorer.ui.session import workspace
    from explorer.ui.session.keys import Key

    work = workspace.current()
    st.session_state[Key.FOUND] = sources.show(work)
    import_dialog.show()
    export_dialog.show(work)


@pytest.fixture
def app() -> Iterator[AppTest]:
    page = AppTest.from_function(dialogs, default_timeout=60).run()
    yield page
    assert not page.exception


def draft(app: AppTest) -> Draft:
    found: Draft = app.session_state[Key.WORKSPACE].draft
    return found


def paste(app: AppTest, text: str) -> AppTest:
    return app.text_area(key="import_text").input(text).run()


def words(app: AppTest) -> str:
    parts = [*app.error, *app.warning, *app.markdown, *app.code, *app.caption]
    return " ".join(str(part.value) for part in parts).replace("\\", "")


def test_one_of_two_is_chosen_asked_about_and_opened(app: AppTest) -> None:
    before = draft(app)
    paste(app, TWO)
    assert app.radio(key="import_which").label == "2 pipelines found"
    assert "ToTensorV2" in words(app)
    app.text_input(key=widget_key("answer", "opt.size")).input("[1, 'x']")
    submit(app)
    assert "is not a number" in words(app)
    assert draft(app) == before
    app.text_input(key=widget_key("answer", "opt.size")).input("160")
    submit(app)
    assert "height=160" in words(app)
    app.button(key="import_open").click().run()
    resize, flip = draft(app).nodes
    assert isinstance(resize, Step)
    assert (resize.params["height"], resize.params["width"], flip.p) == (160, 160, 0.3)
    assert app.session_state[Key.WORKSPACE].history.past[-1] == before  # it can be undone


def submit(app: AppTest) -> None:
    next(b for b in app.button if b.proto.is_form_submitter and b.label == "Use these values").click().run()


UNDECIDED = "t = A.Compose([A.Rotate(limit=20), A.HorizontalFlip()])"


def test_one_switch_says_for_which_version_code_was_written(app: AppTest) -> None:
    paste(app, UNDECIDED)
    switch = app.radio(key=version_key(UNDECIDED))
    assert (switch.value, list(switch.options)) == ("1.x", ["1.x", "2.x"])
    assert "Rotate · 1.x: border_mode=BORDER_REFLECT_101 · 2.x: border_mode=BORDER_CONSTANT" in words(app)
    assert "Nothing in the code shows it." in words(app)
    assert "border_mode=4" in words(app)
    switch.set_value("2.x").run()
    assert "border_mode=4" not in words(app)
    app.button(key="import_open").click().run()
    rotate, _ = draft(app).nodes
    assert isinstance(rotate, Step)
    assert rotate.params == {"limit": [-20.0, 20.0]}
    sure = f"# albumentations==1.3.0\n{UNDECIDED}"
    paste(app, sure)
    assert version_key(sure) not in {radio.key for radio in app.radio}
    assert "Read as code for albumentations 1.x. It names albumentations 1.3." in words(app)


def test_the_second_is_opened_as_well(app: AppTest) -> None:
    paste(app, TWO)
    app.radio(key="import_which").set_value(1).run()
    app.button(key="import_open").click().run()
    (crop,) = draft(app).nodes
    assert isinstance(crop, Step)
    assert crop.params == {"height": 100, "width": 120}


@pytest.mark.parametrize(
    "text", ["A.Compose([", "print 'x'", "x = 1", '{"format": "x"}', "[" * 5000, "a: !!python/name:os.system"]
)
def test_what_cannot_be_read_is_told_and_nothing_changes(app: AppTest, text: str) -> None:
    before = draft(app)
    paste(app, text)
    assert len(app.error) == 1
    assert app.error[0].value
    assert draft(app) == before
    assert "import_open" not in {button.key for button in app.button}


def test_a_value_that_is_not_accepted_is_said_before_it_is_opened(app: AppTest) -> None:
    paste(app, "# albumentations==2.0.8\nA.Compose([A.GaussianBlur(blur_limit=(3, 7), sigma_limit=-2, p=3)])")
    assert "not accepted" in words(app)
    app.button(key="import_open").click().run()
    with pytest.raises(DraftErrors, match="sigma_limit"):
        validate(draft(app))


def test_rules_for_boxes_come_along_and_else_stay(app: AppTest) -> None:
    paste(app, "A.Compose([A.HorizontalFlip()], bbox_params=A.BboxParams(format='yolo', min_visibility=0.2))")
    app.button(key="import_open").click().run()
    assert draft(app).targets.boxes.format == "yolo"
    paste(app, "A.Compose([A.VerticalFlip()])")
    app.button(key="import_open").click().run()
    assert draft(app).targets.boxes.format == "yolo"


def test_every_form_of_export_is_read_again(app: AppTest) -> None:
    before = draft(app)
    for form in exchange.FORMS:
        app.segmented_control(key="export_form").set_value(form).run()
        (found,) = exchange.read(app.code[-1].value)
        assert [node.p for node in found.draft.nodes] == [node.p for node in before.nodes]


def test_exported_code_has_parameters_of_boxes_only_where_the_pipeline_is_meant_for_boxes(app: AppTest) -> None:
    def exported() -> str:
        return str(app.segmented_control(key="export_form").set_value(exchange.PYTHON).run().code[-1].value)

    assert app.session_state[Key.FOUND].picture.bboxes is not None  # of the sample photo, which does not decide
    assert "_params" not in exported()
    app.toggle(key="export_boxes").set_value(True)
    assert "bbox_params" in exported()
    for code, wanted in (
        ("A.Compose([A.BBoxSafeRandomCrop()])", (True, False)),
        ("A.Compose([A.HorizontalFlip()], keypoint_params=A.KeypointParams(format='yx'))", (False, True)),
    ):
        pipeline = validate(exchange.read(f"import albumentations as A\nt = {code}")[0].draft)
        assert tuple(name in wanted_targets(pipeline) for name in ("bboxes", "keypoints")) == wanted, code


def test_a_notebook_is_uploaded(app: AppTest) -> None:
    cells = [
        {"cell_type": "code", "source": ["!pip install albumentations\n", "size = 90"]},
        {"cell_type": "markdown", "source": "A.Compose("},
        {"cell_type": "code", "source": "t = A.Compose([A.Resize(size, size)])"},
    ]
    content = json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()
    app.file_uploader(key="import_file").upload("train.ipynb", content, "application/json").run()
    app.button(key="import_open").click().run()
    (resize,) = draft(app).nodes
    assert isinstance(resize, Step)
    assert resize.params == {"height": 90, "width": 90}


def test_an_option_of_a_command_line_has_its_default_and_a_dictionary_answers_for_options(app: AppTest) -> None:
    paste(
        app,
        "p = argparse.ArgumentParser()\np.add_argument('--size', default=96)\nargs = p.parse_args()\n"
        "t = A.Compose([A.Resize(args.size, args.size), A.HorizontalFlip(**options)])",
    )
    size = app.text_input(key=widget_key("answer", "args.size"))
    assert (size.value, "default: 96" in size.label.replace("\\", "")) == ("96", True)
    app.text_input(key=widget_key("answer", "options")).input("{'p': 1}")
    submit(app)
    app.button(key="import_open").click().run()
    resize, flip = draft(app).nodes
    assert (resize.params, flip.p) == ({"height": 96, "width": 96}, 1.0)
