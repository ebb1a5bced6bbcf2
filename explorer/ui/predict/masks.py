"""The part of a run's page that shows predicted masks: their scores, what views change, images, and the files."""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explorer.base.names import shown
from explorer.base.words import counted
from explorer.draw.predicted_mask import MaskView, PredictedMask
from explorer.draw.recorded import LARGE, SMALL, Recorded
from explorer.figures.palette import DIFFERENT, class_colors, rgb
from explorer.metrics.intervals import Interval
from explorer.metrics.mask_images import worst_first
from explorer.runs.machine.capacity import in_words
from explorer.runs.overview.mask_predictions import MaskGain, SeenMasks, as_zip, columns, zip_bytes
from explorer.runs.overview.mask_submission import filled_masks, read_mask_sample
from explorer.runs.overview.submission import submissions
from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.record import mask_predictions
from explorer.runs.record.mask_predictions import MaskPredictions
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.texts import Common, Masks
from explorer.texts import Predict as T
from explorer.texts import PredictMasks as M
from explorer.ui.components import score
from explorer.ui.components.markdown import escape
from explorer.ui.evidence import table_downloads
from explorer.ui.evidence.table_downloads import MOST_BYTES
from explorer.ui.predict import downloads, table
from explorer.ui.predict.answer import METRIC_WIDTH, gained, left_out
from explorer.ui.preview import wall
from explorer.ui.preview.wall import Caption, Picture
from explorer.ui.session.keys import widget_key

_MOST = 1_000  # images that are shown
_SHARES = 4  # classes in the words about an image
_WORST, _IN_ORDER = -2, -1  # orders of the images; others are the place of a class, most of which comes first


@dataclass(frozen=True, eq=False)
class MasksRead:
    """A prediction of masks so far, and what true masks say about it."""

    seen: SeenMasks
    known: int
    scores: Mapping[str, Interval]
    gain: MaskGain | None


def read(paths: RunPaths) -> MasksRead | None:
    """Read a prediction as far as it is; None before its first part. Raises PredictionsError."""
    found = mask_predictions.read(paths)
    if found is None:
        return None
    seen = SeenMasks(found)
    return MasksRead(seen, len(seen.known), seen.scores(), seen.gain())


def show(view: RunView, snapshot: RunSnapshot, config: RunConfig, read_so_far: MasksRead) -> None:
    """Draw the answer, the files and the images."""
    said, files, pictures = (st.container() for _ in range(3))
    with said:
        _answer(snapshot, read_so_far)
    with files:
        _files(view, snapshot, config, read_so_far.seen.found)
    with pictures:
        _sections(snapshot, config, read_so_far.seen)


def _answer(snapshot: RunSnapshot, one: MasksRead) -> None:
    of = one.seen.found.of
    images = counted(len(of), *Common.IMAGE)
    if not of.complete and not snapshot.status.over:
        st.markdown(T.ANSWER_SO_FAR.format(done=len(of), images=counted(of.about.total, *Common.IMAGE)))
    elif one.scores:
        iou = one.scores["iou"]
        st.markdown(
            M.ANSWER_KNOWN.format(
                value=score.number(iou), images=counted(one.known, *Common.IMAGE), interval=score.in_sentence(iou)
            )
        )
    else:
        st.markdown(M.ANSWER.format(images=images))
    if snapshot.status.over and not of.complete:
        total = counted(of.about.total, *Common.IMAGE)
        st.warning(T.PARTIAL.format(done=len(of) + len(of.left_out), images=total))
    if one.scores:
        with st.container(horizontal=True, gap="medium"):
            for key, value in one.scores.items():
                score.show(key, value, METRIC_WIDTH)
        st.caption(M.INTERVALS)
    _shares(one.seen.found)
    if one.gain is not None:
        with st.container(border=True):
            st.markdown(f"**{T.GAIN}**", help=M.GAIN_HELP)
            lines = (gained(key, each) for key, each in one.gain.differences.items())
            st.markdown(" &emsp; ".join(lines), unsafe_allow_html=True)
    if of.left_out:
        left_out(of)


def _shares(found: MaskPredictions) -> None:
    """Draw the share of all images that each class has, the largest first."""
    if not len(found.of):
        return
    means = found.of.scores.mean(axis=0)
    order, colors = np.argsort(-means, kind="stable"), class_colors(found.of.about.color_places)
    lines = [
        f'<span style="white-space:nowrap"><span style="color:{colors[place]}">■</span> '
        + M.SHARE.format(name=escape(found.of.classes[place]), share=float(means[place]))
        + "</span>"
        for place in order
    ]
    st.markdown(" &emsp; ".join(lines), unsafe_allow_html=True, help=M.SHARES_HELP)


def _files(view: RunView, snapshot: RunSnapshot, config: RunConfig, found: MaskPredictions) -> None:
    try:
        size = zip_bytes(view.paths, len(found.of))
    except OSError as error:
        st.error(escape(M.NO_FILES.format(reason=error.strerror or error)))
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        downloads.show_submissions(view, snapshot)
        if size <= MOST_BYTES:
            st.download_button(
                M.ZIP, lambda: as_zip(view.paths, found), file_name=f"masks-{snapshot.id}.zip", mime="application/zip",
                on_click="ignore", type="secondary" if submissions(view.paths) else "primary",
                key=widget_key("predict", snapshot.id, "zip"),
                icon=":material/download:", help=M.ZIP_HELP,
            )  # fmt: skip
        table_downloads.show(
            T.FILE.format(id=snapshot.id), lambda: columns(found), (T.CSV, T.PARQUET), M.TABLE_HELP,
            "predict", snapshot.id,
        )  # fmt: skip
        if snapshot.status.over and len(found.of):
            downloads.show_fill(
                view, snapshot, config, lambda path, _, fill: filled_masks(
                    view.paths, found, read_mask_sample(path, found.of.about, found.of.ids), fill=fill
                ), masks=True,
            )  # fmt: skip
    if size > MOST_BYTES:
        st.caption(M.LARGE_ZIP.format(size=in_words(size)))
        st.code(M.ZIP_COMMAND.format(id=snapshot.id), language="bash")


def _sections(snapshot: RunSnapshot, config: RunConfig, seen: SeenMasks) -> None:
    """Draw the images and the table, as tabs."""
    tabs = st.tabs([T.PICTURES, T.TABLE], key=widget_key("predict", snapshot.id, "section"), on_change="rerun")
    rows = functools.partial(rows_of, seen)
    draws = (lambda: _pictures(snapshot, config, seen), lambda: table.show_rows(snapshot, len(seen.found.of), rows))
    for tab, draw in zip(tabs, draws, strict=True):
        if tab.open:
            with tab:
                draw()


def rows_of(seen: SeenMasks, first: int, last: int) -> list[dict[str, object]]:
    """Return the rows of the table from one place to another."""
    of = seen.found.of
    rows = []
    for place in range(first, last):
        row: dict[str, object] = {T.TABLE_ID: shown(of.ids[place])}
        if len(seen.known):
            row[M.TABLE_DICE] = round(float(seen.dice[place]), 4) if math.isfinite(seen.dice[place]) else None
        row |= {
            M.TABLE_SHARE.format(name=name): round(float(share), 4)
            for name, share in zip(of.classes, of.scores[place], strict=True)
        }
        rows.append(row)
    return rows


def _pictures(snapshot: RunSnapshot, config: RunConfig, seen: SeenMasks) -> None:
    of = seen.found.of
    if not len(of):
        return
    orders = [*([_WORST] if len(seen.known) else []), _IN_ORDER, *range(len(of.classes))]
    named = {_WORST: M.WORST, _IN_ORDER: M.IN_ORDER}
    chosen = st.selectbox(
        M.ORDER, orders, key=widget_key("predict", snapshot.id, "order"), width=260, help=M.ORDER_HELP,
        format_func=lambda place: named[place] if place in named else M.MOST_OF.format(name=of.classes[place]),
    )  # fmt: skip
    rows = _rows(seen, chosen)
    if len(rows) > _MOST:
        st.caption(M.FIRST.format(most=_MOST, images=counted(len(of), *Common.IMAGE)))
    album = _Album(seen, config, snapshot.id)
    wall.show(album, rows[:_MOST], lambda row: _caption(seen, row), widget_key("predict", snapshot.id, "masks"), M.WALL)


def _rows(seen: SeenMasks, order: int) -> NDArray[np.int64]:
    of = seen.found.of
    if order == _WORST:
        return worst_first(seen.dice)
    return np.arange(len(of)) if order == _IN_ORDER else np.argsort(-of.scores[:, order], kind="stable")


def _caption(seen: SeenMasks, row: int) -> Caption:
    shares, names, dice = seen.found.of.scores[row], seen.found.of.classes, float(seen.dice[row])
    order = [place for place in np.argsort(-shares, kind="stable")[:_SHARES] if shares[place] > 0]
    words = [f"{names[place]} {float(shares[place]):.0%}" for place in order]
    said = [words[0] if words else ""]
    if len(seen.known):
        said.insert(0, M.DICE.format(dice=dice) if math.isfinite(dice) else M.NO_DICE)
    return Caption(title=said[0], note=said[1] if len(said) > 1 else "", text=" · ".join([*said[:-1], *words]))


@dataclass(frozen=True, eq=False)
class _Album:
    """The images of a prediction under their masks, by row."""

    seen: SeenMasks
    config: RunConfig
    run: str

    def small(self, index: int) -> PredictedMask:
        """Return the request for a small picture."""
        return self._request(index, SMALL)

    def large(self, index: int) -> Sequence[Picture]:
        """Return the predicted mask for the large view, with the true one and their difference where it is known."""
        known = bool(self.seen.found.counts.known[index])
        views: tuple[MaskView, ...] = ("truth", "predicted", "difference") if known else ("predicted",)
        requests = [(view, self._request(index, LARGE, view)) for view in views]
        return [Picture(f"large-{index}-{view}", Masks.VIEWS[view], one, one) for view, one in requests]

    def name(self, index: int) -> str:
        """Return the name of an image."""
        return self.seen.found.of.ids[index]

    def _request(self, index: int, side: int, view: MaskView = "predicted") -> PredictedMask:
        of, place = self.seen.found.of, int(self.seen.found.of.places[index])
        places = of.about.color_places
        return PredictedMask(
            self._image(index), self.run, place, of.classes, of.about.mask_values,
            tuple(map(rgb, class_colors(places))), tuple(one is None for one in places), rgb(DIFFERENT), view,
            None if view == "predicted" else self._recorded(index), side,
        )  # fmt: skip

    def _image(self, index: int) -> str | Recorded:
        of = self.seen.found.of
        return str(Path(of.about.root) / of.files[index]) if of.about.root else self._recorded(index)

    def _recorded(self, index: int) -> Recorded:
        of, plan = self.seen.found.of, self.config.predict
        assert plan is not None
        return Recorded(plan.dataset or self.config.dataset, plan.part, int(of.places[index]), of.ids[index], "")
