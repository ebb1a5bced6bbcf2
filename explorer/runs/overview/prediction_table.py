"""What a prediction says of each image, as a table in a file of CSV or Parquet."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base.tables import csv_bytes
from explorer.runs.record.predictions import NO_LABEL, Predictions

Columns = Mapping[str, NDArray[Any]]


def columns(found: Predictions) -> Columns:
    """Return the columns of the table, a row for each image that is predicted.

    They are the id, the class where any is known, the predicted class, or all predicted labels, and the probability of
    each class; with views of test-time augmentation also the probabilities of the image alone.
    """
    classes = np.asarray(found.classes)
    table: dict[str, NDArray[Any]] = {"id": np.asarray(found.ids)}
    if (found.labels != NO_LABEL).any():
        table["label"] = np.where(found.labels == NO_LABEL, "", classes[found.labels])
    if found.about.several:
        table["predicted"] = np.asarray([found.words(row) for row in range(len(found))], dtype=object)
    else:
        table["predicted"] = classes[found.predicted]
    table |= {f"p_{name}": found.scores[:, index] for index, name in enumerate(found.classes)}
    if found.about.views:
        table |= {f"p_{name}_without_views": found.plain[:, index] for index, name in enumerate(found.classes)}
    return table


def as_csv(table: Columns) -> bytes:
    """Return a table as CSV. Ids that a spreadsheet would run as a formula begin with an apostrophe."""
    lists = [values.tolist() for values in (_readable(values) for values in table.values())]
    return csv_bytes(list(table), zip(*lists, strict=True))


def _readable(values: NDArray[Any]) -> NDArray[Any]:
    """Probabilities of 32 bits with the digits that they have, and not with those of 64 bits."""
    if values.dtype != np.float32:
        return values
    return np.array([float(f"{value:.9g}") for value in values.tolist()], np.float64)


def as_parquet(table: Columns) -> bytes:
    """Return a table as Parquet, with ids as they are."""
    # Imported here: it takes a third of a second.
    import pyarrow
    import pyarrow.parquet

    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({name: pyarrow.array(values) for name, values in table.items()}), file)
    return file.getvalue()
