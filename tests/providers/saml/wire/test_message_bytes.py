"""What a form carries is base64 and nothing else, however its lines are broken."""

from __future__ import annotations

import pytest

from providers.saml.wire.bindings import message_bytes
from providers.saml.wire.refused import WireRefused


@pytest.mark.parametrize("value", ["PGE+", "P G E +", "PG\r\nE+\n", "\tPGE+ "])
def test_lines_may_be_broken_anywhere(value: str) -> None:
    assert message_bytes(value) == b"<a>"


@pytest.mark.parametrize("value", ["PA==", "PD8=", "P A = ="])
def test_padding_is_as_long_as_it_must_be(value: str) -> None:
    assert message_bytes(value) in (b"<", b"<?")


@pytest.mark.parametrize(
    "value",
    [
        " ",
        "=",
        "====",
        "P",
        "PA",
        "PA=",
        "PA===",
        "P=A=",
        "PA==PA==",
        "PD8",
        "PD-_",
        "PGE+é",
        "PA%3D",
    ],
)
def test_what_is_no_base64_is_refused(value: str) -> None:
    with pytest.raises(WireRefused) as refused:
        message_bytes(value)
    assert refused.value.reason == "base64"
