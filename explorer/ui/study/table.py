"""The table of what the page of a study shows, by what the study asks; training/studies/table.py has the code of each.

A function draws the answer of a study and all that belongs to it, below the heading and the progress that every run
has. It is called again each second while the study works, so what takes long is computed elsewhere, see `later`.
"""

from collections.abc import Callable, Mapping

from explorer.runs.overview.view import RunSnapshot, RunView
from explorer.runs.spec.plans.table import Ask
from explorer.ui.study import confirm, effects, folds, search, worth
from explorer.ui.study.immunity import page as immunity

Shown = Callable[[RunView, RunSnapshot], None]

PAGES: Mapping[Ask, Shown] = {
    "effects": effects.show,
    "confirm": confirm.show,
    "immunity": immunity.show,
    "worth": worth.show,
    "search": search.show,
    "folds": folds.show,
}
