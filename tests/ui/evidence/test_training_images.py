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


def test_the_class_and_the_epoch_are_those_of_the_cell_that_was_selected_last() -> None:
    def script() -> None:
        import streamlit as st

        from explorer.ui.components.matrix import Opened
        from explorer.ui.evidence import training_images

        cell = Opened(*st.session_state.get("cell", (1, 0, 1)))
        training_images._follow(cell, "class", "epoch", 3, 4)
        st.text(training_images._epoch("epoch", 4, 1))
        st.selectbox("Class", range(3), key="class")

    app = AppTest.from_function(script).run()
    assert (app.text[0].value, app.selectbox[0].value) == ("2", 1)
    app.slider[0].set_value(4)
    app.selectbox[0].set_value(0).run()
    assert (app.text[0].value, app.selectbox[0].value) == ("4", 0)
    app.session_state["cell"] = (2, 2, 0)
    app.run()
    assert (app.text[0].value, app.selectbox[0].value) == ("1", 2)
