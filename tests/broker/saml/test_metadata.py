"""Our metadata as identity provider."""

from __future__ import annotations

import pytest
from lxml import etree

from broker.saml.metadata import idp_metadata
from keys.keyring import KeyRing, KeyState, KeyUse
from keys.xml import schema
from providers.saml.wire.names import POST, REDIRECT
from tests.broker.examples import ISSUER
from tests.broker.saml.portals import IDP, PERSISTENT, SSO, TRANSIENT
from tests.keys_for_tests import make_private_key

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
RING = KeyRing(
    (
        make_private_key(KeyUse.SAML_IDP_SIGNING, "RSA"),
        make_private_key(KeyUse.SAML_IDP_SIGNING, "RSA", KeyState.NEXT),
        make_private_key(KeyUse.SAML_ENCRYPTION, "RSA"),
        make_private_key(KeyUse.SAML_SIGNING, "RSA"),
    )
)


def test_a_portal_finds_what_it_needs() -> None:
    root = etree.fromstring(idp_metadata(RING, ISSUER))
    schema.check_metadata(root)
    assert root.get("entityID") == IDP
    (role,) = root.findall(f"{MD}IDPSSODescriptor")
    addresses = {
        str(one.get("Binding")).rpartition(":")[2]: one.get("Location")
        for one in role.findall(f"{MD}SingleSignOnService")
    }
    assert addresses == {"HTTP-Redirect": SSO, "HTTP-POST": SSO}
    assert [one.text for one in role.findall(f"{MD}NameIDFormat")] == [PERSISTENT, TRANSIENT]


def test_the_next_key_is_known_before_it_signs() -> None:
    root = etree.fromstring(idp_metadata(RING, ISSUER))
    uses = [one.get("use") for one in root.iter(f"{MD}KeyDescriptor")]
    assert uses == ["signing", "signing"]


@pytest.mark.slow
def test_pysaml2_reads_our_metadata() -> None:
    from saml2.mdstore import InMemoryMetaData

    store = InMemoryMetaData((), "")
    store.parse(idp_metadata(RING, ISSUER).decode())
    assert len(store.certs(IDP, "idpsso", "signing")) == 2
    for binding in (POST, REDIRECT):
        (service,) = store.service(IDP, "idpsso_descriptor", "single_sign_on_service", binding)
        assert service["location"] == SSO
