"""The plan of the study "worth N photographs": learning curves with and without the pipeline."""

from typing import Annotated, Literal

from pydantic import Field

from explorer.runs.spec.plans.plan import CrossValidation, Further

FEWEST_OF_A_CLASS = 5  # images in the smallest training set: its penalty is still chosen by three inner folds
_POINTS = 6


class WorthPlan(CrossValidation, Further):
    """Training sets of several sizes, with the pipeline and with nothing.

    Attributes:
        sizes: Training images of each point of the curves; empty for `usual_sizes`.
    """

    ask: Literal["worth"] = "worth"
    sizes: Annotated[tuple[Annotated[int, Field(ge=2)], ...], Field(max_length=20)] = ()


def usual_sizes(largest: int, classes: int) -> tuple[int, ...]:
    """Return about six sizes, each about the same multiple of the one before.

    Args:
        largest: Images of the smallest training fold, which is the last size.
        classes: How many classes there are.

    Returns:
        Sizes in rising order; only `largest` where it holds no more than the smallest training set.
    """
    smallest = FEWEST_OF_A_CLASS * classes
    if smallest >= largest:
        return (largest,)
    ratio = (largest / smallest) ** (1 / (_POINTS - 1))
    return tuple(sorted({round(smallest * ratio**place) for place in range(_POINTS - 1)} | {largest}))
