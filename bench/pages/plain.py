"""The plain page: the same nested pipeline of ten on the same picture as a beginner writes it, with no care taken."""

import random

import albumentations as A
import cv2
import numpy as np
import skimage.data
import streamlit as st

st.set_page_config(layout="wide")
image = skimage.data.astronaut()
mask = np.zeros(image.shape[:2], np.uint8)
mask[150:, 20:360] = 1
mask[75:190, 180:275] = 2
boxes = np.array([[20, 150, 360, 512, 0], [180, 75, 275, 190, 1], [360, 0, 460, 280, 2]], np.float32)
colors = np.array([[0, 0, 0], [0, 114, 178], [230, 159, 0], [0, 158, 115]], np.uint8)


def overlay(picture, classes, rectangles):
    drawn = np.where(classes[..., None] > 0, 0.55 * picture + 0.45 * colors[classes], picture).astype(np.uint8)
    for left, top, right, bottom, label in rectangles:
        cv2.rectangle(drawn, (int(left), int(top)), (int(right), int(bottom)), colors[int(label) + 1].tolist(), 2)
    return drawn


left, right = st.columns([1, 2])
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
compose.set_random_state(np.random.default_rng(seed), random.Random(seed))
result = compose(image=image, mask=mask, bboxes=boxes)
with right:
    before, after = st.columns(2)
    before.image(overlay(image, mask, boxes), caption="before")
    after.image(overlay(result["image"], result["mask"], result["bboxes"]), caption="after")
