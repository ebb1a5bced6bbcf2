"""Python that people have -> the pipelines in it, each with notes and with what has to be asked."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from explorer.augment.code import nothing, parsing
from explorer.augment.code.assembling import assemble
from explorer.augment.code.configurations import NO_LINES, Configuration, dotted
from explorer.augment.code.found import CodeError, Difference, Found, Generation, Note, Unknown, Version
from explorer.augment.code.generation import of_calls
from explorer.augment.code.marks import Decision, Mark, decide, of_text
from explorer.augment.code.records import TITLE, settled
from explorer.augment.code.roots import Root, is_step, roots, titles
from explorer.augment.code.run import Candidate
from explorer.augment.code.scanning import Scan, scan
from explorer.augment.code.values import Made, Origin
from explorer.augment.parameters import JsonValue
from explorer.augment.pipeline import Draft

_NO_ANSWERS: Mapping[str, JsonValue] = MappingProxyType({})


@dataclass(frozen=True)
class _Wish:
    answers: Mapping[str, JsonValue]
    version: Version | None


def read_code(
    text: str, answers: Mapping[str, JsonValue] = _NO_ANSWERS, version: Version | None = None
) -> tuple[Found, ...]:
    """Every pipeline in a text, in its order. Raises CodeError where there is none, or nothing can be read.

    answers: values for names that an earlier reading listed as unknown, by name. version: how to read the steps that
    do not show it; None leaves it to the text. Nothing of the text is ever run.
    """
    trees, bad = _parsed(text)
    return _read(trees, bad, of_text(text), _Wish(answers, version))


def _parsed(text: str) -> tuple[list[ast.Module], tuple[Note, ...]]:
    """The syntax of a code, or of each block of code in a text around it, and notes on blocks that are none."""
    try:
        return [parsing.parse(text)], ()
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
        return trees, tuple(Note(one.line or 1, "to check", f"A block was left out. {one.problem}") for one in bad)


def read_notebook(
    text: str, answers: Mapping[str, JsonValue] = _NO_ANSWERS, version: Version | None = None
) -> tuple[Found, ...]:
    """Every pipeline in a Jupyter notebook, whose code cells share their names. Raises CodeError.

    Lines count within their cell; titles and notes say which cell that is, counted from 1 over all cells.
    """
    trees, bad = [], []
    notebook = parsing.notebook(text)
    for number, source in notebook.cells:
        try:
            trees.append(parsing.numbered(parsing.parse(source), number))
        except CodeError as error:
            line = number * parsing.CELL + (error.line or 1)
            bad.append(Note(line, "to check", f"It was left out. {error.problem}"))
    if bad and not trees:
        raise CodeError(f"Cell {parsing.place(bad[0].line)[0]}: {bad[0].text}", parsing.place(bad[0].line)[1])
    return _read(trees, tuple(bad), of_text(text, notebook.python), _Wish(answers, version))


def read_values(
    value: object,
    text: str,
    lines: Mapping[int, int] = NO_LINES,
    answers: Mapping[str, JsonValue] = _NO_ANSWERS,
    version: Version | None = None,
) -> tuple[Found, ...]:
    """Every pipeline that a configuration describes, as `configurations` says; none where there is none.

    value: its plain values. text: all of it, in which a version may stand. lines: of its mappings and lists, by their
    id. Raises CodeError where it holds too much.
    """
    work = Configuration(lines, answers)
    scanned = Scan()
    for pipeline in work.pipelines(value):
        origin = Origin(pipeline.line, label=dotted(pipeline.path) or TITLE)
        if isinstance(pipeline.value, Made):
            pipeline.value.origin = origin
        else:
            scanned.candidates.append(Candidate(pipeline.value, origin))
    scanned.made = work.made
    found = _decided(scanned, of_text(text), version)
    full = _titled([one for one in found if one.draft.nodes])
    empty = _beside(found)
    return tuple(replace(one, draft=settled(one.draft), notes=(*one.notes, *empty)) for one in full)


def _decided(scanned: Scan, marks: Iterable[Mark], version: Version | None) -> "list[_Variant]":
    decision = decide([*marks, *of_calls(scanned.made)])
    return _drafts(scanned, decision if version is None else replace(decision, version=version))


def _read(trees: list[ast.Module], bad: tuple[Note, ...], marks: Iterable[Mark], wish: _Wish) -> tuple[Found, ...]:
    try:
        found = _decided(scan(trees, wish.answers), marks, wish.version)
    except RecursionError as error:
        raise CodeError("The code is nested too deep to be read.") from error
    full = [one for one in found if one.draft.nodes]
    if not full:
        cells = "".join(f" Cell {parsing.place(note.line)[0]}: {note.text}" for note in bad)
        set_aside = [note for one in found for note in one.notes if note.kind == "left out"]
        raise CodeError(nothing.found(trees, set_aside) + cells)
    return tuple(_placed(one, (*_beside(found), *bad)) for one in _titled(full))


def _beside(found: "list[_Variant]") -> tuple[Note, ...]:
    """A note on pipelines without a step beside others; a step alone that cannot be read was never one."""
    empty = [one for one in found if not one.draft.nodes]
    return nothing.beside(_titled([one for one in empty if not is_step(one.root.value)]))


@dataclass(frozen=True)
class _Variant:
    root: Root
    draft: Draft
    notes: tuple[Note, ...]
    unknowns: tuple[Unknown, ...]
    generation: Generation
    content: str


def _drafts(found: Scan, decision: Decision) -> list[_Variant]:
    by_key: dict[tuple[int, ...], list[_Variant]] = {}
    for root in roots(found):
        draft, log = assemble(root.value, decision.version == "1.x")
        notes = tuple(log.notes)
        generation = Generation(decision.version, decision.sure, decision.why, tuple(log.differences))
        variant = _Variant(root, draft, notes, tuple(log.unknowns.values()), generation, _content(draft, notes))
        variants = by_key.setdefault(root.key, [])
        same = next((at for at, other in enumerate(variants) if other.content == variant.content), None)
        if same is None:
            variants.append(variant)
        elif variants[same].root.origin.inlined and not variants[same].root.origin.label and not root.origin.inlined:
            variants[same] = variant  # where it is defined, its conditions are known
    return [variant for variants in by_key.values() for variant in _telling(variants)]


def _content(draft: Draft, notes: tuple[Note, ...]) -> str:
    return draft.model_dump_json() + repr([note for note in notes if note.kind == "left out"])


def _telling(variants: list[_Variant]) -> list[_Variant]:
    """Where a function that makes a pipeline is called with all it needs, those; else as it is defined."""
    called = [one for one in variants if one.root.origin.inlined and not one.unknowns and one.draft.nodes]
    open_ends = [one for one in variants if not one.root.origin.inlined and (one.unknowns or not one.draft.nodes)]
    kept = [one for one in variants if one not in open_ends] if called and open_ends else variants
    # A Compose with nothing in it and nothing to say of it is no pipeline.
    return [one for one in kept if one.draft.nodes or one.notes]


def _titled(variants: list[_Variant]) -> list[Found]:
    ordered = sorted(variants, key=lambda one: (one.root.origin.line, one.root.origin.inlined))
    return [
        Found(title, one.root.origin.line, one.draft, one.notes, one.unknowns, one.generation)
        for title, one in zip(titles([one.root for one in ordered]), ordered, strict=True)
    ]


def _placed(found: Found, bad: tuple[Note, ...]) -> Found:
    """With lines that count within their cell, and words for the cell."""
    notes = tuple(_placed_note(note) for note in (*found.notes, *bad))
    unknowns = tuple(replace(one, line=parsing.place(one.line)[1]) for one in found.unknowns)
    generation = found.generation and replace(found.generation, steps=tuple(map(_placed_step, found.generation.steps)))
    line = parsing.place(found.line)[1]
    return replace(found, line=line, notes=notes, unknowns=unknowns, generation=generation)


def _placed_step(step: Difference) -> Difference:
    cell, line = parsing.place(step.line)
    return replace(step, line=line, step=f"Cell {cell}: {step.step}" if cell else step.step)


def _placed_note(note: Note) -> Note:
    cell, line = parsing.place(note.line)
    return replace(note, line=line, text=f"Cell {cell}: {note.text}") if cell else note
