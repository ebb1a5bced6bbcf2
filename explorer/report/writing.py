"""Writes a report: reads the runs, divides the room in the file among them, and puts the page together."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from explorer.base.atomic import write_bytes_atomic
from explorer.base.names import ShownError
from explorer.data.dataset import Dataset
from explorer.figures import scripts
from explorer.report import figures, mask_pictures, numbers, page, pictures, studied
from explorer.report.comparing import comparison_of
from explorer.report.embedding import as_data
from explorer.report.mask_pictures import Painter
from explorer.report.reported import Reported, read
from explorer.report.sections import section_of
from explorer.runs.record.paths import RunPaths
from explorer.texts import Report as T

LEAST_MB = 6.0
_IMAGES = 0.4  # of the room that is left beside plotly and the numbers
_TEXT = 1_000_000  # bytes that are kept free for words, tables and numbers


def write_report(
    runs: Sequence[RunPaths], target: Path, *, most_mb: float, inside: bool, progress: Callable[[str], None]
) -> int:
    """Write one HTML file about one or several runs, in one step.

    Args:
        runs: One run, or several to compare.
        target: The file.
        most_mb: The most megabytes (10^6 bytes) that the file should have, at least LEAST_MB. Images and figures that
            do not fit are left out, and the page says so.
        inside: Whether images are read only inside the folders that pages may read.
        progress: Called with words about each step.

    Returns:
        The bytes of the file. They are more than asked for where words, tables and numbers alone are.

    Raises:
        OSError: The file cannot be written.
    """
    now, found = time.time(), []
    for paths in runs:
        progress(T.READING.format(run=paths.id))
        found.append(read(paths))
    room = int(most_mb * 1e6) - scripts.PLOTLY.stat().st_size - _TEXT
    # A third more than its bytes, as text in base 64.
    budget = int(room * _IMAGES * 0.75 / len(found))
    mistakes, masks, painters = {}, {}, {}
    for run in found:
        run_id = run.summary.id
        progress(T.PICTURES.format(run=run_id))
        dataset, why_not = _opened(run, inside)
        mistakes[run_id] = pictures.worst(run, dataset, budget, inside=inside, why_not=why_not)
        if run.task == "segmentation":
            painters[run_id] = None if dataset is None else Painter(run, dataset, inside)
            masks[run_id] = mask_pictures.of_run(run, painters[run_id], budget // 2, why_not)
    listed = {run_id: worst.listed for run_id, worst in mistakes.items()}
    payload = as_data(numbers.payload(found, listed, now))
    comparison = comparison_of(found, painters, budget // 2, progress) if len(found) > 1 else None
    progress(T.WRITING)
    sections = [section_of(run, mistakes[run.summary.id], masks.get(run.summary.id)) for run in found]
    drawn = [list(figures.of_comparison(found)) if comparison else []]
    drawn += [[*studied.charts(run.paths, run.snapshot.config), *figures.of_run(run)] for run in found]
    # Everything but the figures is there in any case; they get what is left.
    none = figures.fitting(drawn, 0, most_mb)
    room = int(most_mb * 1e6) - len(_encoded(page.render(sections, comparison, none, payload, now)))
    kept = figures.fitting(drawn, room, most_mb)
    content = _encoded(page.render(sections, comparison, kept, payload, now))
    write_bytes_atomic(target, content)
    return len(content)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _opened(run: Reported, inside: bool) -> tuple[Dataset | None, str]:
    """Return the data set of a run, or None and why its images are not shown."""
    try:
        return (pictures.opened(run, inside=inside) if run.record is not None else None), ""
    except (ShownError, OSError, ValueError) as error:
        return None, T.NO_IMAGES.format(why=error)
