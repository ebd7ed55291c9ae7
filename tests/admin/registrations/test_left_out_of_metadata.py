"""What metadata hold and nobody uses: whoever registers them is warned of each."""

from __future__ import annotations

from typing import Final

import pytest

from admin.registrations import rules
from admin.registrations.rule import Breach
from admin.registrations.saml_portal_rules import metadata_breaches
from broker.settings import Settings
from tests.broker.saml.portals import ACS, a_portal, acs, certificate, key_descriptor, metadata
from tests.clocks import START
from tests.providers.saml.habits.documents import GOOD, with_
from tests.providers.saml.maker import record_of

SIGNS: Final = key_descriptor(certificate("portal"))
TO_ENCRYPT: Final = key_descriptor(certificate("portal"), "encryption")
ELLIPTIC: Final = key_descriptor(certificate("ec-portal"), "encryption")


def told(settings: Settings, text: str) -> list[Breach]:
    return rules.breaches("Client", a_portal(text), rules.calls_of(settings))


def test_endpoints_of_shibboleth_over_http(settings: Settings) -> None:
    plain = "http://waterkaart.example/saml/acs"
    (one,) = told(settings, metadata(addresses=acs(plain, 0) + acs(ACS, 1)))
    assert one.warns and one.field == "saml.metadata"
    assert one.what == f"AssertionConsumerService {plain}: it is never used"
    assert told(settings, metadata()) == []


def test_endpoints_of_simplesamlphp_over_http(settings: Settings) -> None:
    more = '<md:SingleSignOnService Binding="urn:x" Location="http://makelaar.example/sso"/>'
    for text, many in ((with_("<md:SingleSign", f"{more}<md:SingleSign"), 1), (GOOD, 0)):
        found = rules.breaches(
            "IdentityProvider", record_of(metadata=text), rules.calls_of(settings)
        )
        warned = [one for one in found if one.warns and "http://makelaar.example" in one.what]
        assert [one.field for one in warned] == ["saml.metadata"] * many


@pytest.mark.parametrize(
    "other",
    [key_descriptor("AAAA"), key_descriptor(certificate("weak", bits=1024))],
    ids=["unreadable", "weak"],
)
def test_a_key_of_shibboleth_that_proves_nothing(settings: Settings, other: str) -> None:
    (one,) = told(settings, metadata(keys=SIGNS + other))
    assert one.warns and "KeyDescriptor 2" in one.what and "never used" in one.what


def test_an_elliptic_key_beside_the_one_that_is_encrypted_for(settings: Settings) -> None:
    text = metadata(keys=SIGNS + ELLIPTIC + TO_ENCRYPT)
    assert list(metadata_breaches(a_portal(text), START)) == []
    (one,) = told(settings, text)
    assert one.warns and "the encryption certificate with SHA-256" in one.what


def test_a_key_to_encrypt_for_that_cannot_be_read_is_refused(settings: Settings) -> None:
    """It may be the only one that the portal still has."""
    (one,) = told(
        settings, metadata(keys=SIGNS + TO_ENCRYPT + key_descriptor("AAAA", "encryption"))
    )
    assert not one.warns and "KeyDescriptor 3, for encryption, cannot be read" in one.what
    assert told(settings, metadata(keys=SIGNS + TO_ENCRYPT)) == []
