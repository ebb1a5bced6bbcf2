"""Images that were damaged at random: nothing crashes, and measurements say what decoding says."""

from pathlib import Path

import pytest

from bench.damaged import images
from explorer.data.images import decode
from explorer.data.listing import images_below
from explorer.data.stored import ImageError


@pytest.mark.filterwarnings("ignore")  # of Pillow about damaged tags
def test_damaged_images_of_all_formats_are_read_or_refused_with_words() -> None:
    found = images.chunk(10 * len(images.whole()), seed=3)
    assert found.crashed == []
    assert min(found.kinds["read"], found.kinds["refused with words"]) > 20


def test_heic_is_named_with_what_to_do(tmp_path: Path) -> None:
    content = b"\0\0\0\x18ftypheic" + bytes(100)
    (tmp_path / "a.HEIC").write_bytes(content)
    (tmp_path / "b.jpg").write_bytes(content)
    assert "convert the images to JPEG" in images_below(tmp_path).left_out("ants")[0]
    with pytest.raises(ImageError, match="is a HEIC image"):
        decode(tmp_path / "b.jpg", "b.jpg")
