"""Copies that were planted into generated sets are found, and what only resembles them is not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.data import curation
from explorer.data.findings.find import find
from explorer.data.findings.leaked import leaked
from explorer.data.overview import near
from explorer.data.overview.measuring import measure
from explorer.data.overview.sampling import Sampling
from tests.data.findings.planted import SETS, found_in, plant


@pytest.mark.parametrize(("name", "precision"), [("photographs", 1.0), ("shapes", 1.0), ("digits", 0.9)])
def test_planted_copies_are_found(name: str, precision: float, tmp_path: Path) -> None:
    assert name in SETS
    planted = plant(name, tmp_path / name)
    findings, ids = found_in(planted)
    pairs = {ids[later]: ids[earlier] for leak in findings.leaks for later, earlier in leak.pairs.tolist()}
    assert planted.leaks.items() <= pairs.items()  # each of them, with its origin
    assert len(planted.leaks) / len(pairs) >= precision
    exact = findings.of("leak_exact")
    assert exact is not None
    assert {planted.kinds[ids[place]] for place in exact.images.tolist()} == {"same"}
    conflict = findings.of("conflict_exact")
    assert conflict is not None
    assert {ids[place] for place in conflict.images.tolist()} == planted.conflicts
    if precision == 1:
        assert not planted.flipped & pairs.keys()


def test_what_was_decided_is_not_found_again(tmp_path: Path) -> None:
    planted = plant("photographs", tmp_path / "set")
    contents = planted.spec.contents()
    measured = measure(contents, Sampling(None))
    alike = near.find(measured, contents.part)
    curation.leave_out(planted.spec, dict.fromkeys([*planted.leaks, *planted.conflicts], "a copy"))
    found = find(contents, measured, alike, curation.read(planted.spec))
    assert found.found == ()
    assert (found.looked.left_out, found.looked.images) == (18, found.looked.total)

    together = curation.Curation(together=tuple(curation.joined(planted.leaks.items())))
    assert not find(contents, measured, alike, together).leaks
    tested = replace(contents, parts=("train", "test"))  # such a part stays as it is given
    assert find(tested, measured, alike, together).leaks


def test_nothing_is_found_where_nothing_is_wrong(tmp_path: Path) -> None:
    planted = plant("photographs", tmp_path / "set", each=0)
    findings, _ = found_in(planted)
    assert findings.found == ()
    assert findings.looked.near == near.DISTANCE
    assert not findings.looked.sampled


def test_images_that_are_alike_only_through_a_third_one_are_no_leak(tmp_path: Path) -> None:
    planted = plant("photographs", tmp_path / "set", each=1)
    contents = planted.spec.contents()
    measured = measure(contents, Sampling(None))
    ids = list(contents.ids)
    joined = near.find(measured, contents.part)
    other = ids.index("val/b/023.png")
    copy = next(one for one, kind in planted.kinds.items() if kind == "resized")
    members = tuple(sorted([ids.index(copy), ids.index(planted.leaks[copy]), other]))
    chained = near.Duplicates(joined.pairs, (near.Cluster(members, False, True),), joined.distance)
    leak = find(contents, measured, chained).of("leak_near")
    assert leak is not None
    assert np.array_equal(leak.images, [ids.index(copy)])


def test_the_leak_of_a_run_is_that_of_its_own_division(tmp_path: Path) -> None:
    planted = plant("photographs", tmp_path / "set", each=1)
    contents = planted.spec.contents()
    measured = measure(contents, Sampling(None))
    alike = near.find(measured, contents.part)
    ids = list(contents.ids)
    train = [one for one in ids if one.startswith("train/")]
    assert leaked(contents, measured, alike, train, [*planted.leaks, "val/a/000.png"]) == planted.leaks
    turned = {origin: copy for copy, origin in planted.leaks.items()}
    found = leaked(contents, measured, alike, planted.leaks, [*planted.leaks.values(), "train/a/040.png"])
    assert found == turned
    assert leaked(contents, measured, alike, ["gone.png"], list(planted.leaks)) == {}
