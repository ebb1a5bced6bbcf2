"""Import of a file or pasted code, which is read and never run. Values that the code does not contain are asked for."""

import ast
from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.augment import exchange
from explorer.augment.code import VERSIONS, FoundPipeline, Generation, Note, Unknown
from explorer.augment.files import PipelineFileError
from explorer.augment.parameters import JsonValue, plain
from explorer.augment.pipeline import Draft, DraftErrors, Step, validate, walk
from explorer.augment.targets import TargetRules
from explorer.texts import Files as T
from explorer.ui.augment import stage
from explorer.ui.components.markdown import cell, escape, table
from explorer.ui.session import workspace
from explorer.ui.session.keys import Key, version_key, widget_key

INDENT = "    "


def offer() -> None:
    """Draw the button that opens the dialog."""
    if st.button(T.IMPORT, key=widget_key("import"), help=T.IMPORT_HELP, width="stretch", on_click=stage.stop_playing):
        for key in (Key.IMPORT_ANSWERS, Key.IMPORT_MISTAKES):
            st.session_state.pop(key, None)
        st.dialog(T.IMPORT_TITLE, width="large")(show)()


def show() -> None:
    """Draw the content of the dialog."""
    file = st.file_uploader(
        T.IMPORT_FILE, exchange.SUFFIXES, key=widget_key("import_file"), max_upload_size=exchange.MAX_SIZE
    )
    content = file.getvalue() if file else _pasted()
    if not content.strip():
        st.caption(T.IMPORT_HINT)
        return
    name, answers = file.name if file else "", st.session_state.get(Key.IMPORT_ANSWERS, {})
    version = st.session_state.get(version_key(content))
    try:
        asked = exchange.read(content, name, version=version)
        found = exchange.read(content, name, answers, version) if answers else asked
    except PipelineFileError as error:
        st.error(escape(str(error)))
        return
    at = _choose(found)
    chosen = found[at]
    _version(chosen.generation, version_key(content))
    _questions(asked[at].unknowns, answers)
    _summary(chosen)
    _notes(chosen.notes)
    if st.button(T.IMPORT_OPEN, key=widget_key("import_open"), type="primary", on_click=_open, args=(chosen,)):
        st.rerun()  # closes the dialog


def _pasted() -> str:
    text = st.text_area(T.IMPORT_TEXT, key=widget_key("import_text"), placeholder=T.IMPORT_EXAMPLE, height=170)
    st.button(T.IMPORT_READ, key=widget_key("import_read"))  # any click sends the typed text
    return text


def _choose(found: Sequence[FoundPipeline]) -> int:
    """Return the index of the pipeline to open."""
    if len(found) == 1:
        return 0
    labels = [
        T.IMPORT_OPTION.format(
            title=one.title or T.IMPORT_UNTITLED,
            line=one.line,
            steps=sum(isinstance(node, Step) for node, _ in walk(one.draft.nodes)),
        )
        for one in found
    ]
    return st.radio(
        T.IMPORT_WHICH.format(count=len(found)), range(len(found)), key=widget_key("import_which"),
        format_func=lambda number: escape(labels[number]),
    )  # fmt: skip


def _version(generation: Generation | None, key: str) -> None:
    """Draw one switch between library versions for the whole text, if its readings differ and nothing decides."""
    if generation is None or not generation.steps:
        return
    if generation.sure:
        st.caption(escape(T.IMPORT_VERSION_SURE.format(version=generation.version, why=generation.why)))
        return
    st.session_state.setdefault(key, generation.version)
    st.radio(T.IMPORT_VERSION, VERSIONS, key=key, horizontal=True)
    st.caption(escape(T.IMPORT_VERSION_WHY.format(why=generation.why)))
    rows = [
        (str(one.line), T.IMPORT_VERSION_ROW.format(step=cell(one.step), old=cell(one.old), new=cell(one.new)))
        for one in generation.steps
    ]
    st.markdown(table(T.IMPORT_VERSION_HEAD, rows))


def _questions(unknowns: Sequence[Unknown], answers: Mapping[str, JsonValue]) -> None:
    """Ask for the value of every name that the code does not define."""
    if not unknowns:
        return
    with st.form(widget_key("import_form")):
        st.markdown(T.IMPORT_UNKNOWN)
        columns = st.columns(2)
        for at, unknown in enumerate(unknowns):
            key, default = widget_key("answer", unknown.name), _as_typed(unknown.default)
            wording = T.IMPORT_ANSWER_DEFAULT if default else T.IMPORT_ANSWER
            label = wording.format(name=unknown.name, where=unknown.where, line=unknown.line, default=default)
            st.session_state.setdefault(key, _as_typed(answers.get(unknown.name)) or default)
            columns[at % 2].text_input(escape(label), key=key, help=T.IMPORT_ANSWER_HELP)
        st.form_submit_button(T.IMPORT_USE, on_click=_answer, args=([unknown.name for unknown in unknowns],))
    for message in st.session_state.get(Key.IMPORT_MISTAKES, ()):
        st.error(escape(message))


def _answer(names: Sequence[str]) -> None:
    read: dict[str, JsonValue] = {}
    wrong = []
    for name in names:
        text = str(st.session_state[widget_key("answer", name)]).strip()[:200]
        try:
            value = plain(ast.literal_eval(text)) if text else None
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            value = None
        numbers = isinstance(value, list) and all(isinstance(item, int | float) for item in value)
        if numbers or isinstance(value, int | float | str | dict):
            read[name] = value
        elif text:
            wrong.append(T.IMPORT_ANSWER_WRONG.format(name=name, text=text))
    st.session_state[Key.IMPORT_ANSWERS], st.session_state[Key.IMPORT_MISTAKES] = read, wrong


def _as_typed(value: JsonValue) -> str:
    return "" if value is None else repr(value)


def _summary(found: FoundPipeline) -> None:
    lines = [
        f"{INDENT * (depth - 1)}{node.title}  p={node.p:g}"
        + "".join(f"  {name}={value}" for name, value in node.params.items())
        for node, depth in walk(found.draft.nodes)
    ]
    st.code("\n".join(lines) or T.IMPORT_EMPTY, language=None, wrap_lines=True)
    try:
        validate(found.draft)
    except DraftErrors as error:
        st.warning(escape(T.IMPORT_WRONG.format(errors=" ".join(error.errors.values()))))


def _notes(notes: Sequence[Note]) -> None:
    if notes:
        st.markdown(T.IMPORT_NOTES)
        rows = [(str(note.line), T.IMPORT_KINDS[note.kind], cell(note.text)) for note in notes]
        st.markdown(table(T.IMPORT_NOTE_HEAD, rows))


def _open(found: FoundPipeline) -> None:
    def edit(old: Draft) -> Draft:
        # Code without bbox_params has no rules for boxes: those that the person has set stay.
        rules = old.targets if found.draft.targets == TargetRules() else found.draft.targets
        return found.draft.model_copy(update={"targets": rules})

    workspace.put(edit)
    st.session_state[Key.NOTICE] = T.IMPORTED
