"""YAML gives plain values, or a message that names the place; it builds no objects and does not expand."""

import json
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from explorer.augment import plain_yaml
from explorer.augment.plain_yaml import YamlError

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(plain_values)
def test_plain_values_survive(value: Any) -> None:
    assert plain_yaml.read(plain_yaml.write(value)) == value


@given(plain_values)
def test_any_reader_of_yaml_reads_what_is_written(value: Any) -> None:
    assert yaml.load(plain_yaml.write(value), Loader=yaml.SafeLoader) == value


LAUGHS = "a: &a [x, x]\n" + "\n".join(f"{c}: &{c} [*{p}, *{p}]" for p, c in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [1", "line 2"),
        ("a: 1\n b: 2", "line 2"),
        ("a: !!python/object/apply:os.system ['true']", "Tags are not read at line 1, column 4"),
        ("!!python/name:os.system", "Tags"),
        ("- !!binary aGk=", "Tags"),
        ("- !!set {a, b}", "Tags"),
        (LAUGHS, "Anchors and aliases"),
        ("a: &x 1", "Anchors and aliases"),
        ("a: 2001-01-01", "put it in quotes"),
        ("1: a", "put it in quotes"),
        ("? [a, b]\n: 1", "Not"),
        ("a: " + "[" * 1000, "nested more than"),
        ("\n".join("  " * depth + "a:" for depth in range(400)), "nested more than"),
        ("[" + "1," * 300_000 + "]", "more than 200000 values"),
        ("a: " + "x" * 1_100_000, "longer than 1 million"),
        ("a: 1\n---\nb: 2", "YAML"),
        ("a: 1" + ":59" * 300_000, "A number has more than 400 digits at line 1, column 4"),
        ("a: -1" + ":59" * 300_000 + ".5", "more than 400 digits"),
        ("\na: 0x" + "f" * 900_000, "more than 400 digits at line 2"),
        ("a: 0b" + "1" * 900_000, "more than 400 digits"),
        ("a: 0" + "7" * 900_000, "more than 400 digits"),
        ("a: " + "1_0" * 300_000, "more than 400 digits"),
        ("a: " + "9" * 900_000, "more than 400 digits"),
        ("a: ." + "9" * 900_000, "more than 400 digits"),
        ("a: \x00", "YAML"),
    ],
)
def test_what_is_no_plain_value_is_told(text: str, words: str) -> None:
    with pytest.raises(YamlError, match=words):
        plain_yaml.read(text)


def test_a_long_text_is_none_of_these_numbers() -> None:
    text = "59 minutes and one second, " * 100
    assert plain_yaml.read(f"a: {text}\nb: '{'1' * 500}'") == {"a": text.strip(), "b": "1" * 500}
    assert plain_yaml.read("a: 1:30\nb: 1:00:00.5") == {"a": 90, "b": 3600.5}


@given(st.text())
def test_any_text_gives_values_or_a_message(text: str) -> None:
    with suppress(YamlError):
        json.dumps(plain_yaml.read(text))
