"""Reading npz files that are replaced while they are read."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from explorer.base import npz


def test_a_file_that_is_replaced_while_it_is_opened_is_read_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, smaller = tmp_path / "record.npz", tmp_path / "smaller.npz"
    np.savez(path, values=np.arange(1000))
    np.savez(smaller, values=np.arange(3))

    class Replacing(zipfile.ZipFile):
        def close(self) -> None:
            super().close()
            if smaller.exists():
                smaller.replace(path)

    monkeypatch.setattr(zipfile, "ZipFile", Replacing)
    with npz.opened(path) as found:
        assert len(found["values"]) == 1000
