"""Requests to stop, by a file in the run's folder or by a signal, and the errors that end a run."""

import signal
from pathlib import Path
from types import FrameType

from explorer.runs.record.reasons import Why, in_words, reason
from explorer.training.claim import Claim

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class TrainingError(RuntimeError):
    """A run that cannot go on. Its attribute `why` says why and what to do, without line breaks."""

    def __init__(self, why: Why) -> None:
        super().__init__(in_words(why))
        self.why = why


class WeightsError(ValueError):
    """Weights that cannot be loaded or used; the message says what was given, what is expected and what to do."""


class StopRun(BaseException):
    """Ends the fit because a stop was asked for. Its attribute `why` says where the run ends.

    It is not an Exception, so that nothing between a callback and the top treats it as an error.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(in_words(why))
        self.why = why


class StopRequest:
    """Whether the run is asked to stop.

    Args:
        file: It exists once a stop is requested.
        claim: The claim to the run's folder. If that is gone, the process ends at the next look, before it writes
            anything more.
    """

    def __init__(self, file: Path, claim: Claim | None = None) -> None:
        self._file = file
        self.claim = claim
        self._signal: signal.Signals | None = None

    def listen(self) -> None:
        """Handle SIGTERM and SIGINT as requests to stop; called again, also if a library has taken them over."""
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
        """End the process if the run's folder is gone: nothing more may be written."""
        if self.claim is not None:
            self.claim.end_if_lost()

    @property
    def by(self) -> str:
        """What asked: "request" for the file, or the name of a signal."""
        return "request" if self._signal is None else self._signal.name

    def check(self, code: str, **values: int) -> None:
        """Raise StopRun if a stop was asked for. code, values: of the reason, besides what asked."""
        if self.asked:
            raise StopRun(reason(code, by=self.by, **values))
