"""`python -m bench data`: looking through a large data set, beside plain os.scandir and plain OpenCV.

`python -m bench data overview duplicates` takes some of the parts; `python -m bench data 20000` takes fewer images.
"""

from collections.abc import Callable

from bench import parts
from bench.data import duplicates, index, overview

PARTS: dict[str, Callable[..., None]] = {
    "index": index.main,
    "million": index.million,
    "overview": overview.main,
    "recall": duplicates.recall,
    "duplicates": duplicates.main,
}


def main(words: list[str]) -> None:
    """Run the parts that are named, or all."""
    parts.run(PARTS, words)
