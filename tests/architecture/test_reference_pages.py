"""docs/reference is that of the code, and no field, setting, option, event or metric goes without
a word.
"""

from __future__ import annotations

import tomllib

import pytest

from tools import reference
from tools.reference import __main__ as command
from tools.reference import since
from tools.reference.kinds_of_values import default_of, in_words
from tools.reference.table import Page


def test_the_pages_are_those_of_the_code_and_nothing_goes_without_a_word() -> None:
    assert reference.__doc__
    assert list(command.complaints()) == []


def test_what_is_said_of_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "files", lambda: {"x.md": "| `a` | text |  |  |\n"})
    told = list(command.complaints())
    assert "x.md: nothing is said of `a`" in told
    assert any("x.md is not that of the code" in line for line in told)
    assert any("settings.md is written by nobody" in line for line in told)


def test_what_is_new_has_no_version_until_it_is_written() -> None:
    page = Page("settings", "Settings", "", (), ("web.old", "web.new"))
    ages = {"settings": {"web.old": "0.1.0", "web.gone": "0.1.0"}}
    told = list(since.complaints([page], ages))
    assert told == [
        "settings: nothing says since when there is web.new; run: make reference",
        "settings: since.toml names web.gone, which is not there; run: make reference",
    ]
    after = since.with_new([page], ages, "0.2.0")
    assert after == {"settings": {"web.old": "0.1.0", "web.new": "0.2.0"}}
    assert list(since.complaints([page], after)) == []
    assert tomllib.loads(since.as_text(after)) == {
        "settings": {"0.1.0": ["web.old"], "0.2.0": ["web.new"]}
    }


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
