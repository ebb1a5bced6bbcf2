"""Where the network looked: Grad-CAM of the image that is open, which a child process computes from a checkpoint."""

import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from explorer.augment.apply import AugmentError
from explorer.base.child import ChildError
from explorer.draw.drawing import DrawingError
from explorer.draw.pictures import NoPicture
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.saliency import SaliencyMaps, SaliencyRecordError
from explorer.texts import Saliency as T
from explorer.ui.background import asking
from explorer.ui.background.children import Child
from explorer.ui.background.jobs import Jobs
from explorer.ui.components import overlay, working
from explorer.ui.components.markdown import escape
from explorer.ui.components.overlay import Map
from explorer.ui.evidence.pictures import scores_text
from explorer.ui.evidence.sources import Source
from explorer.ui.session.keys import widget_key
from explorer.ui.session.uploads import stamp


@dataclass(frozen=True)
class Asked:
    """An image of a run, and how the epoch that is looked at judged it.

    Attributes:
        index: The row of the image.
        epoch: The epoch that is looked at, from 0.
        which: The checkpoint to ask, "best" or "last".
        predicted, label: Classes.
        names: The names of all classes.
        precision: That of the validation, such as "bf16-mixed"; "" where it is not known.
    """

    index: int
    epoch: int
    which: str
    predicted: int
    label: int
    names: tuple[str, ...]
    precision: str = ""

    @property
    def classes(self) -> tuple[int, ...]:
        """The classes that are explained."""
        return tuple(dict.fromkeys((self.predicted, self.label)))


class Looking(Child):
    """Computes Grad-CAM of one image for some classes. Its file is removed once it was read."""

    def __init__(self, paths: RunPaths, asked: Asked) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="explorer-saliency-", ignore_cleanup_errors=True)
        self._file = Path(self._folder.name) / "maps.npz"
        self._maps: SaliencyMaps | None = None
        self._picture: bytes | None = None
        self._reading = threading.Lock()
        self._index = asked.index
        images, classes = [asked.index] * len(asked.classes), asked.classes
        super().__init__(
            [
                *(sys.executable, "-P", "-m", "explorer.training.saliency", str(paths.root), str(self._file)),
                *("--images", ",".join(map(str, images)), "--classes", ",".join(map(str, classes))),
                *("--which", asked.which),
            ]
        )

    def maps(self) -> SaliencyMaps:
        """Return what was found, once it has ended. Raises ChildError, SaliencyRecordError."""
        self.result()
        with self._reading:  # two tabs may show it at the same time
            if self._maps is None:
                self._maps = SaliencyMaps.load(self._file)
                self._folder.cleanup()
            return self._maps

    def picture(self, source: Source) -> bytes:
        """Return the picture of what the network saw. Raises NoPicture, AugmentError, DrawingError."""
        if self._picture is None:
            self._picture = asking.wait_for(source.network_input(self._index)).picture
        return self._picture


JOBS: Jobs[Looking] = Jobs(most=2, kept=32)


def show(source: Source, asked: Asked) -> None:
    """Draw the button, the progress, or the picture with its maps.

    Args:
        source: The validation images of a run.
        asked: The one that is open.
    """
    paths = source.paths
    checkpoint = stamp(paths.best if asked.which == "best" else paths.last)
    if checkpoint is None:
        which = T.WHICH_BEST if asked.which == "best" else T.WHICH_LAST
        st.caption(T.NO_CHECKPOINT.format(which=which))
        return
    now = f"{paths.root}:{asked.index}:{asked.classes}:{asked.which}:{checkpoint}"
    # While the run trains, its checkpoint is replaced: what this session has asked for stays until it asks again.
    asked_key = widget_key("saliency", paths.id, str(asked.index), str(asked.classes), "asked")
    job = st.session_state.get(asked_key, now)
    looking = JOBS.get(job)
    if looking is not None and looking.running:
        working.show(T.WORKING, looking.seconds, widget_key("saliency", job, "working"), lambda: JOBS.cancel(job))
        return
    if looking is not None and not looking.canceled:
        _result(source, asked, looking, widget_key("saliency", paths.id, job))
    elif looking is not None:
        st.caption(T.CANCELED)
    if looking is None or looking.failed or job != now:
        newer = looking is not None and not looking.failed
        st.button(
            T.ASK_AGAIN if newer else T.ASK, key=widget_key("saliency", paths.id, "ask"), help=T.ASK_HELP,
            icon=":material/center_focus_strong:", on_click=_start, args=(paths, asked, now, asked_key),
        )  # fmt: skip
        if JOBS.full:
            st.caption(T.BUSY)


def _start(paths: RunPaths, asked: Asked, job: str, asked_key: str) -> None:
    st.session_state[asked_key] = job
    JOBS.start(job, lambda: Looking(paths, asked))


def _result(source: Source, asked: Asked, looking: Looking, key: str) -> None:
    try:
        maps = looking.maps()
    except (ChildError, SaliencyRecordError) as error:
        st.error(escape(T.FAILED.format(reason=error)))
        return
    _overlay(source, asked, looking, maps, key)


def _overlay(source: Source, asked: Asked, looking: Looking, maps: SaliencyMaps, key: str) -> None:
    try:
        picture = looking.picture(source)
    except (NoPicture, AugmentError) as error:
        st.info(escape(T.NO_INPUT.format(reason=error)))
        return
    except DrawingError as error:
        st.info(escape(T.NO_INPUT.format(reason=asking.words(error))))
        return
    shown = [_map(asked, maps, place) for place in range(len(maps.maps))]
    overlay.show(overlay.frame(picture, shown, maps.maps.shape[1]), key)
    words = [T.MEANING]
    if asked.epoch != maps.epoch:
        words.append(T.OTHER_EPOCH.format(epoch=maps.epoch + 1, shown=asked.epoch + 1))
    st.caption(escape(" ".join(words)))


def _map(asked: Asked, maps: SaliencyMaps, place: int) -> Map:
    values, explained = maps.maps[place], int(maps.classes[place])
    name = asked.names[explained]
    title = T.PREDICTED if explained == asked.predicted else T.LABEL
    note = T.OF_EPOCH.format(epoch=maps.epoch + 1, scores=scores_text(asked.names, maps.logits[place]))
    if asked.precision not in ("", "32-true"):
        note = f"{note} {T.OTHER_PRECISION.format(precision=asked.precision)}"
    if not values.any():
        note = f"{T.NOWHERE.format(name=name)} {note}"
    as_bytes = np.rint(values.clip(0, 1) * 255).astype(np.uint8).tobytes()
    return Map(title.format(name=name), T.ALT.format(name=name), as_bytes, note)
