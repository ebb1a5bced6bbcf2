"""Being asked to stop: by the file in the run's folder, or by a signal."""

import signal
from pathlib import Path
from types import FrameType

from explorer.runs.record.reasons import Why, in_words, reason
from explorer.training.claim import Claim

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class TrainingError(RuntimeError):
    """A run that cannot go on; why says so, and what to do. Its words have no line breaks."""

    def __init__(self, why: Why) -> None:
        super().__init__(in_words(why))
        self.why = why


class WeightsError(ValueError):
    """Weights that cannot be had or used; the message says what was given, what is expected and what to do."""


class StopRun(BaseException):
    """Ends the fit because a stop was asked for.

    Not an Exception: nothing on the way from a callback to the top may take it for an error. why: where the run stands.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(in_words(why))
        self.why = why


class StopRequest:
    """Whether somebody wants the run to stop.

    claim: to the run's folder. Where that is gone, the process ends at the next look, before it writes anything more.
    """

    def __init__(self, file: Path, claim: Claim | None = None) -> None:
        self._file = file
        self.claim = claim
        self._signal: signal.Signals | None = None

    def listen(self) -> None:
        """Take SIGTERM and SIGINT as the wish to stop; called again, it takes them back from a library."""
        for number in SIGNALS:
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signal = signal.Signals(number)

    @property
    def asked(self) -> bool:
        """Whether to stop; a look at the file costs microseconds."""
        self.end_if_lost()
        return self._signal is not None or self._file.exists()

    def end_if_lost(self) -> None:
        """End the process where the run's folder is gone: nothing more may be written."""
        if self.claim is not None:
            self.claim.end_if_lost()

    @property
    def by(self) -> str:
        """Who asked: "request", or the name of a signal."""
        return "request" if self._signal is None else self._signal.name

    def check(self, code: str, **values: int) -> None:
        """Raises StopRun when a stop was asked for. code, values: of the reason, besides who asked."""
        if self.asked:
            raise StopRun(reason(code, by=self.by, **values))
