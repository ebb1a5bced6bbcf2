"""The words of verdicts on the command line."""

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "helps": "helps",
    "harms": "harms",
    "same": "makes no difference that matters",
    "unknown": "cannot tell yet",
}
