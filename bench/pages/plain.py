"""The plain page: the same three steps on the same picture as a beginner writes it, with no care taken."""

import random

import albumentations as A
import numpy as np
import skimage.data
import streamlit as st

st.set_page_config(layout="wide")
image = skimage.data.astronaut()
mask = np.zeros(image.shape[:2], np.uint8)
mask[150:, 20:360] = 1
mask[75:190, 180:275] = 2
colours = np.array([[0, 0, 0], [0, 114, 178], [230, 159, 0]], np.uint8)


def overlay(picture, classes):
    return (0.55 * picture + 0.45 * colours[classes]).astype(np.uint8)


left, right = st.columns([1, 2])
with left:
    flip = st.slider("flip", 0.0, 1.0, 0.5, 0.05)
    rotate = st.slider("rotate", -180, 180, (-15, 15))
    scale = st.slider("scale", 0.1, 3.0, (0.9, 1.2))
    brightness = st.slider("brightness", -1.0, 1.0, (-0.2, 0.2))
    contrast = st.slider("contrast", -1.0, 1.0, (-0.2, 0.2))
    seed = st.number_input("seed", 0)
compose = A.Compose([
    A.HorizontalFlip(p=flip),
    A.Affine(rotate=rotate, scale=scale, keep_ratio=True, p=1.0),
    A.RandomBrightnessContrast(brightness_limit=brightness, contrast_limit=contrast, p=1.0),
])  # fmt: skip
compose.set_random_state(np.random.default_rng(seed + int(flip * 100)), random.Random(seed))
result = compose(image=image, mask=mask)
with right:
    before, after = st.columns(2)
    before.image(overlay(image, mask), caption="before")
    after.image(overlay(result["image"], result["mask"]), caption="after")
