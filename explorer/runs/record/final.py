"""final.json and final.npz: what the best checkpoint of a run answers about the final set, and when it was opened."""

from dataclasses import asdict, dataclass

from explorer.base.atomic import read_json_object, write_json_atomic
from explorer.base.records import RecordError, read_as
from explorer.runs.record.epochs import EpochRecord, EpochRecordError
from explorer.runs.record.paths import RunPaths


@dataclass(frozen=True)
class FinalResult:
    """When the final set was opened for a run.

    Attributes:
        time: Seconds since 1970.
        key: A hash of its images, as the ledger has it.
        images: How many there are.
        epoch: Of the checkpoint, from 0.
        loss: The mean loss.
        before: How often some of its images had been opened before. With 0 it was unseen.
        contents: Short hashes of its different images, as the ledger has them.
        seen: How many of these had been opened before.
    """

    time: float
    key: str
    images: int
    epoch: int
    loss: float | None
    before: int = 0
    contents: tuple[str, ...] = ()
    seen: int = 0


def write(paths: RunPaths, result: FinalResult, record: EpochRecord) -> None:
    """Write the scores, and then when they were found. Raises OSError; then neither is left."""
    try:
        record.save(paths.final_scores)
        write_json_atomic(paths.final, asdict(result))
    except OSError:
        remove(paths)
        raise


def remove(paths: RunPaths) -> None:
    """Remove a result. Raises OSError."""
    paths.final.unlink(missing_ok=True)
    paths.final_scores.unlink(missing_ok=True)


def read(paths: RunPaths) -> tuple[FinalResult, EpochRecord] | None:
    """Read the result of a run; None where the final set was not opened for it, or a file is damaged."""
    try:
        return read_as(FinalResult, read_json_object(paths.final) or {}), EpochRecord.load(paths.final_scores)
    except (RecordError, EpochRecordError):
        return None
