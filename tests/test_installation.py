"""An installation that cannot work says so in a sentence, in a process that finds such packages on its path."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# What lies on the path -> words of what is said; no words where nothing is wrong.
CASES: tuple[tuple[dict[str, tuple[str, ...]], tuple[str, ...]], ...] = (
    ({}, ()),
    ({"torch 2.13.0+cpu": (), "torchvision 0.28.0": ()}, ("torchvision 0.28.0 is not the CPU build", "nms")),
    ({"torch 2.13.0+cpu": (), "torchvision 0.28.0+cpu": ("torch (==2.13.0)",)}, ()),
    ({"torch 2.13.0": (), "torchvision 0.28.0": ("torch==2.13.0", "numpy")}, ()),
    ({"torch 2.13.0": (), "torchvision 0.27.1": ("torch==2.12.1",)}, ("is for torch 2.12.1, but torch 2.13.0",)),
    ({"opencv-python 5.0.0.93": ()}, ("opencv-python 5.0.0.93 and opencv-python-headless", "the same module, cv2")),
    ({"opencv-contrib-python 4.14.0.94": ()}, ("pip uninstall opencv-contrib-python opencv-python-headless",)),
    ({"pytorch-lightning 2.6.2": ()}, ("pytorch-lightning 2.6.2 is a compromised release",)),
    ({"lightning 2.6.3": ()}, ("lightning 2.6.3 is a compromised release",)),
    ({"lightning 2.6.1": ()}, ()),
    ({"albumentationsx 2.1.0": ()}, ("albumentationsx 2.1.0 holds the same module as albumentations",)),
)
_LOOK = """
import json, sys
from explorer import installation
found = []
for folder in sys.argv[1:]:
    sys.path.insert(0, folder)
    installation.problems.cache_clear()
    found.append(installation.problems())
    sys.path.remove(folder)
heavy = {"torch", "cv2", "albumentations", "pytorch_lightning", "streamlit"} & set(sys.modules)
print(json.dumps([found, sorted(heavy)]))
"""
_PAGE = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=60).run()
assert not app.exception
print(*[error.value for error in app.error], sep="\\n")
assert not {"torch", "albumentations", "pytorch_lightning"} & set(sys.modules)
"""


def _installed(folder: Path, packages: dict[str, tuple[str, ...]]) -> Path:
    """A folder for the path, on which these packages are noted as installed."""
    folder.mkdir()
    for package, requirements in packages.items():
        name, version = package.split()
        noted = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        noted.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
        (noted / "METADATA").write_text("\n".join(lines) + "\n")
    return folder


def _child(*arguments: str, path: Path | None = None) -> "subprocess.CompletedProcess[str]":
    search = os.pathsep.join(map(str, filter(None, (path, ROOT))))
    environment = {**os.environ, "PYTHONPATH": search}
    call = [sys.executable, *arguments]
    return subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_each_installation_that_cannot_work_is_named_without_importing_it(tmp_path: Path) -> None:
    folders = [_installed(tmp_path / str(number), packages) for number, (packages, _) in enumerate(CASES)]
    done = _child("-c", _LOOK, *map(str, folders))
    assert done.returncode == 0, done.stderr
    found, heavy = json.loads(done.stdout)
    assert heavy == []
    for said, (packages, words) in zip(found, CASES, strict=True):
        assert len(said) == bool(words), (packages, said)
        assert all(word in " ".join(said) for word in words), (packages, said)
        assert all("pip" in one for one in said), "each says what to do"


def test_the_command_line_and_the_page_say_it_in_place_of_a_traceback(tmp_path: Path) -> None:
    broken = {"albumentationsx 2.1.0": (), "torch 2.13.0+cpu": (), "torchvision 0.28.0": ()}
    path = _installed(tmp_path / "site", broken)
    listed = _child("-m", "explorer", "list", path=path)
    assert (listed.returncode, listed.stdout) == (1, "")
    page = _child("-c", _PAGE, path=path)
    assert page.returncode == 0, page.stderr
    for said in (listed.stderr, page.stdout):
        lines = said.strip().splitlines()
        assert [line.split()[0] for line in lines] == ["torchvision", "albumentationsx"], said
