"""Watching a compose at work: which node was called, which fired, what it drew, how long it took, which one failed.

albumentations calls a node as `node(**data)`, and Python looks that up on the class. So each node is given a subclass
of its own class, which reports to an observer and otherwise does what its parent does: one pass, the same draws.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import albumentations as A

# They write into the mask that they are given, which may be the sample's own. All others leave their input as it is, as
# a test makes sure, so what is kept of a step needs no copy.
_WRITES_INTO_INPUT = frozenset({"OverlayElements"})


class StepFailedError(Exception):
    """The exception of a node, with the node."""

    def __init__(self, node_id: str, transform: str, error: Exception) -> None:
        super().__init__(str(error))
        self.node_id, self.transform, self.error = node_id, transform, error


def _to_nobody(node_id: str) -> None:
    """The report of a process in which nobody asked for one."""


_report: Callable[[str], None] = _to_nobody


def report_steps_to(report: Callable[[str], None]) -> None:
    """Let every step of this process say its node's id as it begins: where native code ends it, that is all there is.

    Args:
        report: Called with the id before each step.
    """
    global _report
    _report = report


def between_images() -> None:
    """Report "": no step of this process is at work, and what ends it from here on is none of theirs."""
    _report("")


@dataclass(eq=False)
class Visit:
    """One call of a node. fired: whether it did something. milliseconds: with all that is in it; cpu_milliseconds: of
    them those in which this thread had a processor.

    params: what a step drew, with albumentations' own names and values. before, after: its data, where they are kept;
    boxes in them are in albumentations' own format, `shape` is that of the image that came in.
    """

    node_id: str
    transform: str
    depth: int
    fired: bool = False
    milliseconds: float = 0.0
    cpu_milliseconds: float = 0.0
    params: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class Observer:
    """What the nodes of one compose report to, a call of the compose at a time.

    keep: whether the data before and after each step are kept.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self, keep: bool = False) -> None:
        self.visits: list[Visit] = []
        self.keep = keep
        self.depth = 0

    def take(self) -> list[Visit]:
        """The visits of the call that has ended; the observer lets go of them, and of the pictures in them."""
        visits = self.visits
        self.reset()
        return visits

    def step(self, node: Any, call: Callable[..., Any], data: dict[str, Any]) -> Any:
        """Call a transform and record the visit."""
        visit = self._begin(node)
        _report(visit.node_id)
        if type(node).__name__ in _WRITES_INTO_INPUT and data.get("mask") is not None:
            data["mask"] = data["mask"].copy()
        if self.keep:
            visit.before = _targets(data)
        result = self._timed(visit, call, data)
        visit.params, node.params = node.params, {}  # they can hold arrays as large as the picture
        visit.fired = bool(visit.params)
        if self.keep:
            visit.after = _targets(result)
        return result

    def group(self, node: Any, call: Callable[..., Any], data: dict[str, Any]) -> Any:
        """Call a composer and record the visit; it has fired where one of its children was called."""
        visit = self._begin(node)
        at = len(self.visits)
        self.depth += 1
        try:
            return self._timed(visit, call, data)
        finally:
            self.depth -= 1
            visit.fired = len(self.visits) > at

    def _begin(self, node: Any) -> Visit:
        visit = Visit(node.explorer_node, type(node).__name__, self.depth)
        self.visits.append(visit)
        return visit

    def _timed(self, visit: Visit, call: Callable[..., Any], data: dict[str, Any]) -> Any:
        begun, cpu_begun = time.perf_counter(), time.thread_time()
        try:
            return call(**data)
        except StepFailedError:
            raise
        except Exception as error:  # albumentations and OpenCV raise whatever they like: here the node is known
            raise StepFailedError(visit.node_id, visit.transform, error) from error
        finally:
            visit.milliseconds = (time.perf_counter() - begun) * 1000
            visit.cpu_milliseconds = (time.thread_time() - cpu_begun) * 1000


_KEPT = ("image", "mask", "bboxes", "keypoints")


def _targets(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _KEPT if data.get(name) is not None}


def observe(compose: A.Compose) -> Observer:
    """Let every node of a compose (made by `pipeline.transforms`) report to the observer that is returned."""
    observer = Observer()
    for node in nodes(compose):
        node.explorer_observer = observer
        kind: Any = type(node)
        node.__class__ = _observed(kind)
    return observer


def nodes(composer: Any) -> Iterator[Any]:
    """Every composer and transform inside of a composer, parents first."""
    for child in composer.transforms:
        yield child
        if not isinstance(child, A.BasicTransform):
            yield from nodes(child)


@cache
def _observed(cls: Any) -> Any:
    report = Observer.step if issubclass(cls, A.BasicTransform) else Observer.group

    def __call__(self: Any, *args: Any, **data: Any) -> Any:
        return report(self.explorer_observer, self, partial(cls.__call__, self, *args), data)

    # A module of its own: albumentations keeps a register of classes by their full name, and the real one stays in it.
    return type(cls)(cls.__name__, (cls,), {"__call__": __call__, "__module__": __name__, "__doc__": cls.__doc__})
