"""Boxes and keypoints as people type and paste them."""

import numpy as np
import pytest
from albumentations.core.bbox_utils import convert_bboxes_from_albumentations, convert_bboxes_to_albumentations
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.annotations import (
    AnnotationError,
    BoxFormat,
    PointFormat,
    format_boxes,
    format_keypoints,
    parse_boxes,
    parse_keypoints,
)

BOX_FORMATS: tuple[BoxFormat, ...] = ("pascal_voc", "coco", "albumentations", "yolo")
POINT_FORMATS: tuple[PointFormat, ...] = ("xy", "yx", "xya", "xys", "xyas", "xysa")
WIDTH, HEIGHT = 512, 384

Sizes = st.tuples(st.integers(1, 9000), st.integers(1, 9000))


@st.composite
def boxes(draw: st.DrawFn, outside: float = 0.0) -> tuple[np.ndarray, int, int]:
    """Boxes of 0.05 px and more, reaching outside by up to the given fraction; width and height of their picture."""
    width, height = draw(Sizes)
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        edges = []
        for size in (width, height):
            # Whatever reaches outside begins inside.
            low = draw(st.floats(-outside * size, size - 0.06))
            high = draw(st.floats(max(low, 0) + 0.05, size * (1 + outside)))
            edges.append((low, high))
        rows.append([edges[0][0], edges[1][0], edges[0][1], edges[1][1], draw(st.integers(0, 90))])
    return np.array(rows, np.float32).reshape(-1, 5), width, height


@given(case=boxes())
def test_boxes_come_back_from_their_text(case: tuple[np.ndarray, int, int]) -> None:
    for format in BOX_FORMATS:
        table, width, height = case
        again = parse_boxes(format_boxes(table, format, width, height), format, width, height)
        assert again.dtype == np.float32
        assert again.shape == table.shape
        np.testing.assert_allclose(again, table, rtol=0, atol=0.01)
        np.testing.assert_array_equal(again[:, 4], table[:, 4])


@given(case=boxes(outside=0.5))
def test_boxes_that_reach_outside_come_back_too(case: tuple[np.ndarray, int, int]) -> None:
    for format in BOX_FORMATS:
        table, width, height = case
        again = parse_boxes(format_boxes(table, format, width, height), format, width, height, clip=True)
        np.testing.assert_allclose(again, table, rtol=0, atol=0.01)


@given(size=Sizes, data=st.data())
def test_keypoints_come_back_from_their_text(size: tuple[int, int], data: st.DataObject) -> None:
    for format in POINT_FORMATS:
        width, height = size
        inside = st.tuples(
            st.floats(0, width, exclude_max=True, width=32),
            st.floats(0, height, exclude_max=True, width=32),
            st.integers(0, 90),
        )
        table = np.array(data.draw(st.lists(inside, max_size=5)), np.float32).reshape(-1, 3)
        again = parse_keypoints(format_keypoints(table, format, width, height), format, width, height)
        assert again.dtype == np.float32
        assert again.shape == table.shape
        np.testing.assert_allclose(again, table, rtol=0, atol=0.01)


def test_every_format_of_boxes_means_what_albumentations_means_by_it(subtests: pytest.Subtests) -> None:
    for format in BOX_FORMATS:
        with subtests.test(format=format):
            shape = {"height": HEIGHT, "width": WIDTH}
            table = np.array([[10, 20, 110, 220, 3], [0, 0, WIDTH, HEIGHT, 0], [5.5, 6.25, 7, 300, 12]], np.float32)
            inner = convert_bboxes_to_albumentations(table, "pascal_voc", shape)
            numbers = inner if format == "albumentations" else convert_bboxes_from_albumentations(inner, format, shape)
            order = [4, 0, 1, 2, 3] if format == "yolo" else [0, 1, 2, 3, 4]
            text = "\n".join(" ".join(f"{value:.8g}" for value in row) for row in numbers[:, order])
            np.testing.assert_allclose(parse_boxes(text, format, WIDTH, HEIGHT), table, atol=0.001)


def test_lines_are_read_as_people_write_them(subtests: pytest.Subtests) -> None:
    for format, text, expected in [
        ("pascal_voc", "1 2 3 4", [1, 2, 3, 4, 0]),
        ("pascal_voc", "1,2,3,4,7", [1, 2, 3, 4, 7]),
        ("pascal_voc", "\t1\t2 ,\t3, 4 ,7,", [1, 2, 3, 4, 7]),
        ("pascal_voc", "# names\n\n  \r\n1e0 +2 3. 4.0 7.0\r\n  # end", [1, 2, 3, 4, 7]),
        ("coco", "1 2 3 4 5", [1, 2, 4, 6, 5]),
        ("albumentations", "0.25 0.5 0.5 1", [128, 192, 256, 384, 0]),
        ("yolo", "0.5 0.5 0.25 0.5", [192, 96, 320, 288, 0]),
        ("yolo", "7 0.5 0.5 0.25 0.5", [192, 96, 320, 288, 7]),
    ]:
        with subtests.test(format=format, text=text, expected=expected):
            np.testing.assert_allclose(parse_boxes(text, format, WIDTH, HEIGHT), [expected])


def test_a_box_that_is_wrong_is_told_with_its_line(subtests: pytest.Subtests) -> None:
    for format, text, message in [
        ("pascal_voc", "0 0 5 5\n0 0 700 5", "Line 2: x_max 700 lies outside the image, which is 512 px wide."),
        ("pascal_voc", "0 0 5 385", "Line 1: y_max 385 lies outside the image, which is 384 px high."),
        ("pascal_voc", "-3 0 5 5", "Line 1: x_min -3 lies outside the image: it must be at least 0."),
        ("coco", "500 0 20 5", "Line 1: x_min + width 520 lies outside the image, which is 512 px wide."),
        ("albumentations", "0 0 1 1.5", "Line 1: y_max 1.5 lies outside the image: it must be at most 1."),
        ("yolo", "0.1 0.5 0.4 0.4", "Line 1: x_center - width / 2 -0.1 lies outside the image: it must be at least 0."),
        ("pascal_voc", "600 0 700 5", "Line 1: The box lies wholly outside the image, which is 512 × 384 px."),
        ("pascal_voc", "# x\n\n20 0 20 5", "Line 3: x_max 20 must be larger than x_min 20."),
        ("pascal_voc", "20 9 30 5", "Line 1: y_max 5 must be larger than y_min 9."),
        ("coco", "20 0 0 5", "Line 1: width 0 must be larger than 0."),
        ("yolo", "0.5 0.5 0.1 -0.1", "Line 1: height -0.1 must be larger than 0."),
        ("pascal_voc", "300 0 300.0000001 5", "Line 1: x_max 300 must be larger than x_min 300."),
        ("pascal_voc", "1 2 3 four", "Line 1: 'four' is not a number."),
        ("pascal_voc", "1 2 3 1_0", "Line 1: '1_0' is not a number."),
        ("pascal_voc", "1 2 3 nan", "Line 1: nan is not an ordinary number: give one of at most 1,000,000."),
        ("pascal_voc", "1 2 -inf 4", "Line 1: -inf is not an ordinary number: give one of at most 1,000,000."),
        ("pascal_voc", "1 2 3 1e300", "Line 1: 1e300 is not an ordinary number: give one of at most 1,000,000."),
        (
            "pascal_voc",
            "1 2 3",
            "Line 1: Expected 4 numbers, x_min y_min x_max y_max, or 5 with the class after them. You gave 3.",
        ),
        (
            "yolo",
            "1 2 3 4 5 6",
            "Line 1: Expected 4 numbers, x_center y_center width height, or 5 with the class before them. You gave 6.",
        ),
        (
            "yolo",
            "0.5 0.5 0.25 0.5 7",
            "Line 1: The class, which comes first, must be a whole number from 0 to 65535. You gave 0.5.",
        ),
        (
            "coco",
            "1 2 3 4 -1",
            "Line 1: The class, which comes last, must be a whole number from 0 to 65535. You gave -1.",
        ),
    ]:
        with subtests.test(format=format, text=text, message=message):
            with pytest.raises(AnnotationError) as caught:
                parse_boxes(text, format, WIDTH, HEIGHT)
            assert str(caught.value) == message
            assert message.startswith(f"Line {caught.value.line}: ")


def test_a_box_that_is_partly_outside_is_kept_as_it_is_where_that_is_wanted() -> None:
    text = "-10 -20 600 500 2"
    assert parse_boxes(text, "pascal_voc", WIDTH, HEIGHT, clip=True).tolist() == [[-10, -20, 600, 500, 2]]
    for outside in ("512 0 600 5", "-9 0 0 5", "0 -9 5 0", "0 384 5 400"):
        with pytest.raises(AnnotationError, match="wholly outside"):
            parse_boxes(outside, "pascal_voc", WIDTH, HEIGHT, clip=True)


def test_a_border_that_was_rounded_is_still_inside() -> None:
    (box,) = parse_boxes("0.33333333 0.5 0.666667 1", "yolo", 1000, 1000)
    assert box[0] == 0
    assert box[2] <= 1000
    for nothing in ("-0.005 0 0 5", "511.9999999 0 512.005 5", "512.001 0 512.009 5"):
        with pytest.raises(AnnotationError, match="wholly outside"):
            parse_boxes(nothing, "pascal_voc", WIDTH, HEIGHT)


def test_keypoints_are_read_in_every_format(subtests: pytest.Subtests) -> None:
    for format, text, expected in [
        ("xy", "1 2", [1, 2, 0]),
        ("xy", "1, 2, 3", [1, 2, 3]),
        ("yx", "1 2 3", [2, 1, 3]),
        ("xya", "1 2 90", [1, 2, 0]),
        ("xya", "1 2 90 3", [1, 2, 3]),
        ("xys", "1 2 0.5 3", [1, 2, 3]),
        ("xyas", "1 2 90 0.5", [1, 2, 0]),
        ("xysa", "1 2 0.5 90 3", [1, 2, 3]),
    ]:
        with subtests.test(format=format, text=text, expected=expected):
            np.testing.assert_allclose(parse_keypoints(text, format, WIDTH, HEIGHT), [expected])


def test_a_keypoint_that_is_wrong_is_told_with_its_line(subtests: pytest.Subtests) -> None:
    for format, text, message in [
        (
            "xy",
            "1 2\n512 0",
            "Line 2: x 512 lies outside the image, which is 512 px wide: it must be at least 0 and below 512.",
        ),
        (
            "yx",
            "-1 0",
            "Line 1: y -1 lies outside the image, which is 384 px high: it must be at least 0 and below 384.",
        ),
        (
            "xy",
            "511.9999999 0",
            "Line 1: x 512 lies outside the image, which is 512 px wide: it must be at least 0 and below 512.",
        ),
        ("xya", "1 2", "Line 1: Expected 3 numbers, x y angle, or 4 with the class after them. You gave 2."),
        ("xy", "1 inf", "Line 1: inf is not an ordinary number: give one of at most 1,000,000."),
        ("xy", "1 2 0.5", "Line 1: The class, which comes last, must be a whole number from 0 to 65535. You gave 0.5."),
    ]:
        with subtests.test(format=format, text=text, message=message):
            with pytest.raises(AnnotationError) as caught:
                parse_keypoints(text, format, WIDTH, HEIGHT)
            assert str(caught.value) == message
            assert message.startswith(f"Line {caught.value.line}: ")


def test_keypoints_outside_are_kept_where_that_is_wanted() -> None:
    text = "-5 900 1"
    assert parse_keypoints(text, "xy", WIDTH, HEIGHT, keep_outside=True).tolist() == [[-5, 900, 1]]


def test_nothing_typed_is_no_annotation() -> None:
    assert parse_boxes(" \n# none\n", "coco", WIDTH, HEIGHT).shape == (0, 5)
    assert parse_keypoints("", "xy", WIDTH, HEIGHT).shape == (0, 3)
    assert format_boxes(np.zeros((0, 5), np.float32), "yolo", WIDTH, HEIGHT) == ""
    assert format_keypoints(np.zeros((0, 3), np.float32), "xy", WIDTH, HEIGHT) == ""


def test_text_is_short_and_has_the_class_where_its_format_has_it() -> None:
    table = np.array([[128, 96, 256.5, 288, 2]], np.float32)
    assert format_boxes(table, "pascal_voc", WIDTH, HEIGHT) == "128 96 256.5 288 2"
    assert format_boxes(table, "coco", WIDTH, HEIGHT) == "128 96 128.5 192 2"
    assert format_boxes(table, "yolo", WIDTH, HEIGHT).split()[0] == "2"
    assert format_keypoints(table[:, [0, 1, 4]], "yx", WIDTH, HEIGHT) == "96 128 2"
    assert format_keypoints(table[:, [0, 1, 4]], "xysa", WIDTH, HEIGHT) == "128 96 1 0 2"


def test_more_lines_than_anybody_types_are_refused() -> None:
    assert len(parse_boxes("0 0 5 5\n" * 500, "pascal_voc", WIDTH, HEIGHT)) == 500
    with pytest.raises(AnnotationError, match="Line 501: At most 500 lines"):
        parse_boxes("0 0 5 5\n" * 501, "pascal_voc", WIDTH, HEIGHT)
