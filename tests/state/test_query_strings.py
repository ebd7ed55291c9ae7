"""Query strings: sign for sign what the standard library writes."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from state.query_strings import query_string

TEXT = some.text(max_size=12)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.dictionaries(TEXT, TEXT, max_size=4))
def test_it_is_what_urlencode_writes(values: dict[str, str]) -> None:
    assert query_string(values) == urlencode(values)


@pytest.mark.parametrize("value", ["a&b=c", "a b", "a+b", "a#b", "a%26b", "a\r\nb", "é", "a\n"])
def test_no_value_says_anything_beside_itself(value: str) -> None:
    assert parse_qsl(query_string({"state": value, "iss": "x"})) == [("state", value), ("iss", "x")]
