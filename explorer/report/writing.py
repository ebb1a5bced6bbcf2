"""Writes a report: reads the runs, divides the room in the file among them, and puts the page together."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from explorer.base.atomic import write_bytes_atomic
from explorer.base.names import ShownError
from explorer.figures import scripts
from explorer.report import figures, numbers, page, pictures
from explorer.report.comparing import comparison_of
from explorer.report.embedding import as_data
from explorer.report.pictures import Mistakes
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
    mistakes = {}
    for run in found:
        progress(T.PICTURES.format(run=run.summary.id))
        # A third more than its bytes, as text in base 64.
        budget = int(room * _IMAGES * 0.75 / len(found))
        mistakes[run.summary.id] = _mistakes(run, budget, inside)
    listed = {run_id: worst.listed for run_id, worst in mistakes.items()}
    payload = as_data(numbers.payload(found, listed, now))
    comparison = comparison_of(found, progress) if len(found) > 1 else None
    progress(T.WRITING)
    sections = [section_of(run, mistakes[run.summary.id]) for run in found]
    drawn = [list(figures.of_comparison(found)) if comparison else []]
    drawn += [list(figures.of_run(run)) for run in found]
    # Everything but the figures is there in any case; they get what is left.
    none = figures.fitting(drawn, 0, most_mb)
    room = int(most_mb * 1e6) - len(_encoded(page.render(sections, comparison, none, payload, now)))
    kept = figures.fitting(drawn, room, most_mb)
    content = _encoded(page.render(sections, comparison, kept, payload, now))
    write_bytes_atomic(target, content)
    return len(content)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _mistakes(run: Reported, budget: int, inside: bool) -> Mistakes:
    dataset, why_not = None, ""
    try:
        dataset = pictures.opened(run, inside=inside) if run.record is not None else None
    except (ShownError, OSError, ValueError) as error:
        why_not = T.NO_IMAGES.format(why=error)
    return pictures.worst(run, dataset, budget, inside=inside, why_not=why_not)
