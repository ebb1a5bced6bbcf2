"""The Augment page without a browser: what its widgets are, and what they do to the draft."""

import cv2
import numpy as np
from streamlit.testing.v1 import AppTest

from explorer.augment import presets
from explorer.augment.catalog import catalog, exclusions
from explorer.augment.edits import set_targets
from explorer.augment.pipeline import GROUP_KINDS, Draft
from explorer.augment.targets import BoxRules, TargetRules
from explorer.draw.presets import PresetPicture
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.session.workspace import Workspace
from tests.draw.opening import side
from tests.ui.conftest import APP, present_key


def draft(app: AppTest) -> Draft:
    workspace: Workspace = app.session_state[Key.WORKSPACE]
    return workspace.draft


def add(app: AppTest, name: str) -> str:
    app.selectbox(key=Key.ADD).set_value(name).run()
    return str(app.session_state[Key.WORKSPACE].view.selected)


def test_a_newcomer_finds_a_pipeline_that_works(app: AppTest) -> None:
    assert [node.transform for node in draft(app).nodes] == ["HorizontalFlip", "Affine", "RandomBrightnessContrast"]  # type: ignore[union-attr]
    assert not app.error
    assert app.session_state[Key.LOOK].strip()


def test_the_list_offers_every_transform_of_the_catalog(app: AppTest) -> None:
    options = app.selectbox(key=Key.ADD).options
    assert len(options) == len(catalog()) + len(GROUP_KINDS)


def test_a_slider_changes_the_draft_and_nothing_else(app: AppTest) -> None:
    node = add(app, "RandomGamma")
    others = [found for found in draft(app).nodes if found.id != node]
    app.slider(key=widget_key(node, "gamma_limit")).set_value((50.0, 150.0)).run()
    changed = next(found for found in draft(app).nodes if found.id == node)
    assert changed.params == {"gamma_limit": [50.0, 150.0]}
    assert all(other in draft(app).nodes for other in others)
    app.button(key="reset").click().run()
    assert next(found for found in draft(app).nodes if found.id == node).params == {}


def test_a_wrong_value_is_told_at_its_field_and_the_picture_stays(app: AppTest) -> None:
    node = add(app, "GaussNoise")
    app.toggle(key=Key.EXACT).set_value(True).run()
    good = app.session_state[Key.LAST_GOOD]
    app.number_input(key=widget_key(node, "std_range:high")).set_value(7.0).run()
    assert any(shown.value.startswith(":red[") and "7" in shown.value for shown in app.markdown)
    assert app.session_state[Key.LOOK].shown is good
    assert app.session_state[Key.LOOK].notice


def test_what_is_left_out_is_shown_with_its_reason(app: AppTest) -> None:
    app.button(key="left_out").click().run()
    shown = "\n".join(text.value for text in app.markdown)
    assert all(f"| **{name}** | {reason} |" in shown for name, reason in exclusions().items())


def test_a_reload_under_the_same_address_finds_everything_again(app: AppTest) -> None:
    add(app, "RandomFog")
    again = AppTest.from_file(APP, default_timeout=30)
    again.query_params["draft"] = app.session_state[Key.WORKSPACE].id
    again.run()
    assert draft(again) == draft(app)


def test_an_address_that_is_nobodys_opens_a_new_pipeline() -> None:
    for asked in ("../../etc/passwd", "x" * 22, ""):
        app = AppTest.from_file(APP, default_timeout=30)
        app.query_params["draft"] = asked
        app.run()
        assert not app.exception
        assert len(draft(app).nodes) == 3


def menu(app: AppTest) -> AppTest:
    app.session_state[present_key(app, Key.FILE_MENU)] = True
    return app.run()


def test_a_pipeline_is_saved_and_opened_by_its_name(app: AppTest) -> None:
    add(app, "RandomRain")
    saved = draft(app)
    menu(app).text_input(key=Key.NAME).input("개미 rain")
    next(button for button in app.button if button.proto.is_form_submitter).click().run()
    menu(app).button(key="new_pipeline").click().run()
    assert draft(app).nodes == ()
    menu(app).selectbox(key=Key.OPEN_SAVED).set_value("개미 rain").run()
    assert draft(app).nodes == ()  # chosen is not opened
    app.button(key="open_this").click().run()
    assert draft(app).nodes == saved.nodes


def test_an_empty_pipeline_shows_the_picture_as_it_is(app: AppTest) -> None:
    menu(app).button(key="new_pipeline").click().run()
    frame = app.session_state[Key.LOOK].shown.frame
    assert side(frame, "before").picture == side(frame, "after").picture


def test_next_draws_with_the_next_seed(app: AppTest) -> None:
    seed = app.session_state[Key.WORKSPACE].view.seed
    app.button(key=Key.NEXT).click().run()
    assert app.session_state[Key.WORKSPACE].view.seed == seed + 1


def test_the_image_of_a_preset_shows_the_photo_and_what_the_preset_makes_of_it() -> None:
    for name in presets.presets():
        (picture,) = PresetPicture(name).draw()
        image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR).astype(int)
        tile = image.shape[0]
        places = [slice(at * (image.shape[1] - tile) // 3, at * (image.shape[1] - tile) // 3 + tile) for at in range(4)]
        photo, *results = (image[:, place] for place in places)
        assert all(np.abs(result - photo).mean() > 5 for result in results), name


def test_a_preset_replaces_the_steps_and_keeps_the_rules_of_targets(app: AppTest) -> None:
    work: Workspace = app.session_state[Key.WORKSPACE]
    rules = TargetRules(boxes=BoxRules(min_visibility=0.4))
    history = work.history.record(set_targets(work.draft, rules))
    app.session_state[Key.WORKSPACE] = Workspace(work.id, history, work.view)
    before = history.present
    app.button(key="presets").click().run()
    words = " ".join(caption.value for caption in app.caption).replace("\\", "")
    assert "OneOf(RandomBrightnessContrast, RandomGamma, HueSaturationValue)" in words
    app.button(key=widget_key("preset", "flips")).click().run()
    assert draft(app).nodes == presets.draft("flips").nodes
    assert draft(app).targets == rules
    assert app.session_state[Key.WORKSPACE].history.undo().present == before
