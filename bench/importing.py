"""How long it takes to read pipelines out of a file of 2,000 lines."""

import gc
import statistics
import time

from explorer.augment.code import read_code

LINES = 2_000
ROUNDS = 7

_HEAD = """\
import cv2
import numpy as np
import albumentations as A
from torch.utils.data import Dataset

IMAGE_SIZE = 224
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""
# One part of a file as people have it: a data set, its pipelines, a loop that trains, a function that draws.
_PART = '''

class Images{n}(Dataset):
    """Pictures of folder {n}."""

    def __init__(self, paths, labels, size=IMAGE_SIZE, train=True):
        self.paths = sorted(paths)
        self.labels = {{path: label for path, label in zip(paths, labels)}}
        self.size = size
        if train:
            self.transform = make_train{n}(size)
        else:
            self.transform = A.Compose([A.Resize(size, size), A.Normalize(mean=MEAN, std=STD)])

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        path = self.paths[index]
        image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
        if image is None:
            raise FileNotFoundError("no picture at {{}}".format(path))
        mask = np.zeros(image.shape[:2], dtype=np.uint8)
        return self.transform(image=image, mask=mask)["image"], self.labels[path]


def make_train{n}(size, strength=0.5):
    steps = [
        A.RandomResizedCrop(size=(size, size), scale=(0.{n:02d} + 0.01, 1.0)),
        A.HorizontalFlip(p=0.5),
        A.ShiftScaleRotate(shift_limit=0.1, scale_limit=0.2, rotate_limit={n} + 5, border_mode=cv2.BORDER_WRAP),
        A.OneOf([A.GaussianBlur(blur_limit=(3, 7)), A.MedianBlur(blur_limit=5), A.MotionBlur(blur_limit={blur})]),
    ]
    if strength > 0.4:
        steps.append(A.HueSaturationValue(hue_shift_limit=int(20 * strength), sat_shift_limit=30, val_shift_limit=20))
    steps += [A.CoarseDropout(num_holes_range=(1, 4), fill=0, p=strength), A.Normalize(mean=MEAN, std=STD)]
    return A.Compose(steps)


def train{n}(model, loader, optimizer, criterion, epochs=10):
    history = {{"loss": [], "accuracy": []}}
    for epoch in range(epochs):
        total, right, seen = 0.0, 0, 0
        for images, labels in loader:
            optimizer.zero_grad()
            logits = model(images)
            loss = criterion(logits, labels)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
            right += int((logits.argmax(dim=1) == labels).sum())
            seen += len(labels)
        history["loss"].append(total / max(seen, 1))
        history["accuracy"].append(right / max(seen, 1))
        if epoch % 2 == 0:
            print("epoch", epoch, history["loss"][-1], history["accuracy"][-1])
    return history


def draw{n}(images, titles, columns=4):
    rows = (len(images) + columns - 1) // columns
    canvas = np.full((rows * 128, columns * 128, 3), 255, dtype=np.uint8)
    for at, (image, title) in enumerate(zip(images, titles)):
        y, x = divmod(at, columns)
        small = cv2.resize(image, (128, 128), interpolation=cv2.INTER_AREA)
        cv2.putText(small, title, (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1)
        canvas[y * 128 : (y + 1) * 128, x * 128 : (x + 1) * 128] = small
    return canvas
'''


def text(lines: int = LINES) -> str:
    """Code of at least this many lines, with two pipelines in each of its parts."""
    parts, number = [_HEAD], 0
    while sum(part.count("\n") for part in parts) < lines:
        parts.append(_PART.format(n=number, blur=2 * number + 3))
        number += 1
    return "".join(parts)


def main() -> None:
    """Measure and print."""
    code, times = text(), []
    found = read_code(code)  # the catalog is read with the first one
    gc.collect()
    gc.freeze()  # as in the app
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        found = read_code(code)
        times.append((time.perf_counter() - begun) * 1000)
    print(
        f"{code.count(chr(10))} lines: {statistics.median(times):.0f} ms (median of {ROUNDS}), {len(found)} pipelines"
    )
