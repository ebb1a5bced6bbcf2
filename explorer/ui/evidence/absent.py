"""Why an epoch has no scores of single images, in words."""

from explorer.runs.overview.evidence import Evidence
from explorer.texts import Evidence as Words
from explorer.texts import Scores as T


def why_not(evidence: Evidence, epoch: int) -> str:
    """Return a sentence on what is missing of an epoch."""
    absent = evidence.why_not(epoch)
    return T.NOT_FINITE if absent is None else Words.WHY_NOT[absent.code].format(**absent.values)
