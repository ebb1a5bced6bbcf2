"""Python that people have -> the pipelines in it, each with notes and with what has to be asked."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from explorer.augment.code import nothing, parsing
from explorer.augment.code.assembling import assemble
from explorer.augment.code.configurations import Configuration, dotted, is_saved
from explorer.augment.code.generation import of_calls
from explorer.augment.code.marks import Mark, decide, of_text
from explorer.augment.code.records import TITLE, read_record, settled
from explorer.augment.code.results import Answers, CodeError, Difference, FoundPipeline, Generation, Note, Version
from explorer.augment.code.roots import Root, is_step, roots, titles
from explorer.augment.code.run import Candidate
from explorer.augment.code.scanning import Scan, scan
from explorer.augment.code.values import Made, Origin

_NO_ANSWERS: Answers = {}
_TOO_DEEP = "The code is nested too deep to be read."


def read_code(text: str, answers: Answers = _NO_ANSWERS, version: Version | None = None) -> tuple[FoundPipeline, ...]:
    """Every pipeline in a text, in its order. Nothing of the text is ever run.

    Args:
        text: Python, also with prompts, magics or fences of Markdown around it.
        answers: Values for names that an earlier reading listed as unknown, by name.
        version: How to read the steps that do not show it; None leaves it to the text.

    Raises:
        CodeError: Where there is no pipeline, or nothing can be read.
    """
    trees, bad = _parsed(text)
    return _read(trees, bad, of_text(text), answers, version)


def _parsed(text: str) -> tuple[list[ast.Module], list[Note]]:
    """The syntax of a code, or of each block of code in a text around it, and notes on blocks that are none."""
    try:
        return [parsing.parse(text)], []
    except CodeError as error:
        trees: list[ast.Module] = []
        bad: list[CodeError] = []
        for start, language, source in parsing.fences(text):
            try:
                trees.append(parsing.parse(source))
            except CodeError as inner:
                bad += [CodeError(inner.problem, inner.line or start)] if language else []
        if not trees:
            raise (bad[0] if bad else error) from error
        return trees, [Note(one.line or 1, "to check", f"A block was left out. {one.problem}") for one in bad]


def read_notebook(
    text: str, answers: Answers = _NO_ANSWERS, version: Version | None = None
) -> tuple[FoundPipeline, ...]:
    """Every pipeline in a Jupyter notebook, whose code cells share their names; arguments and errors as in `read_code`.

    Lines count within their cell; titles and notes say which cell that is, counted from 1 over all cells.
    """
    trees, bad = [], []
    cells, python = parsing.notebook(text)
    for number, source in cells:
        try:
            trees.append(parsing.numbered(parsing.parse(source), number))
        except CodeError as error:
            line = number * parsing.CELL + (error.line or 1)
            bad.append(Note(line, "to check", f"It was left out. {error.problem}"))
    if bad and not trees:
        raise CodeError(f"Cell {parsing.place(bad[0].line)[0]}: {bad[0].text}", parsing.place(bad[0].line)[1])
    return _read(trees, bad, of_text(text, python), answers, version)


def read_values(
    value: object, text: str, lines: Mapping[int, int], answers: Answers, version: Version | None
) -> tuple[FoundPipeline, ...]:
    """Every pipeline that a configuration describes, as `configurations` says; none where there is none.

    Args:
        value: Its plain values.
        text: All of it, in which a version may stand.
        lines: The lines of its mappings and lists, by their id.
        answers: As in `read_code`.
        version: As in `read_code`.

    Raises:
        CodeError: Where it holds too much.
    """
    if is_saved(value):
        return (read_record(value),)
    work = Configuration(lines, answers)
    scanned = Scan()
    for pipeline in work.pipelines(value):
        origin = Origin(pipeline.line, label=dotted(pipeline.path) or TITLE)
        if isinstance(pipeline.value, Made):
            pipeline.value.origin = origin
        else:
            scanned.candidates.append(Candidate(pipeline.value, origin))
    scanned.made = work.made
    variants = _variants(scanned, of_text(text), version)
    empty = _beside(variants)
    return tuple(replace(one, draft=settled(one.draft), notes=(*one.notes, *empty)) for one in _titled(variants))


def _read(
    trees: list[ast.Module], bad: list[Note], marks: Iterable[Mark], answers: Answers, version: Version | None
) -> tuple[FoundPipeline, ...]:
    try:
        variants = _variants(scan(trees, answers), marks, version)
    except RecursionError as error:
        raise CodeError(_TOO_DEEP) from error
    if found := _titled(variants):
        return tuple(_placed(one, (*_beside(variants), *bad)) for one in found)
    cells = "".join(f" Cell {parsing.place(note.line)[0]}: {note.text}" for note in bad)
    set_aside = [note for one in variants for note in one.found.notes if note.kind == "left out"]
    raise CodeError(nothing.found(trees, set_aside) + cells)


@dataclass(frozen=True)
class _Variant:
    """One of the pipelines that come from a place in the code. found: it has no title yet."""

    root: Root
    found: FoundPipeline

    @property
    def is_empty(self) -> bool:
        return not self.found.draft.nodes

    @property
    def content(self) -> str:
        left_out = [note for note in self.found.notes if note.kind == "left out"]
        return self.found.draft.model_dump_json() + repr(left_out)


def _variants(scanned: Scan, marks: Iterable[Mark], version: Version | None) -> list[_Variant]:
    decided = decide([*marks, *of_calls(scanned.made)])
    generation = decided if version is None else replace(decided, version=version)
    by_key: dict[tuple[int, ...], dict[str, _Variant]] = {}
    for root in roots(scanned):
        variant = _variant(root, generation)
        alike = by_key.setdefault(root.key, {})
        same = alike.setdefault(variant.content, variant).root.origin
        if same.inlined and not same.label and not root.origin.inlined:
            alike[variant.content] = variant  # where it is defined, its conditions are known
    return [variant for alike in by_key.values() for variant in _kept(list(alike.values()))]


def _variant(root: Root, generation: Generation) -> _Variant:
    draft, log = assemble(root.value, generation.version == "1.x")
    unknowns = tuple(log.unknowns.values())
    generation = replace(generation, steps=tuple(log.differences))
    return _Variant(root, FoundPipeline("", root.origin.line, draft, tuple(log.notes), unknowns, generation))


def _kept(variants: list[_Variant]) -> list[_Variant]:
    """Where a function that makes a pipeline is called with all it needs, those; else as it is defined."""
    called = [one for one in variants if one.root.origin.inlined and not one.found.unknowns and not one.is_empty]
    open_ends = [one for one in variants if not one.root.origin.inlined and (one.found.unknowns or one.is_empty)]
    kept = [one for one in variants if one not in open_ends] if called else variants
    # A Compose with nothing in it and nothing to say of it is no pipeline.
    return [one for one in kept if not one.is_empty or one.found.notes]


def _titled(variants: Iterable[_Variant], empty: bool = False) -> list[FoundPipeline]:
    """The pipelines with steps, or those without, in the order of the code."""
    kept = sorted(
        (one for one in variants if one.is_empty is empty),
        key=lambda one: (one.root.origin.line, one.root.origin.inlined),
    )
    named = zip(kept, titles([one.root for one in kept]), strict=True)
    return [replace(one.found, title=title) for one, title in named]


def _beside(variants: Iterable[_Variant]) -> tuple[Note, ...]:
    """A note on pipelines without a step beside others; a step alone that cannot be read was never one."""
    return nothing.beside(_titled((one for one in variants if not is_step(one.root.value)), empty=True))


def _placed(found: FoundPipeline, more: Iterable[Note]) -> FoundPipeline:
    """A pipeline with lines that count within their cell."""
    notes = [_placed_note(note) for note in (*found.notes, *more)]
    unknowns = [replace(one, line=parsing.place(one.line)[1]) for one in found.unknowns]
    steps = [_placed_step(step) for step in found.generation.steps] if found.generation else []
    return replace(
        found,
        line=parsing.place(found.line)[1],
        notes=tuple(notes),
        unknowns=tuple(unknowns),
        generation=found.generation and replace(found.generation, steps=tuple(steps)),
    )


def _placed_note(note: Note) -> Note:
    cell, line = parsing.place(note.line)
    return replace(note, line=line, text=f"Cell {cell}: {note.text}") if cell else note


def _placed_step(step: Difference) -> Difference:
    cell, line = parsing.place(step.line)
    return replace(step, line=line, step=f"Cell {cell}: {step.step}" if cell else step.step)
