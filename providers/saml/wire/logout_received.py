"""LogoutRequest and LogoutResponse as they arrive, in either role: read within bounds, and always
signed by who they are of (Bindings §3.2, §3.4, §3.5, Profiles §4.4). What they mean is judged
afterwards: ``logout_asked``, ``logout_answered``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from lxml import etree

from keys.xml import guard, schema
from keys.xml.guard import local_name
from keys.xml.signature import has_signature, verify_enveloped
from providers.saml.wire import soap
from providers.saml.wire.bindings import message_bytes
from providers.saml.wire.logout_services import SOAP
from providers.saml.wire.names import ENTITY, POST, REDIRECT, saml, samlp
from providers.saml.wire.redirect import LARGEST, RedirectQuery, read_query, verify_query
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed

LONGEST_RELAY_STATE: Final = 1024
_MOST_ELEMENTS: Final = 300
_FORM: Final = ("SAMLRequest", "SAMLResponse", "RelayState", "SAMLart")


@dataclass(frozen=True)
class ReceivedLogout:
    """``query``: of HTTP-Redirect, whose signature stands beside the message."""

    root: etree._Element
    binding: str
    relay_state: str | None = None
    query: RedirectQuery | None = None

    @property
    def is_request(self) -> bool:
        return bool(self.root.tag == samlp("LogoutRequest"))

    @property
    def issuer(self) -> str:
        """Whom the message says to be of, sign by sign; empty where it says nobody usable."""
        issuer = self.root.find(saml("Issuer"))
        if issuer is None or collapsed(issuer.get("Format")) not in (None, ENTITY):
            return ""
        return str(issuer.text or "")


def from_redirect(query: bytes) -> ReceivedLogout:
    """The message in a query. Raises WireRefused, XmlRefused."""
    is_answer = any(part.startswith(b"SAMLResponse=") for part in query.split(b"&"))
    found = read_query(query, "SAMLResponse" if is_answer else "SAMLRequest")
    return ReceivedLogout(
        _parsed(found.message, is_answer), REDIRECT, _relayed(found.relay_state), found
    )


def from_post(fields: Sequence[tuple[str, str]]) -> ReceivedLogout:
    """The message in a form. Raises WireRefused, XmlRefused."""
    for name in _FORM:
        seen = sum(1 for field, _ in fields if field == name)
        if seen > 1:
            raise WireRefused("repeated_parameter", element=name, seen=seen, expected=1)
    values = dict(fields)
    there = [name for name in ("SAMLRequest", "SAMLResponse", "SAMLart") if name in values]
    if len(there) > 1 or "SAMLart" in there:
        raise WireRefused("binding", element="form", seen=", ".join(there), expected="one message")
    name = there[0] if there else "SAMLRequest"
    root = _parsed(message_bytes(values.get(name), name), name == "SAMLResponse")
    return ReceivedLogout(root, POST, _relayed(values.get("RelayState")))


def from_soap(raw: bytes) -> ReceivedLogout:
    """The request in an envelope. Raises WireRefused, XmlRefused."""
    root = soap.alone(raw, max_bytes=LARGEST, max_elements=_MOST_ELEMENTS)
    _check_kind(root, is_answer=False)
    return ReceivedLogout(root, SOAP)


def answer_in(raw: bytes) -> ReceivedLogout:
    """The response in the envelope of an answer. Raises WireRefused, XmlRefused."""
    root = soap.alone(raw, max_bytes=LARGEST, max_elements=_MOST_ELEMENTS)
    _check_kind(root, is_answer=True)
    return ReceivedLogout(root, SOAP)


def _parsed(raw: bytes, is_answer: bool) -> etree._Element:
    root = guard.parse(raw, max_bytes=LARGEST, max_elements=_MOST_ELEMENTS)
    _check_kind(root, is_answer=is_answer)
    return root


def _check_kind(root: etree._Element, *, is_answer: bool) -> None:
    expected = "LogoutResponse" if is_answer else "LogoutRequest"
    if root.tag != samlp(expected):
        raise WireRefused("not_a_logout", element=local_name(root), expected=expected)
    schema.check_protocol(root)


def _relayed(state: str | None) -> str | None:
    """Echoed as it came; what a form cannot carry unchanged is refused."""
    if state is not None and (len(state.encode()) > LONGEST_RELAY_STATE or not state.isprintable()):
        raise WireRefused("relay_state", element="RelayState", expected="one printable line")
    return state


def verify(received: ReceivedLogout, certificates: Sequence[x509.Certificate]) -> None:
    """The signature, which no binding leaves out; one more inside must be right as well. Raises
    WireRefused, XmlRefused.
    """
    if received.query is not None:
        verify_query(received.query, certificates)
    if received.query is None or has_signature(received.root):
        verify_enveloped(received.root, certificates)
