"""Windows in processes of their own: `python -m tests.ui.window`.

Each line that it is given holds a home, a draft, and gestures with their counts, with tabs between them. It opens the
draft in a window for each gesture, lets all of them make their gesture so many times as fast as it goes, and says
"done". A gesture is a click on a small page that calls what the real pages call.
"""

import multiprocessing
import os
import sys
from functools import cache
from multiprocessing.synchronize import Barrier

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from explorer.ui.session.keys import Key, Query

IMPORTS = """
import streamlit as st
from explorer.ui.augment import pipeline_menu, step_list
from explorer.ui.lab import board
from explorer.ui.train import probes, values
st.button("a")
"""
FORK = multiprocessing.get_context("fork")  # windows that need not import all of albumentations first


def page() -> None:
    """A button for each gesture; `turn` in the session counts them."""
    import streamlit as st

    from explorer.ui.augment import pipeline_menu, step_list
    from explorer.ui.lab import board, sheet, versus
    from explorer.ui.session import workspace
    from explorer.ui.session.keys import Key
    from explorer.ui.train import probes, values

    turn = st.session_state.get("turn", 0)
    odd = turn % 2

    def add() -> None:
        st.session_state[Key.ADD] = ("Blur", "Sharpen")[odd]
        step_list._added()

    def take() -> None:
        board.look(against=("none", "preset:light")[odd])
        versus.take_b()

    def swap() -> None:
        board.look(against=("preset:flips", "preset:colour")[odd])
        versus.swap_sides()

    def save() -> None:
        st.session_state[Key.NAME] = f"pipeline {turn}"
        pipeline_menu._save()

    gestures = {
        "add": add,
        "gallery": lambda: sheet.choose(("Solarize", "Posterize")[odd]),
        "take": take,
        "swap": swap,
        "save": save,
        "epochs": lambda: values.change(epochs=100 + turn),
        "batch_size": lambda: values.change(batch_size=100 + turn),
        "learning_rate": lambda: values.change(learning_rate=str(turn)),
        "check": lambda: probes.keep("check", f"check-{turn}"),
        "rate": lambda: probes.keep("rate", f"rate-{turn}"),
    }
    workspace.current()
    values.current()
    for name, gesture in gestures.items():
        st.button(name, key=f"gesture {name}", on_click=gesture)
    st.session_state["turn"] = turn + 1


def work(app: AppTest, draft_id: str, gesture: str, count: int, all_are_open: Barrier) -> None:
    """Open the draft in the small page, and make a gesture so many times, from when all windows are open.

    Raises AssertionError where the page breaks.
    """
    app.query_params[Query.DRAFT] = draft_id
    app.run()
    assert not app.exception, app.exception
    assert app.session_state[Key.WORKSPACE].id == draft_id
    all_are_open.wait()
    for _ in range(count):
        app.button(key=f"gesture {gesture}").click().run()
        assert not app.exception, app.exception


def main() -> None:
    """Do what each line asks for, until there are no more."""
    # Each window would look through all that is installed for components.
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    AppTest.from_string(IMPORTS).run(timeout=60)
    # Once, since it writes the page into a file: a window that runs it while another one writes it runs an empty page.
    app = AppTest.from_function(page, default_timeout=60)
    while line := sys.stdin.readline():
        home, draft_id, *asked = line.rstrip("\n").split("\t")
        os.environ["EXPLORER_HOME"] = home
        all_are_open = FORK.Barrier(len(asked), timeout=60)
        windows = []
        for one in asked:
            gesture, count = one.split("=")
            windows.append(FORK.Process(target=work, args=(app, draft_id, gesture, int(count), all_are_open)))
        for window in windows:
            window.start()
        for window in windows:
            window.join()
        print("broken" if any(window.exitcode for window in windows) else "done", flush=True)


if __name__ == "__main__":
    main()
