"""Python that people have -> the pipelines in it, each with notes and with what has to be asked."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from explorer.augment.code import parsing
from explorer.augment.code.assembling import assemble
from explorer.augment.code.configurations import NO_LINES, Configuration, dotted
from explorer.augment.code.contents import made_in
from explorer.augment.code.found import CodeError, Difference, Found, Generation, Note, Unknown, Version
from explorer.augment.code.generation import of_calls
from explorer.augment.code.marks import Decision, Mark, decide, of_text
from explorer.augment.code.names import COMPOSERS, FOREIGN, PARAMETERS
from explorer.augment.code.records import TITLE, settled
from explorer.augment.code.run import Candidate
from explorer.augment.code.scanning import Scan, scan
from explorer.augment.code.values import NO_NAME, Made, Value
from explorer.augment.parameters import JsonValue
from explorer.augment.pipeline import Draft

_COMPOSES = ("Compose", "ReplayCompose")
_NO_ANSWERS: Mapping[str, JsonValue] = MappingProxyType({})
_MAX_TITLE = 100


@dataclass(frozen=True)
class _Root:
    """A pipeline of the code before it is put together. key: the place in the syntax that it comes from."""

    value: Value
    key: tuple[int, ...]
    label: str
    scope: str
    line: int
    met: tuple[tuple[str, bool], ...]
    inlined: bool


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
    return _read([parsing.parse(text)], (), of_text(text), _Wish(answers, version))


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
        label = dotted(pipeline.path) or TITLE
        if isinstance(pipeline.value, Made):
            pipeline.value.label = label
        else:
            scanned.candidates.append(Candidate(pipeline.value, label, "", pipeline.line, False, ()))
    scanned.made = work.made
    found = _titled(_decided(scanned, of_text(text), version))
    return tuple(replace(one, draft=settled(one.draft)) for one in found)


def _decided(scanned: Scan, marks: Iterable[Mark], version: Version | None) -> "list[_Variant]":
    decision = decide([*marks, *of_calls(scanned.made)])
    return _drafts(scanned, decision if version is None else replace(decision, version=version))


def _read(trees: list[ast.Module], bad: tuple[Note, ...], marks: Iterable[Mark], wish: _Wish) -> tuple[Found, ...]:
    try:
        found = _decided(scan(trees, wish.answers), marks, wish.version)
    except RecursionError as error:
        raise CodeError("The code is nested too deep to be read.") from error
    if not found:
        cells = "".join(f" Cell {parsing.place(note.line)[0]}: {note.text}" for note in bad)
        raise CodeError(_nothing(trees) + cells)
    return tuple(_placed(one, bad) for one in _titled(found))


def _nothing(trees: Iterable[ast.Module]) -> str:
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {(alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
             for node in imports for alias in node.names}  # fmt: skip
    others = sorted(named & (set(FOREIGN) - {"torch"}))
    also = f" It uses {' and '.join(others)}, whose steps are not read." if others else ""
    return f"No pipeline of albumentations was found: no A.Compose, no list of its transforms.{also}"


# Which calls and lists are pipelines


def _roots(found: Scan) -> list[_Root]:
    # Only a composer takes steps up: a Compose handed to anything else is a pipeline of its own.
    inside = {id(inner.node) for made in found.made if made.name in COMPOSERS for inner in _inner(made)}
    composed = [
        _Root(made, (id(made.node),), made.label, made.scope, made.line, made.met, made.inlined)
        for made in found.made
        if made.name in _COMPOSES and (id(made.node) not in inside or made.label_depth < NO_NAME)
    ]
    return composed + _named_lists(found, inside)


def _inner(made: Made) -> Iterable[Made]:
    for argument in made.inner():
        yield from made_in(argument)


def _named_lists(found: Scan, inside: set[int]) -> list[_Root]:
    """Lists of steps and single steps with a name that no Compose takes up; of those in one another the largest."""
    lists: list[_Root] = []
    loose: list[_Root] = []
    for one in found.candidates:
        steps = [part for part in made_in(one.value) if part.name not in PARAMETERS]
        if not steps or any(id(step.node) in inside or step.name in _COMPOSES for step in steps):
            continue
        key = tuple(id(step.node) for step in steps)
        root = _Root(one.value, key, one.label, one.scope, one.line, one.met, one.inlined)
        (loose if one.loose else lists).append(root)
    lists += [_together(loose)] if loose else []
    return [root for root in lists if not any(set(root.key) < set(other.key) for other in lists)]


def _together(loose: list[_Root]) -> _Root:
    """Steps that were pasted without anything around them are one pipeline."""
    unique = list({root.key: root for root in loose}.values())
    values = [
        part for root in unique for part in (root.value if isinstance(root.value, list | tuple) else [root.value])
    ]
    return replace(unique[0], value=values, key=tuple(key for root in unique for key in root.key))


# Drafts


@dataclass(frozen=True)
class _Variant:
    root: _Root
    draft: Draft
    notes: tuple[Note, ...]
    unknowns: tuple[Unknown, ...]
    generation: Generation
    content: str


def _drafts(found: Scan, decision: Decision) -> list[_Variant]:
    by_key: dict[tuple[int, ...], list[_Variant]] = {}
    for root in _roots(found):
        draft, log = assemble(root.value, decision.version == "1.x")
        notes = tuple(sorted(log.notes, key=lambda note: note.line))
        generation = Generation(decision.version, decision.sure, decision.why, tuple(log.differences))
        variant = _Variant(root, draft, notes, tuple(log.unknowns.values()), generation, _content(draft, notes))
        variants = by_key.setdefault(root.key, [])
        same = next((at for at, other in enumerate(variants) if other.content == variant.content), None)
        if same is None:
            variants.append(variant)
        elif variants[same].root.inlined and not variants[same].root.label and not root.inlined:
            variants[same] = variant  # where it is defined, its conditions are known
    return [variant for variants in by_key.values() for variant in _telling(variants)]


def _content(draft: Draft, notes: tuple[Note, ...]) -> str:
    return draft.model_dump_json() + repr([note for note in notes if note.kind == "left out"])


def _telling(variants: list[_Variant]) -> list[_Variant]:
    """Where a function that makes a pipeline is called with all it needs, those; else as it is defined."""
    called = [one for one in variants if one.root.inlined and not one.unknowns and one.draft.nodes]
    open_ends = [one for one in variants if not one.root.inlined and (one.unknowns or not one.draft.nodes)]
    kept = [one for one in variants if one not in open_ends] if called and open_ends else variants
    # A Compose with nothing in it and nothing to say of it is no pipeline.
    return [one for one in kept if one.draft.nodes or one.notes]


def _titled(variants: list[_Variant]) -> list[Found]:
    ordered = sorted(variants, key=lambda one: (one.root.line, one.root.inlined))
    titles = _told_apart([_title(one.root) for one in ordered], _branches(ordered))
    titles = _told_apart(titles, [f"line {parsing.place(one.root.line)[1]}" for one in ordered])
    titles = _told_apart(titles, [f"variant {titles[:at].count(title) + 1}" for at, title in enumerate(titles)])
    return [
        Found(title[:_MAX_TITLE], one.root.line, one.draft, one.notes, one.unknowns, one.generation)
        for title, one in zip(titles, ordered, strict=True)
    ]


def _told_apart(titles: list[str], more: list[str]) -> list[str]:
    """Titles, with more words where several would be the same, as far as that tells them apart."""
    longer = [f"{title}, {words}" if words else title for title, words in zip(titles, more, strict=True)]
    groups: dict[str, set[str]] = {}
    for title, long in zip(titles, longer, strict=True):
        groups.setdefault(title, set()).add(long)
    return [long if len(groups[title]) > 1 else title for title, long in zip(titles, longer, strict=True)]


def _branches(ordered: list[_Variant]) -> list[str]:
    """For each the conditions that make it another pipeline than those of the same title."""
    by_title: dict[str, list[dict[str, bool]]] = {}
    for one in ordered:
        by_title.setdefault(_title(one.root), []).append(dict(one.root.met))
    return [_own_branches(one.root, by_title[_title(one.root)]) for one in ordered]


def _own_branches(root: _Root, alike: list[dict[str, bool]]) -> str:
    own = [(text, truth) for text, truth in root.met if any(met.get(text) != truth for met in alike)]
    return ", ".join(f"if {text}" if truth else f"if not {_bracketed(text)}" for text, truth in own)


def _bracketed(text: str) -> str:
    return text if text.replace(".", "").replace("_", "").isalnum() else f"({text})"


def _title(root: _Root) -> str:
    cell, line = parsing.place(root.line)
    name = ", ".join(part for part in (root.scope, root.label) if part) or f"line {line}"
    return f"cell {cell}: {name}" if cell else name


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
