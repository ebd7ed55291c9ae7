"""Every way in which a login can be refused has an error of the protocol and a description."""

from __future__ import annotations

import pytest

from broker.downstream import RefusalCode
from broker.oidc.errors import DESCRIPTIONS, OF_REFUSAL, TokenError

OF_THE_STANDARDS = frozenset(
    {
        *("access_denied", "server_error", "temporarily_unavailable"),  # RFC 6749 §4.1.2.1
        *("login_required", "interaction_required", "consent_required"),  # Core §3.1.2.6
        "account_selection_required",
        "unmet_authentication_requirements",
    }
)


def test_every_refusal_has_an_error_of_the_standards() -> None:
    assert set(OF_REFUSAL) == set(RefusalCode)
    assert set(OF_REFUSAL.values()) <= OF_THE_STANDARDS


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_is_described_in_signs_that_the_protocol_allows(code: RefusalCode) -> None:
    description = DESCRIPTIONS[code]
    assert description.isascii() and description.isprintable()
    assert not {'"', "\\"} & set(description)


def test_the_token_endpoint_refuses_with_400_unless_it_says_otherwise() -> None:
    assert TokenError("invalid_grant", "x").status == 400
    assert TokenError("invalid_client", "x", 401).status == 401
