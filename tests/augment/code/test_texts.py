"""Code in prose and in notebooks, titles that tell pipelines apart, and what is said where no step is left."""

import json
import re

import pytest

from explorer.augment import exchange
from explorer.augment.code import CodeError, read_code
from explorer.augment.pipeline import validate
from tests.augment.code.plain import nodes

FLIP = ["HorizontalFlip", 1.0, {}]
README = """\
Here's how to flip, and it isn't hard:

```python
import albumentations as A
size = 64
flip = A.Compose([A.HorizontalFlip(p=1)])
```

1. Then install it:

   ```bash
   pip install 'albumentations
   ```

2. and crop:

   ~~~ py
   crop = A.Compose([A.CenterCrop(size, size)])
   ~~~

```
>>> blur = A.Compose([A.Blur(p=1)])
```

That's all there's to it.
"""


def test_code_is_taken_from_the_fences_of_a_text_with_its_lines() -> None:
    found = read_code(README)
    assert [(one.title, one.line) for one in found] == [("flip", 6), ("crop", 18), ("blur", 22)]
    assert [nodes(one.draft.nodes) for one in found] == [
        [FLIP], [["CenterCrop", 1.0, {"height": 64, "width": 64}]], [["Blur", 1.0, {}]]
    ]  # fmt: skip
    assert not any(one.notes for one in found)
    assert exchange.read(README.replace("\n", "\r\n"), "README.md") == found
    (cut,) = read_code("It's so:\n```py\nflip = A.Compose([A.HorizontalFlip(p=1)])")
    assert (cut.line, nodes(cut.draft.nodes)) == (3, [FLIP])


def test_a_block_with_a_mistake_is_named_and_the_others_are_read() -> None:
    broken = README.replace("size, size)])", "size, size])")
    found = read_code(broken)
    assert [one.title for one in found] == ["flip", "blur"]
    (note,) = found[0].notes
    assert (note.line, note.kind) == (18, "to check")
    assert note.text.startswith("A block was left out. Syntax error: ")
    with pytest.raises(CodeError, match="Syntax error on line 4: "):
        read_code("It's so:\n```python\nx = 1\nflip = A.Compose([A.Blur()\n```")
    # Fences in the comments of code with a mistake: the mistake is what a person wants to know.
    with pytest.raises(CodeError, match="Syntax error on line 5: "):
        read_code('import x\n"""\n```\nt = 3\n```"""\nt = A.Compose([A.Blur()'.replace('3\n```"""\n', '3```"""\n'))


def test_a_notebook_is_larger_than_other_files_and_has_cells_that_are_files() -> None:
    outputs = [{"output_type": "display_data", "data": {"image/png": "A" * 5_000_000}}]
    cells = [
        {"cell_type": "code", "source": "!pip list", "outputs": outputs},
        {"cell_type": "code", "source": "%%writefile src/steps.py\nflip = A.Compose([A.HorizontalFlip(p=1)])"},
        {"cell_type": "code", "source": "%%writefile notes.txt\nA.Compose([A.Blur("},
        {"cell_type": "code", "source": "%%time\nboth = A.Compose([flip, A.Blur(p=1)])"},
    ]
    text = json.dumps({"cells": cells})
    found = exchange.read(text.encode(), "x.ipynb")
    assert [(one.title, one.line) for one in found] == [("cell 2: flip", 2), ("cell 4: both", 2)]
    assert nodes(found[0].draft.nodes) == [FLIP]
    with pytest.raises(exchange.PipelineFileError, match="larger than 4 MB"):
        exchange.read("#" * 5_000_000, "x.py")
    with pytest.raises(exchange.PipelineFileError, match="larger than 20 MB"):
        exchange.read(b"#" * 21_000_000, "x.ipynb")


CHAIN = """\
def make(kind):
    if kind == "{0}nothing at all": return A.Compose([A.NoOp()])
    elif kind == "{0}a little bit": return A.Compose([A.HorizontalFlip()])
    elif kind == "{0}quite a lot": return A.Compose([A.VerticalFlip()])
    else: return A.Compose([A.Transpose()])
"""


def test_the_branches_of_a_chain_are_named_by_the_condition_that_is_true() -> None:
    assert [one.title for one in read_code(CHAIN.format(""))] == [
        'make(), if kind == "nothing at all"', 'make(), if kind == "a little bit"', 'make(), if kind == "quite a lot"',
        "make(), otherwise",
    ]  # fmt: skip
    guards = "def f(a, b):\n if a:\n  return A.Compose([A.NoOp()])\n if b:\n  return A.Compose([A.Blur()])\n"
    steps = " s = [A.NoOp()]\n if a:\n  s.append(A.Blur())\n if b:\n  s.append(A.ToGray())\n return A.Compose(s)"
    both = f"def g(a, b):\n{steps}"
    assert [one.title for one in read_code(guards)] == ["f(), if a", "f(), if b"]
    assert [one.title for one in read_code(both)] == [
        "g(), if a, if b", "g(), if not a, if b", "g(), if a, if not b", "g(), if not a, if not b"
    ]  # fmt: skip


def test_titles_are_cut_and_still_differ() -> None:
    found = [
        one.title for one in read_code(CHAIN.format("a very long name of a kind that no title could ever hold, " * 3))
    ]
    assert len(set(found)) == 4
    assert max(map(len, found)) <= 100
    long = "\n".join(f"{'pipeline_' * 20}{number} = A.Compose([A.Blur(p=0.{number})])" for number in range(1, 9))
    found = [one.title for one in read_code(long)]
    assert len(set(found)) == 8
    assert max(map(len, found)) <= 100


def test_a_pipeline_that_a_helper_makes_stands_at_the_line_of_the_function_in_its_title() -> None:
    code = (
        "import albumentations as A\n\ndef compose(steps):\n    return A.Compose(steps)\n\ndef train():\n"
        "    return compose([A.HorizontalFlip(p=1)])\n\ndef valid():\n    return compose([A.NoOp(p=1)])\n\n"
        "test = compose([A.Blur(p=1)])"
    )
    assert [(one.title, one.line) for one in read_code(code)] == [("train()", 7), ("valid()", 10), ("test", 12)]


def test_pipelines_without_a_step_are_not_offered_beside_others() -> None:
    code = (
        "last = A.Compose([ToTensorV2()])\nflip = A.Compose([A.HorizontalFlip(p=1)])\n"
        "def build(cfg):\n    return A.Compose([getattr(A, name)(**args) for name, args in cfg.items()])"
    )
    (found,) = read_code(code)
    assert (found.title, nodes(found.draft.nodes)) == ("flip", [FLIP])
    assert [(note.line, note.text) for note in found.notes] == [
        (1, "Not offered, since no step of it can be read: last, build().")
    ]


def test_where_no_step_can_be_read_a_message_says_where_the_pipeline_is() -> None:
    build = "def build(cfg):\n    return A.Compose([getattr(A, name)(**args) for name, args in cfg.items()])"
    for code, words in {
        build: "This code builds its pipeline from a configuration: getattr(A, name). Import that file.",
        "t = A.load('aug.json')": 'This code loads its pipeline from a file: A.load("aug.json"). Import that file.',
        "t = A.from_dict(record)": "This code builds its pipeline from a configuration: A.from_dict(record).",
        "t = A.Compose([ToTensorV2()])": "No step of the pipelines in this code can be read. ToTensorV2 is set aside.",
        "t = A.Compose([A.Lambda(image=f)])": "Lambda is set aside. It runs Python functions",
    }.items():
        with pytest.raises(CodeError, match=re.escape(words)):
            read_code(code)


def test_notes_that_change_nothing_are_one() -> None:
    steps = ", ".join(["A.HorizontalFlip(always_apply=False)"] * 5 + ["A.Rotate(20, value=None, border_mode=0)"])
    (found,) = read_code(f"t = A.Compose([{steps}, A.GaussNoise(var_limit=25.0)])")
    assert [note.text.partition(".")[0] for note in found.notes] == [
        "GaussNoise: var_limit=25 is std_range=(0, 0", "Not carried over, since it changes nothing in 2"
    ]  # fmt: skip
    assert found.notes[-1].text.endswith(": always_apply=False (5 times), value=None.")


def test_small_things_that_lost_a_word() -> None:
    printed = "shift_limit=None, shift_limit_x=(-0.1, 0.2), shift_limit_y=(-0.3, 0.4), border_mode=0"
    (found,) = read_code(f"t = A.Compose([A.ShiftScaleRotate({printed})])")
    ((_, _, read),) = nodes(validate(found.draft).nodes)
    assert read == {"shift_limit_x": [-0.1, 0.2], "shift_limit_y": [-0.3, 0.4]}
    (found,) = read_code("t = A.Compose(A.Resize(8, 8), A.Transpose(), bbox_params=A.BboxParams('yolo'))")
    assert (nodes(found.draft.nodes), found.draft.targets.boxes.format) == (
        [["Resize", 1.0, {"height": 8, "width": 8}]], "yolo"
    )  # fmt: skip
    assert [note.text for note in found.notes] == [
        "Compose: Transpose is left out: it stands where bbox_params is expected. Steps belong in one list."
    ]
    (found,) = read_code("t = A.Compose([A.OneOf([A.Blur(), own(), Other(), None], p=1)])")
    assert found.notes[-1].text == "OneOf: 2 of its 3 steps are set aside, so the choice is between fewer."
    record = {"__class_fullname__": "Compose", "bbox_params": {}, "keypoint_params": {}, "p": 1, "transforms": [
        {"__class_fullname__": "HorizontalFlip", "always_apply": False, "p": 1}]}  # fmt: skip
    (found,) = exchange.read(json.dumps({"__version__": "1.3.1", "transform": record}), "x.json")
    (usual,) = read_code("t = A.Compose([A.HorizontalFlip(p=1)])")
    assert found.draft.targets == usual.draft.targets
