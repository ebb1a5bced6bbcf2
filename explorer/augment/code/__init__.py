"""Pipelines as Python: `writing` makes it, the rest reads what people already have."""

from explorer.augment.code.found import CodeError, Found, Note, NoteKind, Unknown
from explorer.augment.code.reading import read_code, read_notebook
from explorer.augment.code.records import read_record

__all__ = ["CodeError", "Found", "Note", "NoteKind", "Unknown", "read_code", "read_notebook", "read_record"]
