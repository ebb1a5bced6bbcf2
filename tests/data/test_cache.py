"""The cache of images: what it gives is what decoding gives, to the bit, whatever happened to it before."""

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.data.cache import cache as cache_module
from explorer.data.cache import contents, memo
from explorer.data.cache.cache import Cache, Tally
from explorer.data.cache.limits import CacheSettingError, Limits, folder, limits
from explorer.data.cache.memo import Memo, stamp_of
from explorer.data.cache.store import files
from explorer.data.dataset import Split
from explorer.data.fit import Fit, square
from explorer.data.formats.digits import DigitsSpec
from explorer.data.formats.image_folder import ImageFolderSpec
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.prepare import fit_square, fitted
from explorer.data.sample import Sample
from explorer.data.stored import ImageError
from tests.disks import fill, small_disk

COUNT = 70  # a few more than are decoded side by side
SHAPES = ShapesSpec(num_classes=3, train_images=COUNT, val_images=2, image_size=48)
SIZE = 40
HALF = 230_000  # bytes: room for about half of them
ROOMY = Limits(memory=10**9, disk=10**9)
ON_DISK = Limits(memory=0, disk=10**9)
IN_MEMORY = Limits(memory=10**9, disk=0)

# Fills a cache and tells of it; with a number it stops for ever after so many images.
CHILD = """
import json, signal, sys, time
from explorer.data.cache.cache import Cache
from explorer.data.cache.limits import Limits
from explorer.data.fit import square
from explorer.data.formats.shapes import ShapesSpec

until = int(sys.argv[2])

def tell(done):
    if done >= until:
        print("there", flush=True)
        signal.pause()

cache = Cache(ShapesSpec.model_validate_json(sys.argv[1]).open().train, square(40), Limits(0, 10**9), "shapes")
cache.fill(1, tell)
print(json.dumps([cache.tally.decoded, cache.tally.uncached]), flush=True)
"""


def train(spec: ShapesSpec | DigitsSpec | ImageFolderSpec = SHAPES) -> Split:
    return spec.open().train


def filled(split: Split, room: Limits = ROOMY, words: str = "shapes", size: int | Fit = SIZE) -> Cache:
    cache = Cache(split, size if isinstance(size, Fit) else square(size), room, words)
    cache.fill(2, lambda done: None)
    return cache


def assert_is_what_decoding_gives(cache: Cache, split: Split, size: int | Fit = SIZE) -> None:
    fit = size if isinstance(size, Fit) else square(size)
    for index in range(len(split)):
        assert_same(cache.sample(index), fitted(split.load(index), fit))


def assert_same(found: Sample, expected: Sample) -> None:
    for name in ("image", "mask", "bboxes", "keypoints"):
        one, other = getattr(found, name), getattr(expected, name)
        assert (one is None) == (other is None), name
        if other is not None:
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)
    assert (found.label, found.id) == (expected.label, expected.id)


def child(until: int, spec: ShapesSpec = SHAPES) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CHILD, spec.model_dump_json(), str(until)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def line_of(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    """A folder with two classes of JPEG files that are larger than the squares."""
    generator = np.random.default_rng(3)
    for name in ("ants", "bees"):
        (tmp_path / "photographs" / name).mkdir(parents=True)
        for number in range(6):
            pixels = generator.integers(0, 256, (60 + number, 80, 3), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photographs" / name / f"{number}.jpg", quality=90)
    return tmp_path / "photographs"


def test_samples_are_what_decoding_gives_wherever_they_are() -> None:
    split = train()
    for room, places in (
        (ROOMY, (COUNT, 0, 0)),
        (ON_DISK, (0, COUNT, 0)),
        (IN_MEMORY, (COUNT, 0, 0)),
        (Limits(0, 0), (0, 0, COUNT)),
        (Limits(HALF, 10**9), (35, 35, 0)),
        (Limits(HALF, 0), (35, 0, 35)),
    ):
        cache = filled(split, room)
        tally = cache.tally
        assert (tally.in_memory, tally.in_files, tally.uncached) == places, room
        assert tally.held <= room.memory
        assert_is_what_decoding_gives(cache, split)


def test_it_is_the_same_when_it_comes_out_of_the_file() -> None:
    for spec in (DigitsSpec(val_fraction=0.9), SHAPES):
        split = train(spec)
        assert filled(split).tally.decoded == len(split)
        again = filled(split)
        assert again.tally.decoded == 0
        assert_is_what_decoding_gives(again, split)


def test_samples_without_targets_and_with_empty_ones_stay_apart() -> None:
    image = np.random.default_rng(0).integers(0, 256, (50, 70, 3), np.uint8)
    samples = [
        Sample(image, id="a", label=0),
        Sample(image, bboxes=np.zeros((0, 5), np.float32), keypoints=np.zeros((0, 3), np.float32), id="b", label=1),
        Sample(image, np.eye(50, 70, dtype=np.uint8), keypoints=np.array([[30, 20, 4]], np.float32), id="c", label=0),
    ]
    split = Split("train", np.array([0, 1, 0]), ("a", "b", "c"), samples.__getitem__, "sample {}".format)
    for room in (ROOMY, ON_DISK):
        assert_is_what_decoding_gives(filled(split, room), split)


def test_other_splits_and_copies_of_a_folder_find_what_was_decoded(photographs: Path, tmp_path: Path) -> None:
    dataset = ImageFolderSpec(path=str(photographs), val_fraction=0.25).open()
    assert filled(dataset.train).tally.decoded + filled(dataset.val).tally.decoded == 12
    shutil.copytree(photographs, tmp_path / "copy")
    copy = ImageFolderSpec(path=str(tmp_path / "copy"), val_fraction=0.5, seed=7).open().train
    cache = filled(copy, ON_DISK, "another")
    assert cache.tally.decoded == 0
    assert_is_what_decoding_gives(cache, copy)


def test_whole_images_of_different_shapes_are_kept_within_the_budget_and_never_for_squares() -> None:
    """Records of one file differ in length, and a square of the same side is another record."""
    draw = np.random.default_rng(1)
    sizes = [(30, 60), (90, 40), (50, 50), (1, 300), (45, 41), (200, 120)]
    samples = [Sample(draw.integers(0, 256, (*size, 3), np.uint8), label=0, id=str(size)) for size in sizes]
    split = Split("train", np.zeros(6, np.int64), tuple(map(str, sizes)), samples.__getitem__, "sample {}".format)
    assert filled(split, size=40).tally.decoded == 6
    for fit in (Fit(40, 40), Fit(80, 40)):
        for room in (ROOMY, ON_DISK, IN_MEMORY, Limits(40_000, 10**9)):
            cache = filled(split, room, size=fit)
            assert cache.tally.held <= room.memory
            assert_is_what_decoding_gives(cache, split, fit)
        assert filled(split, size=fit).tally.decoded == 0
    assert [filled(split, size=Fit(80, 40)).sample(at).size for at in range(6)] == [
        (40, 80), (90, 40), (50, 50), (1, 300), (45, 41), (133, 80),
    ]  # fmt: skip


def test_another_size_is_decoded_for_itself() -> None:
    split = train()
    filled(split)
    larger = filled(split, size=64)
    assert larger.tally.decoded == len(split)
    assert_is_what_decoding_gives(larger, split, 64)


def test_a_file_that_was_changed_gives_its_new_pixels(photographs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "FRESH_NS", 0)
    split = train(ImageFolderSpec(path=str(photographs)))
    before = filled(split)
    changed = photographs / split.ids[2]
    was = changed.stat()
    content = bytearray(changed.read_bytes())
    content[-200] ^= 0x55  # of the same length, with its old times put back
    changed.write_bytes(content)
    os.utime(changed, ns=(was.st_atime_ns, was.st_mtime_ns))
    after = filled(split)
    assert after.tally.decoded == 1
    assert not np.array_equal(after.sample(2).image, before.sample(2).image)
    assert_is_what_decoding_gives(after, split)
    assert before.contents != after.contents
    assert filled(split).contents == after.contents


def test_an_unchanged_file_is_not_read_again(photographs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "FRESH_NS", 0)
    split = train(ImageFolderSpec(path=str(photographs)))
    digest = filled(split).contents
    monkeypatch.setattr(contents, "_read", lambda source: pytest.fail(f"{source} was read"))
    assert filled(split).contents == digest


def test_a_file_that_was_just_written_is_read_again(photographs: Path) -> None:
    split = train(ImageFolderSpec(path=str(photographs)))
    os.utime(photographs / split.ids[0])
    filled(split)
    assert not (folder() / contents.MEMO).exists()  # all of them were written by this test, a moment ago


def test_an_image_that_cannot_be_read_is_named_and_what_was_done_stays(photographs: Path) -> None:
    split = train(ImageFolderSpec(path=str(photographs)))
    (photographs / split.ids[3]).write_bytes(b"no picture")
    with pytest.raises(ImageError, match=split.ids[3]):
        filled(split)


def test_a_file_that_changes_while_it_is_read_is_not_kept(photographs: Path) -> None:
    split = train(ImageFolderSpec(path=str(photographs)))

    def load(index: int) -> Sample:
        sample = split.load(index)
        (photographs / split.ids[index]).write_bytes(b"something else")
        return sample

    changing = Split("train", split.labels, split.ids, load, split.source)
    with pytest.raises(ImageError, match="changes while it is read"):
        filled(changing)
    assert list(files(folder())) == []


def test_two_processes_that_fill_at_once_decode_each_image_once() -> None:
    both = [child(10**9), child(10**9)]
    told = [json.loads(line_of(process)) for process in both]
    assert [process.wait() for process in both] == [0, 0]
    assert sum(decoded for decoded, _ in told) == COUNT
    assert all(uncached == 0 for _, uncached in told)
    cache = filled(train(), ON_DISK)
    assert cache.tally.decoded == 0
    assert_is_what_decoding_gives(cache, train())


def test_a_kill_while_it_is_filled_costs_only_what_was_in_hand() -> None:
    for seed, until in enumerate((30, 64, 65)):
        spec = SHAPES.model_copy(update={"seed": seed})
        process = child(until, spec)
        assert line_of(process) == "there"
        process.send_signal(signal.SIGKILL)
        process.wait()
        cache = filled(train(spec), ON_DISK)
        assert cache.tally.decoded <= COUNT - until, until
        assert_is_what_decoding_gives(cache, train(spec))


def test_another_process_that_does_not_get_on_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "PATIENCE_S", 0.3)
    process = child(50)
    try:
        assert line_of(process) == "there"
        cache = filled(train())
        assert (cache.tally.trouble, cache.tally.in_memory) == ("", len(train()))
        assert cache.tally.decoded <= COUNT - 50
        assert filled(train()).tally.decoded == 0
        assert_is_what_decoding_gives(cache, train())
    finally:
        process.kill()
        process.wait()


def _torn(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - len(content) // 3])


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def test_damage_is_never_taken_for_an_image_and_is_mended() -> None:
    split = train()
    filled(split)
    for injure in (_torn, _flipped, _emptied, _zeros, Path.unlink):
        for room in (ROOMY, ON_DISK):
            before = filled(split, ON_DISK)
            _, _, path = next(files(folder()))
            injure(path)
            assert_is_what_decoding_gives(before, split)
            if room is ROOMY:
                injure(next(files(folder()))[2])
            assert_is_what_decoding_gives(filled(split, room), split)
            assert filled(split).tally.decoded <= 1, injure
            assert filled(split).tally.decoded == 0, injure


def test_a_memo_keeps_what_other_processes_have_added_and_a_damaged_one_counts_as_empty(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memo, "FRESH_NS", 0)
    home.mkdir()
    files = [tmp_path / name for name in "abc"]
    for file in files:
        file.touch()
    first, second = Memo(home / "memo", 2), Memo(home / "memo", 2)
    first.add(files[0], stamp_of(files[0]), b"aa")
    second.add(files[1], stamp_of(files[1]), b"bb")
    first.save()
    second.save()
    assert _values(home / "memo", files) == [b"aa", b"bb", None]
    for injure in (_torn, _flipped, _emptied, _zeros):
        whole = (home / "memo").read_bytes()
        injure(home / "memo")
        assert _values(home / "memo", files) == [None, None, None], injure
        (home / "memo").write_bytes(whole)
    again = Memo(home / "memo", 2)
    again.add(files[2], stamp_of(files[2]), b"cc")
    again.save()
    files[0].write_bytes(b"changed")
    assert _values(home / "memo", files) == [None, b"bb", b"cc"]
    assert _values(home / "memo", files, version="of a new library") == [None, None, None]


def _values(path: Path, files: list[Path], version: str = "") -> list[bytes | None]:
    found = Memo(path, 2, version)
    return [found.get(file, stamp_of(file)) for file in files]


def _images(job: tuple[Cache, list[int]]) -> list[bytes]:
    cache, indices = job
    return [cache.sample(index).image.tobytes() for index in indices]


def test_worker_processes_see_the_same() -> None:
    split = train()
    cache = filled(split, Limits(HALF, 10**9))
    indices = [0, 60, 35, 69]
    expected = [fit_square(split.load(index), SIZE).image.tobytes() for index in indices]
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(_images, [(cache, indices)] * 2) == [expected, expected], method


def test_a_full_disk_is_told_and_the_rest_stays_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    split = train()
    with small_disk(tmp_path / "disk", 4) as disk:
        monkeypatch.setenv("EXPLORER_HOME", str(disk / "home"))
        fill(disk, leave_bytes=350_000)  # for some of them
        cache = filled(split)
        assert "No space left on device" in cache.tally.trouble
        assert (cache.tally.in_memory, cache.tally.decoded) == (COUNT, COUNT)
        on_disk = filled(split, ON_DISK)
        assert 0 < on_disk.tally.in_files < COUNT
        assert on_disk.tally.in_files + on_disk.tally.uncached == COUNT
        assert_is_what_decoding_gives(on_disk, split)


def test_a_folder_that_cannot_be_made_is_told(home: Path) -> None:
    home.mkdir()
    (home / "cache").write_text("in the way")
    cache = filled(train())
    assert str(folder()) in cache.tally.trouble
    assert cache.tally.in_memory == len(train())


def test_beyond_the_limit_of_the_disk_the_rest_is_decoded_again() -> None:
    split = train()
    cache = filled(split, Limits(0, HALF))
    assert 0 < cache.tally.in_files < COUNT
    assert cache.tally.in_files + cache.tally.uncached == COUNT
    assert "EXPLORER_CACHE_DISK" in cache.tally.trouble
    assert sum(size for _, size, _ in files(folder())) <= HALF
    assert_is_what_decoding_gives(cache, split)


def _aged(seed: int, seconds: int) -> list[Path]:
    """The files of a data set, last used so many seconds after 1970."""
    before = {path for _, _, path in files(folder())}
    filled(train(SHAPES.model_copy(update={"seed": seed})), ON_DISK)
    made = [path for _, _, path in files(folder()) if path not in before]
    for path in made:
        os.utime(path, (seconds, seconds))
    return made


def test_what_was_not_used_for_longest_makes_room_and_who_reads_it_decodes_it_again() -> None:
    old, older, newer = _aged(1, 2000), _aged(2, 1000), _aged(3, 3000)
    in_use = filled(train(SHAPES.model_copy(update={"seed": 2})), ON_DISK)
    for path in older:
        os.utime(path, (1000, 1000))
    size = sum(size for _, size, _ in files(folder()))
    cache = filled(train(SHAPES.model_copy(update={"seed": 4})), Limits(0, size), "another")
    assert (cache.tally.trouble, cache.tally.in_files) == ("", COUNT)
    assert [sum(path.exists() for path in each) for each in (old, older, newer)] == [COUNT, 0, COUNT]
    assert_is_what_decoding_gives(in_use, train(SHAPES.model_copy(update={"seed": 2})))


def test_what_is_used_again_is_not_the_oldest_and_what_is_in_use_stays() -> None:
    first, second = _aged(1, 1000), _aged(2, 2000)
    again = filled(train(SHAPES.model_copy(update={"seed": 1})), ON_DISK)
    size = sum(size for _, size, _ in files(folder()))
    filled(train(SHAPES.model_copy(update={"seed": 3})), Limits(0, size))
    assert [sum(path.exists() for path in each) for each in (first, second)] == [COUNT, 0]
    os.utime(first[0], (1000, 1000))
    key = next(at for at in range(COUNT) if again.store._path(again.keys[at]) == str(first[0]))
    again.sample(key)  # noted as used now
    full = filled(train(SHAPES.model_copy(update={"seed": 4})), Limits(0, size))
    assert full.tally.in_files == 0
    assert "which is full" in full.tally.trouble
    assert all(path.exists() for path in first)


def test_what_older_versions_have_left_is_cleared_away() -> None:
    folder().mkdir(parents=True)
    left = [folder() / name for name in ("40px-abc.pack", "40px-abc.index")]
    for path in left:
        path.write_bytes(b"x")
    filled(train())
    assert not any(path.exists() for path in left)


def test_limits_are_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_CACHE_MEMORY", "500")
    monkeypatch.setenv("EXPLORER_CACHE_DISK", "0.5")
    assert limits(10**10) == Limits(500_000_000, 500_000_000)
    monkeypatch.setenv("EXPLORER_CACHE_MEMORY", "much")
    with pytest.raises(CacheSettingError, match=r"EXPLORER_CACHE_MEMORY is 'much'. Expected MB as a number"):
        limits(10**10)


def test_without_a_setting_they_are_shares_of_what_is_free(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usage = shutil.disk_usage(tmp_path)
    for free, disk in ((50 * 10**9, 5 * 10**9), (10**12, 20 * 10**9)):
        monkeypatch.setattr("shutil.disk_usage", lambda place, free=free: usage._replace(free=free))
        assert limits(10**10) == Limits(4 * 10**9, disk)


def test_progress_is_told_up_to_the_last_image_and_may_end_it() -> None:
    told: list[int] = []
    Cache(train(), square(SIZE), ROOMY, "shapes").fill(1, told.append)
    assert told == sorted(told)
    assert told[-1] == COUNT
    assert set(told) >= set(range(1, COUNT + 1))

    class Stop(BaseException):
        pass

    def stop(done: int) -> None:
        raise Stop(done)

    with pytest.raises(Stop):
        Cache(train(), square(SIZE), ROOMY, "shapes").fill(1, stop)


def test_an_unfilled_cache_decodes() -> None:
    cache = Cache(train(), square(SIZE), ROOMY, "shapes")
    assert cache.tally == Tally(COUNT, 0, 0, 0, COUNT, 0, "")
    assert_same(cache.sample(3), fit_square(train().load(3), SIZE))
