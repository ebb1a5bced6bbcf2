"""The folders that visitors fill. These functions do not create them, so that a read-only disk can be read."""

from pathlib import Path

from explorer.base.home import made_home
from explorer.data import curation, references
from explorer.runs.record.paths import pipelines_folder


def drafts_folder() -> Path:
    """The folder of drafts and their uploads."""
    return made_home() / "drafts"


def browsers_folder() -> Path:
    """The folder of the lists of drafts that browsers have opened."""
    return made_home() / "browsers"


def statistics_folder() -> Path:
    """The cache of measured statistics."""
    return made_home() / "cache" / "statistics"


def reports_folder() -> Path:
    """The cache of reports that pages have made to be downloaded."""
    return made_home() / "cache" / "reports"


def filled() -> tuple[Path, ...]:
    """The existing folders whose size is limited, with those of reference images, saved pipelines and decisions."""
    folders = (drafts_folder(), browsers_folder(), references.folder(), pipelines_folder(), curation.folder())
    return tuple(folder for folder in folders if folder.is_dir())
