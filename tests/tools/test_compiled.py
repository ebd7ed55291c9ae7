"""Addresses that are read once say what they say when each map reads them."""

from __future__ import annotations

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.routing.rules import RulePart

ADDRESSES = ("/", "/a/<name>", "/a/<string(length=2):name>/b", "/c/<int(min=3):number>.json", "/d")


class _Capitals(BaseConverter):
    regex = "[A-Z]+"


def made(converter: type[BaseConverter] | None = None) -> Map:
    more = {"default": converter} if converter else {}
    return Map([Rule(one, endpoint=one) for one in ADDRESSES], converters=more)


def parts(map_: Map) -> list[tuple[list[RulePart], list[tuple[bool, str]], set[str]]]:
    return [(rule._parts, rule._trace, rule.arguments) for rule in map_.iter_rules()]


def test_the_second_map_is_like_the_first() -> None:
    first, second = made(), made()
    assert parts(first) == parts(second)
    for map_ in (first, second):
        addresses = map_.bind("example.org")
        assert addresses.match("/a/x") == ("/a/<name>", {"name": "x"})
        assert addresses.match("/c/3.json") == ("/c/<int(min=3):number>.json", {"number": 3})
        assert addresses.build("/a/<name>", {"name": "x y"}) == "/a/x%20y"
        with pytest.raises(NotFound):
            addresses.match("/c/2.json")


def test_what_converts_belongs_to_its_own_map() -> None:
    for map_ in (made(), made()):
        found = [one for rule in map_.iter_rules() for one in rule._converters.values()]
        assert len(found) == 3
        assert all(one.map is map_ for one in found)


def test_a_map_with_another_converter_reads_for_itself() -> None:
    assert made().bind("example.org").match("/a/x")
    with pytest.raises(NotFound):
        made(_Capitals).bind("example.org").match("/a/x")
    assert made(_Capitals).bind("example.org").match("/a/X")
