"""The error of a study that cannot be done."""

from explorer.base.names import ShownError


class StudyError(ShownError):
    """A study that cannot be done; the message says what is in the way and what to do."""
