"""The runs that are compared, in the address of the page, so that it can be reloaded and shared.

The place of a run decides its color. A run that is taken out leaves an empty place, so that the others keep theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from explorer.runs.overview.comparison import MOST_RUNS
from explorer.ui.session.keys import Query

MOST_PLACES = 4 * MOST_RUNS  # that are read of an address, with those of runs that are gone


@dataclass(frozen=True)
class Chosen:
    """A run of the selection and its place, from 0."""

    place: int
    id: str


def read(text: str) -> tuple[Chosen, ...]:
    """Return the runs in the first MOST_PLACES places of an address. A run that is named twice counts once."""
    parts = text.split(",", MOST_PLACES)[:MOST_PLACES]  # what follows them stays in one piece
    first: dict[str, int] = {}
    for place, part in enumerate(parts):
        first.setdefault(part.strip(), place)
    return tuple(Chosen(place, run_id) for run_id, place in first.items() if run_id)


def is_cut(text: str) -> bool:
    """Whether an address has more places than `read` reads."""
    return text.count(",") >= MOST_PLACES


def address(ids: Iterable[str]) -> str:
    """Return the text for the address; an empty id is an empty place."""
    return ",".join(ids).rstrip(",")


def without(text: str, run_id: str) -> str:
    """Return the text for the address without a run, with the places of the others unchanged."""
    return address("" if part.strip() == run_id else part.strip() for part in text.split(","))


def compare(ids: Iterable[str]) -> None:
    """Open the comparison of some runs. Call it in a callback, so that Back leads back."""
    st.query_params.from_dict(
        {name: value for name, value in st.query_params.to_dict().items() if name not in (Query.RUN, Query.AGAINST)}
        | {Query.RUNS: address(ids)}
    )


def close() -> None:
    """Leave the comparison."""
    for name in (Query.RUNS, Query.AGAINST):
        st.query_params.pop(name, None)
