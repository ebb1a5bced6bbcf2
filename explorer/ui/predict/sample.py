"""The part of the dialog that asks for a sample submission."""

import streamlit as st

from explorer.base.tables import TEXTS
from explorer.data.dataset import DatasetError
from explorer.data.roots import resolve_inside
from explorer.data.specs import DatasetSpec
from explorer.texts import Predict as T
from explorer.ui.components.markdown import escape
from explorer.ui.predict import kept
from explorer.ui.predict.images import near_by
from explorer.ui.session.keys import widget_key


def ask(key: str, spec: DatasetSpec) -> tuple[str, bool]:
    """Draw the choice; returns the path of the sample, "" for none, and whether it can be used."""
    found = near_by(spec, TEXTS, folders=False)
    near = [str(place) for place in sorted(found, key=lambda place: "sub" not in place.name.lower())]
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        typed = st.selectbox(
            T.SAMPLE, near, index=None, key=widget_key("predict", key, "sample"), help=T.SAMPLE_HELP,
            accept_new_options=True, placeholder=T.SAMPLE_NONE,
        )  # fmt: skip
    with right, st.popover(T.SAMPLE_UPLOAD, icon=":material/upload:"):
        file = st.file_uploader(T.SAMPLE, type=["csv"], key=widget_key("predict", key, "sample_upload"))
    try:
        if file is not None:
            name, content = file.name, file.getvalue()
            st.caption(escape(name))
            return str(kept.keep([(name, content)]) / kept.safe_names([name])[0]), True
        if not typed:
            return "", True
        place = resolve_inside(str(typed))
        if not place.is_file():
            raise DatasetError(T.NO_FILE.format(path=typed))
    except (DatasetError, OSError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        st.error(escape(T.SAMPLE_WRONG.format(reason=reason)))
        return "", False
    return str(place), True


def ask_fills(key: str) -> str:
    """Draw the choice of what the columns of the sample take; returns "" where its values say it."""
    return st.selectbox(
        T.FILLS, list(T.FILLS_TITLES), key=widget_key("predict", key, "fills"), help=T.FILLS_HELP,
        format_func=T.FILLS_TITLES.__getitem__,
    )  # fmt: skip
