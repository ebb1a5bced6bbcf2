"""Limits on what reading code may cost and produce."""

from dataclasses import dataclass

from explorer.augment.code.results import CodeError

MAX_INT = 2**63
MAX_LENGTH = 10_000  # items of a list, characters of a text, numbers of an array


class NotConstant(ValueError):
    """An operation without a plain result within the bounds."""


@dataclass
class Budget:
    """How much code may still be looked at, in all passes together."""

    left: int

    def spend(self, much: int = 1) -> None:
        """Take some of it. Raises CodeError when nothing is left."""
        self.left -= much
        if self.left < 0:
            raise CodeError("This is more code than can be read at once. Paste the part with the pipeline.")
