"""The place of a chart on the page."""

from typing import Any

import pytest

from explorer.figures.charts import HEIGHT, base_layout
from explorer.ui.components import plot


def test_a_chart_has_its_height_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    mounted: list[dict[str, Any]] = []
    monkeypatch.setattr(plot, "_component", lambda **given: mounted.append(given))
    plot.show({"data": [], "layout": base_layout()}, "Loss", "chart:run:loss")
    plot.show({"data": [], "layout": base_layout() | {"height": 90}}, "Loss", "chart:run:other")
    assert [given["height"] for given in mounted] == [HEIGHT, 90]
