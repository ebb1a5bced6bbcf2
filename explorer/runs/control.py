"""What others ask of a running trainer."""

import time

from explorer.runs.atomic import write_json_atomic
from explorer.runs.paths import RunPaths
from explorer.runs.status import derive


def request_stop(paths: RunPaths) -> bool:
    """Ask the trainer to save and stop; asking twice does no harm. False where the run is over already."""
    if derive(paths).over:
        return False
    paths.stop.parent.mkdir(exist_ok=True)
    if not paths.stop.exists():  # the first request counts: its time is shown
        write_json_atomic(paths.stop, {"time": time.time()})
    return True
