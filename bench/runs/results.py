"""What two runs must have in common to count as the same."""

import hashlib
import zipfile
from typing import Any

from explorer.runs.record import outcome
from explorer.runs.record.history import History
from explorer.runs.record.paths import RunPaths


def result(paths: RunPaths) -> dict[str, Any]:
    """Hashes of all last weights, the metrics of each epoch, and which was the best."""
    history = History(paths)
    history.read_on()
    epochs = {epoch: (found.event.step, _timeless(found.event.values)) for epoch, found in history.epochs.items()}
    end = outcome.read(paths)
    return {"weights": _weights(paths), "epochs": epochs, "best": _timeless(end.best) if end else None}


def _weights(paths: RunPaths) -> str:
    # Tensors lie in the archive as they are: no torch is needed to tell whether two are equal. The order of the
    # entries is the order of the state; optimizer and weights are among them.
    digest = hashlib.blake2b()
    with zipfile.ZipFile(paths.last) as archive:
        for name in sorted(archive.namelist()):
            if "/data/" in name:
                digest.update(archive.read(name))
    return digest.hexdigest()


def _timeless(values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "duration_s"}
