"""Records what a compose does: which node was called, which fired, what it drew, how long it took, which one failed.

albumentations calls a node as `node(**data)`, and Python looks that up on the class. So each node gets a subclass of
its class, which reports to an observer and otherwise does the same: one pass, the same draws.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

import albumentations as A

# These write into the mask that they get, which may be the sample's own. All others leave their input as it is, which a
# test checks, so the data kept of a step needs no copy.
_WRITES_INTO_INPUT = frozenset({"OverlayElements"})


class StepFailedError(Exception):
    """The exception of a node, with the node."""

    def __init__(self, node_id: str, transform: str, error: Exception) -> None:
        super().__init__(str(error))
        self.node_id, self.transform, self.error = node_id, transform, error


_report: Callable[[str], None] = lambda node_id: None  # noqa: E731


def report_steps_to(report: Callable[[str], None]) -> None:
    """Call `report` with the node's id before each step of this process, so that it is known if native code dies."""
    global _report
    _report = report


def between_images() -> None:
    """Report "": no step is running, so that no step is to blame if the process dies from here on."""
    _report("")


@dataclass(eq=False)
class Visit:
    """One call of a node.

    Attributes:
        depth: Number of composers around it, 0 at the top.
        fired: Whether it did something.
        milliseconds: Duration, with all that is in it.
        cpu_milliseconds: Processor time of this thread in it.
        params: What a step drew, with albumentations' own names and values.
        before: Targets before a step, if they are kept, with boxes in albumentations' own format; `after` likewise.
        inside: The calls inside a composer.
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
    inside: "list[Visit]" = field(default_factory=list)


class Observer:
    """Records the visits of the nodes of one compose during one call of it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self, keep: bool = False) -> None:
        """Begin a call; with `keep` the targets before and after each step are kept."""
        self.visits: list[Visit] = []
        self.keep = keep
        self._open: list[Visit] = []

    def take(self) -> list[Visit]:
        """The visits in the order in which they began; the observer drops them and the images in them."""
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
        """Call a composer and record the visit; it has fired if one of its children was called."""
        visit = self._begin(node)
        self._open.append(visit)
        try:
            return self._timed(visit, call, data)
        finally:
            self._open.pop()
            visit.fired = bool(visit.inside)

    def _begin(self, node: Any) -> Visit:
        visit = Visit(node.explorer_node, type(node).__name__, len(self._open))
        self.visits.append(visit)
        for around in self._open[-1:]:
            around.inside.append(visit)
        return visit

    def _timed(self, visit: Visit, call: Callable[..., Any], data: dict[str, Any]) -> Any:
        begun, cpu_begun = time.perf_counter(), time.thread_time()
        try:
            return call(**data)
        except StepFailedError:
            raise
        except Exception as error:  # albumentations and OpenCV raise any error, and the node is known only here
            raise StepFailedError(visit.node_id, visit.transform, error) from error
        finally:
            visit.milliseconds = (time.perf_counter() - begun) * 1000
            visit.cpu_milliseconds = (time.thread_time() - cpu_begun) * 1000


_KEPT = ("image", "mask", "bboxes", "keypoints")


def _targets(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _KEPT if data.get(name) is not None}


def observe(compose: A.Compose) -> Observer:
    """Make every node of a compose, made by `pipeline.transforms`, report to the observer that is returned."""
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

    # With this module's name, since albumentations registers classes by full name and has to keep the real one.
    return type(cls)(cls.__name__, (cls,), {"__call__": __call__, "__module__": __name__, "__doc__": cls.__doc__})
