"""Suspects labels in a process of its own, because importing cleanlab would hold up the pages of a server.

    python -m explorer.runs.overview.label_issues RUN EPOCH

RUN is the folder of a run, EPOCH counts from 0. The last line that it prints is a `Found` as JSON.
"""

import sys
from pathlib import Path

from pydantic import BaseModel

from explorer.base import confined
from explorer.metrics.label_issues import TooFewImagesError, suspects
from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths


class Found(BaseModel):
    """The suspects, see `explorer.metrics.label_issues.Suspects`.

    Attributes:
        too_few: Whether there are too few images to suspect any label.
    """

    indices: tuple[int, ...] = ()
    suggested: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    too_few: bool = False


def command(paths: RunPaths, epoch: int) -> list[str]:
    """Return the command that suspects the labels by the scores of one epoch, from 0."""
    return [sys.executable, "-P", "-m", __spec__.name if __spec__ else __name__, str(paths.root), str(epoch)]


def find(paths: RunPaths, epoch: int) -> Found:
    """Suspect labels by the stored scores of an epoch. Raises ValueError if it has none, or if they are broken."""
    view = RunView(paths)
    view.refresh()
    record = view.record(epoch, scores=True)
    if record is None or record.logits is None or record.labels is None:
        raise ValueError(f"the scores of epoch {epoch + 1} of {paths.id} are not stored")
    try:
        found = suspects(record.logits, record.labels)
    except TooFewImagesError:
        return Found(too_few=True)
    return Found(
        indices=tuple(found.indices.tolist()), suggested=tuple(found.suggested.tolist()), left_out=found.left_out
    )


if __name__ == "__main__":
    confined.limit_if_for_page()
    print(find(RunPaths(Path(sys.argv[1])), int(sys.argv[2])).model_dump_json())
