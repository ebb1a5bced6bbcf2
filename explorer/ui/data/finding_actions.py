"""Carries out what a person has chosen to do about a finding, and says what was done. All of it can be undone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import streamlit as st

from explorer.base.names import shown
from explorer.base.words import counted
from explorer.data import curation
from explorer.data.contents import Contents
from explorer.data.curation import CurationError
from explorer.data.findings.acting import kept_together_by, left_out_by
from explorer.data.findings.finding import Action, Code, Finding
from explorer.data.formats.spec import FileSpec
from explorer.texts import Findings as T
from explorer.ui.components.markdown import escape
from explorer.ui.data import finding_words
from explorer.ui.data.finding_state import Looked
from explorer.ui.keeping import room
from explorer.ui.session.keys import Key, widget_key
from explorer.ui.train import values as train_values

_WEIGHTS = {"bce": "pos_weight", "cross_entropy": "class_weights", "focal": "class_weights"}  # by the loss
BALANCED = "balanced"


def buttons(looked: Looked, finding: Finding) -> None:
    """Draw a button for each thing that can be done about a finding; the first one is suggested."""
    with st.container(horizontal=True, gap="small"):
        for number, action in enumerate(finding.actions):
            if action == "weights":
                if looked.spec.trainable:
                    _weights(looked)
                continue
            count = len(left_out_by(action, finding))
            title, explanation = finding_words.action_words(action, finding, count)
            st.button(
                title, help=explanation, key=widget_key("finding", looked.opened.key, finding.code, action),
                type="secondary" if number == 0 else "tertiary", on_click=_act, args=(looked, finding, action),
            )  # fmt: skip


def _act(looked: Looked, finding: Finding, action: Action) -> None:
    if action == "together":
        _remember(looked, finding)
        groups = kept_together_by(finding, looked.contents)
        done = counted(len(groups), *T.DONE_TOGETHER)
        attempt(lambda: curation.keep_together(looked.spec, groups), done)
        return
    places = left_out_by(action, finding)
    ids = looked.contents.ids
    reasons = {ids[place]: finding_words.reason(finding, looked.contents, other) for place, other in places.items()}
    _leave_out(looked, finding, reasons)


def _leave_out(looked: Looked, finding: Finding, reasons: Mapping[str, str]) -> None:
    _remember(looked, finding)
    leave_out(looked.spec, reasons)


def _remember(looked: Looked, finding: Finding) -> None:
    """Keep which findings stood before one that is acted on, since it may be gone afterwards."""
    codes = [one.code for one in looked.findings.found]
    st.session_state[Key.DATA_ACTED] = (looked.opened.key, looked.kept.changes, codes[: codes.index(finding.code)])


def acted_after(looked: Looked) -> Code | Literal[""] | None:
    """Return the finding below which the latest change was made; "" for above the first, None where it is not known."""
    key, changes, before = st.session_state.get(Key.DATA_ACTED, ("", 0, []))
    if key != looked.opened.key or looked.kept.changes != changes + 1:
        return None
    there = [one.code for one in looked.findings.found if one.code in before]
    return there[-1] if there else ""


def of_one(looked: Looked, finding: Finding, opened: Sequence[int]) -> None:
    """Draw the buttons for the image that is shown large, or for both of a pair.

    Args:
        looked: The data set.
        finding: What it is about.
        opened: The place of the image, or of both.
    """
    ids = looked.contents.ids
    with st.container(horizontal=True, gap="small"):
        for number, place in enumerate(opened):
            other = opened[1 - number] if len(opened) > 1 else _companion(finding, place)
            words = T.LEAVE_ONE_OUT if len(opened) == 1 else T.LEAVE_NAMED_OUT.format(name=escape(shown(ids[place])))
            st.button(
                words, key=widget_key("finding", looked.opened.key, finding.code, "one", str(number)), type="tertiary",
                on_click=_leave_out,
                args=(looked, finding, {ids[place]: finding_words.reason(finding, looked.contents, other)}),
            )  # fmt: skip


def _companion(finding: Finding, place: int) -> int | None:
    """Return another image of the group of an image; None where the finding has no groups."""
    group = next((one for one in finding.groups if place in one), None)
    return None if group is None else int(group[0] if group[0] != place else group[1])


def leave_out(spec: FileSpec, reasons: Mapping[str, str]) -> None:
    """Leave images out, by their ids with the reasons."""
    attempt(lambda: curation.leave_out(spec, reasons), counted(len(reasons), *T.DONE_LEFT_OUT))


def attempt(change: Callable[[], object], done: str) -> None:
    """Make a change and show what was done, or why it could not be."""
    try:
        room.check()
        change()
    except (CurationError, OSError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else error
        st.toast(escape(T.NOT_DONE.format(reason=reason)), icon=":material/error:")
    else:
        st.toast(escape(done), icon=":material/check:")


def _weights(looked: Looked) -> None:
    """Draw the button that sets the weights of the loss on the Train page, or the one that takes that back."""
    values = train_values.current()
    field = _weights_field(looked.contents, values["loss"])
    if field is not None and values[field] == BALANCED:
        st.caption(T.WEIGHTS_SET, width="content")
        st.button(
            T.WEIGHTS_BACK, key=widget_key("finding", looked.opened.key, "weights_back"), type="tertiary",
            on_click=train_values.change, kwargs={field: ""},
        )  # fmt: skip
        return
    st.button(
        T.ACTIONS["weights"], help=T.ACTION_HELP["weights"],
        key=widget_key("finding", looked.opened.key, "weights"), on_click=_set_weights, args=(looked.contents,),
    )  # fmt: skip


def _weights_field(contents: Contents, loss: str) -> str | None:
    """Return the field of the weights of a loss; None where the loss has none.

    Several labels, and masks, have one field for all of their losses, one of which the form takes with the data set.
    """
    if contents.several is not None:
        return "pos_weight"
    return "class_weights" if contents.of_masks else _WEIGHTS.get(loss)


def _set_weights(contents: Contents) -> None:
    def changed(newest: train_values.Values) -> train_values.Values:
        field = _weights_field(contents, newest["loss"])
        return {"loss": "cross_entropy", "class_weights": BALANCED} if field is None else {field: BALANCED}

    train_values.edit(changed)
    st.toast(T.WEIGHTS_SET, icon=":material/check:")
