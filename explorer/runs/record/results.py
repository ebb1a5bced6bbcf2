"""result.json: what a quick check or a search for a learning rate has found so far."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator

from explorer.base import records
from explorer.base.atomic import write_bytes_atomic
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.rates import judge, smoothed
from explorer.runs.record.reasons import Reason, Why, from_json, to_json

CHECKS = ("data", "pipeline", "network", "training", "validation", "checkpoint", "loading")


def _said(value: Any) -> Why:
    return value if isinstance(value, str | Reason | tuple) else from_json(value)


Said = Annotated[Why, PlainValidator(_said), PlainSerializer(to_json)]  # stored as reasons.py stores it


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="null")


class CheckStep(_Value):
    """One of CHECKS that was made, and what was seen."""

    name: str
    state: Literal["ok", "warn", "failed"]
    seconds: float
    detail: Said = ""


class Estimate(_Value):
    """What the whole run would take, estimated from a few batches. `epoch_s` includes the validation."""

    epoch_s: float
    run_s: float
    images_per_second: float
    memory_bytes: int


class CheckResult(_Value):
    """A quick check, which will have `total` steps."""

    kind: Literal["check"] = "check"
    total: int = len(CHECKS)
    steps: tuple[CheckStep, ...] = ()
    estimate: Estimate | None = None


class RateResult(_Value):
    """A search for a learning rate.

    Attributes:
        lr, loss, smooth: One value for each step that was made; `smooth` is `rates.smoothed` of the loss.
        suggestion, low, high: See `rates.Judgment`; None until the search is over.
        reason, caution: See `rates.Judgment`.
        read_again: An earlier version wrote it, so that the outcome of its run may name another rate.
    """

    kind: Literal["rate"] = "rate"
    lr: tuple[float, ...] = ()
    loss: tuple[float, ...] = ()
    smooth: tuple[float, ...] = ()
    done: int = 0
    total: int = 0
    suggestion: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Said = ""
    caution: Said = ""
    read_again: bool = False

    def judged(self) -> "RateResult":
        """Judge the search of an earlier version, which has a suggestion and no range."""
        if self.suggestion is None or self.low is not None:
            return self
        said = vars(judge(self.lr, self.loss))
        return self.model_copy(update={**said, "smooth": tuple(smoothed(self.loss)), "read_again": True})


_Result = TypeVar("_Result", CheckResult, RateResult)


def check_result(paths: RunPaths) -> CheckResult | None:
    """Read what a run of kind "check" has found so far; None before the first step."""
    return _read(paths.result, CheckResult)


def rate_result(paths: RunPaths) -> RateResult | None:
    """Read what a run of kind "rate" has found so far; None before the first step."""
    found = _read(paths.result, RateResult)
    return None if found is None else found.judged()


def write(paths: RunPaths, result: CheckResult | RateResult) -> None:
    """Write what was found so far. Raises OSError."""
    write_bytes_atomic(paths.result, result.model_dump_json(indent=2).encode())


def _read(path: Path, kind: type[_Result]) -> _Result | None:
    try:
        return kind.model_validate(records.parse(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None  # not yet, or the result of another kind of run
