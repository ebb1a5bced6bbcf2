"""The limits that the documentation states are those that hold."""

import tomllib
from pathlib import Path

import pytest

from explorer.data.photographs import LONG_SIDE
from explorer.draw.waiting import MOST_WAITING
from explorer.ui.keeping import limits
from explorer.ui.session import browsers, history

PROJECT = Path(__file__).resolve().parents[3]
SETTINGS = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["server"]
MB = limits.MB


@pytest.mark.parametrize(
    "words",
    [
        f"| {SETTINGS['maxUploadSize']} MB |",
        f"| {limits.WORKSPACE_BYTES // MB} MB |",
        f"at most {LONG_SIDE} pixels",
        f"| {limits.SESSION_UPLOAD_BYTES // MB} MB, {limits.SESSION_UPLOADS} at once |",
        f"| {limits.SERVER_UPLOAD_BYTES // 1024 // MB} GB, {limits.SERVER_UPLOADS} at once |",
        f"| {limits.DEFAULT_MEGABYTES / 1000:g} GB in all, or `{limits.MEGABYTES}`; a small file counts as 4 KB |",
        f"| the last {browsers.MOST} that it used |",
        f"| {history.LIMIT} for each draft |",
        f"| {limits.SESSIONS} |",
        f"{MOST_WAITING} in all; pages take turns",
        f"for {limits.DEFAULT_DAYS:g} days, with their uploads and the form of their run; `{limits.DAYS}`",
        f"after {limits.SAMPLE_DAYS:g} days",
    ],
)
def test_the_documentation_states_the_limits(words: str) -> None:
    assert words in (PROJECT / "docs" / "classroom.md").read_text()
