"""Shares, means and distributions, computed from the counts of draws when they are shown."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.augment.draws.counts import DrawCounts
from explorer.augment.draws.measure import RULES
from explorer.augment.firing import effective
from explorer.augment.pipeline import Node, Pipeline, Step, walk

SLOW_SHARE = 0.5  # of the time of the whole pipeline: such a step is the one to look at first
SLOW_MS = 20.0  # a call that takes as long is slow, whatever the others take


@dataclass(frozen=True)
class StepReport:
    """What a node did in all draws.

    Attributes:
        expected: Share of draws in which it should be applied, 0 to 1.
        applied: Share of draws in which it was applied, 0 to 1.
        milliseconds: Mean of a call that fired, None if none did.
        time_share: Share of the time of all steps, 0 to 1.
        boxes_lost: Boxes over all draws; `points_lost` likewise.
        appeared: Draws in which it made mask classes appear; `vanished` likewise.
        drawn: Parameter -> its values, numbers as they came, words counted.
    """

    id: str
    title: str
    depth: int
    is_group: bool
    expected: float
    applied: float
    milliseconds: float | None = None
    time_share: float = 0.0
    slow: bool = False
    boxes_lost: int = 0
    points_lost: int = 0
    appeared: int = 0
    vanished: int = 0
    drawn: Mapping[str, list[float] | dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Labels:
    """Boxes or keypoints by class before and after, and those lost only by the last check of the Compose."""

    before: Mapping[int, int]
    after: Mapping[int, int]
    by_rules: int

    @property
    def lost_share(self) -> float:
        """The share that was lost, 0 to 1; 0 if there were none."""
        first = sum(self.before.values())
        return 1 - sum(self.after.values()) / first if first else 0.0


@dataclass(frozen=True)
class Mask:
    """Masks by class over the draws that have one.

    Attributes:
        area_before: Class -> mean share of the image, 0 to 1; `area_after` likewise.
        present: Class -> draws whose input has it.
        vanished: Class -> draws in which it was gone after the pipeline; `appeared` likewise.
    """

    draws: int
    area_before: Mapping[int, float]
    area_after: Mapping[int, float]
    present: Mapping[int, int]
    vanished: Mapping[int, int]
    appeared: Mapping[int, int]


@dataclass(frozen=True)
class Channels:
    """Mean and standard deviation of red, green and blue over all pixels of all draws, 0 to 255."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


@dataclass(frozen=True)
class Report:
    """What many draws of a pipeline did.

    Attributes:
        failed: Message -> draws.
        images_per_second: Of one process, without the time for counting.
        ssim: Of the draws that were compared; `psnr` likewise, without equal images, for which it is infinite.
        not_compared: Draws whose size or type had changed.
    """

    draws: int
    failed: Mapping[str, int]
    images_per_second: float
    steps: tuple[StepReport, ...]
    boxes: Labels | None
    points: Labels | None
    mask: Mask | None
    before: Channels | None
    after: Channels | None
    ssim: tuple[float, ...]
    psnr: tuple[float, ...]
    not_compared: int


def report(counts: DrawCounts, pipeline: Pipeline) -> Report:
    """The report of a pipeline's draws."""
    draws, failed = int(counts.get("draws", 0)), counts.get("failed", {})
    good = draws - int(sum(failed.values()))
    channels, compared = counts.get("channels", {}), counts.get("similarity", {})
    return Report(
        draws=draws,
        failed={reason.partition(":")[2]: int(count) for reason, count in failed.items()},
        images_per_second=good / counts["seconds"] if counts.get("seconds") else 0.0,
        steps=_steps(counts.get("steps", {}), pipeline, good),
        boxes=_labels(counts.get("boxes")),
        points=_labels(counts.get("points")),
        mask=_mask(counts.get("mask")),
        before=_channels(channels.get("before")),
        after=_channels(channels.get("after")),
        ssim=tuple(compared.get("ssim", ())),
        psnr=tuple(compared.get("psnr", ())),
        not_compared=int(compared.get("other_size", 0) + compared.get("not_comparable", 0)),
    )


def _steps(counted: DrawCounts, pipeline: Pipeline, draws: int) -> tuple[StepReport, ...]:
    expected = effective(pipeline.nodes)
    everything = sum(own.get("milliseconds", 0.0) for own in counted.values())
    return tuple(
        _step(node, depth - 1, expected[node.id], counted.get(node.id, {}), draws, everything)
        for node, depth in walk(pipeline.nodes)
    )


def _step(node: Node, depth: int, expected: float, own: DrawCounts, draws: int, everything: float) -> StepReport:
    calls, milliseconds = own.get("calls", 0), own.get("milliseconds", 0.0)
    share, each = (milliseconds / everything if everything else 0.0), (milliseconds / calls if calls else None)
    others = everything > milliseconds > 0
    return StepReport(
        id=node.id,
        title=node.title,
        depth=depth,
        is_group=not isinstance(node, Step),
        expected=expected,
        applied=own.get("applied", 0) / draws if draws else 0.0,
        milliseconds=each,
        time_share=share,
        slow=(others and share > SLOW_SHARE) or (each or 0.0) > SLOW_MS,
        boxes_lost=int(own.get("boxes_lost", 0)),
        points_lost=int(own.get("points_lost", 0)),
        appeared=int(own.get("appeared", 0)),
        vanished=int(own.get("vanished", 0)),
        drawn={
            name: found["numbers"] if "numbers" in found else found.get("words", {})
            for name, found in sorted(own.get("params", {}).items())
            if "numbers" in found or "words" in found
        },
    )


def _by_class(counts: DrawCounts) -> dict[int, int]:
    return {int(label): int(count) for label, count in sorted(counts.items(), key=lambda item: int(item[0]))}


def _labels(own: DrawCounts | None) -> Labels | None:
    if own is None:
        return None
    return Labels(_by_class(own.get("before", {})), _by_class(own.get("after", {})), int(own.get(RULES, 0)))


def _mask(own: DrawCounts | None) -> Mask | None:
    if own is None:
        return None
    areas = []
    for when in ("before", "after"):
        pixels = own.get(when, {})
        everything = sum(pixels.values())
        areas.append({label: count / everything for label, count in _by_class(pixels).items()})
    present, vanished, appeared = (_by_class(own.get(name, {})) for name in ("draws_before", "vanished", "appeared"))
    return Mask(int(own.get("draws", 0)), areas[0], areas[1], present, vanished, appeared)


def _channels(own: DrawCounts | None) -> Channels | None:
    if own is None:
        return None
    means = [own[f"sum{at}"] / own["pixels"] for at in range(3)]
    squares = [own[f"square{at}"] / own["pixels"] for at in range(3)]
    deviations = [math.sqrt(max(0.0, square - mean**2)) for square, mean in zip(squares, means, strict=True)]
    return Channels((means[0], means[1], means[2]), (deviations[0], deviations[1], deviations[2]))


def histogram(values: list[float], bins: int = 24) -> tuple[list[float], list[int], float]:
    """The middles of the bins, the counts, and the width of a bin, for at least one value."""
    counts, edges = np.histogram(np.asarray(values, float), bins=min(bins, max(1, len(set(values)))))
    return ((edges[:-1] + edges[1:]) / 2).tolist(), counts.tolist(), float(edges[1] - edges[0])
