"""What is wrong with a data set, the worst first, each finding with what to do about it and what it cost."""

import streamlit as st

from explorer.base.words import counted
from explorer.data.curation import CurationError
from explorer.data.findings.finding import Finding, Severity
from explorer.data.formats.spec import FileSpec
from explorer.data.overview.measured import Measured
from explorer.texts import Common
from explorer.texts import Findings as T
from explorer.ui.components.markdown import escape
from explorer.ui.data import (
    finding_actions,
    finding_cost,
    finding_decided,
    finding_labels,
    finding_pairs,
    finding_state,
    finding_words,
)
from explorer.ui.data.album import Album
from explorer.ui.data.finding_state import Looked
from explorer.ui.data.opened import Opened
from explorer.ui.preview import wall
from explorer.ui.session.keys import widget_key

_ICONS: dict[Severity, str] = {
    "wrong": ":red[:material/error:]",
    "check": ":orange[:material/warning:]",
    "note": ":gray[:material/info:]",
}
_LEAKS = ("leak_exact", "leak_near")


def show(opened: Opened, measured: Measured | None) -> None:
    """Draw the findings about a data set of files.

    Args:
        opened: The data set.
        measured: What was measured of its images, in the order of its contents; None while nothing is known.
    """
    spec = opened.spec
    if not isinstance(spec, FileSpec):
        return
    st.subheader(T.TITLE, anchor=False, help=T.TITLE_HELP)
    if measured is None or not len(measured):
        st.caption(T.WAIT)
        return
    try:
        looked = finding_state.look(opened, spec, measured)
    except CurationError as error:
        st.error(escape(str(error)))
        return
    below = finding_actions.acted_after(looked)
    finding_decided.line(opened, spec, looked.kept, undoes=not below)
    leaks = looked.findings.leaks
    if not leaks:
        _no_leak(looked)
    for finding in leaks:
        _draw(looked, finding, undoes=finding.code == below)
    finding_cost.show(looked)
    for finding in looked.findings.found:
        if finding.code not in _LEAKS:
            _draw(looked, finding, undoes=finding.code == below)
    finding_decided.details(opened, spec, looked.kept)
    _how(looked)
    finding_labels.show(looked)


def _no_leak(looked: Looked) -> None:
    if len(looked.contents.parts) < 2:
        st.markdown(f":material/check: {T.NO_LEAK_ONE_PART}")
        return
    more = f" {T.NOTHING_ELSE}" if not looked.findings.found else ""
    words = T.NO_LEAK.format(images=counted(looked.findings.looked.images, *Common.IMAGE))
    st.markdown(f":material/check: **{words}**{more}")


def _how(looked: Looked) -> None:
    """Say how it was looked for, and what is not known."""
    seen = looked.findings.looked
    words = [T.LOOKED_EXACT if seen.near is None else T.LOOKED.format(bits=seen.near)]
    if not looked.given and len(looked.contents.parts) > 1:
        words.append(T.RANDOM.format(seed=looked.spec.seed, share=looked.spec.val_fraction))
    words += looked.duplicates.notes
    st.caption(escape(" ".join(words)))
    if seen.sampled:
        st.warning(T.SAMPLED.format(images=seen.images, total=seen.total))


def _draw(looked: Looked, finding: Finding, *, undoes: bool) -> None:
    """Draw a finding; what to do about it, its images and the actions are behind a click: see first, then act.

    Args:
        looked: The data set.
        finding: What was found.
        undoes: Whether the button that undoes the latest change stands below it.
    """
    title = f"{_ICONS[finding.severity]} **{escape(finding_words.sentence(finding, looked.contents))}**"
    key = widget_key("finding", looked.opened.key, finding.code)
    with st.expander(title, key=key, on_change="rerun") as more:
        if more.open:
            st.markdown(escape(finding_words.to_do(finding, looked.contents)))
            if len(finding.images):
                _images(looked, finding)
            finding_actions.buttons(looked, finding)
    if undoes:
        finding_decided.undo(looked.opened, looked.spec, looked.kept)


def _images(looked: Looked, finding: Finding) -> None:
    key = widget_key("finding_images", looked.opened.key, finding.code)
    label = finding_words.sentence(finding, looked.contents)
    if len(finding.pairs):
        pair = finding_pairs.show(looked.opened, finding.pairs, key, label)
        if pair is not None:
            finding_actions.of_one(looked, finding, finding.pairs[pair].tolist())
        return
    if "reasons" in finding.values:
        reasons = finding.values["reasons"]
        rows = [(looked.contents.ids[place], reasons[place]) for place in finding.images.tolist()]
        st.dataframe(dict(zip(T.LIST_COLUMNS[1:], zip(*rows, strict=True), strict=True)), hide_index=True)
        return
    album = Album(looked.opened)
    opened = wall.show(album, _with_origins(finding), album.caption, key, label, alone=True)
    if opened is not None:
        finding_actions.of_one(looked, finding, [opened])


def _with_origins(finding: Finding) -> list[int]:
    """Return the images of a finding group by group, where it has groups, so that like ones are side by side."""
    if not finding.groups:
        return [int(place) for place in finding.images]
    return list(dict.fromkeys(int(place) for group in finding.groups for place in group))
