"""The plain page of a grid: three seeds on three pictures, the nested pipeline of ten, as a beginner writes it."""

import random

import albumentations as A
import cv2
import numpy as np
import skimage.data
import streamlit as st

st.set_page_config(layout="wide")
colors = np.array([[0, 0, 0], [0, 114, 178], [230, 159, 0], [0, 158, 115]], np.uint8)


def sample(picture, rectangles):
    scale = 512 / max(picture.shape)
    image = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else picture
    height, width = image.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    boxes = []
    for label, (left, top, right, bottom) in enumerate(rectangles):
        box = [int(left * width), int(top * height), int(right * width), int(bottom * height)]
        mask[box[1] : box[3], box[0] : box[2]] = label + 1
        boxes.append([*box, label])
    return image, mask, np.array(boxes, np.float32)


samples = [
    sample(skimage.data.astronaut(), [(0.04, 0.3, 0.7, 1), (0.35, 0.15, 0.53, 0.37), (0.7, 0, 0.9, 0.55)]),
    sample(skimage.data.coffee(), [(0.2, 0.1, 0.8, 0.9), (0.3, 0.1, 0.7, 0.7), (0.6, 0.5, 0.8, 0.8)]),
    sample(skimage.data.chelsea(), [(0.1, 0.1, 0.8, 1), (0.35, 0.3, 0.5, 0.5), (0.6, 0.3, 0.75, 0.5)]),
]


def overlay(picture, classes, rectangles):
    drawn = np.where(classes[..., None] > 0, 0.55 * picture + 0.45 * colors[classes], picture).astype(np.uint8)
    for left, top, right, bottom, label in rectangles:
        cv2.rectangle(drawn, (int(left), int(top)), (int(right), int(bottom)), colors[int(label) + 1].tolist(), 2)
    return drawn


left, right = st.columns([1, 3])
with left:
    flip = st.slider("flip", 0.0, 1.0, 1.0, 0.05)
    rotate = st.slider("rotate", -180, 180, (-15, 15))
    scale = st.slider("scale", 0.1, 3.0, (0.9, 1.2))
    brightness = st.slider("brightness", -1.0, 1.0, (-0.2, 0.2))
    contrast = st.slider("contrast", -1.0, 1.0, (-0.2, 0.2))
    hue = st.slider("hue", -180, 180, (-20, 20))
    gamma = st.slider("gamma", 1, 300, (80, 120))
    blur = st.slider("blur", 0.0, 1.0, 0.0, 0.05)
    seed = st.number_input("seed", 0)
compose = A.Compose(
    [
        A.OneOf([A.HorizontalFlip(p=1.0), A.VerticalFlip(p=1.0), A.Transpose(p=1.0)], p=flip),
        A.SomeOf(
            [
                A.RandomBrightnessContrast(brightness_limit=brightness, contrast_limit=contrast, p=1.0),
                A.HueSaturationValue(hue_shift_limit=hue, p=1.0),
                A.RandomGamma(gamma_limit=gamma, p=1.0),
            ],
            n=1,
            p=1.0,
        ),
        A.Sequential(
            [
                A.Affine(rotate=rotate, scale=scale, keep_ratio=True, p=1.0),
                A.OneOf([A.Blur(p=1.0), A.MedianBlur(p=1.0), A.GaussianBlur(p=1.0)], p=blur),
            ],
            p=1.0,
        ),
    ],
    bbox_params=A.BboxParams("pascal_voc", clip=True),
)
with right:
    columns = st.columns(3)
    for row in range(3):
        for column, (image, mask, boxes) in zip(columns, samples, strict=True):
            compose.set_random_state(np.random.default_rng(seed + row), random.Random(seed + row))
            result = compose(image=image, mask=mask, bboxes=boxes)
            column.image(overlay(result["image"], result["mask"], result["bboxes"]), caption=f"seed {seed + row}")
