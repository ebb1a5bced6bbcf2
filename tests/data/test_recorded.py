"""Samples of a run are found again by name and hash, and refused where they are others now."""

import hashlib
from pathlib import Path

import pytest

from explorer.data.depth import ValueRange
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.recorded import GoneSample, OtherSample, find
from explorer.data.roots import OutsideRoots
from tests.training.conftest import make_image_folder

RANGE = ValueRange(low=0, high=255)


def test_a_file_is_found_by_its_name_unless_it_was_changed_deleted_or_leads_outside(home: Path) -> None:
    spec = ImageFolderSpec(path=str(make_image_folder(home / "data" / "insects", {"ants": 3})), depth=RANGE)
    name = "train/ants/1.png"
    file = spec.images / name
    content = hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()
    split, place = find(spec, "val", 99, name, content)
    assert (split.ids[place], split.source(place)) == (name, file)
    assert find(spec, "val", 99, name, "")[0].ids == (name,)
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(OtherSample, match=r"1\.png has changed"):
        find(spec, "val", 99, name, content)
    file.unlink()
    with pytest.raises(GoneSample):
        find(spec, "val", 99, name, content)
    with pytest.raises(OutsideRoots):
        find(spec, "val", 99, "../../../../etc/hostname", "")
