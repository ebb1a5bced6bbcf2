"""The sentences about a finding."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from explorer.base.words import counted
from explorer.data.contents import Contents
from explorer.data.findings.classes import FEW
from explorer.data.findings.finding import Action, Code, Finding
from explorer.texts import Common, Pictures
from explorer.texts import Findings as T
from explorer.ui.data.album import class_of, part_name

_MOST = 6  # that a sentence names


def sentence(finding: Finding, contents: Contents) -> str:
    """Return what was found."""
    return _SENTENCES[finding.code](finding, contents)


def to_do(finding: Finding, contents: Contents) -> str:
    """Return what to do about it."""
    words: str = T.TO_DO[finding.code]
    if contents.several is not None:
        words = T.TO_DO_OF_LABELS.get(finding.code, words)
    return words.format(weights=_weights(finding, contents)) if finding.code == "imbalance" else words


def part_words(name: str) -> str:
    """Return a part as it is called in a sentence."""
    return str(Pictures.SPLIT_NAMES.get(name, name)).lower()


def listed(words: list[str]) -> str:
    """Return some words, and how many more there are."""
    more = [T.AND_MORE.format(count=len(words) - _MOST)] if len(words) > _MOST else []
    return ", ".join([*words[:_MOST], *more])


def _leak(template: str) -> Callable[[Finding, Contents], str]:
    def words(finding: Finding, contents: Contents) -> str:
        del contents
        parts = [
            counted(count, *T.LEAK_PART).format(part=part_words(later), earlier=part_words(earlier))
            for later, earlier, count in finding.values["parts"]
        ]
        conflicts = finding.values["conflicts"]
        more = f" {counted(conflicts, *T.LEAK_CONFLICTS)}" if conflicts else ""
        return template.format(parts=T.PARTS_AND.join(parts)) + more

    return words


def _conflict(template: str, images: tuple[str, str]) -> Callable[[Finding, Contents], str]:
    def words(finding: Finding, contents: Contents) -> str:
        kinds = Counter(
            tuple(sorted((class_of(contents, first), class_of(contents, second))))
            for first, second in finding.pairs.tolist()
        )
        examples = [
            T.CONFLICT_EXAMPLE.format(first=first, second=second, count=count)
            for (first, second), count in kinds.most_common()
        ]
        return template.format(images=counted(finding.count, *images), examples=listed(examples))

    return words


def _with_counts(template: str) -> Callable[[Finding, Contents], str]:
    def words(finding: Finding, contents: Contents) -> str:
        del contents
        groups = counted(finding.values.get("groups", 0), *Common.GROUP)
        return template.format(images=counted(finding.count, *Common.IMAGE), groups=groups)

    return words


def _missing(finding: Finding, contents: Contents) -> str:
    words = [
        T.CLASS_MISSING_PART.format(part=part_words(part), names=listed(list(names)))
        for part, names in finding.values["missing"]
    ]
    of_labels = T.CLASS_MISSING if contents.several is None else T.LABEL_MISSING
    return (T.MASK_CLASS_MISSING if finding.code == "mask_class_missing" else of_labels).format(missing=listed(words))


def _case(finding: Finding, contents: Contents) -> str:
    del contents
    return T.CLASS_CASE.format(names=listed([" / ".join(names) for names in finding.values["names"]]))


def _small(finding: Finding, contents: Contents) -> str:
    words = [
        T.CLASS_SMALL_PART.format(name=name, count=count, part=part_words(part))
        for part, name, count in finding.values["small"]
    ]
    return (T.CLASS_SMALL if contents.several is None else T.LABEL_SMALL).format(few=FEW, small=listed(words))


def _imbalance(finding: Finding, contents: Contents) -> str:
    del contents
    (most, most_count), (least, least_count) = finding.values["most"], finding.values["least"]
    return T.IMBALANCE.format(
        most=most, least=least, ratio=finding.values["ratio"], most_count=most_count, least_count=least_count
    )


def _mask_imbalance(finding: Finding, contents: Contents) -> str:
    del contents
    (most, most_share), (least, least_share, images) = finding.values["most"], finding.values["least"]
    return T.MASK_IMBALANCE.format(
        most=most, least=least, ratio=finding.values["ratio"], most_percent=100 * most_share,
        least_percent=100 * least_share, images=counted(images, *Common.IMAGE),
    )  # fmt: skip


def _weights(finding: Finding, contents: Contents) -> str:
    pairs = zip(contents.classes, finding.values["weights"], strict=True)
    weights = listed([f"{name} {weight:.3g}" for name, weight in pairs])
    positive = finding.values["pos_weight"]
    if contents.several is not None:
        return weights
    if positive is None:
        return T.CLASS_WEIGHTS.format(weights=weights)
    return T.POS_WEIGHT.format(value=positive, weights=weights)


def _differs(finding: Finding, contents: Contents) -> str:
    del contents
    by: Mapping[str, tuple[float, float]] = finding.values["by"]
    words = [T.DIFFERS[name].format(ours=ours, theirs=theirs) for name, (ours, theirs) in by.items()]
    part, train = part_words(finding.values["part"]), part_words(finding.values["train"])
    return T.PART_DIFFERS.format(part=part[:1].upper() + part[1:], train=train, by=listed(words))


def _refused(finding: Finding, contents: Contents) -> str:
    del contents
    return T.REFUSED.format(reason=finding.values["reason"])


def _unusable(finding: Finding, contents: Contents) -> str:
    del contents
    kinds = Counter(text.partition(":")[0].rstrip(".") for text in finding.values["reasons"].values())
    reasons = [
        T.MASK_REASON.format(count=count, reason=reason[:1].lower() + reason[1:])
        for reason, count in kinds.most_common()
    ]
    return T.MASK_UNUSABLE.format(images=counted(finding.count, *Common.IMAGE), reasons=listed(reasons))


_SENTENCES: Mapping[Code, Callable[[Finding, Contents], str]] = {
    "leak_exact": _leak(T.LEAK_EXACT),
    "leak_near": _leak(T.LEAK_NEAR),
    "conflict_exact": _conflict(T.CONFLICT_EXACT, T.CONFLICT_EXACT_IMAGES),
    "conflict_near": _conflict(T.CONFLICT_NEAR, T.CONFLICT_NEAR_IMAGES),
    "refused": _refused,
    "mask_unusable": _unusable,
    "undecodable": _with_counts(T.UNDECODABLE),
    "group_divided": _with_counts(T.GROUP_DIVIDED),
    "class_missing": _missing,
    "class_case": _case,
    "class_small": _small,
    "duplicates_exact": _with_counts(T.DUPLICATES_EXACT),
    "duplicates_near": _with_counts(T.DUPLICATES_NEAR),
    "imbalance": _imbalance,
    "mask_class_missing": _missing,
    "mask_imbalance": _mask_imbalance,
    "part_differs": _differs,
    "single_color": _with_counts(T.SINGLE_COLOR),
    "brightness_far": _with_counts(T.BRIGHTNESS_FAR),
    "size_far": _with_counts(T.SIZE_FAR),
}


def action_words(action: Action, finding: Finding, count: int) -> tuple[str, str]:
    """Return the title of an action and what there is to know about it. count: of the images that it is about."""
    values: dict[str, Any] = {
        "count": count,
        "images": counted(count, *Common.IMAGE),
        "copies": counted(count, *T.COPIES),
        "groups": counted(len(finding.groups), *Common.GROUP),
        "later": "",
        "earlier": "",
    }
    if parts := finding.values.get("parts"):
        for number, name in enumerate(("later", "earlier")):
            values[name] = " / ".join(dict.fromkeys(part_words(one[number]) for one in parts))
    return T.ACTIONS[action].format(**values), T.ACTION_HELP[action].format(**values)


def reason(finding: Finding, contents: Contents, other: int | None) -> str:
    """Return why an image is left out. other: the place of the one that it is like."""
    name = "" if other is None else contents.ids[other]
    part = "" if other is None else part_name(contents, int(contents.part[other])).lower()
    return str(T.REASONS[finding.code].format(other=name, part=part))
