"""Limits on the values that reading code may produce."""

MAX_INT = 2**63
MAX_LENGTH = 10_000  # items of a list, characters of a text, numbers of an array


class NotConstant(ValueError):
    """An operation that gives no plain value within the bounds."""
