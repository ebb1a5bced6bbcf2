"""The form that starts a confirmation, and the page that shows it."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs.life import launcher
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.plans.confirm import ConfirmPlan
from explorer.texts import Confirm as T
from explorer.ui.session.keys import widget_key
from tests.ui.study.made import STEPS, study


def form(app_id: str) -> AppTest:
    def page(run_id: str) -> None:
        from explorer.runs.overview.view import RunView
        from explorer.runs.record.paths import run_paths
        from explorer.ui.study import confirming

        view = RunView(run_paths(run_id))
        confirming.form(view, view.refresh())

    app = AppTest.from_function(page, args=(app_id,), default_timeout=60).run()
    assert not app.exception
    return app


def test_the_form_offers_each_contrast_and_starts_one_study(monkeypatch: pytest.MonkeyPatch) -> None:
    paths, started = study(repeats=3, images=60), list[RunConfig]()

    def start(config: RunConfig) -> RunPaths:
        started.append(config)
        return paths

    monkeypatch.setattr(launcher, "start", start)
    app = form(paths.id)

    def key(name: str) -> str:
        return widget_key("study", paths.id, "confirm", name)

    against = app.selectbox(key=key("against"))
    assert against.options == [T.NOTHING, *(T.WITHOUT.format(step=step) for step in STEPS)]
    app.number_input(key=key("pairs")).set_value(5).run()
    assert app.button(key=key("start")).disabled
    assert "from 6 to 20" in app.markdown[0].value
    app.number_input(key=key("pairs")).set_value(7)
    app.number_input(key=key("epochs")).set_value(2).run()
    assert T.START.format(runs=14) in [button.label for button in app.button]
    app.button(key=key("start")).click().run()
    (config,) = started
    assert isinstance(config.study, ConfirmPlan)
    assert (config.study.pairs, config.epochs, config.frozen, config.study.against.name) == (7, 2, False, "nothing")
    assert config.study.chosen_by == paths.id
    assert config.name == "Confirm: made against no augmentation"
