"""What the lists of mistakes look at: a run, one of its epochs, and how its network judged each validation image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from explorer.figures.charts import class_names
from explorer.metrics.mistakes import Course, Judged
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.judgments import Judgments
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record.flags import Flag
from explorer.runs.record.paths import RunPaths
from explorer.texts import Mistakes as T
from explorer.ui.components.markdown import escape
from explorer.ui.session.keys import widget_key

_LIGHT_BYTES = 200_000_000  # of logits: more are read only for a list that needs them
_BEST = "best"


@dataclass(frozen=True, eq=False)
class Look:
    """A run, and the epoch that is looked at.

    Attributes:
        scored: The epochs whose scores of single images are stored, ascending, from 0.
        best: The best epoch, if it is one of them, else the latest of them.
        epoch: The chosen one of them.
        judged: How its network judged the images.
        flags: The flags of the run by the row of their image.
    """

    view: RunView
    snapshot: RunSnapshot
    evidence: Evidence
    judgments: Judgments
    scored: tuple[int, ...]
    best: int
    epoch: int
    judged: Judged
    flags: Mapping[int, Flag]

    @property
    def paths(self) -> RunPaths:
        """The files of the run."""
        return self.view.paths

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return class_names(self.snapshot)

    @property
    def heavy(self) -> bool:
        """Whether reading the scores of all epochs takes more than a moment."""
        return len(self.judged) * len(self.names) * 4 * len(self.scored) > _LIGHT_BYTES

    @cached_property
    def course(self) -> Course:
        """What became of the images over all epochs with scores."""
        return self.judgments.course(self.scored) or Course.empty(len(self.judged))

    def number(self, epoch: int | None = None) -> int:
        """Return an epoch as it is shown, from 1; by default the chosen one."""
        return (self.epoch if epoch is None else epoch) + 1

    def key(self, *parts: str) -> str:
        """Return the key of a widget or of a value in the session state."""
        return widget_key("mistakes", self.snapshot.id, *parts)


# By the reader itself, which the judgments hold: no other one can get the same id.
@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={Evidence: id})
def judgments_of(evidence: Evidence, threshold: float) -> Judgments:
    """Return the judgments of a run, shared by all browser tabs."""
    return Judgments(evidence, threshold)


def best_of(view: RunView, snapshot: RunSnapshot, scored: Sequence[int]) -> int:
    """Return the best epoch if its scores are stored, else the latest epoch with scores."""
    best = best_point(view.paths, snapshot.config, snapshot.epochs)
    return best.epoch if best is not None and best.epoch in scored else scored[-1]


def opened_key(run_id: str) -> str:
    """Return the key of the session state for the epoch that stays while an image is open."""
    return widget_key("mistakes", run_id, "opened")


def choose_epoch(view: RunView, snapshot: RunSnapshot, scored: tuple[int, ...]) -> tuple[int, str]:
    """Draw the choice of the epoch.

    Args:
        view: The reader of the run.
        snapshot: The run.
        scored: Its epochs with scores of single images, at least one.

    Returns:
        The epoch, and what there is to say about it, or "". As the best one is chosen, it stays the same while an image
        is open, so that the image does, too.
    """
    best = best_of(view, snapshot, scored)
    # The label of the first option has no number: the browser would keep showing the number of before.
    words = {_BEST: T.BEST} | {str(epoch): T.NUMBER.format(epoch=epoch + 1) for epoch in scored}
    key = widget_key("mistakes", snapshot.id, "epoch")
    if st.session_state.get(key, _BEST) not in words:
        del st.session_state[key]  # the scores of that epoch were dropped for those of later ones
    chosen = st.selectbox(T.EPOCH, list(words), key=key, format_func=words.__getitem__, help=T.EPOCH_HELP, width=160)
    if chosen != _BEST:
        return int(chosen), ""
    held = st.session_state.get(opened_key(snapshot.id))
    if held is not None and held != best and held in scored:
        return int(held), T.HELD.format(shown=held + 1, best=best + 1)
    real = best_point(view.paths, snapshot.config, snapshot.epochs)
    if real is not None and real.epoch != best:
        return best, T.BEST_NOT_STORED.format(epoch=real.number, shown=best + 1)
    return best, ""


def threshold_note(look: Look) -> str:
    """Return the threshold of a run that does not predict the most probable class, in Markdown; "" for others."""
    threshold = look.judgments.threshold
    if threshold == 0.5 or len(look.names) != 2:
        return ""
    return escape(T.THRESHOLD.format(name=look.names[1], threshold=threshold))
