"""What the machine can do is found out in a child process, once; wrong pairs are refused with their reason."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.runs import machine
from explorer.runs.config import ConfigError, from_values
from explorer.runs.machine import MachineError, check_with_machine, parse

ANSWER: dict[str, Any] = {
    "format": "augmentation-explorer/machine",
    "version": 1,
    "torch": "2.13.0",
    "threads": 2,
    "devices": [
        {
            "accelerator": "cpu",
            "name": "Test CPU",
            "memory_gb": None,
            "precisions": [
                {"name": "32-true", "offered": True, "reason": ""},
                {"name": "16-mixed", "offered": False, "reason": "16-mixed needs a GPU"},
            ],
        }
    ],
    "backbones": [
        {
            "name": "efficientnet-lite0",
            "title": "EfficientNet-Lite0",
            "parameters": 3372910,
            "default_size": 224,
            "weights": ["imagenet"],
        }
    ],
}
CONFIG = {"dataset": {"kind": "digits"}, "pipeline": {}}


def test_the_answer_is_the_last_line_whatever_libraries_print_before() -> None:
    found = parse(f"a warning\n{{not JSON\n{json.dumps(ANSWER)}\n\n")
    assert found.torch == "2.13.0"
    assert found.device("auto") == found.device("cpu") == found.devices[0]
    assert found.device("gpu") is None
    assert found.backbone("efficientnet-lite0") == found.backbones[0]


@pytest.mark.parametrize(
    ("output", "words"),
    [("", "it printed nothing"), ("Segmentation fault", "Segmentation fault"), ('{"torch": 1}', "no answer")],
)
def test_no_answer_is_an_error_with_what_was_printed(output: str, words: str) -> None:
    with pytest.raises(MachineError, match=words):
        parse(output)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"accelerator": "gpu"}, "accelerator", "This computer has no gpu. It has: cpu."),
        ({"precision": "16-mixed"}, "precision", "16-mixed does not work on Test CPU: 16-mixed needs a GPU."),
        ({"backbone": "vgg"}, "backbone", 'There is no backbone "vgg". Choose one of: efficientnet-lite0.'),
        ({"weights": "none", "frozen": False}, "weights", "EfficientNet-Lite0 has no none weights here."),
    ],
)
def test_what_the_machine_cannot_do_is_refused_with_its_reason(
    changes: dict[str, Any], field: str, sentence: str
) -> None:
    found = parse(json.dumps(ANSWER))
    check_with_machine(from_values(CONFIG), found)
    with pytest.raises(ConfigError) as caught:
        check_with_machine(from_values(CONFIG | changes), found)
    assert list(caught.value.errors) == [field]
    assert caught.value.errors[field].startswith(sentence)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for each time that the child was asked."""
    note = tmp_path / "asked"
    code = f"open({str(note)!r}, 'a').write('x\\n'); print({json.dumps(ANSWER)!r})"
    monkeypatch.setattr(machine, "COMMAND", (sys.executable, "-c", code))
    return note


def test_the_machine_is_asked_once_until_something_changes(
    asked: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = machine.machine()
    assert machine.machine() == first
    assert asked.read_text().count("x") == 1
    assert machine.machine(refresh=True) == first
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    machine.machine()
    assert asked.read_text().count("x") == 3
    (home / "cache" / "machine.json").write_text("{ damaged")
    assert machine.machine() == first
    assert asked.read_text().count("x") == 4


def test_a_child_that_fails_is_told_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "COMMAND", (sys.executable, "-c", "raise SystemExit('no driver')"))
    with pytest.raises(MachineError, match="Looking for devices failed: no driver"):
        machine.machine()


def test_a_child_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "COMMAND", (sys.executable, "-c", "import signal; signal.pause()"))
    monkeypatch.setattr(machine, "TIMEOUT_S", 0.2)
    with pytest.raises(MachineError, match="took longer than"):
        machine.machine()
