"""What a study may take: memory for its features, disk for its answers, and heads that it trains."""

from explorer.base.words import size
from explorer.runs.machine.capacity import memory
from explorer.runs.spec.plans.effects import MOST_VARIANTS
from explorer.training.studies.errors import StudyError

MOST_ANSWERS = 2_000_000_000  # bytes
MOST_HEADS = 200_000  # many hours on a processor
_SHARE = 0.8  # of the free memory
_IN_A_PROCESS = 8  # bytes of a feature while a head is fitted: float16 and float32 ones, and their components


def check_plan(arrays: int, images: int, classes: int, heads: int) -> None:
    """Refuse a plan whose result would be too large. Raises StudyError.

    Args:
        arrays: How many (images, classes) float32 arrays of answers the study writes.
        images: N.
        classes: C.
        heads: How many heads it trains at most.
    """
    answers = arrays * images * classes * 4
    if answers > MOST_ANSWERS:
        raise StudyError(
            f"The answers of this study would take {size(answers)}, more than the {size(MOST_ANSWERS)} that a study "
            "may take. Plan fewer repeats, or compare less."
        )
    if heads > MOST_HEADS:
        raise StudyError(
            f"This study would train up to {heads:,} heads, more than the {MOST_HEADS:,} that a study may train. Plan "
            "fewer repeats or folds, or compare less."
        )


def check_variants(count: int) -> None:
    """Refuse to compare too many pipelines. Raises StudyError."""
    if count > MOST_VARIANTS:
        raise StudyError(
            f"This study would compare {count} pipelines, more than the {MOST_VARIANTS} that a study may compare. "
            "Combine steps in groups, which count as one step, or turn some off."
        )


def needed_memory(pipelines: int, images: int, views: int, features: int, processes: int) -> int:
    """Return the bytes that features take at most, if all views differ.

    Args:
        pipelines: Whose views are in memory at once.
        images: N.
        views: Of each image and pipeline.
        features: F, numbers in a vector.
        processes: That fit heads at once, each to the views of one pipeline.
    """
    of_a_pipeline = images * views * features
    return pipelines * of_a_pipeline * 2 + processes * of_a_pipeline * _IN_A_PROCESS


def check_memory(needed: int, free: int | None = None) -> None:
    """Refuse a study whose features do not fit. Raises StudyError.

    Args:
        needed: Bytes.
        free: Bytes of memory that are free; by default those of this machine.
    """
    there = memory().available if free is None else free
    if needed > _SHARE * there:
        raise StudyError(
            f"The features of this study would take up to {size(needed)} of memory, and {size(there)} are free. Use "
            "fewer views, threads or images, or compare fewer steps."
        )
