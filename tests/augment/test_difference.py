"""How two pipelines differ, whatever the ids of their nodes."""

import pytest

from explorer.augment.difference import Row, difference
from explorer.augment.pipeline import Group, Node, Pipeline, Step


def step(transform: str, p: float = 0.5, enabled: bool = True, **params: object) -> Step:
    step.count += 1  # type: ignore[attr-defined]
    return Step(id=f"n{step.count}", transform=transform, p=p, enabled=enabled, params=params)  # type: ignore[attr-defined]


step.count = 0  # type: ignore[attr-defined]


def group(*children: Node, kind: str = "OneOf", p: float = 0.5) -> Group:
    return Group(id=f"g{id(children) % 100000}", kind=kind, children=children, p=p)  # type: ignore[arg-type]


def told(first: list[Node], second: list[Node]) -> list[str]:
    rows = difference(*(Pipeline(nodes=tuple(nodes)) for nodes in (first, second)))
    return [f"{'  ' * row.depth}{row.status} {row.title}{_changes(row)}" for row in rows]


def _changes(row: Row) -> str:
    return "".join(f" {change.name} {change.was}>{change.now}" for change in row.changes)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([], [], []),
        ([step("Blur")], [step("Blur")], ["same Blur"]),
        ([step("Blur")], [step("Blur", p=0.9)], ["changed Blur p 0.5>0.9"]),
        ([step("Blur")], [step("Blur"), step("Rotate")], ["same Blur", "added Rotate"]),
        ([step("Blur"), step("Rotate")], [step("Rotate")], ["removed Blur", "same Rotate"]),
        (
            [step("Blur"), step("Rotate")],
            [step("Rotate"), step("Blur")],
            ["added Rotate", "same Blur", "removed Rotate"],
        ),
        (
            [step("Rotate", limit=[-90, 90])],
            [step("Rotate", limit=[-30, 30])],
            ["changed Rotate limit [-90, 90]>[-30, 30]"],
        ),
        ([step("Rotate", limit=[-90, 90])], [step("Rotate")], ["same Rotate"]),  # the default, written out
        ([step("Blur", enabled=False)], [step("Blur")], ["added Blur"]),
        ([step("Blur", enabled=False)], [], []),
        (
            [group(step("Blur"), step("Rotate"))],
            [group(step("Blur"), step("HorizontalFlip"), p=1.0)],
            ["changed OneOf p 0.5>1.0", "  same Blur", "  removed Rotate", "  added HorizontalFlip"],
        ),
        (
            [group(step("Blur"))],
            [group(step("Blur"), kind="Sequential")],
            ["removed OneOf", "  removed Blur", "added Sequential", "  added Blur"],
        ),
    ],
)
def test_steps_are_the_same_added_removed_or_changed(
    first: list[Node], second: list[Node], expected: list[str]
) -> None:
    assert told(first, second) == expected
