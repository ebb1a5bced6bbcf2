"""The names of what a network can be trained to answer."""

from typing import Literal

# One class for each image, one for each pixel of it, or several labels for each image
TaskName = Literal["classification", "segmentation", "labels"]
