"""The part of the dialog that asks for test-time augmentation."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.augment import presets
from explorer.augment.pipeline import Draft, DraftErrors, Pipeline, Step, is_on, validate
from explorer.augment.unseen import unseen
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.fields import limits_of
from explorer.runs.spec.predict import PredictPlan
from explorer.texts import Predict as T
from explorer.ui.components.markdown import escape
from explorer.ui.session import workspace
from explorer.ui.session.keys import widget_key

_NONE, _MIRROR, _OPEN = "none", "mirror", "open"
_COUNT = 4


@dataclass(frozen=True)
class Views:
    """What is chosen. error: why it cannot be used, which is shown; "" where it can."""

    pipeline: Pipeline | None = None
    count: int = _COUNT
    error: str = ""


def ask(key: str, trained: Sequence[RunConfig]) -> Views:
    """Draw the choice, and what there is to know about it.

    Args:
        key: A word for the keys of widgets.
        trained: The configs of the runs whose networks predict.
    """
    titles = _titles()
    left, right = st.columns([2, 1])
    with left:
        chosen = st.selectbox(
            T.VIEWS, list(titles), key=widget_key("predict", key, "views"), format_func=titles.__getitem__,
            help=T.VIEWS_HELP,
        )  # fmt: skip
    count = 1
    if chosen not in (_NONE, _MIRROR):
        least, most = limits_of(PredictPlan, "count")
        with right:
            count = int(
                st.number_input(
                    T.COUNT, value=_COUNT, min_value=least, max_value=most, step=1, help=T.COUNT_HELP,
                    key=widget_key("predict", key, "count"),
                )
            )  # fmt: skip
    try:
        pipeline = pipeline_of(str(chosen))
    except DraftErrors as error:
        words = T.PIPELINE_WRONG.format(reason=next(iter(error.errors.values()), ""))
        st.error(escape(words))
        return Views(error=words)
    if pipeline is not None and not any(map(is_on, pipeline.nodes)):
        st.error(T.PIPELINE_EMPTY)
        return Views(error=T.PIPELINE_EMPTY)
    if pipeline is not None and (words := unseen_words(pipeline, trained)):
        st.warning(escape(words), icon=":material/visibility_off:")
    return Views(pipeline, count)


def _titles() -> dict[str, str]:
    named = {f"preset:{name}": T.VIEWS_PRESET.format(name=one.title) for name, one in presets.presets().items()}
    first = {name: T.VIEWS_TITLES[name] for name in (_NONE, _MIRROR, _OPEN)}
    return first | named


def pipeline_of(chosen: str) -> Pipeline | None:
    """Return the pipeline of a choice; None for no further views. Raises DraftErrors."""
    if chosen == _NONE:
        return None
    if chosen == _MIRROR:
        step = Step(id="n1", transform="HorizontalFlip", p=1.0)
        return validate(Draft(name=T.VIEWS_TITLES[_MIRROR], nodes=(step,)))
    if chosen == _OPEN:
        return validate(workspace.current().draft)
    return validate(presets.draft(chosen.partition(":")[2]))


def unseen_words(views: Pipeline, trained: Sequence[RunConfig]) -> str:
    """Return a warning about steps that training never saw; "" where it saw all."""
    found = [unseen(views, config.pipeline) for config in trained]
    some = list(dict.fromkeys(name for names in found for name in names))
    if not some:
        return ""
    runs = sum(map(bool, found))
    if runs == len(found):
        return T.UNSEEN.format(steps=", ".join(some))
    return T.UNSEEN_OF_SOME.format(runs=runs, count=len(found), steps=", ".join(some))
