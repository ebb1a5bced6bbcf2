"""Tables that commands write: CSV or Parquet by the ending of the name, and never over a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from explorer.runs.cli.exit_codes import USAGE, CommandError

if TYPE_CHECKING:
    from explorer.runs.overview.prediction_table import Columns

TABLES = (".csv", ".parquet")


def check(name: str, endings: Sequence[str] = TABLES) -> None:
    """Refuse a file that is there already or has another ending. Raises CommandError."""
    if Path(name).exists():
        raise CommandError(f"{name} is there already, and is not written over. Choose another name.", USAGE)
    if Path(name).suffix.lower() not in endings:
        raise CommandError(f"--out writes {' or '.join(endings)}; {name} has another ending.", USAGE)


def content_of(name: str, table: "Columns") -> bytes:
    """Return a table as the bytes of a file of this name."""
    from explorer.runs.overview import prediction_table

    parquet = name.lower().endswith(".parquet")
    return prediction_table.as_parquet(table) if parquet else prediction_table.as_csv(table)


def write_new(name: str, content: bytes) -> None:
    """Write a new file. Raises CommandError where there is one by now, and OSError."""
    with new(name) as file:
        file.write(content)


@contextmanager
def new(name: str) -> Iterator[IO[bytes]]:
    """Open a new file, which is removed where it is not finished. Raises CommandError where there is one by now."""
    path = Path(name)
    try:
        path.touch(exist_ok=False)
    except FileExistsError as error:
        raise CommandError(f"{name} is there already, and is not written over.", USAGE) from error
    try:
        with path.open("wb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
