"""Warnings about parameter values that are absurd for the image that a step gets."""

from collections.abc import Callable, Iterator, Mapping

from explorer.augment.bounds import Caution, Load, cautions
from explorer.augment.drivers import Role
from explorer.augment.pipeline import Pipeline, Step, walk
from explorer.augment.sizes import Size, step_sizes
from explorer.draw.limits import MEMORY
from explorer.texts import Preview as T
from explorer.ui.background import slow


def at_fields(pipeline: Pipeline | None, node: Step, size: Size | None) -> Mapping[str, str]:
    """Warnings by parameter; empty if the draft is invalid or no image is known."""
    if pipeline is None or size is None:
        return {}
    # A step that is switched off is checked with the original image.
    return _of_step(node, step_sizes(pipeline, size).get(node.id, size))


def of_pipeline(pipeline: Pipeline, size: Size) -> Iterator[str]:
    """Warnings about all steps that can be applied to an image of this size, with step and parameter."""
    sizes = step_sizes(pipeline, size)
    for node, _ in walk(pipeline.nodes):
        if isinstance(node, Step) and node.id in sizes:
            for name, caution in _of_step(node, sizes[node.id]).items():
                yield T.CAUTION_AT.format(transform=node.transform, parameter=name, caution=caution)


def of_step(pipeline: Pipeline, step: Step, size: Size) -> Iterator[str]:
    """Warnings about one step of a pipeline for an image of this size, with step and parameter."""
    for name, caution in _of_step(step, step_sizes(pipeline, size).get(step.id, size)).items():
        yield T.CAUTION_AT.format(transform=step.transform, parameter=name, caution=caution)


def _of_step(step: Step, size: Size) -> Mapping[str, str]:
    absurd = cautions(step.transform, step.params, size, MEMORY)
    return {name: words(caution) for name, caution in absurd.items()}


def words(caution: Caution) -> str:
    """The value, the limit for this image, and advice."""
    load, most = _AMOUNTS.get(caution.about, _counted)(caution)
    said = T.CAUTIONS[caution.about].format(value=_number(caution.value), load=load, most=most)
    if caution.bound is None:
        return f"{said} {T.CAUTION_TOGETHER}"
    advice = T.CAUTION_AT_LEAST if caution.at_least else T.CAUTION_AT_MOST
    return f"{said} {advice.format(bound=_number(caution.bound))}"


def _counted(caution: Caution) -> tuple[str, str]:
    return _number(caution.load), _number(caution.most)


_AMOUNTS: Mapping[Role | Load, Callable[[Caution], tuple[str, str]]] = {
    Load.PIXELS: lambda caution: (_number(round(caution.load / 1e6)), _number(round(caution.most / 1e6))),
    Load.MEMORY: lambda caution: (f"{caution.load / 1e9:,.0f}", f"{caution.most / 1e9:.0f}"),
    Load.TIME: lambda caution: (slow.in_words(caution.load), slow.in_words(caution.most)),
}


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.3g}"
