"""`python -m bench coverage`: how often intervals contain the truth.

They are those of one run's scores, of what pipelines are worth in photographs, and of verdicts.
`python -m bench coverage verdicts 100` takes only the verdicts, with 100 studies of each setting; the other parts are
`scores` and `worth`.
"""

from collections.abc import Callable

from bench import coverage as scores
from bench import parts
from bench.verdicts import coverage as verdicts
from bench.verdicts import worth

PARTS: dict[str, Callable[..., None]] = {"scores": scores.main, "worth": worth.main, "verdicts": verdicts.main}


def main(words: list[str]) -> None:
    """Run the parts that are named, or all. The exit code is that of the verdicts, which come last."""
    parts.run(PARTS, words)
