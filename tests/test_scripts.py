"""What the two commands stand on: set-up, start, browser, and what the tests were given. Tried as real processes."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import names
from tests import conftest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").glob("*.sh")))
def test_scripts_are_plain_sh(script: str) -> None:
    subprocess.run(["sh", "-n", script], cwd=ROOT / "scripts", check=True)
    text = (ROOT / "scripts" / script).read_text()
    assert not re.search(r"\[\[|\bfunction \w|\blocal \w|<<<|\bsource ", text), "only bash knows that"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the scripts, with requirements that are met at once."""
    shutil.copytree(ROOT / "scripts", tmp_path / "a clone" / "scripts")
    for name in ("requirements.txt", "requirements-onnx.txt", "requirements-dev.txt"):
        (tmp_path / "a clone" / name).write_text("# nothing\n")
    return tmp_path / "a clone"


def _setup(
    clone: Path, requirements: str = "requirements.txt", **environment: str
) -> "subprocess.CompletedProcess[str]":
    command = ["/bin/sh", "scripts/setup.sh", requirements]
    return subprocess.run(
        command, cwd=clone, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def quick_python(tmp_path: Path) -> str:
    """A Python that gives a virtual environment the pip of this one: to install one takes most of the time of set-up.
    That `venv` brings a pip of its own is tried by each `make` of a new clone.
    """
    python, pip = tmp_path / "python", importlib.util.find_spec("pip")
    assert pip is not None
    assert pip.origin is not None
    python.write_text(
        f"""#!/bin/sh
case "$*" in "-m venv --clear .venv") ;; *) exec "{sys.executable}" "$@" ;; esac
"{sys.executable}" -m venv --clear --without-pip .venv
for folder in .venv/lib/python*/site-packages; do ln -s "{Path(pip.origin).parent}" "$folder"; done
"""
    )
    python.chmod(0o755)
    return str(python)


def test_set_up_is_done_once_and_again_when_the_requirements_change(clone: Path, quick_python: str) -> None:
    first = _setup(clone, PYTHON=quick_python)
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stderr
    again = _setup(clone)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    (clone / "requirements.txt").write_text("# something else\n")
    changed = _setup(clone)
    assert "Installing requirements.txt" in changed.stderr
    assert "Making .venv" not in changed.stderr
    tests = _setup(clone, "requirements-dev.txt")
    assert "Installing requirements-dev.txt" in tests.stderr
    assert _setup(clone).stderr == ""  # what the tests need holds what the app needs
    (clone / "requirements.txt").write_text("no-such-package-of-ours==1 ; python_version < '3'\nnot a requirement\n")
    broken = _setup(clone)
    assert broken.returncode != 0
    assert _setup(clone).returncode != 0  # not taken for done


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs for PATH: what every system has, and neither Python nor apt."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "cat", "cmp", "rm", "mv", "id", "uname"):
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return folder


def test_without_python_set_up_says_what_to_install(clone: Path, bare: Path) -> None:
    answer = _setup(clone, PATH=str(bare))
    assert answer.returncode == 1
    assert "No Python of at least 3.11 was found" in answer.stderr
    assert "sudo apt-get install python3 python3-venv" in answer.stderr
    assert "brew install" in answer.stderr


def test_a_python_without_venv_is_named_with_its_package(clone: Path, bare: Path) -> None:
    # As Debian ships it: the interpreter is there, ensurepip is in a package of its own.
    python = bare / "python3"
    python.write_text(f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    answer = _setup(clone, PATH=str(bare))
    assert answer.returncode == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert "python3 cannot make a virtual environment" in answer.stderr
    assert f"sudo apt-get install python{version}-venv" in answer.stderr
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["DATA=/no/such/folder"], "DATA names a folder that does not exist: /no/such/folder"),
        (["DATA=/:~/no such folder"], "DATA names a folder that does not exist"),
        (["PORT=eight"], "PORT must be a number such as 8600, not eight"),
        (["HOST=198.51.100.7"], "HOST=198.51.100.7 is no address of this computer. Expected 0.0.0.0"),
        (["HOST=0.0.0.0", "NAMES=http://lab.example"], "NAMES holds 'http://lab.example', which is no name"),
        (["HOST=0.0.0.0", "NAMES=ok.example lab.example:8501"], "without a port"),
        (["HOST=0.0.0.0", "NAMES=*"], "NAMES holds '*'"),
        (["HOST=0.0.0.0", "NAMES=*.example.org"], "NAMES holds '*.example.org'"),
        (["HOST=0.0.0.0", "NAMES=10.0.0.256"], "NAMES holds '10.0.0.256'"),
        (["NAMES=-x"], "NAMES holds '-x'"),
        (["NAMES='a;id'"], "NAMES holds \"'a;id'\""),
    ],
)
def test_make_run_refuses_what_it_cannot_use(typed: list[str], words: str) -> None:
    answer = subprocess.run(["make", "run", *typed], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode != 0
    assert words in answer.stderr


def test_a_host_of_the_environment_lets_nobody_in(clone: Path) -> None:
    # tcsh and some compilers export one of their own. The copy of run.sh says what it would start.
    shutil.copy(ROOT / "Makefile", clone)
    (clone / "scripts" / "run.sh").write_text('echo "starts with <${HOST:-}> <${NAMES:-}>"\n')
    calls = {(): "<> <>", ("HOST=0.0.0.0", "NAMES=lab.example"): "<0.0.0.0> <lab.example>"}
    for typed, words in calls.items():
        environment = os.environ | {"HOST": "192.0.2.1", "NAMES": "evil.example"}
        command = ["make", "run", *typed]
        answer = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=True)
        assert f"starts with {words}" in answer.stdout
        assert ("The HOST of the environment is ignored" in answer.stderr) is not bool(typed)


def test_names_are_in_the_form_in_which_browsers_send_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert names.main(["127.0.0.1", " Lab.Example.org.,München.local [2001:DB8::1]\t192.168.1.20 "]) == 0
    assert capsys.readouterr().out.split() == [
        "lab.example.org", "xn--mnchen-3ya.local", "2001:db8::1", "192.168.1.20", "127.0.0.1", "localhost", "::1",
    ]  # fmt: skip


def test_a_browser_that_is_not_there_is_a_failure_that_says_what_to_do() -> None:
    command = [sys.executable, "-m", "scripts.chromium"]
    environment = os.environ | {"EXPLORER_CHROMIUM": "/no/such/chromium"}
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "sudo apt-get install chromium" in answer.stderr
    assert "Tried /no/such/chromium" in answer.stderr


WITH_AND_WITHOUT = """
def test_on_photographs(real_data):
    assert (real_data / "hymenoptera").is_dir()

def test_on_embedded_data():
    pass

def test_in_a_browser(browser):
    pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A small suite of tests under the project's own conftest."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests" / "conftest.py")
    (tmp_path / "tests" / "test_small.py").write_text(WITH_AND_WITHOUT)
    return tmp_path


def _pytest(suite: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(suite), *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("EXPLORER_", "PYTEST_"))}
    clean |= {"PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, cwd=suite, env=clean, capture_output=True, text=True, check=False, timeout=60)


def test_what_a_process_of_the_tests_was_not_given_is_named_and_without_a_browser_its_tests_fail(suite: Path) -> None:
    answer = _pytest(suite, "-n", "1", EXPLORER_CHROMIUM="/no/such/chromium")
    assert answer.returncode == 1
    said = "EXPLORER_TEST_DATA (a folder with hymenoptera/ in it), so these did not run:\n  tests/test_small.py::"
    assert f"{said}test_on_photographs\n" in answer.stdout, answer.stdout
    assert "skipped" not in answer.stdout
    assert "No Chromium that starts was found" in answer.stdout
    assert "1 passed, 1 error" in answer.stdout


def test_photographs_are_used_where_they_were_given(
    suite: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    (suite / "photos" / "hymenoptera").mkdir(parents=True)
    answer = _pytest(suite, "-k", "photographs", EXPLORER_TEST_DATA=str(suite / "photos"))
    assert "1 passed" in answer.stdout
    assert "not given" not in answer.stdout
    monkeypatch.setenv("EXPLORER_TEST_DATA", "/no/such/folder")
    with pytest.raises(pytest.UsageError, match="EXPLORER_TEST_DATA names a folder that does not exist"):
        conftest.pytest_configure(pytestconfig)
