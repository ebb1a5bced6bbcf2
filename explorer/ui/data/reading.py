"""How the table of a data set is read, where its columns were understood wrongly. The address keeps it."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import streamlit as st

from explorer.base.names import shown
from explorer.data.formats.csv_file import COLUMN_FIELDS
from explorer.data.formats.spec import Ask
from explorer.data.specs import OF_FILES
from explorer.texts import Data as T
from explorer.texts import TrainFields as F
from explorer.ui.components.fields import bound
from explorer.ui.session.keys import Query, widget_key

_MOST_ADDRESS = 20_000  # characters of all values in an address
_MOST_TEXT = 4096  # characters of a value, as in the specs
Fields = Mapping[str, str]


def asks_of(key: str) -> tuple[Ask, ...]:
    """The fields of a format that say in words how it is read, such as the columns of a table."""
    kind = OF_FILES.get(key.partition(":")[0])
    if kind is None:
        return ()
    asked = (ask for ask in kind.asks if not (ask.place or ask.learned))
    return tuple(ask for ask in asked if isinstance(kind.model_fields[ask.field].default, str))


def fields_of(key: str) -> Fields:
    """The fields in the address that belong to the format and can be shown."""
    return _understood(key)[0]


def is_damaged(key: str) -> bool:
    """Whether the address holds something that is not used, so that the table may be read in another way than asked."""
    return not _understood(key)[1]


def _understood(key: str) -> tuple[Fields, bool]:
    """Return the fields in the address, and whether they are all that it holds."""
    text = st.query_params.get(Query.READ, "{}")
    try:
        found: Any = json.loads(text) if len(text) <= _MOST_ADDRESS else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return {}, False
    choices_of = {ask.field: _choices(key, ask) for ask in asks_of(key)}
    fields = {
        name: value
        for name, value in found.items()
        if name in choices_of and _fits(value) and (not choices_of[name] or value in choices_of[name])
    }
    return fields, len(fields) == len(found)


def _fits(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MOST_TEXT and value == shown(value)


def _choices(key: str, ask: Ask) -> list[str]:
    """The values that a field may have; none for any text."""
    kind = OF_FILES[key.partition(":")[0]]
    found = [choice for choice in get_args(kind.model_fields[ask.field].annotation) if isinstance(choice, str)]
    return ["", *found] if found and "" not in found else found


def _words_of(ask: Ask) -> Callable[[str], str]:
    """The words of each value of a field."""
    return lambda choice: str(F.CHOICES.get(ask.field, {}).get(choice, choice)) or T.USUAL


def forget() -> None:
    """Read the next data set as it is recognized."""
    st.query_params.pop(Query.READ, None)


def show(key: str, columns: Sequence[str] = ()) -> None:
    """Draw the fields.

    Args:
        key: Of the data set.
        columns: That were read, as in `Contents.columns`; () where it could not be read.
    """
    values, read = fields_of(key), dict(zip(COLUMN_FIELDS, columns, strict=False))

    def commit(name: str, value: str) -> None:
        changed = {**values, name: value.strip()}
        kept = {name: value for name, value in changed.items() if value}
        if kept:
            st.query_params[Query.READ] = json.dumps(kept, ensure_ascii=False)
        else:
            forget()

    for ask in asks_of(key):
        choices = _choices(key, ask)
        value = values.get(ask.field, "")
        shows = bound(widget_key("data_read", ask.field), value, partial(commit, ask.field))
        if choices:
            st.selectbox(
                ask.label, choices, format_func=_words_of(ask), help=ask.help or None, **shows
            )  # fmt: skip
        else:
            usual = T.RECOGNIZED.format(name=read[ask.field] or T.NO_COLUMN) if ask.field in read else T.USUAL
            st.text_input(ask.label, placeholder=usual, help=ask.help or None, max_chars=_MOST_TEXT, **shows)
