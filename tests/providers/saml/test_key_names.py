"""KeyName: what a key of ours is called in metadata, and in messages to who asks it (eTD)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from broker.saml.metadata import idp_metadata
from keys.keyring import KeyUse
from keys.xml import guard, schema
from keys.xml.signature import verify_enveloped
from providers.saml.metadata import sp_metadata
from tests.broker.saml.answering import prepared
from tests.broker.saml.portals import a_portal
from tests.keys_for_tests import make_keyring
from tests.providers.saml.maker import ACS, SP
from tests.providers.saml.test_request import leave

SLO = "https://login.example/saml/slo"
KEY_NAME = "{http://www.w3.org/2000/09/xmldsig#}KeyName"


def called(use: KeyUse) -> str:
    """By another way than the product's."""
    certificate = make_keyring().active(use, "RSA").certificate
    assert certificate is not None
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def names_in(document: bytes) -> list[str]:
    return [str(one.text) for one in etree.fromstring(document).iter(KEY_NAME)]


def request_by_post(settings: dict[str, Any]) -> bytes:
    fields = leave({"request_binding": "post", **settings}).fields
    assert fields is not None
    return base64.b64decode(fields["SAMLRequest"])


def answer(**saml: Any) -> bytes:
    fields = prepared(a_portal(saml=saml)).reply.fields
    assert fields is not None
    return base64.b64decode(fields["SAMLResponse"])


def test_metadata_name_each_key() -> None:
    ring = make_keyring()
    assert names_in(sp_metadata(ring, SP, ACS, SLO)) == [
        called(KeyUse.SAML_SIGNING),
        called(KeyUse.SAML_ENCRYPTION),
    ]
    assert names_in(idp_metadata(ring, "https://login.example")) == [
        called(KeyUse.SAML_IDP_SIGNING)
    ]


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, 0),
        ({"sends_key_name": True}, 1),
        ({"preset": "eherkenning"}, 1),
        ({"preset": "digid"}, 1),
        ({"preset": "eherkenning", "sends_key_name": False}, 0),
        ({"preset": "adfs"}, 0),
    ],
    ids=str,
)
def test_a_request_names_its_key_where_the_record_asks_it(
    settings: dict[str, Any], names: int
) -> None:
    raw = request_by_post(settings)
    assert names_in(raw) == [called(KeyUse.SAML_SIGNING)] * names
    root, key = guard.parse(raw), make_keyring().active(KeyUse.SAML_SIGNING, "RSA")
    schema.check_protocol(root)
    assert key.certificate is not None
    verify_enveloped(root, [key.certificate])


def test_an_answer_names_its_key_where_the_portal_asks_it() -> None:
    assert names_in(answer()) == []
    raw = answer(sends_key_name=True)
    assert names_in(raw) == [called(KeyUse.SAML_IDP_SIGNING)] * 2
    root, key = guard.parse(raw), make_keyring().active(KeyUse.SAML_IDP_SIGNING, "RSA")
    schema.check_protocol(root)
    assert key.certificate is not None
    verify_enveloped(root, [key.certificate])
