"""JSON that is read in turns with other threads: those of a server would wait seconds for one large file."""

import json
import re
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")


def parsed(content: bytes) -> Any:
    """The value of a JSON document, as `json.loads` gives it. Raises ValueError and RecursionError."""
    text = content.decode(json.detect_encoding(content), "surrogatepass")
    reader = _Reader(text)
    return reader.whole() if reader.next() == "{" else json.loads(text)


class _Reader:
    """Reads an object whose lists are large. Each element of such a list is read by one call into C."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._decode = json.JSONDecoder().raw_decode
        self._keys: dict[str, str] = {}  # each is held once and not for each element

    def next(self) -> str:
        """Skip white space, and return the next character; "" at the end."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def whole(self) -> dict[str, Any]:
        """The object that the text is. Raises JSONDecodeError."""
        found: dict[str, Any] = {}
        self._expect("{")
        if self.next() == "}":
            self._expect("}")
        else:
            while not found or self._expect(",}") == ",":
                if self.next() != '"':
                    raise self._error("Expecting a name in quotes")
                key = self._value()
                self._expect(":")
                found[key] = self._list() if self.next() == "[" else self._value()
        if self.next():
            raise self._error("Extra data")
        return found

    def _list(self) -> list[Any]:
        found: list[Any] = []
        self._expect("[")
        if self.next() == "]":
            self._expect("]")
            return found
        while not found or self._expect(",]") == ",":
            found.append(self._value())
        return found

    def _value(self) -> Any:
        self.next()
        found, self._at = self._decode(self._text, self._at)
        if isinstance(found, dict):
            return {self._keys.setdefault(key, key): value for key, value in found.items()}
        return found

    def _expect(self, characters: str) -> str:
        found = self.next()
        if not found or found not in characters:
            raise self._error(f"Expecting {' or '.join(characters)}")
        self._at += 1
        return found

    def _error(self, words: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(words, self._text, self._at)
