"""What has been found in the data set that the Data page shows, computed once for all sessions."""

from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from explorer.data import curation
from explorer.data.contents import Contents
from explorer.data.curation import Curation
from explorer.data.findings.find import find
from explorer.data.findings.finding import Findings
from explorer.data.formats.spec import FileSpec
from explorer.data.overview import near
from explorer.data.overview.measured import Measured
from explorer.data.overview.near import Duplicates
from explorer.texts import Findings as T
from explorer.ui.data import measuring, panel
from explorer.ui.data.opened import Opened, is_given


@dataclass(frozen=True, eq=False)
class Looked:
    """A data set with what was found in it.

    Attributes:
        opened: The data set.
        spec: The same as `opened.spec`.
        measured: What was measured of its images, in the order of the contents.
        duplicates: The exact and near duplicates among them.
        kept: What a person has decided.
        findings: What is wrong with it.
        given: Whether the data set says itself which images validate.
    """

    opened: Opened
    spec: FileSpec
    measured: Measured
    duplicates: Duplicates
    kept: Curation
    findings: Findings
    given: bool

    @property
    def contents(self) -> Contents:
        """What the data set holds."""
        return self.opened.contents


def look(opened: Opened, spec: FileSpec, measured: Measured) -> Looked:
    """Return what was found. Raises CurationError if it cannot be read what a person has decided."""
    kept = curation.read(spec)
    given = is_given(spec)
    with st.spinner(T.COMPARING, show_time=True):
        duplicates = _duplicates(measured, opened.contents, spec)
        found = _found(measured, opened.contents, spec, given, kept.changes)
    return Looked(opened, spec, measured, duplicates, kept, found, given)


# By identity: both are the same objects until the data set is listed or measured again.
@lru_cache(maxsize=4)
def _duplicates(measured: Measured, contents: Contents, spec: FileSpec) -> Duplicates:
    found = measuring.duplicates(spec, contents, panel.sampling_of(spec))
    return near.find(measured, contents.part) if found is None else found


@lru_cache(maxsize=8)
def _found(measured: Measured, contents: Contents, spec: FileSpec, given: bool, changes: int) -> Findings:
    del changes  # a key of the cache
    return find(contents, measured, _duplicates(measured, contents, spec), curation.read(spec), given=given)
