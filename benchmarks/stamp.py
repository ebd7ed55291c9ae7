"""Good Responses by the dozen: one is made with care, the next differ in what must differ."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from lxml import etree

from keys.jwks import thumbprint
from keys.keyring import KeyState, KeyUse, PrivateKey
from keys.xml.signature import sign_enveloped
from sandbox.makelaar import saml_response
from sandbox.makelaar.catalogue import Makelaar
from sandbox.makelaar.faults import Fault
from sandbox.makelaar.state import Answer, SamlReply
from sandbox.people import ETD
from sandbox.portal.clients import BODEM

SUBJECT = "pp-jan-5b1f0a"


@dataclass(frozen=True)
class Stamp:
    """An unsigned Response to copy, and the makelaar's key."""

    unsigned: bytes
    key: PrivateKey
    recipient: x509.Certificate  # of Sluis, to encrypt for

    def answer(self, asked: SamlReply, *, encrypt: bool) -> bytes:
        """A fresh Response for this request: both signed, the Assertion encrypted if asked."""
        root = etree.fromstring(self.unsigned)
        now = datetime.now(UTC)
        assertion = root.find("{*}Assertion")
        for element in (root, assertion):
            element.set("ID", "_" + secrets.token_hex(16))
            element.set("IssueInstant", _time(now))
        root.set("InResponseTo", asked.request_id)
        confirmation = assertion.find(".//{*}SubjectConfirmationData")
        confirmation.set("InResponseTo", asked.request_id)
        conditions = assertion.find("{*}Conditions")
        conditions.set("NotBefore", _time(now))
        for element in (confirmation, conditions):
            element.set("NotOnOrAfter", _time(now + timedelta(minutes=2)))
        assertion.find("{*}AuthnStatement").set("AuthnInstant", _time(now))
        sign_enveloped(assertion, self.key, position=1)
        if encrypt:
            root.replace(assertion, saml_response.encrypted(assertion, self.recipient))
        sign_enveloped(root, self.key, position=1)
        return bytes(etree.tostring(root))


def stamp_of(
    makelaar: Makelaar, recipient: x509.Certificate, to: tuple[str, str] | None = None
) -> Stamp:
    """Jan's Response at this makelaar, without its signatures. ``to``: where it goes and whose that
    is; None: Sluis.
    """
    now = datetime.now(UTC)
    acs, audience = to or (f"{makelaar.broker}/saml/acs", f"{makelaar.broker}/saml/metadata")
    asked = SamlReply("_template", acs, audience, None)
    said = Answer(SUBJECT, "Jan de Vries", ETD["EH3"], "app", now, None, Fault.NONE)
    made = saml_response.success(makelaar, asked, said, BODEM.uuid, now, None)
    root = etree.fromstring(made)
    for signature in root.findall(".//{http://www.w3.org/2000/09/xmldsig#}Signature"):
        signature.getparent().remove(signature)
    key = PrivateKey(
        kid=thumbprint(makelaar.pair.key),
        use=KeyUse.SAML_SIGNING,
        algorithm="RSA",
        key=makelaar.pair.key,
        certificate=None,
        state=KeyState.ACTIVE,
    )
    return Stamp(bytes(etree.tostring(root)), key, recipient)


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
