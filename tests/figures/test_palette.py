"""Colors of classes can be told apart, for ordinary eyes and for those that lack a kind of cone."""

import re
import tomllib
from collections.abc import Sequence

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from explorer.figures.palette import CLASS_COLORS, NEUTRAL, TRAINED, VALIDATED, Shades, class_color, class_colors, rgb
from scripts.server import PROJECT

# For linear RGB, severity 1.0, from the tables of "A Physiologically-based Model for Simulation of Color Vision
# Deficiency" by Machado, Oliveira and Fernandes in 2009.
EYES = {
    "ordinary": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}


def seen(eyes: str) -> np.ndarray:
    """The colors in CIELAB as these eyes see them."""
    srgb = np.array([rgb(color) for color in CLASS_COLORS]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ EYES[eyes].T, 0, 1)
    back = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(rgb2lab(back[None])[0])


@pytest.mark.parametrize("eyes", EYES)
def test_more_than_twenty_colors_differ_and_the_first_ones_most(eyes: str) -> None:
    lab = seen(eyes)
    apart = np.array([[deltaE_ciede2000(one, other) for other in lab] for one in lab])
    apart[np.diag_indices(len(lab))] = np.inf
    assert len(lab) >= 20
    assert apart.min() > (12 if eyes == "ordinary" else 7.5), np.unravel_index(apart.argmin(), apart.shape)
    assert apart[:8, :8].min() > (20 if eyes == "ordinary" else 10)


def test_colors_are_seen_on_a_light_and_on_a_dark_page_and_begin_again_after_the_last() -> None:
    lightness = seen("ordinary")[:, 0]
    assert lightness.min() > 30
    assert lightness.max() < 80
    assert class_color(len(CLASS_COLORS) + 2) == class_color(2)


def luminance(color: Sequence[float]) -> float:
    """The relative luminance by WCAG 2 of a color of three numbers from 0 to 255."""
    srgb = np.array(color) / 255
    return float(np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))


@pytest.mark.parametrize("shades", [VALIDATED, TRAINED])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_counts_are_legible_on_every_cell_of_a_matrix(shades: Shades, theme: str) -> None:
    colors = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"][theme]
    page, text = (np.array(rgb(colors[name])) for name in ("backgroundColor", "textColor"))
    for _, color in shades.stops:
        *channels, opacity = map(float, re.findall(r"[\d.]+", color))
        low, high = sorted([luminance(opacity * np.array(channels) + (1 - opacity) * page), luminance(text)])
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_the_background_is_neutral_and_classes_have_the_colors_of_their_places() -> None:
    assert class_colors((None, 0, 30)) == (NEUTRAL, class_color(0), class_color(30))
