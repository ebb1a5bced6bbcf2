"""Python that people have -> the pipelines in it, each with notes and with what has to be asked."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explorer.augment.code import parsing
from explorer.augment.code.assembling import assemble
from explorer.augment.code.configurations import Configuration, described, dotted, is_saved
from explorer.augment.code.generation import Mark, decide, of_calls, of_text, shows_1x
from explorer.augment.code.names import COMPOSERS, FOREIGN
from explorer.augment.code.normal import settled
from explorer.augment.code.results import Answers, CodeError, FoundPipeline, Generation, Note, Placed, Version
from explorer.augment.code.roots import is_step, roots, titles
from explorer.augment.code.run import Candidate
from explorer.augment.code.scanning import Scan, scan
from explorer.augment.code.values import Made, Origin, brief, written

_NO_ANSWERS: Answers = {}
TITLE = "albumentations file"
_OURS = ("A", "albu", "alb", "albumentations")
_BUILDS = ("instantiate", "build_from_cfg", "from_dict")
_SHOWN = 3
_NO_PIPELINE = "No pipeline of albumentations was found: no A.Compose, no list of its transforms."
_NO_STEP = "No step of the pipelines in this code can be read."
_TOO_DEEP = "The code is nested too deep to be read."


def read_code(text: str, answers: Answers = _NO_ANSWERS, version: Version | None = None) -> tuple[FoundPipeline, ...]:
    """Every pipeline in a text, in its order. Nothing of the text is ever run.

    Args:
        text: Python, also with prompts, magics or fences of Markdown around it.
        answers: Name that an earlier reading listed as unknown -> its value.
        version: Generation for steps that do not show theirs; None takes it from the text.

    Raises:
        CodeError: There is no pipeline, or nothing can be read.
    """
    trees, bad = _parsed(text)
    return _read(trees, bad, of_text(text), answers, version)


def _parsed(text: str) -> tuple[list[ast.Module], list[Note]]:
    """The syntax trees of a code, or of the blocks of code in a text, and notes on blocks that are no Python."""
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
    """Every pipeline in a Jupyter notebook, whose code cells share their names. Arguments and errors are `read_code`'s.

    Lines count within their cell; titles and notes name the cell, counted from 1 over all cells.
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
    """Every pipeline that a configuration describes, see `configurations`; it may have none.

    Args:
        value: The plain values of the configuration.
        text: Its whole text, which may name a version.
        lines: Id of a mapping or list in `value` -> its line.
        answers: As in `read_code`.
        version: As in `read_code`.

    Raises:
        CodeError: It holds too much.
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


def read_record(record: Any) -> FoundPipeline:
    """The pipeline of a record, which is data only. Raises CodeError if it is none."""
    own = described(record["transform"]) if is_saved(record) else None
    if own is None:
        raise CodeError('This is no pipeline that albumentations saved: it lacks "transform" with its class.')
    work = Configuration()
    made = work.call(record["transform"], own, 0)
    version = record.get("__version__")
    old = (isinstance(version, str) and version.startswith(("0.", "1."))) or any(map(shows_1x, work.made))
    draft, log = assemble(made if made.name in COMPOSERS else [made], old)
    return FoundPipeline(TITLE, 1, settled(draft), tuple(log.notes), tuple(log.unknowns.values()))


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
    raise CodeError(_nothing_found(trees, set_aside) + cells)


@dataclass(frozen=True)
class _Variant:
    """One of the pipelines that come from a place in the code; `found` has no title yet."""

    root: Candidate
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
            alike[variant.content] = variant  # the conditions of its definition are known
    return [variant for alike in by_key.values() for variant in _kept(list(alike.values()))]


def _variant(root: Candidate, generation: Generation) -> _Variant:
    draft, log = assemble(root.value, generation.version == "1.x")
    unknowns = tuple(log.unknowns.values())
    generation = replace(generation, steps=tuple(log.differences))
    return _Variant(root, FoundPipeline("", root.origin.line, draft, tuple(log.notes), unknowns, generation))


def _kept(variants: list[_Variant]) -> list[_Variant]:
    """The calls of a function that makes a pipeline if they give all that it needs, else its definition."""
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
    """A note on pipelines without a step beside others; a single step that cannot be read is no pipeline."""
    return _note_beside(_titled((one for one in variants if not is_step(one.root.value)), empty=True))


def _placed(found: FoundPipeline, more: Iterable[Note]) -> FoundPipeline:
    """A pipeline with lines that count within their cell."""
    steps = [_in_cell(step, "step") for step in found.generation.steps] if found.generation else []
    return replace(
        found,
        line=parsing.place(found.line)[1],
        notes=tuple(_in_cell(note, "text") for note in (*found.notes, *more)),
        unknowns=tuple(_in_cell(one) for one in found.unknowns),
        generation=found.generation and replace(found.generation, steps=tuple(steps)),
    )


def _in_cell(one: Placed, words: str = "") -> Placed:
    """A value with its line within its cell; the field named `words` then says which cell that is."""
    cell, line = parsing.place(one.line)
    more: dict[str, Any] = {words: f"Cell {cell}: {getattr(one, words)}"} if cell and words else {}
    return replace(one, line=line, **more)


# What a message says if no step can be read


def _nothing_found(trees: Sequence[ast.Module], set_aside: Sequence[Note]) -> str:
    """Why nothing was found in a code, and what to do instead; `set_aside` are notes on what its pipelines hold."""
    whole = [_NO_STEP if set_aside else _NO_PIPELINE]
    if hint := next(_elsewhere(trees), ""):
        whole.append(hint)
    elif set_aside:
        whole += list(dict.fromkeys(note.text for note in set_aside))[:_SHOWN]
    others = [] if set_aside else _other_libraries(trees)
    if others:
        whole.append(f"It uses {' and '.join(others)}, whose steps are not read.")
    return " ".join(whole)


def _note_beside(empty: Iterable[FoundPipeline]) -> tuple[Note, ...]:
    """One note for all pipelines without a step, which are not offered beside others."""
    empty_ones = [one for one in empty if one.notes]
    if not empty_ones:
        return ()
    names = ", ".join(one.title for one in empty_ones[:_SHOWN])
    more = f" and {len(empty_ones) - _SHOWN} more" if len(empty_ones) > _SHOWN else ""
    return (Note(empty_ones[0].line, "left out", f"Not offered, since no step of it can be read: {names}{more}."),)


def _elsewhere(trees: Iterable[ast.Module]) -> Iterator[str]:
    """A sentence for each place in the code that shows where its steps come from."""
    for node in (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = written(node.func)
        last = name.rpartition(".")[2]
        if name.partition(".")[0] in _OURS and last in ("load", "from_pretrained"):
            yield f"This code loads its pipeline from a file: {brief(written(node))}. Import that file."
        elif last in _BUILDS or (name == "getattr" and node.args and written(node.args[0]) in _OURS):
            yield f"This code builds its pipeline from a configuration: {brief(written(node))}. Import that file."


def _other_libraries(trees: Iterable[ast.Module]) -> list[str]:
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    named = {(alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
             for node in imports for alias in node.names}  # fmt: skip
    return sorted(named & (FOREIGN - {"torch"}))
