"""Every color that the application draws itself; the other colors are in the theme of `.streamlit/config.toml`.

Class colors start with six of Okabe and Ito (2008), "Color Universal Design". The others were chosen so that any two of
the 24 differ for normal vision and under the three common color-vision deficiencies, on light and dark backgrounds; the
first ones differ most. Names in legends and tooltips distinguish further classes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

ACCENT = "#6E6BE8"  # between the two theme accents: legible on a light and on a dark page
NEUTRAL = "#8A90A2"  # second series, grids and other background elements
GRID = "rgba(138, 144, 162, 0.22)"
TRANSPARENT = "rgba(0, 0, 0, 0)"
TRAIN = "#D08A00"  # values of training, beside those of validation in the accent
ON_ACCENT = "#FFFFFF"  # text on a full accent
ON_TRAIN = "#14161D"  # text on a full color of training
# For layout.css: the accent of the dark theme is light, and white text on it would be hard to read.
STYLE = f"<style>:root {{ --explorer-on-accent: light-dark({ON_ACCENT}, {ON_TRAIN}); }}</style>"

# A color or font of the theme, for charts: the plot component looks it up in the page, also when the theme changes.
THEME_TEXT = "var(--st-text-color)"
THEME_FONT = "var(--st-font)"
THEME_RAISED = "var(--st-secondary-background-color)"
THEME_BORDER = "var(--st-border-color)"

CLASS_COLORS: tuple[str, ...] = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # bluish green
    "#CC79A7",  # reddish purple
    "#56B4E9",  # sky blue
    "#D55E00",  # vermilion
    "#5A4B5A",  # dark mauve
    "#A51E3C",  # crimson
    "#A5B487",  # sage
    "#5A695A",  # gray green
    "#C3B4B4",  # pale rose
    "#7887FF",  # periwinkle
    "#2D00FF",  # blue violet
    "#783C78",  # plum
    "#876987",  # mauve
    "#C30000",  # red
    "#787878",  # gray
    "#A5694B",  # sienna
    "#1E5A3C",  # dark green
    "#874BFF",  # violet
    "#96964B",  # olive
    "#D2B469",  # sand
    "#D200B4",  # magenta
    "#96A5C3",  # steel blue
)


# Runs that are compared: the same colors in the order in which the first ones differ most from each other, the accent
# not among them. They are never beside classes in one chart.
RUN_COLORS = CLASS_COLORS
RUN_DASHES = ("solid", "dash", "dot")


@dataclass(frozen=True)
class Shades:
    """A color scale from transparent, which suits both themes, to a color on which the theme's text stays legible.

    Attributes:
        stops: Pairs of share and color.
    """

    stops: tuple[tuple[float, str], ...]


# The most opaque colors leave the text of both themes a contrast of 4.5 or more.
VALIDATED = Shades(
    (
        (0.0, "rgba(110, 107, 232, 0.04)"),
        (0.25, "rgba(110, 107, 232, 0.23)"),
        (0.5, "rgba(110, 107, 232, 0.42)"),
        (1.0, "rgba(110, 107, 232, 0.80)"),
    )
)
# In the color of training, so that its matrix is not mistaken for that of validation.
TRAINED = Shades(
    (
        (0.0, "rgba(208, 138, 0, 0.04)"),
        (0.25, "rgba(208, 138, 0, 0.19)"),
        (0.5, "rgba(208, 138, 0, 0.34)"),
        (1.0, "rgba(208, 138, 0, 0.64)"),
    )
)

# What speaks for a class in an image, from little to most: laid over the image, and more opaque where it is more.
SALIENCY = ((0.0, "#2D00FF"), (0.5, "#D200B4"), (1.0, "#FF5A1E"))

# Where a predicted mask is wrong: on a darkened gray image people with any color vision see it.
DIFFERENT = "#FF8A00"
UNCOUNTED = ("#6B7080", "#A9AEBC")  # stripes over pixels that do not count

# A difference: worse is orange and better is blue, which people with any common color vision tell apart. Small ones are
# nearly transparent, which suits both themes.
_WORSE, _BETTER = (213, 94, 0), (0, 114, 178)
_MOST_OPAQUE = 0.88

# The state of a run. It is always shown in words too, never by color alone.
STATE_COLORS: dict[str, str] = {
    "queued": "#8A90A2",
    "starting": "#56B4E9",
    "running": "#6E6BE8",
    "stalled": "#E69F00",
    "stopping": "#E69F00",
    "stopped": "#8A90A2",
    "finished": "#009E73",
    "failed": "#D55E00",
    "lost": "#D55E00",
}

# What is said of an effect. It is always shown in words too, and by the mark of the estimate.
EFFECT_COLORS: dict[str, str] = {"helps": "#009E73", "harms": "#D55E00", "same": NEUTRAL, "unknown": NEUTRAL}
REGION = "rgba(138, 144, 162, 0.16)"  # of effects that do not matter
CHOSEN = "rgba(110, 107, 232, 0.10)"  # behind the row that is selected


def class_color(index: int) -> str:
    """Return the color of class `index` (0-based) on every page; classes beyond the last color start again."""
    return CLASS_COLORS[index % len(CLASS_COLORS)]


def class_colors(places: Sequence[int | None]) -> tuple[str, ...]:
    """Return the color of each class by its place among the colors; that of a background, None, is neutral."""
    return tuple(NEUTRAL if place is None else class_color(place) for place in places)


def run_color(place: int) -> str:
    """Return the color of the run at a place (0-based) of a selection; colors start again after the last."""
    return RUN_COLORS[place % len(RUN_COLORS)]


def run_dash(place: int) -> str:
    """Return the dash of the run at a place (0-based), which distinguishes runs of the same color."""
    return RUN_DASHES[place // len(RUN_COLORS) % len(RUN_DASHES)]


def difference_color(share: float) -> str:
    """Return the color of a difference as a share of the largest one: -1 is the worst, 1 the best."""
    red, green, blue = _BETTER if share > 0 else _WORSE
    return f"rgba({red}, {green}, {blue}, {_MOST_OPAQUE * min(abs(share), 1.0):.3f})"


def rgb(color: str) -> tuple[int, int, int]:
    """Return `#RRGGBB` as three numbers from 0 to 255."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue


def hex_of(color: tuple[int, int, int]) -> str:
    """Return three numbers from 0 to 255 as `#rrggbb`."""
    return "#" + bytes(color).hex()
