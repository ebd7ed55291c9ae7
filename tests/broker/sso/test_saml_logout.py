"""What we are called in a logout: by everybody alike, but for who knows us by another name."""

from __future__ import annotations

import pytest

from broker.sso.saml_logout import LogoutParty, LogoutSide
from keys.saml_keys import OwnRole

US = "https://login.example/saml/metadata"
THEM = "https://makelaar.example/metadata"
IN_THE_SCHEME = "urn:etoegang:DV:00000009000000000000:entities:9001"


def side(*, named_by_us: bool) -> LogoutSide:
    return LogoutSide(US, f"{US}/slo", "logged_out", named_by_us, lambda *_: None)


def party(calls_us: str | None) -> LogoutParty:
    return LogoutParty("makelaar:x", "Polderpoort", THEM, (), (), calls_us=calls_us)


@pytest.mark.parametrize(("calls_us", "name"), [(None, US), (IN_THE_SCHEME, IN_THE_SCHEME)])
def test_a_party_hears_the_name_that_it_knows_and_reads_it_in_a_name_id(
    calls_us: str | None, name: str
) -> None:
    as_sp, as_idp = side(named_by_us=False), side(named_by_us=True)
    assert as_sp.name_for(party(calls_us)) == as_idp.name_for(party(calls_us)) == name
    assert as_sp.qualifiers(party(calls_us)) == {"name_qualifier": THEM, "sp_name_qualifier": name}
    assert as_idp.qualifiers(party(calls_us)) == {
        "name_qualifier": name,
        "sp_name_qualifier": THEM,
    }


def test_the_role_says_whose_keys_sign() -> None:
    assert side(named_by_us=True).role is OwnRole.IDP
    assert side(named_by_us=False).role is OwnRole.SP
