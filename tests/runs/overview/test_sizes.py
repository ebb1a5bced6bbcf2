"""What a run takes up, compared with du, and how to give some of it back."""

import os
import shutil
import subprocess
from collections.abc import Callable

import pytest

from explorer.base import locks
from explorer.runs.overview import sizes
from explorer.runs.overview.sizes import NoBestCheckpoint, Sizes, disk_use, keep_best_only
from explorer.runs.record import outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths
from explorer.runs.state.resting import RunAlive, RunGone
from explorer.runs.state.status import State
from tests.runs.conftest import wait_for_state


@pytest.fixture
def trained(folder: RunPaths) -> RunPaths:
    outcome.write(folder, Outcome("finished", "Done.", 1.0))
    folder.checkpoints.mkdir()
    folder.best.write_bytes(b"b" * 300_000)
    folder.last.write_bytes(b"l" * 200_000)
    folder.first.write_bytes(b"f" * 100_000)
    folder.epoch(1, 0).parent.mkdir()
    for epoch in range(3):
        folder.epoch(1, epoch).write_bytes(b"e" * 5_000)
    folder.log.write_text("said\n" * 3_000)
    return folder


def du(path: object) -> int:
    """What du says, in bytes of blocks."""
    answer = subprocess.run(["du", "-s", "-B1", str(path)], capture_output=True, text=True, check=True)
    return int(answer.stdout.split()[0])


def test_the_sizes_are_those_that_du_finds(trained: RunPaths) -> None:
    with (trained.root / "sparse").open("wb") as file:
        file.truncate(50_000_000)  # a hole takes no blocks
    os.link(trained.best, trained.root / "again.ckpt")
    (trained.root / "elsewhere").symlink_to("/usr")
    epochs = trained.epoch(1, 0).parent
    assert disk_use(trained) == Sizes(du(trained.root), du(trained.checkpoints), du(epochs), du(trained.log))
    assert disk_use(trained).total < 2_000_000


def test_a_run_that_is_gone_takes_up_nothing(trained: RunPaths) -> None:
    shutil.rmtree(trained.root)
    assert disk_use(trained) == Sizes(0, 0, 0, 0)


def test_files_that_vanish_while_they_are_counted_count_nothing(
    trained: RunPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.scandir

    class Vanishing:
        def __init__(self, folder: str) -> None:
            self.entries = list(listed(folder))
            if folder == str(trained.checkpoints):
                trained.last.unlink()
            if folder == str(trained.root):
                shutil.rmtree(trained.epoch(1, 0).parent)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(sizes.os, "scandir", Vanishing)
    found = disk_use(trained)
    monkeypatch.undo()
    assert found.checkpoints == du(trained.checkpoints)


def test_only_the_best_checkpoint_is_kept_and_the_space_is_free(trained: RunPaths) -> None:
    before = disk_use(trained).total
    freed = keep_best_only(trained)
    assert sorted(path.name for path in trained.checkpoints.iterdir()) == ["best.ckpt"]
    assert freed == before - disk_use(trained).total >= 300_000
    assert keep_best_only(trained) == 0


def test_a_checkpoint_that_another_run_shares_frees_nothing(trained: RunPaths) -> None:
    os.link(trained.first, trained.root.parent / "shared.ckpt")
    taken = du(trained.last)
    assert keep_best_only(trained) == taken
    assert not trained.first.exists()


@pytest.mark.parametrize("best", [None, b""])
def test_without_a_best_checkpoint_nothing_is_removed(trained: RunPaths, best: bytes | None) -> None:
    trained.best.unlink()
    if best is not None:
        trained.best.write_bytes(best)
    with pytest.raises(NoBestCheckpoint, match="nothing was removed"):
        keep_best_only(trained)
    assert trained.last.stat().st_size == 200_000


def test_a_run_that_lives_keeps_its_checkpoints(started: Callable[[str], RunPaths]) -> None:
    paths = started("works_until_stopped")
    wait_for_state(paths, State.RUNNING)
    paths.checkpoints.mkdir(exist_ok=True)
    paths.best.write_bytes(b"b")
    paths.last.write_bytes(b"l")
    with pytest.raises(RunAlive, match="Stop it first"):
        keep_best_only(paths)
    assert paths.last.exists()


def test_a_run_that_is_held_or_gone_is_told(trained: RunPaths) -> None:
    with locks.hold(trained.lock), pytest.raises(RunAlive):
        keep_best_only(trained)
    shutil.rmtree(trained.root)
    with pytest.raises(RunGone, match="another window"):
        keep_best_only(trained)
    assert not trained.root.exists()
