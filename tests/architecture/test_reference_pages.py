"""docs/reference is that of the code, and no field, setting, option, event or metric goes without
a word.
"""

from __future__ import annotations

import pytest

from tools import reference
from tools.reference import __main__ as command
from tools.reference.kinds_of_values import default_of, in_words


def test_the_pages_are_those_of_the_code_and_nothing_goes_without_a_word() -> None:
    assert reference.__doc__
    assert list(command.complaints()) == []


def test_what_is_said_of_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "files", lambda: {"x.md": "| `a` | text |  |  |\n"})
    told = list(command.complaints())
    assert "x.md: nothing is said of `a`" in told
    assert any("x.md is not that of the code" in line for line in told)
    assert any("settings.md is written by nobody" in line for line in told)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "maxLength": 64}, "text of at most 64 signs"),
        ({"type": "string", "format": "path"}, "file"),
        ({"enum": ["a", "b"]}, "`a` or `b`"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text"),
        ({"type": "array", "items": {"enum": ["a", "b", "c"]}}, "list of `a`, `b` or `c`"),
        ({"type": "integer", "minimum": 0, "maximum": 9}, "number, 0 to 9"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "map to text"),
        ({"$ref": "#/$defs/Words"}, "text in `nl` and `en`"),
        ({"$ref": "#/$defs/Part"}, "[section](#part)"),
    ],
)
def test_what_may_be_written_is_said_in_words(field: dict[str, object], words: str) -> None:
    definitions = {"Words": {"properties": {"nl": {}}}, "Part": {"properties": {"a": {}}}}
    assert in_words(field, definitions) == words


@pytest.mark.parametrize(
    ("default", "said"),
    [(True, "`true`"), (None, ""), ([], ""), (["a", "b"], "`a`, `b`"), (0, "`0`"), ("x", "`x`")],
)
def test_a_default_is_written_as_in_a_file(default: object, said: str) -> None:
    assert default_of({"default": default}) == said
