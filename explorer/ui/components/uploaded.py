"""How pages name images that were uploaded for a prediction: by their number, since their folder is named by a hash."""

from pathlib import Path

from explorer.base.words import counted
from explorer.data.roots import is_predicted
from explorer.texts import Predict as T


def in_words(path: str) -> str:
    """Return how many images were uploaded into a folder for a prediction; "" for any other folder or table."""
    folder = Path(path)
    if not is_predicted(folder):
        return ""
    try:
        count = sum(not file.name.startswith(".") for file in folder.iterdir())
    except OSError:  # it was deleted
        return T.UPLOADS
    return counted(count, *T.UPLOADS_COUNTED)
