"""What is wrong with a request of a portal is told with its part, what was seen and what is
expected: whoever mends it reads the cause, and not the nearest one.
"""

from __future__ import annotations

import base64

import pytest

from admin.traces.explanation import translator
from broker.saml import messages
from broker.saml.errors import UntrustedRequest
from broker.texts import reasons
from broker.texts.explanation import Explanation
from tests.broker.saml.asking import GOOD, by_post, by_redirect, target
from tests.broker.saml.portals import ACS, Asked, certificate, form, signed
from tests.clocks import START

LOCAL = f"{START:%Y-%m-%dT%H:%M:%S}+01:00"
SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"


def told(refused: UntrustedRequest) -> Explanation:
    """As an operator reads it in English."""
    chosen = reasons.find(refused.reason, refused.found)
    assert chosen is not None
    return reasons.told(chosen, translator("en"), refused.found)


def test_service_now_signs_with_sha_1_which_is_no_matter_of_certificates() -> None:
    """Its default before Utah; so did AD FS and many others."""
    assert target(by_redirect(GOOD)).acs_url == ACS
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(GOOD, algorithm=SHA1))
    found = refused.value.found
    assert (found["failure"], found["element"], found["seen"]) == (
        "signature_algorithm", "SigAlg", SHA1)  # fmt: skip
    said = told(refused.value)
    assert SHA1 in said.cause and "rsa-sha256" in said.remedy


def test_a_new_certificate_of_a_portal_is_told_with_both() -> None:
    message = signed(GOOD.text(), "other")
    with pytest.raises(UntrustedRequest) as refused:
        target(messages.from_post(form(message)))
    found = refused.value.found
    assert found["failure"] == "signature_invalid" and found["signed_by"] != found["trusted"]
    assert "Is that its new certificate?" in told(refused.value).remedy
    assert target(by_post(GOOD)).acs_url == ACS


def test_an_index_beside_an_address_is_not_told_as_an_unknown_address() -> None:
    both = Asked({"AssertionConsumerServiceURL": ACS, "AssertionConsumerServiceIndex": "0"})
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(both))
    assert "Index stands beside an address" in told(refused.value).cause
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(Asked({"AssertionConsumerServiceURL": f"{ACS}/"})))
    assert "not in its metadata" in told(refused.value).cause


@pytest.mark.parametrize(
    ("request_", "cause", "remedy"),
    [
        (
            Asked({"IssueInstant": f"{START:%Y-%m-%dT%H:%M:%S}+01:00"}),
            "no time in UTC",
            "12:00:00Z",
        ),
        (Asked(tag="LogoutRequest"), "SAMLRequest stands: LogoutRequest", "AuthnRequest"),
        (Asked({"ID": "3f25-04e0"}), "AuthnRequest stands: empty, doubled or no name", "an ID"),
    ],
    ids=["a local time of .NET", "the wrong address", "a GUID as ID"],
)
def test_the_part_that_is_wrong_is_named(request_: Asked, cause: str, remedy: str) -> None:
    with pytest.raises(UntrustedRequest) as refused:
        target(by_redirect(request_))
    said = told(refused.value)
    assert cause in said.cause and remedy in said.remedy


def test_what_was_not_deflated_is_told_as_that() -> None:
    """A portal that sends what belongs in a form by Redirect."""
    plain = base64.b64encode(GOOD.text()).decode().replace("+", "%2B").replace("/", "%2F")
    with pytest.raises(UntrustedRequest) as refused:
        messages.from_redirect(f"SAMLRequest={plain.replace('=', '%3D')}".encode())
    assert "DEFLATE (RFC 1951)" in told(refused.value).remedy


def test_nothing_of_a_message_stands_in_what_is_told() -> None:
    """A namespace may be as long as a message, and is cut."""
    long = "urn:x y" + "z" * 5000
    text = GOOD.text().replace(b"<saml:Issuer>", f'<saml:Issuer xmlns:q="rel/{long}">'.encode())
    with pytest.raises(UntrustedRequest) as refused:
        messages.from_post(form(text))
    assert all(len(str(value)) < 400 for value in refused.value.found.values())
    assert certificate("portal") not in str(refused.value.found)
