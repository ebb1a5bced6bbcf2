"""What a quick check or a search for a learning rate has found so far: result.json of a run."""

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
    """One thing that was tried. name: one of CHECKS. detail: what was seen."""

    name: str
    state: Literal["ok", "warn", "failed"]
    seconds: float
    detail: Said = ""


class Estimate(_Value):
    """What the whole run would take, from what a few batches took. epoch_s: with its validation."""

    epoch_s: float
    run_s: float
    images_per_second: float
    memory_bytes: int


class CheckResult(_Value):
    """A quick check. total: how many steps there will be."""

    kind: Literal["check"] = "check"
    total: int = len(CHECKS)
    steps: tuple[CheckStep, ...] = ()
    estimate: Estimate | None = None


class RateResult(_Value):
    """A search for a learning rate.

    lr, loss, smooth: one each for every step that was made; smooth is explorer.runs.record.rates.smoothed of the loss.
    suggestion, low, high: where the smoothed loss falls most steeply, and the range in which it falls nearly as fast;
    None until it is over, or where `reason` says why not. caution: why not to rely on it, "" where one can.
    read_again: an earlier version wrote it, and the outcome of its run may name another rate.
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
        """The same with what rates.py says of it: a search of before has a suggestion and no range."""
        if self.suggestion is None or self.low is not None:
            return self
        said = vars(judge(self.lr, self.loss))
        return self.model_copy(update={**said, "smooth": tuple(smoothed(self.loss)), "read_again": True})


_Result = TypeVar("_Result", CheckResult, RateResult)


def check_result(paths: RunPaths) -> CheckResult | None:
    """What a run of kind "check" has found so far; None before the first."""
    return _read(paths.result, CheckResult)


def rate_result(paths: RunPaths) -> RateResult | None:
    """What a run of kind "rate" has found so far; None before the first."""
    found = _read(paths.result, RateResult)
    return None if found is None else found.judged()


def write(paths: RunPaths, result: CheckResult | RateResult) -> None:
    """Replace what was found so far. Raises OSError."""
    write_bytes_atomic(paths.result, result.model_dump_json(indent=2).encode())


def _read(path: Path, kind: type[_Result]) -> _Result | None:
    try:
        return kind.model_validate(records.parse(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None  # not yet, or the result of another kind of run
