"""The difference of two pipelines in words."""

import json
from typing import Any

from explorer.augment.difference import Row
from explorer.augment.pipeline import Pipeline
from explorer.base.words import cut
from explorer.texts import Compare as T

MOST_VALUE = 80  # characters of a value


def all_same(first: Pipeline, second: Pipeline) -> str:
    """Return a sentence about two pipelines without a difference of their steps."""
    return T.PIPELINE_SAME if first.streams == second.streams else T.PIPELINE_SAME_BUT_STREAMS


def title_of(row: Row) -> str:
    """Return the name of a node with its probability."""
    return T.STEP.format(title=row.title, p=row.p)


def changes_of(row: Row) -> str:
    """Return which parameters of a node have other values; "" where none has."""
    return "; ".join(
        T.CHANGE_OF.format(name=change.name, was=_value(change.was), now=_value(change.now)) for change in row.changes
    )


def _value(value: Any) -> str:
    return cut(json.dumps(value, ensure_ascii=False), MOST_VALUE)
