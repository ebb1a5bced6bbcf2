"""What the configurations of compared runs differ in: settings, pipelines, data, versions."""

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.augment.difference import Row, difference
from explorer.base.words import cut
from explorer.runs.overview.view import RunSnapshot
from explorer.settings.rows import Rows, different, filled, side_by_side
from explorer.settings.steps import MOST_VALUE, all_same, changes_of, title_of
from explorer.texts import Compare as T
from explorer.ui.compare.differences import chosen_other
from explorer.ui.compare.readers import Compared
from explorer.ui.components.markdown import cell, escape, table

MOST_COLUMNS = 5  # runs up to which each is a column; of more, each is a row
_MARKS = {"same": "", "added": ":green[+ {}]", "removed": ":red[− {}]", "changed": ":orange[~ {}]"}


def show(runs: Sequence[Compared]) -> None:
    """Draw what differs, and then the pipelines of two runs as one tree."""
    read = [run for run in runs if run.snapshot.config is not None]
    if missing := [f"“{run.name}”" for run in runs if run.snapshot.config is None]:
        st.warning(escape(T.UNREADABLE.format(names=", ".join(missing))))
    if len(read) < 2:
        return
    asked = side_by_side([run.snapshot.config for run in read if run.snapshot.config])
    _table(T.SETTINGS, read, different(asked), len(asked))
    _pipelines(read)
    begun = [run for run in read if run.snapshot.start is not None]
    if len(begun) > 1:
        recorded = of_records([run.snapshot for run in begun])
        _table(T.VERSIONS, begun, different(recorded), len(recorded))


def of_records(snapshots: Sequence[RunSnapshot]) -> Rows:
    """Return what the runs have recorded about their data, packages and machine."""
    found = [_recorded(snapshot) for snapshot in snapshots]
    return filled(found, T.NOT_RECORDED)


def _recorded(snapshot: RunSnapshot) -> dict[str, str]:
    start = snapshot.start
    if start is None:
        return {}
    identity = start.values.get("identity")
    counts = {
        T.TRAIN_IMAGES: f"{start.count('train_images'):,}",
        T.VAL_IMAGES: f"{start.count('val_images'):,}",
        T.CLASSES: ", ".join(snapshot.classes),
    }
    known = identity if isinstance(identity, Mapping) else {}
    return counts | {str(name): str(value) or T.NOT_RECORDED for name, value in known.items()}


def _table(title: str, runs: Sequence[Compared], rows: Rows, count: int) -> None:
    st.markdown(f"**{title}**")
    if not rows:
        st.caption(T.SAME.format(count=count))
        return
    names = [cell(run.name) for run in runs]
    written = {name: [cell(cut(value, MOST_VALUE)) for value in values] for name, values in rows.items()}
    if len(runs) <= MOST_COLUMNS:
        st.markdown(table(["", *names], [[cell(name), *values] for name, values in written.items()]))
    else:
        columns = zip(*written.values(), strict=True)
        st.markdown(table(["", *map(cell, written)], [[name, *row] for name, row in zip(names, columns, strict=True)]))
    st.caption(T.SAME_NOTE.format(count=count - len(rows)))


def _pipelines(runs: Sequence[Compared]) -> None:
    """Draw the pipeline of the reference and that of another run as one tree."""
    st.markdown(f"**{T.PIPELINES}**", help=T.PIPELINES_HELP)
    reference, other = runs[0], chosen_other(runs, "compare_pipeline")
    assert reference.snapshot.config is not None
    assert other.snapshot.config is not None
    pipelines = reference.snapshot.config.pipeline, other.snapshot.config.pipeline
    rows = difference(*pipelines)
    if not rows:
        st.caption(T.PIPELINES_EMPTY)
    elif all(row.status == "same" for row in rows):
        st.caption(all_same(*pipelines))
    st.markdown("\n".join(map(line, rows)))


def line(row: Row) -> str:
    """Return a node as an item of a list in Markdown."""
    words = escape(title_of(row))
    marked = _MARKS[row.status].format(words) if row.status != "same" else f":gray[{words}]"
    changes = changes_of(row)
    return f"{'    ' * row.depth}- {marked}" + (f" :small[{escape(changes)}]" if changes else "")
