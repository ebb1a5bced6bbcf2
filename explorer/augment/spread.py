"""Values over the range of a parameter's slider, from one end to the other."""

import numpy as np

from explorer.augment.parameters import Kind, Parameter

RANGES = frozenset({Kind.INT_RANGE, Kind.FLOAT_RANGE, Kind.INT_PAIR})
NUMBERS = frozenset({Kind.INT, Kind.FLOAT})
WHOLE = frozenset({Kind.INT, Kind.INT_RANGE, Kind.INT_PAIR})
Pair = tuple[float, float]


def bounds(parameter: Parameter) -> Pair:
    """Return the ends of the slider."""
    low = parameter.soft_low if parameter.soft_low is not None else 0.0
    high = parameter.soft_high if parameter.soft_high is not None else 1.0
    return low, high


def spread(parameter: Parameter, ends: Pair, count: int) -> tuple[float, ...]:
    """Return numbers from end to end on the steps of the slider, so that kernels of odd size stay odd."""
    low, high = ends
    step = parameter.step or 0.01
    found: list[float] = []
    for value in np.linspace(low, high, count).tolist():
        if parameter.kind in WHOLE:
            near = on_step(parameter, value, low)
            found.append(near if near <= high else int(near - step))
        elif value in (low, high):
            found.append(float(value))
        else:
            found.append(on_step(parameter, value, low))
    return tuple(dict.fromkeys(found))


def on_step(parameter: Parameter, value: float, low: float) -> float:
    """Return the nearest value that a slider from `low` on can have."""
    step = parameter.step or 0.01
    found = low + round((value - low) / step) * step
    return int(found) if parameter.kind in WHOLE else round(float(found), _decimals(step))


def _decimals(step: float) -> int:
    # Enough digits to distinguish neighbors; the ends of a slider may be finer than its step.
    return max(2, int(np.ceil(-np.log10(step))) + 1)
