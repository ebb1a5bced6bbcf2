"""What the machine can do is found out in a child process, once; wrong pairs are refused with their reason."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from explorer.base.child import ChildError, parsed
from explorer.runs.machine import machine
from explorer.runs.machine.machine import (
    Machine,
    MachineError,
    check_with_machine,
    effective_precision,
    weights_folder,
)
from explorer.runs.spec.config import ConfigError, from_values

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
            "weights": ["imagenet", "file"],
        }
    ],
}
CONFIG = {"dataset": {"kind": "digits"}, "pipeline": {}}


TWO_GPUS: list[dict[str, Any]] = [
    {
        "accelerator": "gpu",
        "index": index,
        "name": name,
        "memory_gb": 24.0,
        "precisions": [
            {"name": "32-true", "offered": True},
            {"name": "bf16-mixed", "offered": bf16, "reason": "" if bf16 else "this GPU does not compute bf16"},
            {"name": "16-mixed", "offered": True},
        ],
    }
    for index, (name, bf16) in enumerate([("New GPU", True), ("Old GPU", False)])
]
WITH_GPUS = ANSWER | {"devices": [*TWO_GPUS, *ANSWER["devices"]]}


def machine_of(answer: dict[str, Any]) -> Machine:
    return parsed(Machine, json.dumps(answer))


def test_the_answer_is_the_last_line_whatever_libraries_print_before() -> None:
    found = parsed(Machine, f"a warning\n{{not JSON\n{json.dumps(ANSWER)}\n\n")
    assert found.torch == "2.13.0"
    assert found.device("auto") == found.device("cpu") == found.devices[0]
    assert found.device("gpu") is None
    assert found.backbone("efficientnet-lite0") == found.backbones[0]


def test_no_answer_is_an_error_with_what_was_printed() -> None:
    cases = {"": "it printed nothing", "Segmentation fault": "Segmentation fault", '{"torch": 1}': "no answer"}
    for output, words in cases.items():
        with pytest.raises(ChildError, match=words):
            parsed(Machine, output)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"workers": 3}, "workers", "3 workers are more than the 2 cores that a run may use here"),
        ({"gpus": [0]}, "gpus", "There is no GPU 0 here. This computer has none that torch can use"),
        ({"accelerator": "tpu"}, "accelerator", "This computer has no tpu. It has: cpu."),
        ({"drop_connect": 0.1}, "drop_connect", "EfficientNet-Lite0 has no blocks that could be dropped."),
        ({"accelerator": "gpu"}, "accelerator", "This computer has no gpu. It has: cpu."),
        ({"precision": "16-mixed"}, "precision", "16-mixed does not work on Test CPU: 16-mixed needs a GPU."),
        ({"backbone": "vgg"}, "backbone", 'There is no backbone "vgg". Choose one of: efficientnet-lite0.'),
        ({"weights": "none", "frozen": False}, "weights", "EfficientNet-Lite0 has no none weights here."),
    ],
)
def test_what_the_machine_cannot_do_is_refused_with_its_reason(
    changes: dict[str, Any], field: str, sentence: str
) -> None:
    found = parsed(Machine, json.dumps(ANSWER))
    check_with_machine(from_values(CONFIG), found)
    with pytest.raises(ConfigError) as caught:
        check_with_machine(from_values(CONFIG | changes), found)
    assert list(caught.value.errors) == [field]
    assert caught.value.errors[field].startswith(sentence)


def test_gpus_are_chosen_by_number_and_each_has_to_do_what_is_asked() -> None:
    found = machine_of(WITH_GPUS)
    assert [device.name for device in found.chosen(from_values(CONFIG | {"gpus": [1]}))] == ["Old GPU"]
    assert [device.name for device in found.chosen(from_values(CONFIG))] == ["New GPU"]
    check_with_machine(from_values(CONFIG | {"gpus": [0, 1], "precision": "16-mixed"}), found)
    with pytest.raises(ConfigError, match="bf16-mixed does not work on Old GPU: this GPU does not compute bf16"):
        check_with_machine(from_values(CONFIG | {"gpus": [0, 1], "precision": "bf16-mixed"}), found)
    with pytest.raises(ConfigError, match=r"There is no GPU 2, 5 here. Choose of: 0 \(New GPU\), 1 \(Old GPU\)."):
        check_with_machine(from_values(CONFIG | {"gpus": [0, 2, 5]}), found)


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (224, None),
        (225, "DeiT takes multiples of 16 px, not 225. Choose 224 or 240."),
        (500, "DeiT takes multiples of 16 px, not 500. Choose 496."),
        (32, "DeiT takes images of 48 to 500 px, not of 32."),
    ],
)
def test_a_size_that_a_network_cannot_take_is_refused_with_the_nearest(size: int, sentence: str | None) -> None:
    sizes = {"sizes": [48, 500], "size_step": 16}
    answer = ANSWER | {"backbones": [ANSWER["backbones"][0] | {"title": "DeiT"} | sizes]}
    config = from_values(CONFIG | {"image_size": size})
    if sentence is None:
        check_with_machine(config, machine_of(answer))
        return
    with pytest.raises(ConfigError) as caught:
        check_with_machine(config, machine_of(answer))
    assert caught.value.errors == {"image_size": sentence}


@pytest.mark.parametrize(
    ("speedup", "changes", "expected"),
    [
        (2.2, {}, "bf16-mixed"),
        (1.2, {}, "32-true"),
        (None, {}, "32-true"),
        (2.2, {"frozen": False}, "32-true"),
        (2.2, {"unfreeze_epoch": 2}, "32-true"),
        (2.2, {"precision": "32-true"}, "32-true"),
        (1.2, {"precision": "bf16-mixed"}, "bf16-mixed"),
    ],
)
def test_auto_takes_bf16_on_a_processor_where_it_pays(
    speedup: float | None, changes: dict[str, Any], expected: str
) -> None:
    found = machine_of(ANSWER | {"bf16_speedup": speedup})
    assert effective_precision(from_values(CONFIG | changes), found) == expected


def test_auto_takes_16_bits_on_a_gpu_and_32_on_what_nobody_has_tried() -> None:
    found = machine_of(WITH_GPUS)
    for gpus, expected in (([], "bf16-mixed"), ([0], "bf16-mixed"), ([1], "16-mixed")):
        assert effective_precision(from_values(CONFIG | {"gpus": gpus, "frozen": False}), found) == expected
    apple = {"accelerator": "mps", "name": "Apple", "precisions": TWO_GPUS[0]["precisions"]}
    assert effective_precision(from_values(CONFIG), machine_of(ANSWER | {"devices": [apple]})) == "32-true"


def test_weights_that_were_downloaded_need_not_be_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backbone = ANSWER["backbones"][0] | {"downloads": {"imagenet": "a.pth", "advprop": "b.pth"}}
    code = f"print({json.dumps(ANSWER | {'backbones': [backbone]})!r})"
    monkeypatch.setattr(machine, "COMMAND", (sys.executable, "-c", code))
    assert machine.machine().backbones[0].to_download == ("imagenet", "advprop")
    weights_folder().mkdir()
    (weights_folder() / "a.pth").write_bytes(b"weights")
    assert weights_folder().parent == home
    known = machine.known_machine()
    assert known is not None
    assert known.backbones[0].to_download == machine.machine().backbones[0].to_download == ("advprop",)


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
    (home / "cache" / "machine.json").unlink()
    (home / "cache" / "machine.json").mkdir()  # it cannot be read, and nothing can be written in its place
    assert machine.machine() == first
    assert machine.machine() == first
    assert asked.read_text().count("x") == 5


def test_a_child_that_fails_is_told_with_its_last_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "COMMAND", (sys.executable, "-c", "raise SystemExit('no driver')"))
    with pytest.raises(MachineError, match="Looking for devices failed: no driver"):
        machine.machine()


def test_a_child_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "COMMAND", (sys.executable, "-c", "import signal; signal.pause()"))
    monkeypatch.setattr(machine, "TIMEOUT_S", 0.2)
    with pytest.raises(MachineError, match="took longer than"):
        machine.machine()
