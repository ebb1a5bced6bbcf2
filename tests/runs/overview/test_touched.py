"""Which runs may have used the images of a final set."""

import pytest

from explorer.data.formats.shapes import ShapesSpec
from explorer.runs.overview.touched import touched
from tests.ui.study.made import study


@pytest.mark.usefixtures("home")
def test_a_final_set_that_is_chosen_after_a_study_is_not_free_of_it() -> None:
    one = study("one", repeats=3)
    spec = ShapesSpec(train_images=200, val_images=100)
    assert touched(spec) == (0, 0), "nothing is set aside"
    aside = spec.model_copy(update={"set_aside": 0.2})
    assert touched(aside) == (0, 1)
    assert touched(aside, but=one.id) == (0, 0)
    assert touched(aside.model_copy(update={"train_images": 90})) == (0, 0), "other data"
