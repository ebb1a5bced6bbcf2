"""Augmentation Explorer. Here stands only what its processes need to start each other."""

import os
from pathlib import Path


def child_environment() -> dict[str, str]:
    """The environment of a child that runs one of our modules, wherever it works."""
    project = str(Path(__file__).resolve().parent.parent)
    search = [project, *filter(None, [os.environ.get("PYTHONPATH")])]
    # The last two: else albumentations calls home at its import, and transformers may when it builds a network.
    quiet = {"NO_ALBUMENTATIONS_UPDATE": "1", "HF_HUB_OFFLINE": "1"}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(search), **quiet}
