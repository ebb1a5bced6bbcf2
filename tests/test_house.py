"""One home for each fact: colors, words, session keys, file names, versions, commands."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import loads
from tests.trees import tree_of

ROOT = Path(__file__).resolve().parents[1]
UI = ROOT / "explorer" / "ui"
DRAWN = (UI, ROOT / "explorer" / "figures", ROOT / "explorer" / "report")  # the rooms with parts for a browser
OUTSIDE = (
    "app.py",
    "serve.py",
    "README.md",
    "ARCHITECTURE.md",
    "Makefile",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
)
FOLDERS = ("explorer", "tests", "bench", "scripts", ".streamlit", ".ci")
TEXT = {".py", ".sh", ".md", ".toml", ".txt", ".css", ".js", ".html", ".json", ".yml", ""}


Found = Iterator[tuple[int, str]]
Look = Callable[[ast.Module], Found]


def _pages() -> list[Path]:
    """The Python of the pages and all that they are made of."""
    return [ROOT / "app.py", *sorted(UI.rglob("*.py")), *sorted((ROOT / "explorer" / "figures").glob("*.py"))]


def _found(files: list[Path], look: Look) -> list[str]:
    """What `look` finds in the syntax trees of files, as "file:line: what"."""
    return [f"{file.relative_to(ROOT)}:{line}: {what}" for file in files for line, what in look(tree_of(file))]


def _strings(tree: ast.AST) -> Found:
    """All text in code, also the fixed parts of f-strings; not docstrings."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


# Colors

COLOR = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b|\b(?:rgb|hsl)a?\(\s*[\d.]")


def colors(tree: ast.Module) -> Found:
    """Colors written out in code."""
    return ((line, text) for line, text in _strings(tree) if COLOR.search(text))


def test_pages_hold_no_colors_of_their_own() -> None:
    assert _found([file for file in _pages() if file.name != "palette.py"], colors) == []


def test_components_take_their_colors_from_the_theme_or_the_palette() -> None:
    sources = [file for room in DRAWN for file in room.rglob("*") if file.suffix in (".css", ".js", ".html", ".svg")]
    wrong = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in sources
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if COLOR.search(re.sub(r"/\*.*?\*/|querySelector(All)?\([^)]*\)|href=\S+", "", line))
    ]
    assert sources
    assert wrong == []


# Words

SHOWS_TEXT = """
    title header subheader markdown caption text write info warning error success toast badge metric button toggle
    checkbox selectbox multiselect radio slider select_slider number_input text_input text_area file_uploader
    expander popover tabs segmented_control pills link_button download_button form_submit_button status spinner
    progress dialog Page page_link set_page_config dataframe data_editor table html feedback date_input menu_button
""".split()  # noqa: SIM905 - a list of fifty names in quotes would be a page
ALSO_TEXT = {
    "label",
    "help",
    "placeholder",
    "title",
    "page_title",
    "body",
    "caption",
    "text",
    "options",
    "captions",
    "value",
}
WORD = re.compile(r"[^\W\d_]{2,}")


def words(tree: ast.Module) -> Found:
    """Words written out in calls that show text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHOWS_TEXT:
            shown = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg in ALSO_TEXT)]
            for argument in shown:
                yield from ((line, text) for line, text in _literals(argument) if _is_words(text))


def _literals(argument: ast.expr) -> Found:
    # Not shown themselves: what a call inside is given, the key of a mapping, the parts of a path.
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.Div):
        return
    if isinstance(argument, ast.Constant | ast.JoinedStr | ast.List | ast.Tuple | ast.BinOp | ast.IfExp):
        inner = [node for node in ast.walk(argument) if isinstance(node, ast.Call | ast.Subscript)]
        hidden = {id(part) for node in inner for part in ast.walk(node)}
        for node in ast.walk(argument):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in hidden:
                yield node.lineno, node.value


def _is_words(text: str) -> bool:
    # Icons, colors by the name of their meaning, and files are not for people to read.
    plain = re.sub(r":material/\w+:|:[a-z]+\[", "", text)
    return WORD.search(plain) is not None and not re.fullmatch(r"[\w/.-]+\.(py|svg|png)", plain)


def test_pages_hold_no_words_of_their_own() -> None:
    assert _found(_pages(), words) == []


TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")  # what a template fills in


class _Words(HTMLParser):
    """Collects text and spoken attributes. A lone small word is the name of an icon."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        if WORD.search(data) and not re.fullmatch(r"[a-z_]+", data.strip()):
            self.found.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = ("title", "aria-label", "placeholder", "alt")
        self.found += [f"{tag} {name}={value}" for name, value in attrs if name in spoken and WORD.search(value or "")]


# Text given to what shows or speaks it. A lone small word is the name of an icon.
JS_WORDS = re.compile(
    r"""(?:\b(?:textContent|innerText|title|placeholder|alt)\s*[=:]|"aria-label",)\s*"""
    r"""(["'`])(?![a-z_]+\1)(?:(?!\1)[^$\n])*[A-Za-z]{2,}"""
)


def test_components_get_their_words_from_python() -> None:
    wrong = []
    for file in (file for room in DRAWN for file in room.rglob("*.html")):
        parser = _Words()
        parser.feed(TEMPLATE.sub("", file.read_text()))
        wrong += [f"{file.relative_to(ROOT)}: {text}" for text in parser.found]
    for file in (file for room in DRAWN for file in room.rglob("*.js")):
        wrong += [f"{file.relative_to(ROOT)}: {found[0]}" for found in JS_WORDS.finditer(file.read_text())]
    assert wrong == []


# Session keys

STATES = {"session_state", "query_params"}
METHODS = {"get", "pop", "setdefault", "update", "clear", "to_dict", "from_dict", "keys", "values", "items", "get_all"}


def keys(tree: ast.Module) -> Found:
    """Keys of the session, of the address and of widgets that are written out."""
    for node in ast.walk(tree):
        key = _key(node)
        literal = isinstance(key, ast.JoinedStr) or (isinstance(key, ast.Constant) and isinstance(key.value, str))
        if key is not None and literal:
            yield key.lineno, ast.unparse(node)
        if isinstance(node, ast.Attribute) and _is_state(node.value) and node.attr not in METHODS:
            yield node.lineno, ast.unparse(node)


def _key(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Subscript) and _is_state(node.value):
        return node.slice
    if isinstance(node, ast.Compare) and _is_state(node.comparators[-1]):
        return node.left
    if isinstance(node, ast.Call):
        method = isinstance(node.func, ast.Attribute) and _is_state(node.func.value)
        form = isinstance(node.func, ast.Attribute) and node.func.attr == "form"
        if (method or form) and node.args:
            return node.args[0]
        return next((keyword.value for keyword in node.keywords if keyword.arg == "key"), None)
    return None


def _is_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in STATES


def test_pages_hold_no_session_keys_of_their_own() -> None:
    assert _found([file for file in _pages() if file.name != "keys.py"], keys) == []


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (colors, 'a = "#0072B2"'),
        (colors, 'a = f"rgba(0, 1, 2, {x})"'),
        (words, 'st.button("Start")'),
        (words, 'box.caption(f"{n} images")'),
        (words, "st.slider(T.P, help='How often')"),
        (words, 'st.selectbox(T.LOSS, ["cross entropy"])'),
        (words, 'st.info(T.A if x else "None yet")'),
        (keys, 'st.session_state["seed"]'),
        (keys, "st.session_state.seed"),
        (keys, 'st.session_state.get("seed", 0)'),
        (keys, '"seed" in st.session_state'),
        (keys, 'st.query_params["run"]'),
        (keys, 'st.button(T.GO, key="go")'),
        (keys, 'st.button(T.GO, key=f"go-{n}")'),
        (keys, 'st.form("save")'),
    ],
)
def test_what_does_not_belong_into_a_page_is_found(look: Look, code: str) -> None:
    assert len(list(look(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    ("look", "code"),
    [
        (colors, '"""Class #3 is not a color."""'),
        (words, 'st.button(T.GO, type="primary", icon=":material/add:", width="stretch")'),
        (words, 'st.Page("explorer/ui/pages/train.py", title=App.TRAIN)'),
        (words, 'st.caption(T.SIZE.format(width=3, unit=names["px"]))'),
        (words, 'st.metric(T.AUROC, f"{value:.3f} %")'),
        (words, 'st.html(Path(__file__).parent / "ui" / "theme" / "layout.css")'),
        (keys, "st.session_state[Key.SEED]"),
        (keys, "st.session_state.pop(Key.SEED, None)"),
        (keys, "st.button(T.GO, key=widget_key(node.id, 'p'))"),
        (keys, "sorted(names, key=len)"),
    ],
)
def test_what_belongs_into_a_page_is_let_be(look: Look, code: str) -> None:
    assert list(look(ast.parse(code))) == []


# File names of a run


def _file_names() -> re.Pattern[str]:
    paths = RunPaths(Path("run"))
    whole = [path.name for path in (paths.config, paths.lock, paths.outcome, paths.log, paths.best, paths.last)]
    begun = [path.name.partition("1")[0] for path in (paths.launch(1), paths.ended(1), paths.events(1))]
    return re.compile(rf"(.*/)?({'|'.join(map(re.escape, whole))}|({'|'.join(begun)})[\d*]*(\.jsonl?)?)")


def test_only_the_paths_of_a_run_name_its_files() -> None:
    names = _file_names()
    files = [
        file for file in (ROOT / "explorer").rglob("*.py") if file != ROOT / "explorer" / "runs" / "record" / "paths.py"
    ]
    assert _found(files, lambda tree: (found for found in _strings(tree) if names.fullmatch(found[1]))) == []
    assert names.fullmatch("events-1.jsonl")
    assert names.fullmatch("launch-")
    assert not names.fullmatch("Its run.json is damaged.")


# Versions


def _requirements(name: str) -> dict[str, str]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    return dict(line.split("==") for line in lines if line and not line.startswith("-r "))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-onnx.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_installed_so(name: str) -> None:
    for package, version in _requirements(name).items():
        assert re.fullmatch(r"[a-z0-9-]+", package)
        assert re.fullmatch(r"\d[\w.]*", version)
        assert importlib.metadata.version(package).partition("+")[0] == version


def test_nothing_that_must_not_be_is_required() -> None:
    wanted = _requirements("requirements.txt") | _requirements("requirements-dev.txt")
    assert wanted["albumentations"] == "2.0.8"  # the last MIT release
    assert [name for name in wanted if name.startswith("albumentations")] == ["albumentations"]  # the other is AGPL
    assert not {"lightning", "opencv-python", "opencv-contrib-python"} & set(wanted)
    assert wanted["pytorch-lightning"] not in ("2.6.2", "2.6.3")  # compromised releases


# Addresses, places, commands


def _text_files() -> Iterator[Path]:
    inside = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*"))
    for file in [*(ROOT / name for name in OUTSIDE), *inside]:
        if file.is_file() and file.suffix in TEXT and "__pycache__" not in file.parts:
            yield file


def test_no_file_names_a_package_registry_or_a_place_on_one_machine() -> None:
    # Brackets, so that these lines do not name them either.
    registries = r"pypi\.org|pythonh[o]sted|download\.pytorch|index[-]url|find[-]links|npmjs\.|anaconda\.org"
    places = r"(?<![\w.~])/(?:work|root)/\w|/tmp/w[o]rk|/opt/p[y]pi"
    wrong = re.compile(f"{registries}|{places}", re.IGNORECASE)
    named = [
        f"{file.relative_to(ROOT)}: {found[0]}" for file in _text_files() for found in wrong.finditer(file.read_text())
    ]
    assert named == []


def test_what_the_readme_says_to_type_exists() -> None:
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    typed = set(re.findall(r"(?:^|`)make ([a-z]+)", readme + (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE))
    assert {"run", "test"} <= typed <= targets
    commands = set(re.findall(r"python -m explorer ([a-z]+)", readme))
    assert commands
    for command in commands:
        subprocess.run([sys.executable, "-m", "explorer", command, "--help"], cwd=ROOT, capture_output=True, check=True)


def test_the_config_of_the_readme_can_be_run() -> None:
    examples = re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert [loads(example).kind for example in examples] == ["train"]


def test_the_pictures_of_the_readme_exist() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert len(pictures) >= 2
    assert [name for name in pictures if not (ROOT / name).is_file()] == []
