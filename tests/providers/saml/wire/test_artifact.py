"""Artifacts: what is made is read back, and nothing else is read."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.saml.wire.artifact import new_artifact, read_artifact, source_id
from providers.saml.wire.refused import WireRefused


@given(entity=st.text(min_size=1, max_size=80), index=st.integers(0, 65535))
def test_what_is_made_is_read_back(entity: str, index: int) -> None:
    made = new_artifact(entity, index)
    found = read_artifact(made)
    assert (found.value, found.endpoint_index) == (made, index)
    assert found.source_id == source_id(entity)
    assert len(base64.b64decode(made)) == 44


def test_each_is_another() -> None:
    assert len({new_artifact("urn:x", 0) for _ in range(100)}) == 100


def test_the_source_is_the_one_of_the_standard() -> None:
    """Bindings §3.6.4: SHA-1 of the entityID."""
    assert source_id("abc").hex() == "a9993e364706816aba3e25717850c26c9cd0d89d"


@given(st.one_of(st.none(), st.text(max_size=300), st.binary(max_size=60).map(base64.b64encode)))
def test_whatever_comes_is_read_or_refused(value: str | bytes | None) -> None:
    text = value.decode() if isinstance(value, bytes) else value
    try:
        found = read_artifact(text)
    except WireRefused as refused:
        assert refused.reason in ("message_missing", "artifact_malformed")
    else:
        raw = base64.b64decode(found.value)
        assert (len(raw), raw[:2]) == (44, b"\x00\x04")


@pytest.mark.parametrize(
    "change", [str.lower, lambda v: v[:-4], lambda v: v + v, lambda v: v + "="]
)
def test_a_changed_one_is_not_the_same(change: object) -> None:
    made = new_artifact("urn:x", 0)
    try:
        found = read_artifact(change(made)).value  # type: ignore[operator]
    except WireRefused:
        return
    assert found != made
