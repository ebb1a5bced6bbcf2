"""XML files, read without declarations of types and entities, by which a small file could unpack to a huge one."""

from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from explorer.data.dataset import DatasetError
from explorer.data.marks.bounded import content

MAX_BYTES = 2_000_000
_MAX_DEPTH = 50


class BadXml(ValueError):
    """A file that is not read; the message says why, in a sentence."""


def root_of(file: Path) -> Element:
    """The root element of a file. Raises BadXml."""
    try:
        data = content(file, MAX_BYTES)
    except DatasetError as error:
        raise BadXml(f"It cannot be read, or is larger than {MAX_BYTES // 1_000_000} MB.") from error
    return parsed(data)


def parsed(data: bytes) -> Element:
    """The root element of a document. Raises BadXml."""
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise BadXml("It is nested too deeply.")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_declared: object) -> None:
        raise BadXml("It declares types or entities (DOCTYPE, ENTITY), which are not read. Remove the declaration.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, AssertionError, LookupError) as error:
        if isinstance(error, BadXml):
            raise
        raise BadXml("It is not XML, or cut off.") from error
