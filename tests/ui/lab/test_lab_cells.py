"""What is drawn in the laboratory is what `augment` gives, and what plain albumentations gives."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import albumentations as A
import numpy as np
import pytest

from explorer.augment import neutral, presets
from explorer.augment.apply import AugmentedSample, augment
from explorer.augment.catalog import catalog
from explorer.augment.library import save as save_pipeline
from explorer.augment.pipeline import Draft, Group, Node, Pipeline, Step, validate
from explorer.augment.targets import TargetRules
from explorer.base.home import made_home
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from explorer.draw import sources
from explorer.draw.cells import Cell, Drawn, Pair
from explorer.draw.drawing import BrokenError, Request
from explorer.draw.encoding import Classes, thumbnail
from explorer.figures.palette import CLASS_COLORS, rgb
from explorer.ui.background import fills
from explorer.ui.lab import cells, forcing, rivals, seeds, sheet, sweep, versus
from explorer.ui.lab.cells import Spec
from explorer.ui.lab.places import places
from explorer.ui.preview import pictures
from explorer.ui.preview.sources import Found
from explorer.ui.session.history import History
from explorer.ui.session.uploads import Uploads
from explorer.ui.session.view import DATA_SET, Lab, Over, View
from explorer.ui.session.workspace import Workspace, demo_draft
from tests.augment.samples import begin
from tests.draw.breaking import Counts, Raises, Stuck
from tests.draw.conftest import LONG_S, Sign, gone
from tests.runs.conftest import wait_for

CLASSES = Classes((), tuple(map(rgb, CLASS_COLORS)))
FLIP = Step(id="flip", transform="HorizontalFlip", p=0.0)
ROTATE = Step(id="rotate", transform="Rotate", p=0.01, params={"limit": [10.0, 80.0]})
OFF = ROTATE.model_copy(update={"enabled": False})
BLUR = Step(id="blur", transform="Blur", p=0.3)
NOTHING = Step(id="nothing", transform="NoOp")


def found(view: View | None = None) -> Found:
    view = view or View()
    seen = pictures.of_view(view, Uploads("u" * 22), TargetRules())
    return Found(seen.subject, seen.picture, pictures.classes(seen.picture, view))


def pixels(shown: Found) -> Sample:
    """What is drawn on."""
    return sources.load(shown.subject).sample


def here(request: Request[Any]) -> Any:
    """What a request gives, drawn in this process."""
    return request.read(list(request.draw()))


def augmented(spec: Spec) -> AugmentedSample:
    result = spec.request.result()
    assert isinstance(result, AugmentedSample)
    return result


def draw(spec: Spec) -> Drawn:
    drawn = here(spec.request)
    assert isinstance(drawn, Drawn)
    return drawn


def draw_both(row: versus.Row) -> Pair:
    task = row.task()
    assert task is not None
    pair = here(task.request)
    assert isinstance(pair, Pair)
    return pair


def work(draft: Draft, **view: Any) -> Workspace:
    return Workspace("w" * 22, History(draft), View(**view))


def plain(top: list[Any], sample: Sample, pipeline: Pipeline, seed: int) -> dict[str, Any]:
    """Plain albumentations, with the random state that the pipeline of these steps has for the seed."""
    compose = A.Compose(top, bbox_params=A.BboxParams("pascal_voc", clip=True), keypoint_params=A.KeypointParams("xy"))
    begin(compose, pipeline, (seed, 0, 0))
    points = np.concatenate([sample.keypoints[:, :2], sample.keypoints[:, 2:]], axis=1)  # type: ignore[index]
    return dict(compose(image=sample.image, mask=sample.mask, bboxes=sample.bboxes, keypoints=points))


# Forcing


def fires(pipeline: Pipeline, node_id: str) -> bool:
    """Whether the step fired with each of several seeds."""
    sample = Sample(image=np.zeros((32, 32, 3), np.uint8))
    return all(any(drawn.node_id == node_id for drawn in augment(sample, pipeline, seed).drawn) for seed in range(12))


@pytest.mark.parametrize(
    "nodes",
    [
        (FLIP, ROTATE),
        (Group(kind="OneOf", id="g", p=0.1, children=(FLIP, BLUR, ROTATE)),),
        (Group(kind="SomeOf", id="g", p=0.1, params={"n": 1}, children=(FLIP, BLUR, ROTATE)),),
        (Group(kind="SomeOf", id="g", p=0.1, params={"n": 3}, children=(FLIP, BLUR, ROTATE)),),
        (Group(kind="SomeOf", id="g", p=0.1, params={"n": 2, "replace": True}, children=(BLUR, ROTATE)),),
        (Group(kind="RandomOrder", id="g", p=0.1, params={"n": 2}, children=(FLIP, BLUR, ROTATE)),),
        (Group(kind="OneOrOther", id="g", p=0.9, children=(BLUR, ROTATE)),),
        (Group(kind="OneOrOther", id="g", p=0.1, children=(ROTATE, BLUR)),),
        (Group(kind="Sequential", id="g", p=0.1, enabled=False, children=(OFF,)),),
        (
            Group(kind="OneOf", id="out", p=0.2, children=(
                BLUR, Group(kind="SomeOf", id="in", p=0.1, params={"n": 1}, children=(NOTHING, ROTATE)),
            )),
        ),
    ],
)  # fmt: skip
def test_a_forced_step_fires_whatever_the_seed_and_the_composers_around_it(nodes: tuple[Node, ...]) -> None:
    draft = Draft(nodes=nodes)
    assert not fires(Pipeline(nodes=nodes), "rotate")
    assert fires(forcing.within(draft, "rotate"), "rotate")
    alone = forcing.alone(draft, "rotate")
    assert [node.id for node in alone.nodes] == ["rotate"]
    assert fires(alone, "rotate")


def test_what_stands_outside_of_the_forced_step_stays_as_it_is() -> None:
    draft = Draft(
        nodes=(BLUR, Group(kind="OneOf", id="g", p=0.1, children=(FLIP, ROTATE))), targets=TargetRules(use_mask=False)
    )
    forced = forcing.within(draft, "rotate")
    assert forced.nodes[0] == BLUR
    assert forced.targets == draft.targets
    with pytest.raises(KeyError):
        forcing.within(draft, "nobody")
    with pytest.raises(KeyError):
        forcing.alone(draft, "nobody")


# Sweep


def test_each_cell_of_a_sweep_is_the_step_alone_with_that_value_as_plain_albumentations_draws_it() -> None:
    shown_on = found()
    shown = sweep.cells_of(work(Draft(nodes=(BLUR, ROTATE)), selected="rotate", seed=5, lab=Lab(count=5)), shown_on)
    assert len(shown) == 6
    for cell in shown:
        assert cell.spec is not None
        low, high = cell.value.value
        expected = plain([A.Rotate(limit=(low, high), p=1.0)], pixels(shown_on), cell.spec.pipeline, 5)
        result = augmented(cell.spec)
        assert np.array_equal(result.image, expected["image"])
        assert draw(cell.spec).picture == thumbnail(result, CLASSES, cells.SIDE)


def test_what_counts_as_neutral_leaves_every_pixel_as_it_was() -> None:
    image = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)
    for name, values in neutral.NEUTRAL.items():
        assert set(values) <= set(catalog()[name].parameters), name
        step = Step(id="n", transform=name, p=1.0, params=dict(values))
        result = augment(Sample(image), Pipeline(nodes=(step,)), 4).image
        # A round trip through another color space costs rounding.
        assert np.abs(result.astype(int) - image).max() <= 3, name


def test_a_sweep_of_one_parameter_shows_no_effect_of_the_others() -> None:
    shown_on = found()
    jitter = Step(id="jitter", transform="ColorJitter", params={"hue": [-0.5, 0.5]})
    draft = Draft(nodes=(jitter,))
    shown = sweep.cells_of(work(draft, selected="jitter", seed=5, lab=Lab(parameter="brightness", count=5)), shown_on)
    for cell in shown:
        assert cell.spec is not None
        low, high = cell.value.value
        only = A.ColorJitter(brightness=(low, high), contrast=(1, 1), saturation=(1, 1), hue=(0, 0), p=1.0)
        expected = plain([only], pixels(shown_on), cell.spec.pipeline, 5)
        assert np.array_equal(augmented(cell.spec).image, expected["image"])
    varied = Lab(parameter="brightness", count=5, neutral=False)
    last = sweep.cells_of(work(draft, selected="jitter", seed=5, lab=varied), shown_on)[-1]
    assert last.spec is not None
    assert not np.array_equal(augmented(last.spec).image, expected["image"])


def test_a_sweep_of_the_whole_pipeline_keeps_the_other_steps() -> None:
    shown_on = found()
    sure = BLUR.model_copy(update={"p": 1.0})
    draft = Draft(nodes=(ROTATE, sure))
    for cell in sweep.cells_of(work(draft, selected="rotate", seed=2, lab=Lab(count=5, alone=False)), shown_on):
        assert cell.spec is not None
        low, high = cell.value.value
        top = [A.Rotate(limit=(low, high), p=1.0), A.Blur(p=1.0)]
        expected = plain(top, pixels(shown_on), cell.spec.pipeline, 2)
        assert np.array_equal(augmented(cell.spec).image, expected["image"])


def test_a_value_that_the_transform_refuses_says_why_in_its_cell() -> None:
    step = Step(id="grid", transform="GridDropout", p=1.0)
    shown = sweep.cells_of(work(Draft(nodes=(step,)), selected="grid", lab=Lab(parameter="ratio")), found())
    assert [cell.value.value for cell in shown if cell.spec is None] == [0.0]
    assert "must be greater than 0" in shown[0].message
    assert all(not cell.message for cell in shown[1:])


def test_a_value_on_which_the_transform_fails_says_why_in_its_cell() -> None:
    step = Step(id="crop", transform="RandomCrop", params={"height": 4000, "width": 4000}, p=1.0)
    drawn = draw(Spec(found().subject, found().picture, Pipeline(nodes=(step,)), 0, found().classes))
    assert drawn.picture is None
    assert "RandomCrop" in drawn.message


def test_a_step_without_parameters_gives_way_to_one_that_has_some() -> None:
    chosen = sweep.swept(work(demo_draft(), selected=demo_draft().nodes[0].id))
    assert chosen is not None
    assert (chosen[0].transform, chosen[1].name) == ("Affine", "scale")
    assert sweep.swept(work(Draft(nodes=(FLIP,)))) is None
    assert sweep.cells_of(work(Draft()), found()) == ()


# Grid


def test_each_cell_of_a_grid_is_what_augment_gives_for_its_picture_and_seed() -> None:
    draft, shown_on = demo_draft(), found()
    pipeline = validate(draft)
    table = seeds.spots(work(draft, seed=7), shown_on, pipeline)
    assert [[spot.seed for spot in row] for row in table] == [[7] * 3, [8] * 3, [9] * 3]
    assert len({spot.place.title for spot in table[0]}) == 3
    for spot in (spot for row in table for spot in row):
        assert spot.spec is not None
        name = spot.place.view.picture or next(iter(pictures.choices()))
        result = augment(pixels(found(View(picture=name))), pipeline, spot.seed)
        drawn = draw(spot.spec)
        assert drawn.picture == thumbnail(result, CLASSES, cells.SIDE)
        assert drawn.size == result.image.shape[1::-1]


def test_a_grid_is_never_larger_than_can_be_looked_at() -> None:
    table = seeds.spots(work(demo_draft(), lab=Lab(seeds=9, pictures=9)), found(), validate(demo_draft()))
    assert sum(map(len, table)) <= seeds.MAX_CELLS
    assert seeds.seeds(2**31 - 2, 3) == [2**31 - 2, 2**31 - 1, 0]


def test_a_data_set_goes_on_with_its_next_samples() -> None:
    view = View(picture=DATA_SET, index=4)
    shown = places(view, Uploads("u" * 22), found(view), TargetRules(), 3)
    assert [place.view.index for place in shown] == [4, 5, 6]
    assert len({place.picture.id for place in shown if place.picture}) == 3
    labels = [shown[0].picture.class_names[place.picture.label] for place in shown]  # type: ignore[union-attr,index]
    assert [place.title.partition(" ")[2] for place in shown] == [f"({label})" for label in labels]


def test_typed_boxes_stay_with_the_picture_that_they_were_typed_for() -> None:
    view = View(boxes="1 2 30 40 0")
    shown = places(view, Uploads("u" * 22), found(), TargetRules(), 3)
    assert [place.view.boxes for place in shown] == [view.boxes, "", ""]


def test_an_own_picture_stands_alone_and_a_missing_one_says_so() -> None:
    view = View(picture=pictures.UPLOAD)
    assert len(places(view, Uploads("u" * 22), found(), TargetRules(), 5)) == 1
    gone = View(picture=DATA_SET, set_key="image_folder:/nowhere", split="all")
    shown = places(gone, Uploads("u" * 22), found(), TargetRules(), 3)
    assert len(shown) == 1


def test_a_wrong_draft_shows_the_last_right_one_and_what_is_wrong() -> None:
    wrong = Draft(nodes=(ROTATE.model_copy(update={"params": {"limit": "round"}}),))
    history = History(demo_draft()).record(wrong)
    here = Workspace("w" * 22, history, View())
    assert seeds.drawable(here).nodes == history.past[-1].nodes
    assert ("rotate", "limit") in here.errors
    assert seeds.drawable(work(wrong)).nodes == ()


# A/B


def test_a_pipeline_beside_itself_shows_no_difference() -> None:
    draft = demo_draft()
    here = work(draft, lab=Lab(against=rivals.past_name(draft), rows=3))
    here = Workspace(here.id, History(draft, (draft,)), here.view)
    for row in versus.rows_of(here, found(), versus.both(here)):
        pair = draw_both(row)
        assert pair.a == pair.b
        assert pair.difference == "no difference"


def test_the_difference_is_the_mean_over_pixels_and_channels() -> None:
    step = Step(id="invert", transform="InvertImg", p=1.0)
    here = work(Draft(nodes=(step,)), lab=Lab(rows=1))
    (row,) = versus.rows_of(here, found(), versus.both(here))
    image = pixels(found()).image.astype(float)
    expected = np.abs(image - (255 - image)).mean()
    assert f"{expected:.2f} of 255" in draw_both(row).difference
    cropped = Step(id="crop", transform="CenterCrop", params={"height": 64, "width": 64}, p=1.0)
    other = work(Draft(nodes=(cropped,)), lab=Lab(rows=1))
    (row,) = versus.rows_of(other, found(), versus.both(other))
    pair = draw_both(row)
    assert (pair.a.size, pair.b.size, pair.difference) == ((64, 64), (512, 512), "")


def test_rows_are_seeds_or_pictures_and_each_side_is_what_augment_gives() -> None:
    draft = demo_draft()
    for over in Over:
        here = work(draft, seed=3, lab=Lab(rows=2, over=over, against="preset:medium"))
        rows = versus.rows_of(here, found(), versus.both(here))
        assert [row.seed for row in rows] == ([3, 4] if over is Over.SEEDS else [3, 3])
        assert len({row.place.title for row in rows}) == (1 if over is Over.SEEDS else 2)
        for row in rows:
            assert row.a is not None
            assert row.b is not None
            preset = validate(presets.draft("medium"))
            for spec, pipeline in ((row.a, validate(draft)), (row.b, preset)):
                result = augment(sources.load(spec.subject).sample, pipeline, row.seed)
                assert np.array_equal(augmented(spec).image, result.image)


def test_a_saved_pipeline_that_was_deleted_leaves_a_alone_and_says_so() -> None:
    folder = made_home() / "pipelines"
    save_pipeline(folder, validate(demo_draft().model_copy(update={"name": "mine"})))
    here = work(demo_draft(), lab=Lab(against="saved:mine", rows=1))
    assert versus.both(here).b is not None
    assert "saved:mine" in rivals.choices(here.history)
    for file in folder.iterdir():
        file.unlink()
    pair = versus.both(here)
    assert pair.b is None
    assert "mine" in pair.messages[1]
    (row,) = versus.rows_of(here, found(), pair)
    drawn = draw_both(row)
    assert drawn.a.picture is not None
    assert drawn.b.picture is None


@pytest.mark.parametrize("name", ["", "past:0000", "preset:../x", "saved:../../etc/passwd", "saved:", "what"])
def test_a_rival_that_is_not_there_is_told(name: str) -> None:
    with pytest.raises(rivals.NoRivalError):
        rivals.rival(name, History(demo_draft()))


def test_nothing_keeps_the_rules_of_targets() -> None:
    draft = Draft(nodes=(BLUR,), targets=TargetRules(use_mask=False))
    nothing = rivals.rival(rivals.NONE, History(draft))
    assert nothing.nodes == ()
    assert nothing.targets == draft.targets


# Gallery


def test_the_gallery_holds_the_whole_catalog_once() -> None:
    shown = sheet.exhibits(found(), 0, TargetRules(), False)
    assert sorted(each.transform.name for each in shown) == sorted(catalog())


@pytest.mark.parametrize("name", ["CenterCrop", "FDA", "InvertImg", "MaskDropout", "Rotate"])
def test_a_card_is_what_augment_gives_at_the_start_values(name: str) -> None:
    (each,) = [each for each in sheet.exhibits(found(), 4, TargetRules(), False) if each.transform.name == name]
    assert each.task is not None
    request = each.task.request
    assert isinstance(request, Cell)
    side = request.copy
    assert side == (sheet.SLOW_LONG_SIDE if name == "FDA" else sheet.LONG_SIDE)
    sample = shrink(pixels(found()), side)
    assert request.without == catalog()[name].refuses
    bare: dict[str, Any] = dict.fromkeys(request.without)
    step = Step(id=sheet.NODE, transform=name, params=dict(catalog()[name].starts), p=1.0)
    image = augment(replace(sample, **bare), Pipeline(nodes=(step,)), 4).image
    assert here(request).picture == thumbnail(Sample(image=image), CLASSES, sheet.SIDE)


def test_every_card_shows_a_picture_or_says_why_not() -> None:
    digits = found(View(picture=DATA_SET, set_key="digits"))
    messages = {}
    for each in sheet.exhibits(digits, 0, TargetRules(), False):
        drawn = None if each.task is None else here(each.task.request)
        assert each.message or (drawn is not None and (drawn.picture or drawn.message))
        messages[each.transform.name] = each.message
    assert "boxes" in messages["BBoxSafeRandomCrop"]


# Many drawings


def task(key: object, request: Request[Any]) -> fills.Task:
    return fills.Task(key, 1.0, request, lambda reason: f"failed: {reason}")


def test_what_was_drawn_is_not_drawn_again(tmp_path: Path) -> None:
    known, sign = fills.Drawings(), Sign(tmp_path / "sign")

    def drawing(number: int) -> fills.Task:
        return task(number, Counts(sign.path, number))

    first = fills.Fill([drawing(1), drawing(2), drawing(1)], known)
    assert first.wait(LONG_S)
    assert len(sign.pids()) == 2
    assert (first.get(1), first.get(2), first.done, first.complete) == (10, 20, 3, True)
    second = fills.Fill([drawing(2), drawing(3)], known)
    assert second.wait(LONG_S)
    assert len(sign.pids()) == 3
    assert second.share == 1.0


def test_a_fill_that_is_cancelled_ends_in_the_middle_of_a_step_and_keeps_what_it_has(tmp_path: Path) -> None:
    sign, known = Sign(tmp_path / "sign"), fills.Drawings()
    known.keep("known", "here")
    fill = fills.Fill([task("known", Counts(sign.path, 1)), task("a", Stuck(sign.path))], known)
    pid = sign.wait()
    fill.cancel()
    assert not fill.under_way
    assert not fill.complete
    assert (fill.get("known"), fill.get("a"), fill.done) == ("here", None, 1)
    wait_for(lambda: gone(pid), "the end of the worker")


def test_two_scripts_of_a_page_collect_the_same_drawings(tmp_path: Path) -> None:
    """As where one is still at it when the next begins."""
    sign = Sign(tmp_path / "sign")
    tasks = [task(number, Counts(sign.path, number)) for number in range(60)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            fill = fills.Fill(tasks, fills.Drawings())
            for _, drawing in list(fill._waiting.values()):
                drawing.wait(60)
            with ThreadPoolExecutor(8) as threads:
                left = [threads.submit(lambda fill=fill: fill.under_way) for _ in range(8)]
            assert not any(one.result() for one in left)
            assert fill.complete
    finally:
        sys.setswitchinterval(interval)


def test_what_is_not_to_be_started_is_not_drawn(tmp_path: Path) -> None:
    known, sign = fills.Drawings(), Sign(tmp_path / "sign")
    known.keep("known", "here")
    tasks = [task(name, Counts(sign.path, 1)) for name in ("known", "new")]
    asked = fills.Fill(tasks, known, start=False)
    assert asked.get("known") == "here"
    assert not asked.under_way
    assert not asked.complete
    begun = fills.Fill([task("later", Counts(sign.path, 1))], known)
    assert begun.wait(LONG_S)
    assert len(sign.pids()) == 1


def test_what_cannot_be_drawn_leaves_its_reason_and_may_be_drawn_again() -> None:
    known = fills.Drawings()
    fill = fills.Fill([task("a", Raises("picture"))], known)
    assert fill.wait(LONG_S)
    assert fill.get("a") == "failed: Upload an image."
    assert fill.complete
    assert known.get("a") is None


def test_a_mistake_of_ours_is_raised_where_it_is_waited_for() -> None:
    fill = fills.Fill([task("a", Raises("ours"))], fills.Drawings())
    with pytest.raises(BrokenError, match="ZeroDivisionError: a mistake"):
        fill.wait(LONG_S)


def test_old_drawings_are_forgotten() -> None:
    known = fills.Drawings(limit=2)
    for number in range(3):
        known.keep(number, number)
    assert [known.get(number) for number in range(3)] == [None, 1, 2]
