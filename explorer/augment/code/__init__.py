"""Pipelines as Python: `writing` makes it, the rest reads what people already have."""

from explorer.augment.code.found import VERSIONS, CodeError, Found, Generation, Note, NoteKind, Unknown, Version
from explorer.augment.code.reading import read_code, read_notebook
from explorer.augment.code.records import read_record

__all__ = [
    "VERSIONS",
    "CodeError",
    "Found",
    "Generation",
    "Note",
    "NoteKind",
    "Unknown",
    "Version",
    "read_code",
    "read_notebook",
    "read_record",
]
