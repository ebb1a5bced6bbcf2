"""What the laboratory can show: mode -> what draws it."""

from collections.abc import Callable, Mapping

from explorer.ui.lab import seeds, sheet, statistics, sweep, versus
from explorer.ui.preview.sources import Found
from explorer.ui.session.view import Mode
from explorer.ui.session.workspace import Workspace

MODES: Mapping[Mode, Callable[[Workspace, Found], None]] = {
    Mode.SWEEP: sweep.show,
    Mode.GRID: seeds.show,
    Mode.AB: versus.show,
    Mode.GALLERY: sheet.show,
    Mode.STATISTICS: statistics.show,
}
