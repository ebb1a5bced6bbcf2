"""Reads the files of docs/ for the Help page."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from explorer.base.versions import version
from explorer.texts import Help as T

PROJECT = Path(__file__).resolve().parents[3]
ORDER = (
    "index", "augment", "laboratory", "files", "data", "recipes", "runs", "evidence", "predict", "report", "export",
    "classroom",
)  # fmt: skip
PARTS = (
    "albumentations", "streamlit", "torch", "pytorch-lightning", "torchmetrics", "efficientnet-pytorch",
    "opencv-python-headless", "scikit-learn", "plotly",
)  # fmt: skip
_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)]+)\)")
_LINK = re.compile(r"\]\((?:docs/)?(?P<name>[a-z_]+)\.md(?:#[^)]*)?\)")
_KEYS = re.compile(r"\|\s*keys\b(?P<where>[^|]*)\|[^\n]*\n\|[-| ]+\|\n(?P<rows>(?:\|[^\n]*\n?)+)")
_LICENSES = re.compile(r"^## Licen[cs]es of the parts\n+(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A part of a page: Markdown or, if `image` is given, an image with its description."""

    text: str
    image: Path | None = None


@lru_cache(maxsize=1)
def topics() -> dict[str, str]:
    """The titles of the files in docs/ by name, those in `ORDER` first."""
    files = {file.stem: file for file in sorted((PROJECT / "docs").glob("*.md"))}
    names = [*(name for name in ORDER if name in files), *(name for name in files if name not in ORDER)]
    return {name: _text(name).partition("\n")[0].removeprefix("#").strip() for name in names}


@lru_cache(maxsize=16)
def pieces(topic: str, link: str) -> tuple[Piece, ...]:
    """A file of docs/ in parts.

    Args:
        topic: One of `topics()`.
        link: The address of another topic, with `{name}` in it.

    Raises:
        KeyError: There is no such topic.
    """
    topics()[topic]
    text = _LINK.sub(lambda found: f"]({link.format(name=found['name'])})", _text(topic))
    found: list[Piece] = []
    end = 0
    for image in _IMAGE.finditer(text):
        found.append(Piece(text[end : image.start()]))
        path = (PROJECT / "docs" / image["path"]).resolve()
        if path.is_relative_to(PROJECT / "docs") and path.is_file():
            found.append(Piece(image["alt"], path))
        end = image.end()
    found.append(Piece(text[end:]))
    return tuple(piece for piece in found if piece.text.strip())


@lru_cache(maxsize=1)
def keys() -> str:
    """All tables of keyboard shortcuts in docs/ as one Markdown table."""
    rows = [f"| {T.KEYS_WHERE} | {T.KEYS_KEY} | {T.KEYS_EFFECT} |", "|---|---|---|", T.KEYS_HELP]
    for name in topics():
        for table in _KEYS.finditer(_text(name)):
            where = table["where"].strip().removeprefix("in the ").strip().capitalize()
            rows.extend(f"| {where} {row.strip()}" for row in table["rows"].splitlines() if row.strip())
    return "\n".join(rows)


@lru_cache(maxsize=1)
def about() -> str:
    """The version of the project, its dependencies and their licenses as Markdown."""
    own = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    parts = ", ".join(f"{name} {version(name)}" for name in PARTS)
    licenses = _LICENSES.search((PROJECT / "README.md").read_text(encoding="utf-8"))
    return T.ABOUT.format(version=own, parts=parts, licenses=licenses["text"].strip() if licenses else "")


def _text(name: str) -> str:
    return (PROJECT / "docs" / f"{name}.md").read_text(encoding="utf-8")
