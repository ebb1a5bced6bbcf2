"""Where images have several labels, the Scores section and the matrix of a label speak of labels, not of classes."""

import json
import re
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from explorer.texts import Scores, ScoresOfLabels
from explorer.ui.components import matrix
from explorer.ui.evidence import scores


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, str):
        yield value


_OF_THE_SECTION = (
    "PART_CLASSES", "CLASS", "CLASS_HELP", "THRESHOLD_HELP", "CHARTS", "CHARTS_HELP", "CHARTS_UNDEFINED",
    "CLASS_COLUMN", "CLASSES_NOTE", "IMAGES_HELP", "THRESHOLD",
)  # fmt: skip


def test_no_word_of_the_section_calls_a_label_a_class() -> None:
    for name in _OF_THE_SECTION:
        for text in texts_in(getattr(ScoresOfLabels, name)):
            assert not re.search(r"\bclass(es)?\b", text, re.IGNORECASE), (name, text)
        assert json.dumps(getattr(Scores, name)) != json.dumps(getattr(ScoresOfLabels, name))
    assert ScoresOfLabels.THRESHOLD.keys() == Scores.THRESHOLD.keys()
    assert [*scores._OF_LABELS][-1] == "By label"


def test_the_matrix_of_a_label_has_no_classes() -> None:
    epochs = [matrix.Epoch(0, "0:0", matrix.sparse(np.array([[3, 1], [0, 2]])))]
    sent = matrix.frame("run 0", ("not cat", "cat"), epochs, 0, 0, of_label=True)
    (length,) = struct.unpack_from("<I", sent)
    words = json.loads(sent[4 : 4 + length])["words"]
    assert (words["truth"], words["predicted"]) == ("true", "predicted")
    assert "class" not in words["hint"]
