"""Whatever is pasted gives pipelines or a message, soon; nothing of it is ever executed."""

import contextlib
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.augment.code import CodeError, FoundPipeline, read_code, read_notebook, read_record, scanning
from explorer.augment.pipeline import DraftErrors, validate
from tests.augment.code.test_corpus import TEXTS

VALID = [file.read_text() for file in TEXTS]


def outcome(text: str) -> tuple[FoundPipeline, ...] | None:
    """What reading gives; every draft that comes of it can be looked at and kept."""
    try:
        found = read_code(text)
    except CodeError:
        return None
    assert found
    for one in found:
        assert one.title
        json.dumps(one.draft.model_dump(mode="json"), allow_nan=False)
        with contextlib.suppress(DraftErrors):
            validate(one.draft)
    return found


@given(st.text(max_size=400))
def test_any_text_gives_pipelines_or_a_message(text: str) -> None:
    outcome(text)


TOKENS = st.sampled_from(
    [
        *(
            "A.Compose",
            "A.Blur",
            "A.Flip(",
            "A.OneOf",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            "=",
            ":",
            ".",
            "*",
            "**",
            "+",
        ),
        *("%", "//", "0", "1", "-3", "1e400", "0.5", "10**9", "None", "'a'", "x", "p=", "lambda", "if", "else", "for"),
        *("in", "def", "return", "not", "[0]", ".append(", "cv2.INTER_CUBIC", "float('nan')", "var_limit=", "\n", "-"),
    ]
)


@given(st.lists(TOKENS, max_size=60))
@settings(max_examples=100)
def test_any_row_of_words_gives_pipelines_or_a_message(words: list[str]) -> None:
    outcome(" ".join(words))
    outcome(f"t = A.Compose([{' '.join(words)}])")


@given(st.sampled_from(VALID), st.integers(0, 10**6), st.sampled_from(["cut", "swap", "double", "other"]))
@settings(max_examples=100)
def test_damaged_code_gives_pipelines_or_a_message(text: str, seed: int, damage: str) -> None:
    draw = random.Random(seed)
    start = draw.randrange(len(text))
    end = min(len(text), start + draw.randrange(1, 30))
    other = VALID[seed % len(VALID)]
    outcome(
        {
            "cut": text[:start] + text[end:],
            "swap": text[:start] + text[start:end][::-1] + text[end:],
            "double": text[:end] + text[start:],
            "other": text[:start] + other[: end - start] + text[end:],
        }[damage]
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["Rotate", "GaussNoise", "CoarseDropout", "Affine", "OneOf", "SomeOf", "Compose", "Flip", "Resize"]
)
KEYS = st.sampled_from(
    ["p", "limit", "var_limit", "max_holes", "scale", "n", "transforms", "height", "always_apply", "fill"]
)


@given(NAMES, st.dictionaries(KEYS, VALUES, max_size=4), st.sampled_from(["1.3.1", "2.0.8", None, 3]))
@settings(max_examples=100)
def test_any_values_in_a_record_or_in_code_give_pipelines_or_a_message(
    name: str, values: dict[str, object], version: object
) -> None:
    step = {"__class_fullname__": name, **values}
    for record in (step, {"__class_fullname__": "Compose", "transforms": [step]}):
        try:
            found = read_record({"__version__": version, "transform": record})
        except CodeError:
            continue
        json.dumps(found.draft.model_dump(mode="json"), allow_nan=False)
    outcome(f"t = A.Compose([A.{name}({', '.join(f'{key}={value!r}' for key, value in values.items())})])")


@given(VALUES)
def test_any_json_as_a_notebook_gives_pipelines_or_a_message(value: object) -> None:
    for text in (json.dumps(value), json.dumps({"cells": value}), json.dumps({"cells": [{"source": value}]})):
        with pytest.raises(CodeError):
            read_notebook(text)


GROWS = "x = [A.NoOp()]\n" + "x = [x, x]\n" * 40 + "t = A.Compose(x)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "No pipeline"),
        ("x = 3", "No pipeline"),
        ("from torchvision import transforms as T\nt = T.Compose([T.ToTensor()])", "torchvision"),
        ("t = A.Compose([", "Syntax error on line 1: '[' was never closed."),
        ("x = 1\ny = = 2", "Syntax error on line 2: invalid syntax."),
        ("import os\nprint 'hello'\n", "Line 2: print without parentheses: this is Python 2"),
        ("try:\n    x()\nexcept ValueError, e:\n    pass", "Line 3: except with a comma: this is Python 2"),
        ("\0", "null"),
        ("'\ud800'", "not Python"),
        ("[" * 100_000, "nested"),
        ("t = " + "-" * 20_000 + "1", "nested too deep"),
        ("t = " + "+".join("1" for _ in range(60_000)), "nested too deep"),
        ("t = a" + ".b" * 60_000, "nested too deep"),
        ("t = f" + "()" * 60_000, "nested too deep"),
        ("#" * 2_000_001, "2 MB"),
        ("t = A.Compose([" + "A.NoOp()," * 10_000 + "])", "at most 1000 steps"),
        ("t = " + "A.Compose([" * 60 + "A.NoOp()" + "])" * 60, "nested at most 40"),
        (GROWS, "more than can be read"),
        ("x = []\nx.append(x)\nt = A.Compose(x)", "more than can be read"),
        ("x = [A.NoOp() for a in range(999) for b in range(999) for c in range(999)]", "holds more than"),
        ("A.Compose([A.Resize(" + "9" * 5_000 + ", 2)])", "Syntax error on line 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why_and_where(text: str, words: str) -> None:
    with pytest.raises(CodeError) as caught:
        read_code(text)
    assert words in str(caught.value)
    starts = (f"Line {caught.value.line}: ", f"Syntax error on line {caught.value.line}: ")
    assert caught.value.line is None or str(caught.value).startswith(starts)


@pytest.mark.parametrize(
    "value",
    ["10 ** 10 ** 10", "'a' * 10 ** 9", "1 << 10 ** 9", "[0] * 10 ** 10", "list(range(10 ** 12))", "'%1000000000d' % 1",
     "int('9' * 300)", "2 ** 64", "-(2 ** 63) * 4", "1 / 0", "round(float('1e999'))",
     "0.1 ** -10000", "sum([[1]] * 9)", "np.zeros((10 ** 5, 10 ** 5))", "np.arange(10 ** 12)",
     "np.ones(9) * np.ones(8)", "np.array([2 ** 62]) * 4", "(np.ones(1000).reshape(1000, 1) * np.ones(1000))[0]",
     "[*range(9000), *range(9000)]"],
)  # fmt: skip
def test_arithmetic_without_bounds_is_asked_for_and_not_worked_out(value: str) -> None:
    (found,) = read_code(f"size = {value}\nt = A.Compose([A.Resize(size, 7)])")
    assert [one.where for one in found.unknowns] == ["Resize, height"]


@pytest.mark.parametrize("value", ["9" * 400, "2.5e400", "float('nan')", "-np.inf", "math.nan", "1j", "b'x'", "..."])
def test_what_is_no_ordinary_number_is_left_out_or_asked_for(value: str) -> None:
    (found,) = read_code(f"t = A.Compose([A.Rotate(limit={value}, p={value})])", version="2.x")
    assert found.draft.nodes[0].model_dump(exclude={"id"}) == {
        "kind": "step", "transform": "Rotate", "params": {}, "p": 0.5, "enabled": True,
    }  # fmt: skip
    assert found.notes or found.unknowns


REPEATED = 1_000
# Work that grows with every line: each gives pipelines or a message before the budget of work is used up.
GROWING = {
    "a list added to itself": "x = [1]\n" + "x += x\n" * 60,
    "a list extended by itself": "x = [1]\n" + "x.extend(x)\n" * 60,
    "a list spread twice": "x = [1]\n" + "x = [*x, *x]\n" * 60,
    "a list inserted into itself": "x = [1]\n" + "x[0:0] = x\n" * 60,
    "a list times a large number": "x = [A.NoOp()] * 10 ** 9\nu = A.Compose([*x, A.NoOp()])\n",
    "long arrays again and again": "x = np.zeros(9000)\n" + "x = x * 2 + x\n" * REPEATED,
    "long lists made arrays": "x = [0] * 9000\n" + "y = np.array(x)\n" * REPEATED,
    "long lists compared": "x = [0] * 9000\ny = [x] * 4\n" + "z = y == 3\n" * REPEATED,
    "a property of itself": "class C:\n    @property\n    def a(self):\n        return [self.a] * 2 + [self.a]\n"
                            "u = A.Compose([A.NoOp(), *C().a])\n",
    "a lambda of itself": "f = lambda: [A.NoOp(), f(), f(), f(), f(), f(), f(), f()]\nu = A.Compose(f())\n",
    "partial of partial": "f = partial(partial, partial)\n" + "f = partial(f, f)\n" * 500 + "f()\n",
    "a class that makes itself": "class C:\n    def __init__(self):\n        self.a = [C(), C(), C(), C()]\nx = C()\n",
    "classes of one name": "class C: pass\n" + "class C(C): pass\n" * 500 + "x = C().y\n",
    "attributes of what is not known": "".join(f"c.a{at}.b = {at}\n" for at in range(REPEATED)),
    "an object in itself": "c.me = c\nc.me.me.x = 3\nd = {}\nd['d'] = d\nd.d.x = d\n",
    "conditions beside many lists": "".join(f"x{at} = [1, 2]\n" for at in range(400))
                                    + "".join(f"if y{at}:\n    x{at}.append(1)\n" for at in range(400)),
    "a loop without an end": "x = [A.NoOp()]\nwhile x:\n    x.append(A.NoOp())\nu = A.Compose(x)\n",
    "loops in loops": "for a in range(9999):\n    for b in range(9999):\n        x = [a, b]\n",
    "maps in maps": "x = list(map(lambda a: list(map(lambda b: b, range(9999))), range(9999)))\n",
    "lists zipped again and again": "x = list(range(9999))\n" + "y = list(zip(x, x, x))\n" * REPEATED,
    "functions that set names for each other": "".join(
        f"def f{at}():\n    global s\n    s = [f{(at + 1) % 300}(), f{(at + 2) % 300}()]\n" for at in range(300)
    ) + "f0()\n",
    "alternatives in a row": "x = " + " or ".join(f"y{at}.append(A.NoOp())" for at in range(900)) + "\n",
}  # fmt: skip


def test_work_that_grows_ends_with_pipelines_or_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_LEAST", 20_000)  # a tenth: all of it would be used up
    ended = {}
    for what, code in GROWING.items():
        found = outcome(code + "t = A.Compose([A.HorizontalFlip(p=1)])")
        ended[what] = found is None or any(one.title.startswith("t") for one in found)
    assert ended == dict.fromkeys(GROWING, True)


def test_nothing_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "executed"
    touch = f"open({str(trap)!r}, 'w').close()"
    code = f"""\
import os, subprocess
import albumentations as A
{touch}
os.system("touch {trap}")
exec({touch!r})
eval({touch!r})
__import__("pathlib").Path({str(trap)!r}).touch()

@(lambda f: {touch})
def make(size={touch}, *, p=__import__("pathlib").Path({str(trap)!r}).touch()):
    {touch}
    return A.Compose([A.Resize(size or 3, 4), A.Lambda(image={touch}), getattr(A, "Blur")()])

class Trap({touch}):
    value = {touch}
    def __init__(self): {touch}
    def __iter__(self): {touch}
    def __eq__(self, other): {touch}

t = A.Compose([A.HorizontalFlip(p=Trap()), *Trap(), *[x for x in Trap() if {touch}]])
u = make()
u[{touch}] = f"{{{touch}}}"
assert {touch}
"""
    assert [found.title for found in read_code(code)]
    cell = {"cell_type": "code", "source": code}
    shell = {"cell_type": "code", "source": f"!touch {trap}\n%run {trap}\nfiles = !touch {trap}"}
    assert read_notebook(json.dumps({"cells": [cell, shell]}))
    assert not trap.exists()


def test_no_attribute_is_looked_up_by_a_name_that_code_gives() -> None:
    code = "t = A.Compose([A.__loader__(), A.Rotate(limit=cv2.__file__), A.core.composition.os.system('x'), A.NoOp()])"
    (found,) = read_code(code, version="2.x")
    assert [node.transform for node in found.draft.nodes] == ["Rotate", "NoOp"]
    assert len(found.notes) == 3 or found.unknowns


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a notebook"),
        ("[" * 100_000, "nested too deep"),
        ('{"cells": {}}', '"cells"'),
        ('{"worksheets": []}', "IPython 3"),
        (json.dumps({"cells": [{"cell_type": "code", "source": "x = 1"}]}), "No pipeline"),
        (json.dumps({"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "source": "\nprint 3"}]}), "Cell 2: "),
        (json.dumps({"cells": [{"cell_type": "code", "source": "#" * 1_100_000}] * 2}), "2 MB of code"),
    ],
)
def test_a_notebook_that_cannot_be_read_says_why_and_in_which_cell(text: str, words: str) -> None:
    with pytest.raises(CodeError) as caught:
        read_notebook(text)
    assert words in str(caught.value)
