"""The training images of a run by class and epoch."""

from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from explorer.ui.evidence import training_images

    st.text(training_images._epoch("key", st.session_state.get("last", 3), 1))


def test_the_chosen_epoch_stays_when_a_new_epoch_comes() -> None:
    app = AppTest.from_function(_script).run()
    app.slider[0].set_value(2).run()
    app.session_state["last"] = 4
    app.run()
    assert (app.text[0].value, app.slider[0].value, app.slider[0].max) == ("2", 2, 4)
