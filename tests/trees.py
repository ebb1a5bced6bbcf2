"""Syntax trees of source files, for the rules that several tests look at."""

import ast
from functools import cache
from pathlib import Path


@cache
def tree_of(file: Path) -> ast.Module:
    """The tree of a file, which is parsed once: to parse all of ours takes seconds."""
    return ast.parse(file.read_text())
