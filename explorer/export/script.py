"""A run as one file of plain PyTorch, Lightning and albumentations that gives the run's metrics to the last digit."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from explorer.augment.catalog import catalog
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Node, Step, is_on
from explorer.data.formats.spec import FileSpec
from explorer.export import data, loss, masks, metrics, module, network
from explorer.export.facts import ExportError, Facts, traits
from explorer.export.imports import IMPORTS, Import, imports
from explorer.export.lifting import Part, definitions
from explorer.export.settings import settings
from explorer.export.sources import MOST_NAMED
from explorer.runs.spec.config import RunConfig


def script(config: RunConfig, facts: Facts) -> str:
    """The text of the file, with only what this config needs. Raises ExportError as `check` does."""
    check(config)
    _check_masks_listed(facts)
    config = _with_depth(config, facts)
    chapters, offered = _written(_chapters(config, facts))
    code = "\n".join(text for texts in chapters.values() for text in texts)
    constants = settings(code, config, facts)
    body = "\n\n\n".join(_chapter(title, texts) for title, texts in ({"Settings": [constants]} | chapters).items())
    return f"{_title(config, facts)}\n\n{imports(body, offered)}\n\n{body}\n"


def _written(chapters: Mapping[str, Sequence[Part]]) -> tuple[dict[str, list[str]], list[Import]]:
    """The texts of each chapter, and the imports that they may need. A definition comes where it is first needed."""
    offered, found = list(IMPORTS), dict[str, list[str]]()
    seen: set[str] = set()
    for title, parts in chapters.items():
        for part in parts:
            if isinstance(part, str):
                found.setdefault(title, []).append(part.strip("\n"))
                continue
            for one in definitions(part):
                if one.text not in seen:
                    seen.add(one.text)
                    offered += one.imports
                    found.setdefault(title, []).append(one.text)
    return found, offered


def _with_depth(config: RunConfig, facts: Facts) -> RunConfig:
    """The config with the range of values that the run had decided when it started."""
    if not config.dataset.needs_range:
        return config
    if facts.depth is None:
        raise ExportError("This run has not noted the range of values of its images. Start it again, then export it.")
    return config.model_copy(update={"dataset": config.dataset.with_range(facts.depth)})


def check(config: RunConfig) -> None:
    """Refuse what one file cannot do: steps that need more than the image, several GPUs, images that are left out.

    Raises:
        ExportError: The run cannot be exported; the message says why, and what to do.
    """
    if config.kind != "train":
        raise ExportError("This run does not train a network. Export the training run that followed it.")
    if config.task == "segmentation":
        _check_masks(config)
    if config.dataset.set_aside is not None or config.dataset.drawn is not None:
        raise ExportError(
            "This run leaves images out (a final set, or a random part), which are chosen by the contents of all "
            "files; one file of code does not do that. Train it without, then export it."
        )
    if isinstance(config.dataset, FileSpec):
        _check_files(config.dataset)
    if len(config.gpus) > 1:
        raise ExportError(
            "This run trains on several GPUs, whose sums have no fixed order. Export one of a single GPU."
        )
    for step in _steps(config.pipeline.nodes):
        if step.transform in EXTRAS:
            raise ExportError(
                f"{step.transform} needs images, a text or a box that exist in this app only, not in one file. "
                "Turn the step off, and train without it."
            )
        has = frozenset({"mask"}) if config.task == "segmentation" else frozenset[str]()
        if needs := (catalog()[step.transform].needs or _looks_at(step)) - has:
            raise ExportError(
                f"{step.transform} wants {' or '.join(sorted(needs))} of each image; the file trains on images alone. "
                "Turn the step off, and train without it."
            )


def _check_masks(config: RunConfig) -> None:
    if config.kept_as == "squares":
        raise ExportError("Masks of middle squares are not written as one file. Train on whole images, then export it.")
    if config.evaluation != "whole":
        raise ExportError(
            "The file measures whole images, and this run was measured in sliding windows. Train it with whole images, "
            "then export it."
        )
    if not config.pipeline.targets.use_mask:
        raise ExportError("The pipeline leaves masks out, which are what the network learns.")


def _check_masks_listed(facts: Facts) -> None:
    masks = facts.masks
    if masks is not None and len(masks.train) + len(masks.val) > MOST_NAMED:
        raise ExportError(
            f"One file of code lists up to {MOST_NAMED:,} images with their masks, and there are "
            f"{len(masks.train) + len(masks.val):,}."
        )


def _check_files(spec: FileSpec) -> None:
    if spec.skip_unusable:
        raise ExportError(
            "This run may leave out rows and images that cannot be used, which are found by reading all files; one "
            "file of code does not do that. Correct the data, train without leaving anything out, then export it."
        )
    named = len(spec.left_out) + sum(map(len, spec.together))
    if named > MOST_NAMED:
        raise ExportError(
            f"{named:,} images are left out or kept together by choice, and one file of code lists up to "
            f"{MOST_NAMED:,}. Put such decisions into a column of groups of a table, and train on that."
        )


def _looks_at(step: Step) -> frozenset[str]:
    """The targets that change what a step draws, although it also works without them."""
    if step.transform == "ConstrainedCoarseDropout":
        return frozenset({"mask", "bboxes"})
    return frozenset({"mask"}) if step.params.get("mask_drop_value") is not None else frozenset()


def _steps(nodes: Iterable[Node]) -> Iterator[Step]:
    """The steps that are on, also inside groups."""
    for node in filter(is_on, nodes):
        if isinstance(node, Step):
            yield node
        else:
            yield from _steps(node.children)


def _chapters(config: RunConfig, facts: Facts) -> dict[str, list[Part]]:
    having = traits(config, facts)
    return {
        "Pipeline": data.pipeline(config),
        "Data": masks.data(config, facts.masks, having) if facts.masks else data.parts(config, having),
        "Mixing": data.mixing(having),
        "Network": network.parts(config, having),
        "Loss and metrics": [
            *loss.parts(config, having),
            *_metrics(config, facts),
        ],
        "Training": module.parts(config, having),
    }


def _metrics(config: RunConfig, facts: Facts) -> list[Part]:
    if config.task == "labels":
        return metrics.of_labels()
    return masks.metrics() if facts.masks else metrics.parts(len(facts.classes))


def _chapter(title: str, texts: Sequence[str]) -> str:
    """Two empty lines around functions and classes, one between other statements."""
    constant = [True, *(isinstance(ast.parse(text).body[0], ast.Assign | ast.AnnAssign) for text in texts)]
    gaps = ["\n\n" if both == (True, True) else "\n\n\n" for both in pairwise(constant)]
    return f"# {title}" + "".join(gap + text for gap, text in zip(gaps, texts, strict=True))


def _title(config: RunConfig, facts: Facts) -> str:
    """The docstring of the file."""
    name = _plain(config.name)
    kind = "n image classifier" if facts.masks is None else " U-Net for masks"
    kind += " with several labels for an image" if config.task == "labels" else ""
    what = f"{name}: a{kind}" if name else f"A{kind}"
    made = [f"{package} {version}" for package, version in facts.versions.items()]
    made += [_plain(facts.device)] if facts.device else []
    lines = [
        f'"""{what} in plain PyTorch Lightning and albumentations.',
        "",
        f"It gives the metrics of {_plain(facts.run) or 'its run'} to the last digit where it meets what that run met:",
        "",
        *(f"    {one}" for one in made or ["the same versions, on the same processor or GPU"]),
        '"""',
    ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text for a docstring: on one line, without anything that could end the docstring."""
    return "".join(c if c.isprintable() else " " for c in text).replace("\\", "/").replace('"', "'").strip()
