"""Docstrings become Markdown that Streamlit shows as it was meant, and nothing of them is lost."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator

from explorer.augment.catalog import catalog
from explorer.augment.documentation import composer, read
from explorer.augment.pipeline import GROUP_KINDS

TEXTS = {name: transform.documentation for name, transform in catalog().items()}
TEXTS |= {kind: composer(kind).markdown for kind in GROUP_KINDS}
TEXTS |= {
    f"{name}.{parameter.name}": parameter.doc
    for name, transform in catalog().items()
    for parameter in transform.parameters.values()
    if parameter.doc
}
MARKER = re.compile(r"( *)([-*+]|\d+[.)])( +)\S")


def prose(text: str) -> Iterator[str]:
    """The lines outside code fences, without inline code and addresses."""
    fenced = False
    for line in text.splitlines():
        if line.strip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield re.sub(r"`[^`]*`|<https?://[^>\s]+>", "", line)
    assert not fenced, "A fence is not closed."


def indented_code(text: str) -> list[str]:
    """Lines that CommonMark takes for code because of their indentation: 4 more than the text of their list item."""
    offsets, wrong = [0], []
    for line in prose(text):
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        while offsets[-1] > indent:
            offsets.pop()
        if indent - offsets[-1] >= 4:
            wrong.append(line)
        elif match := MARKER.match(line):
            offsets.append(indent + len(match[2]) + len(match[3]))
    return wrong


MARKUP = {
    "a prompt": r">>>",
    "mathematics, a strike, code or a tag": r"[$~`<]",
    "a directive of Streamlit": r":[A-Za-z]",
    "a heading, a quotation or a table": r"^\s*(#|>|\|)",
    "emphasis by underscores": r"(?<!\w)_|_(?!\w)",
}


def test_no_sign_is_swallowed_or_taken_for_markup() -> None:
    wrong = []
    for name, text in TEXTS.items():
        wrong += [(name, "code by its indentation", line) for line in indented_code(text)]
        for line in prose(text):
            bare = re.sub(r"\\.", "", line)
            wrong += [(name, what, line) for what, pattern in MARKUP.items() if re.search(pattern, bare)]
            wrong += [(name, "bold that is not closed", line)] if bare.count("**") % 2 else []
    assert wrong == []


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[A-Za-z]{2,}", text))


def test_every_word_of_a_docstring_is_there() -> None:
    missing = {}
    for name, transform in catalog().items():
        docstring = inspect.cleandoc(transform.cls.__doc__ or "")
        left_out = re.sub(r"^(Targets|Number of channels):\s*\n\s+.*$|^Args:$", "", docstring, flags=re.MULTILINE)
        expected = words(left_out)
        if name == "CropNonEmptyMaskIfExists":  # it says one section twice
            expected -= words(left_out[left_out.rindex("Raises:") :].split("Examples:")[0])
        missing[name] = expected - words(re.sub(r"```(text|python)", "", transform.documentation))
    assert {name: found for name, found in missing.items() if found} == {}


def test_every_parameter_has_a_text_unless_albumentations_has_none() -> None:
    wrong = []
    for name, transform in catalog().items():
        for parameter in transform.parameters.values():
            pattern = rf"^\s*{parameter.name}\s*(\(.*\))?:"
            described = re.search(pattern, transform.cls.__doc__ or "", re.MULTILINE)
            shown = parameter.doc and f"- **{parameter.name}**" in transform.documentation
            wrong += [f"{name}.{parameter.name}"] if described and not shown else []
    assert wrong == []


def test_a_parameter_shows_its_name_its_type_and_its_lists() -> None:
    text = read("""Do it.

    Args:
        hue (float or tuple of float (min, max)): How much.
            If float:
                It is chosen from [-hue, hue].
            If tuple:
                It is sampled.
            Default: (-0.5, 0.5)
        mode(Literal["a", "b_c"]): One of:
            * "a": First,
              on two lines.
            * "b_c": Second

    Note: Everything is ``done`` for $5 and ~10 <b>, see :red[this].
    """)
    assert text.summary == "Do it."
    assert text.parameters["hue"].splitlines() == [
        "How much.",
        "",
        "- If float: It is chosen from [-hue, hue].",
        "- If tuple: It is sampled.",
        "",
        "Default: (-0.5, 0.5)",
    ]
    assert text.parameters["mode"].splitlines() == [
        "One of:",
        "",
        '- `"a"`: First, on two lines.',
        '- `"b_c"`: Second',
    ]
    assert '- **mode** (`Literal["a", "b_c"]`): One of:\n\n  - `"a"`: First' in text.markdown
    assert "- **hue** (`float or tuple of float (min, max)`): How much.\n" in text.markdown
    assert text.markdown.endswith(
        r"**Note**" + "\n\n" + r"Everything is `done` for \$5 and \~10 \<b>, see \:red[this]."
    )


def test_the_summary_is_one_sentence_without_marks() -> None:
    summary = read("Takes `n` of **them**, e.g. two_of them,\n    or i.e. three. And more.\n\nMore.").summary
    assert summary == "Takes n of them, e.g. two_of them, or i.e. three."


def test_formulas_and_matrices_keep_their_lines() -> None:
    text = read("""X.

    Mathematical Details:
        1. The matrix R is:
           R = [cos(a)  -sin(a)]
               [sin(a)   cos(a)]
        2. Then multiply by 2*x
           and *only* once.
    """)
    assert text.markdown.endswith(
        "1. The matrix R is:\n\n"
        "   ```text\n   R = [cos(a)  -sin(a)]\n       [sin(a)   cos(a)]\n   ```\n"
        "2. Then multiply by 2\\*x and *only* once."
    )


def test_an_example_is_a_script_in_which_what_was_printed_is_a_comment() -> None:
    text = read("""X.

    Examples:
        >>> print([
        ...     1,
        ... ])
        [1]
        >>>
        >>> f(
            x=1,
        )
        # done
    """)
    assert text.markdown.endswith("```python\nprint([\n    1,\n])\n# [1]\n\nf(\n    x=1,\n)\n# done\n```")


def test_references_are_links_with_their_titles() -> None:
    text = read("""X.

    References:
        - A_paper: https://example.org/a_(b)
        - Original:
          https://example.org/c_d (1918)
        - A book, 1982.
    """)
    assert text.markdown.endswith(
        "- [`A_paper`](<https://example.org/a_(b)>)\n- [Original](<https://example.org/c_d>) (1918)\n- A book, 1982."
    )


def test_a_missing_docstring_says_nothing() -> None:
    assert (read(None).summary, read(None).parameters, read(None).markdown) == ("", {}, "")
