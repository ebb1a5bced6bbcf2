"""What Python and numpy would work out is worked out alike, and what is not known is asked for or said."""

from typing import Any

import numpy as np
import pytest

from explorer.augment.code import read_code
from explorer.augment.pipeline import validate
from tests.augment.code.plain import plain


def read(code: str) -> list[list[Any]]:
    """[title, nodes, what is asked] of each pipeline in code that opens as it is."""
    found = read_code("import albumentations as A\nimport numpy as np\n" + code)
    for one in found:
        validate(one.draft)
    return [[one["title"], one["nodes"], [name.partition(" ")[2] for name in one["unknowns"]]] for one in plain(found)]


def check(cases: dict[str, list[list[Any]]]) -> None:
    """Compare all cases at once; a title alone stands for a pipeline with that title in `cases` of nothing else."""
    assert {code: read(code) for code in cases} == cases


def resized(height: int, width: int | None = None) -> list[Any]:
    return ["Resize", 1.0, {"height": height, "width": height if width is None else width}]


def sized(title: str, *sides: int) -> list[Any]:
    return [title, [resized(*sides)], []]


FLIP, UP, NOTHING = ["HorizontalFlip", 1.0, {}], ["VerticalFlip", 1.0, {}], ["NoOp", 0.5, {}]
FLIPS = [["t", [FLIP, UP], []]]
TWO = "s = [A.HorizontalFlip(p=1), A.VerticalFlip(p=1)]\n"


@pytest.mark.parametrize(
    "expression",
    ["np.array([120.0, 110.0, 100.0]) / 255", "np.array([0.2, 0.3, 0.2]) * 2", "1 - np.array([0.1, 0.2, 0.3])",
     "np.array([0.1, 0.2, 0.1]) + np.array([0.1, 0.1, 0.3])", "[0.5, 0.5, 0.5] * np.array([1, 2, 3])",
     "(np.array([[0.1, 0.2, 0.3]]) + np.array([[0.1], [0.2]]))[1]", "np.array((58, 57, 56), dtype=np.uint8)[::-1] / 9",
     "np.full(3, 0.25) ** 2", "np.linspace(0.1, 0.3, 3)", "np.sqrt(np.arange(1, 4)) / 4", "np.ones(3, dtype=int) * 0.5",
     "-np.array([-0.1, -0.2, -0.3])", "np.array([3, 4, 5]) // 2 % 2 + 0.5", "np.asarray([0.1, 0.2, 0.3]).tolist()",
     "list(np.array([1, 2, 3]) / 4)", "[*(np.array([1, 2, 3]) / 4)]",
     "(np.array([2, 4, 6]) / 8).astype(float).copy()", "np.array([1, 2, 3]).mean() * np.array([0.1, 0.2, 0.3])"],
)  # fmt: skip
def test_arrays_are_worked_out_as_numpy_does(expression: str) -> None:
    (found,) = read_code(f"import numpy as np\nm = {expression}\nt = A.Compose([A.Normalize(mean=m, std=(1, 1, 1))])")
    right = np.asarray(eval(expression, {"np": np}), dtype=float)  # noqa: S307 - the test's own text
    assert found.unknowns == ()
    assert found.draft.nodes[0].params["mean"] == pytest.approx(right.tolist(), rel=1e-12)


def test_what_an_array_is_made_of_is_asked_for() -> None:
    check(
        {
            "m = np.array([a, 0.1]) * 2\nt = A.Compose([A.Normalize(mean=m)])": [
                ["t", [["Normalize", 1.0, {}]], ["a (Normalize, mean)"]]
            ]
        }
    )


def test_lists_of_steps_change_as_in_python() -> None:
    check(
        {
            TWO + "s.append(A.NoOp())\ns.pop()\nt = A.Compose(s)": FLIPS,
            TWO + "x = s.pop(0)\ns.insert(0, x)\nt = A.Compose(s)": FLIPS,
            TWO + "s.insert(1, A.NoOp())\ns.remove(s[1])\nt = A.Compose(s)": FLIPS,
            TWO + "s.reverse()\ns.reverse()\nt = A.Compose(s)": FLIPS,
            TWO + "s.clear()\ns += [A.HorizontalFlip(p=1), A.VerticalFlip(p=1)]\nt = A.Compose(s)": FLIPS,
            TWO + "s = [A.NoOp(), *s]\ndel s[0]\nt = A.Compose(s)": FLIPS,
            TWO + "s += [A.NoOp()] * 3\ndel s[2:]\nt = A.Compose(s)": FLIPS,
            TWO + "s[0:1] = [A.NoOp(), s[0]]\ns[:1] = []\nt = A.Compose(s)": FLIPS,
            TWO
            + "for x in [1, 2]:\n    if x == 2:\n        break\n    s.append(A.NoOp())\nt = A.Compose(s[:-1])": FLIPS,
            TWO + "while len(s) < 4:\n    s.append(A.NoOp())\nt = A.Compose(s)": [
                ["t", [FLIP, UP, NOTHING, NOTHING], []]
            ],
            "t = A.Compose([A.NoOp() for _ in range(300)])": [["t", [NOTHING] * 300, []]],
        }
    )


def test_a_change_of_a_list_that_is_not_worked_out_is_said() -> None:
    changes = ("s.pop(n)", "s[n] = x", "del s[n]", "s[n:] = []", "s.insert(n, y)", "random.shuffle(s)", "s.sort(key=f)")
    for change in changes:
        found = plain(read_code(f"import random\n{TWO}x = None\ny = None\n{change}\nt = A.Compose(s)"))
        assert [one["nodes"] for one in found] == [[FLIP, UP]], change
        (note,) = found[0]["notes"]
        assert (note[:12], "is not made" in note) == ("5 to check: ", True), change


def test_methods_properties_and_attributes_of_own_classes_are_found() -> None:
    check(
        {
            "class C:\n    @staticmethod\n    def base(s):\n        return A.Compose([A.Resize(s, s)])\n"
            "    def t(self):\n        return self.base(8)": [sized("C.t", 8)],
            "class C:\n    w = 3\n    @classmethod\n    def base(cls, s):\n"
            "        return A.Compose([A.Resize(s, cls.w)])\nt = C.base(8)": [sized("t", 8, 3)],
            "class C:\n    @property\n    def steps(self):\n        return [A.Resize(8, 8)]\n"
            "    def t(self):\n        return A.Compose(self.steps)": [sized("C.t", 8)],
            "class B:\n    w = 4\n    def __init__(self):\n        self.h = 8\n"
            "class C(B):\n    def t(self):\n        return A.Compose([A.Resize(self.h, self.w)])": [sized("C.t", 8, 4)],
            "class B:\n    def __init__(self, h=3):\n        self.h = h\nclass C(B):\n    def __init__(self):\n"
            "        super().__init__(8)\n        self.t = A.Compose([A.Resize(self.h, self.h)])":
                [sized("C.__init__, self.t", 8)],
            "class C:\n    def __init__(self, s):\n        self.s = s\nc, d = C(8), C(s=4)\n"
            "t = A.Compose([A.Resize(c.s, d.s)])": [sized("t", 8, 4)],
            "class C:\n    def __init__(self, **kw):\n        self.s = 3\n        self.__dict__.update(kw)\n"
            "t = A.Compose([A.Resize(C(s=8).s, C().s)])": [sized("t", 8, 3)],
            "from enum import Enum\nclass S(Enum):\n    BIG = 8\n    LOW = 4\n"
            "t = A.Compose([A.Resize(S.BIG.value, S['LOW'].value)])": [sized("t", 8, 4)],
            "from dataclasses import dataclass\n@dataclass\nclass C:\n    h: int\n    w: int = 4\nc = C(h=8)\n"
            "t = A.Compose([A.Resize(c.h, c.w)])": [sized("t", 8, 4)],
            "from collections import namedtuple\nC = namedtuple('C', 'h w')\nc = C(8, w=4)\n"
            "t = A.Compose([A.Resize(c.h, c.w)])": [sized("t", 8, 4)],
            "from dataclasses import dataclass, field\n@dataclass\nclass C:\n"
            "    t: A.Compose = field(default_factory=lambda: A.Compose([A.Resize(8, 8)]))": [sized("C.t", 8)],
            "class D:\n    def __init__(self, h=8, w=4):\n        self.save_hyperparameters()\n    def setup(self):\n"
            "        self.t = A.Compose([A.Resize(self.hparams.h, self.hparams['w'])])":
                [sized("D.setup, self.t", 8, 4)],
        }
    )  # fmt: skip


def test_functions_that_code_uses_on_steps_are_worked_out() -> None:
    check(
        {
            "S = 4\ndef f():\n    global S\n    S = 8\nf()\nt = A.Compose([A.Resize(S, S)])": [sized("t", 8)],
            "get = lambda s: A.Compose([A.Resize(s, s)])\nt = get(8)": [sized("t", 8)],
            "get = lambda s: A.Compose([A.Resize(s, 8)])":
                [["get()", [resized(256, 8)], ["s (Resize, height)"]]],
            TWO + "t = A.Compose(filter(None, [None, *s]))": FLIPS,
            TWO + "t = A.Compose(list(reversed(s[::-1])))": FLIPS,
            TWO + "import itertools\nt = A.Compose(list(itertools.chain(s[:1], s[1:])))": FLIPS,
            TWO + "t = A.Compose(sum([s[:1], s[1:]], []))": FLIPS,
            TWO + "import functools\nt = A.Compose(functools.reduce(lambda a, b: a + b, [s[:1], s[1:]]))": FLIPS,
            "t = A.Compose([getattr(A, n)(p=1) for n in ('HorizontalFlip', 'VerticalFlip')])": FLIPS,
            "from functools import partial\nR = partial(A.Resize, height=8)\nt = A.Compose([R(width=4)])":
                [sized("t", 8, 4)],
            "t = A.Compose(list(map(lambda s: A.Resize(s, 4), [8])))": [sized("t", 8, 4)],
            "import os\nt = A.Compose([A.Resize(int(os.environ.get('S', '8')), int(os.getenv('W', 4)))])":
                [sized("t", 8, 4)],
            "from cv2 import INTER_NEAREST\nt = A.Compose([A.Resize(8, 4, interpolation=INTER_NEAREST)])":
                [["t", [["Resize", 1.0, {"height": 8, "width": 4, "interpolation": 0}]], []]],
            "M, S = [0.4, 0.2, 0.3], [2, 4, 5]\n"
            "t = A.Compose([A.Normalize(mean=[m / s for m, s in zip(M, S)], std=[m * i for i, m in enumerate(M, 1)])])":
                [["t", [["Normalize", 1.0, {"mean": [0.2, 0.05, 0.06], "std": [0.4, 0.4, 0.3 * 3]}]], []]],
        }
    )  # fmt: skip


def test_pipelines_with_a_name_stay_beside_those_that_use_them() -> None:
    val = sized("val", 8)
    code = "val = A.Compose([A.Resize(8, 8)])\n"
    check(
        {
            code + "t = A.Compose([A.HorizontalFlip(p=1), val])":
                [val, ["t", [FLIP, ["Sequential", 1.0, {}, [resized(8)]]], []]],
            code + "t = val + [A.HorizontalFlip(p=1)]": [val, ["t", [resized(8), FLIP], []]],
            code + "t = [A.HorizontalFlip(p=1)] + val": [val, ["t", [FLIP, resized(8)], []]],
            code + "t = A.Compose([*val, A.HorizontalFlip(p=1)])": [val, ["t", [resized(8), FLIP], []]],
        }
    )  # fmt: skip


def test_a_step_that_hangs_on_a_condition_inside_an_expression_makes_two_pipelines() -> None:
    both = [["t, if flip", [resized(8), FLIP], []], ["t, if not flip", [resized(8)], []]]
    code = "s = [A.Resize(8, 8)]\n"
    for change in (
        "flip and s.append(A.HorizontalFlip(p=1))",
        "s.append(x := A.HorizontalFlip(p=1)) if flip else None",
    ):
        assert read(f"{code}{change}\nt = A.Compose(s)") == both, change
    only = [["f(), t", [FLIP], []]]
    assert read("def f(given):\n    t = given or A.Compose([A.HorizontalFlip(p=1)])") == only
    assert read("def f(given=None):\n    t = given or A.Compose([A.HorizontalFlip(p=1)])") == only


def test_settings_keep_what_code_puts_into_them() -> None:
    use = "t = A.Compose([A.Resize(c.h, c.d.w)])"
    check(
        {
            "from base import c\nc.h = 8\nc.d.w = 4\n" + use: [sized("t", 8, 4)],
            "c.h = 8\nc['d'].w = 4\ndef f():\n    " + use: [sized("f(), t", 8, 4)],
            "from types import SimpleNamespace as N\nc = N(h=8, d=N(w=4))\n" + use: [sized("t", 8, 4)],
            "from easydict import EasyDict as edict\nc = edict({'h': 8, 'd': {'w': 4}})\n" + use: [sized("t", 8, 4)],
            "import argparse\nc = argparse.Namespace(h=8, d=argparse.Namespace())\nc.d.w = 4\n" + use:
                [sized("t", 8, 4)],
            "from ml_collections import ConfigDict as C\nc = C()\nc.h = 8\nc.d = C({'w': 4})\n" + use:
                [sized("t", 8, 4)],
            "def f(c):\n    c.h = 8\n    " + use: [["f(), t", [resized(8, 256)], ["c.d.w (Resize, width)"]]],
            "from base import c\nc.d.w = 4\nc.h = 8\nif c.debug:\n    c.h = 6\n" + use:
                [["t", [resized(256, 4)], ["c.h (Resize, height)"]]],
        }
    )  # fmt: skip


def test_steps_handed_to_anything_are_a_pipeline() -> None:
    steps = "[A.HorizontalFlip(p=1), A.VerticalFlip(p=1)]"
    alone = ["A.HorizontalFlip(p=1)"]
    for call in (f"Adapter({steps})", f"compose({steps})", f"data(paths, steps={steps})", f"T.Compose({steps})",
                 f"nn.Sequential({steps[1:-1]})", f"model.fit({{'train': {steps}}})"):  # fmt: skip
        assert read(f"from torchvision import transforms as T\nx = {call}") == [["line 4", [FLIP, UP], []]], call
    for call in (f"Tiles(paths, transform={alone[0]})", f"{alone[0]}(image=image)", f"show({alone[0]}(image=image))"):
        assert read(f"x = {call}") == [["line 3", [FLIP], []]], call
    check(
        {
            f"x = A.OneOf({steps}, p=1)(image=image)": [["line 3", [["OneOf", 1.0, {}, [FLIP, UP]]], []]],
            f"from functools import partial\nP = partial(A.Compose, p=1.0)\nt = P({steps})": FLIPS,
            f"class P(A.Compose):\n    pass\nt = P({steps})": FLIPS,
            f"class P(A.Compose):\n    def __init__(self):\n        super().__init__({steps})\nt = P()": FLIPS,
            f"x = Adapter({steps})\ny = Adapter([A.NoOp()])": [["line 3", [FLIP, UP], []], ["line 4", [NOTHING], []]],
            f"t = A.Compose([Wrapped({alone[0]}), *{steps}])": FLIPS,
            f"def compose(steps):\n    return A.Compose(steps)\nt = compose({steps})": FLIPS,
        }
    )


def test_a_default_of_none_is_asked_for_where_a_step_needs_a_value() -> None:
    check(
        {
            "class D:\n    def __init__(self, size=None):\n        self.size = size\n"
            "        self.t = A.Compose([A.SmallestMaxSize(max_size=self.size), A.CenterCrop(self.size, self.size)])":
                [["D.__init__, self.t", [["SmallestMaxSize", 1.0, {"max_size": 256}],
                                         ["CenterCrop", 1.0, {"height": 256, "width": 256}]],
                  ["size (SmallestMaxSize, max_size)"]]],
            "def f(size=None):\n    size = size or 8\n    return A.Compose([A.Resize(size, size)])": [sized("f()", 8)],
            "def f(size=None):\n    if size is None:\n        size = 8\n    return A.Compose([A.Resize(size, size)])":
                [sized("f()", 8)],
            "def f(fill=None, more=None, rules=None):\n"
            "    return A.Compose([A.Pad(8, fill_mask=fill), more], bbox_params=rules)":
                [["f()", [["Pad", 1.0, {"padding": 8}]], ["fill (Pad, fill_mask)"]]],
            "t = A.Compose([A.LongestMaxSize(max_size=SIDE, area_for_downscale=None)])":
                [["t", [["LongestMaxSize", 1.0, {"max_size": 256}]], ["SIDE (LongestMaxSize, max_size)"]]],
        }
    )  # fmt: skip


PARSER = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("-s", "--image-size", type=int, default=8)
parser.add_argument("--flip", action="store_true")
args = parser.parse_args()
s = [A.Resize(args.image_size * 2, vars(args)["image_size"])]
if args.flip:
    s.append(A.HorizontalFlip(p=1))
t = A.Compose(s)
"""


def test_options_of_a_command_line_are_asked_for_with_their_default() -> None:
    first, second = read_code(PARSER)
    assert (first.title, second.title) == ("t, if args.flip", "t, if not args.flip")
    assert [(one.name, one.default) for one in first.unknowns] == [("args.image_size", 8)]
    assert plain([second])[0]["nodes"] == [resized(16, 8)]
    assert plain(read_code(PARSER, {"args.image_size": 5}))[1]["nodes"] == [resized(10, 5)]


def test_what_is_known_of_arguments_stays_while_the_rest_is_asked_for() -> None:
    code = (
        "t = A.Compose([A.Cutout(num_holes=1, max_h_size=int(w * 0.4), fill_value=7), A.Affine(rotate=(-r, r)),\n"
        "    A.RandomResizedCrop(h, 40), A.HorizontalFlip(**params['Flip'])])"
    )
    (found,) = plain(read_code(code))
    assert found["nodes"] == [
        ["CoarseDropout", 0.5,
         {"num_holes_range": [1, 1], "hole_height_range": [8, 8], "hole_width_range": [8, 8], "fill": 7}],
        ["Affine", 0.5, {}],
        ["RandomResizedCrop", 1.0, {"size": [256, 40]}],
        ["HorizontalFlip", 0.5, {}],
    ]  # fmt: skip
    assert not [note for note in found["notes"] if "by default" in note or "num_holes" in note]
    assert found["unknowns"][-1] == '2 params["Flip"] (HorizontalFlip, all of **params["Flip"])'
    (answered,) = plain(read_code(code, {"w": 10, "r": 5, "h": 30, 'params["Flip"]': {"p": 1}}))
    assert [node[2] for node in answered["nodes"][:3]] == [
        {"num_holes_range": [1, 1], "hole_height_range": [4, 4], "hole_width_range": [8, 8], "fill": 7},
        {"rotate": [-5.0, 5.0]},
        {"size": [30, 40]},
    ]
    assert answered["nodes"][3] == FLIP
    assert answered["unknowns"] == []


def test_what_is_set_aside_is_called_by_its_name_once() -> None:
    code = (
        "class Wobble(A.ImageOnlyTransform): ...\n"
        "t = A.Compose([Wobble(), Wobble(), Wobble, 'Blur', len, (lambda x: x), A.HorizontalFlip(p=1)])"
    )
    (found,) = plain(read_code(code))
    assert found["notes"] == [
        "2 left out: Wobble() is set aside. It is a class that this code defines.",
        "2 left out: The class Wobble is set aside. It is no step of albumentations.",
        '2 left out: "Blur" is set aside. It is no step of albumentations.',
        "2 left out: len is set aside. It is no step of albumentations.",
        "2 left out: lambda() is set aside. It is no step of albumentations.",
    ]
