"""The benches that check something about this computer."""

import pytest

from bench.gpu.main import device_of
from explorer.runs.machine.machine import DeviceInfo, Machine

PROCESSOR = DeviceInfo(accelerator="cpu", name="a processor")
CARD = DeviceInfo(accelerator="gpu", index=0, name="a card")


def test_the_check_of_gpus_refuses_a_computer_without_one_and_says_how_to_rehearse(
    capsys: pytest.CaptureFixture[str],
) -> None:
    without, with_one = (
        Machine(torch="2.13.0", devices=found, backbones=()) for found in ((PROCESSOR,), (CARD, PROCESSOR))
    )
    with pytest.raises(SystemExit) as left:
        device_of(without, rehearse=False)
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "no GPU here" in said
    assert "python -m bench gpu --rehearse" in said
    assert device_of(without, rehearse=True) == PROCESSOR
    assert device_of(with_one, rehearse=False) == CARD
    assert device_of(with_one, rehearse=True) == PROCESSOR
