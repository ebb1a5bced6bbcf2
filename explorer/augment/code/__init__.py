"""Pipelines as Python: `writing` makes it, the rest reads what people already have."""

from explorer.augment.code.configurations import CLASS_KEYS
from explorer.augment.code.reading import read_code, read_notebook, read_record, read_values
from explorer.augment.code.results import VERSIONS, CodeError, FoundPipeline, Generation, Note, Unknown, Version

__all__ = [
    "CLASS_KEYS", "VERSIONS", "CodeError", "FoundPipeline", "Generation", "Note", "Unknown",
    "Version", "read_code", "read_notebook", "read_record", "read_values",
]  # fmt: skip
