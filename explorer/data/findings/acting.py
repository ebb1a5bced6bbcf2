"""Which images an action on a finding leaves out or keeps together."""

from collections.abc import Mapping

from explorer.data.contents import Contents
from explorer.data.findings.finding import Action, Finding


def left_out_by(action: Action, finding: Finding) -> Mapping[int, int | None]:
    """Return the place of each image that an action leaves out -> that of the one it is a copy of, None if of none."""
    if action == "leave_out_later":
        pairs = finding.pairs.tolist() or [(place, None) for place in finding.images.tolist()]
        return dict(pairs)
    if action == "leave_out_earlier":
        later = {earlier: place for place, earlier in finding.pairs.tolist()}
        every: list[int] = finding.values["earlier"].tolist()
        return {place: later.get(place) for place in every}
    if action == "leave_out_copies":
        return {int(place): int(group[0]) for group in finding.groups for place in group[1:]}
    if action == "leave_out":
        partners = dict(finding.pairs.tolist()) | {second: first for first, second in finding.pairs.tolist()}
        return {place: partners.get(place) for place in finding.images.tolist()}
    return {}


def kept_together_by(finding: Finding, contents: Contents) -> tuple[tuple[str, ...], ...]:
    """Return the ids of each group of a finding."""
    return tuple(tuple(contents.ids[place] for place in group.tolist()) for group in finding.groups)
