"""The folder with the runs, pipelines, images and caches of the person who runs the app."""

import os
from pathlib import Path

ATTEMPT_VARIABLE = "EXPLORER_ATTEMPT"  # set for a trainer, and so for all processes that it starts


def home() -> Path:
    """Return EXPLORER_HOME, else ~/.augmentation-explorer, as an absolute path. It is not made here."""
    return Path(os.environ.get("EXPLORER_HOME") or "~/.augmentation-explorer").expanduser().absolute()


def made_home() -> Path:
    """Return the home, and make it if it is missing. Raises OSError.

    A trainer never makes it: a missing home was deleted together with the trainer's own run.
    """
    folder = home()
    if ATTEMPT_VARIABLE not in os.environ:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # 0700: it holds private images and paths
    return folder
