"""The folder of the person who runs the app: runs, pipelines, pictures and caches lie in it."""

import os
from pathlib import Path

ATTEMPT_VARIABLE = "EXPLORER_ATTEMPT"  # in the environment of a trainer, and so of all that it starts


def home() -> Path:
    """EXPLORER_HOME, else ~/.augmentation-explorer; absolute, and not made here."""
    return Path(os.environ.get("EXPLORER_HOME") or "~/.augmentation-explorer").expanduser().absolute()


def made_home() -> Path:
    """The same folder, made if missing. Raises OSError.

    A trainer never makes it: where it is missing, somebody has deleted it with the trainer's own run.
    """
    folder = home()
    if ATTEMPT_VARIABLE not in os.environ:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # 0700: it holds pictures and paths of that person
    return folder
