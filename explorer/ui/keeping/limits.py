"""Limits on how long and how much of visitors' files is kept. docs/classroom.md states these numbers."""

import math
import os

from explorer.texts import Keeping as T

DAYS, MEGABYTES, DATA_MEGABYTES = "EXPLORER_KEEP_DAYS", "EXPLORER_KEEP_MB", "EXPLORER_DATA_MB"
DEFAULT_DAYS, DEFAULT_MEGABYTES, DEFAULT_DATA_MEGABYTES = 90.0, 2_000.0, 4_000.0
ZIP_MEGABYTES = 120  # of one uploaded file; a session may hold little more in memory
SAMPLE_DAYS = 3.0  # for a draft that was never edited
DAY_S = 86_400.0
MB = 1_000_000
WORKSPACE_BYTES = 64 * MB  # the files that were uploaded for one workspace: an image, its mask, the mask's colors
BLOCK = 4_096  # bytes that the smallest file takes

# For uploads, which Streamlit holds in memory until the page that sent them is closed.
SESSION_UPLOADS, SERVER_UPLOADS = 4, 16  # at once
SESSION_UPLOAD_BYTES, SERVER_UPLOAD_BYTES = 128 * MB, 1_024 * MB
SESSIONS = 200  # open pages


class WrongLimit(ValueError):
    """A limit in the environment that is not a valid number."""


def keep_days() -> float:
    """The days after which an unopened draft is deleted; infinity for never. Raises WrongLimit."""
    return _number(DAYS, DEFAULT_DAYS, least=1.0, effect=T.NOTHING_CLEARED)


def keep_bytes() -> float:
    """The bytes that drafts, uploads, reference images and saved pipelines may take together. Raises WrongLimit."""
    effect = T.DEFAULT_TAKEN.format(default=DEFAULT_MEGABYTES)
    return _number(MEGABYTES, DEFAULT_MEGABYTES, least=1.0, effect=effect) * MB


def data_bytes() -> float:
    """The bytes that uploaded data sets may take together, unpacked. Raises WrongLimit."""
    effect = T.DEFAULT_TAKEN.format(default=DEFAULT_DATA_MEGABYTES)
    return _number(DATA_MEGABYTES, DEFAULT_DATA_MEGABYTES, least=1.0, effect=effect) * MB


def problems() -> list[str]:
    """The messages about invalid limits in the environment."""
    found = []
    for limit in (keep_days, keep_bytes, data_bytes):
        try:
            limit()
        except WrongLimit as error:
            found.append(str(error))
    return found


def _number(name: str, default: float, least: float, effect: str) -> float:
    value = os.environ.get(name, "").strip()
    try:
        number = float(value) if value else default
    except ValueError:
        number = math.nan
    if not number >= least:  # nan is not
        raise WrongLimit(T.WRONG_NUMBER.format(name=name, value=value, least=least, effect=effect))
    return number
