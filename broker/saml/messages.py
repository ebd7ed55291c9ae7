"""A request as it arrived, by HTTP-Redirect or HTTP-POST: bounded, well-formed, of the schema; and
whether a portal signed it (Bindings §3.4, §3.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from lxml import etree

from broker.saml.errors import RefusedRequest, UntrustedRequest
from keys.xml import guard, schema
from keys.xml.guard import XmlRefused, local_name
from keys.xml.signature import has_signature, verify_enveloped
from providers.saml.wire.bindings import message_bytes
from providers.saml.wire.names import samlp
from providers.saml.wire.redirect import LARGEST, RedirectQuery, read_query, verify_query
from providers.saml.wire.refused import WireRefused, found_in
from state.trace import Fact

MOST_ELEMENTS: Final = 300
# The standard allows 80 bytes (§3.4.3); products put whole addresses in it.
LONGEST_RELAY_STATE: Final = 1024
_FORM: Final = ("SAMLRequest", "RelayState")


@dataclass(frozen=True)
class ReceivedRequest:
    """``query``: of HTTP-Redirect, whose signature stands beside the message. ``by_browser``: not
    from the portal itself, over SOAP.
    """

    root: etree._Element
    relay_state: str | None
    query: RedirectQuery | None = None
    by_browser: bool = True

    @property
    def is_signed(self) -> bool:
        """By one of both ways, whether or not it is right."""
        beside = self.query is not None and self.query.algorithm is not None
        return beside or has_signature(self.root)


def from_redirect(query: bytes) -> ReceivedRequest:
    """The request in a query. Raises UntrustedRequest."""
    try:
        found = read_query(query, "SAMLRequest")
        return ReceivedRequest(_parsed(found.message), _relayed(found.relay_state), found)
    except (WireRefused, XmlRefused) as refused:
        raise unreadable(refused) from None


def from_post(fields: Sequence[tuple[str, str]]) -> ReceivedRequest:
    """The request in a form. Raises UntrustedRequest."""
    for name in _FORM:
        if sum(1 for field, _ in fields if field == name) > 1:
            raise _untrusted("repeated_parameter", element=name, expected=1)
    values = dict(fields)
    if values.keys() & {"SAMLResponse", "SAMLart"}:
        raise _untrusted("binding", element="form", expected="SAMLRequest alone")
    try:
        root = _parsed(message_bytes(values.get("SAMLRequest"), "SAMLRequest"))
        return ReceivedRequest(root, _relayed(values.get("RelayState")))
    except (WireRefused, XmlRefused) as refused:
        raise unreadable(refused) from None


def check_signature(
    received: ReceivedRequest,
    certificates: Sequence[x509.Certificate],
    *,
    required: bool,
    client_id: str,
) -> None:
    """Every signature that is there must be of the portal; with ``required`` there must be one.
    Raises UntrustedRequest.
    """
    try:
        if received.query is not None and (required or received.query.algorithm is not None):
            verify_query(received.query, certificates)
        if has_signature(received.root) or (required and received.query is None):
            verify_enveloped(received.root, certificates)
    except (WireRefused, XmlRefused) as refused:
        raise UntrustedRequest(
            RefusedRequest.SIGNATURE,
            "signature",
            refused.reason,
            client_id=client_id,
            **found_in(refused),
        ) from None


def _parsed(raw: bytes) -> etree._Element:
    root = guard.parse(raw, max_bytes=LARGEST, max_elements=MOST_ELEMENTS)
    if root.tag != samlp("AuthnRequest"):
        raise WireRefused(
            "not_a_request", element="SAMLRequest", seen=local_name(root), expected="AuthnRequest"
        )
    schema.check_protocol(root)
    return root


def _relayed(state: str | None) -> str | None:
    """Echoed as it came; what a form cannot carry unchanged is refused."""
    if state is None:
        return None
    if len(state.encode()) > LONGEST_RELAY_STATE or not state.isprintable():
        raise WireRefused(
            "relay_state",
            element="RelayState",
            seen=f"{len(state.encode())} bytes, or a sign that no form carries",
            expected=f"at most {LONGEST_RELAY_STATE} bytes on one line",
        )
    return state


def unreadable(refused: WireRefused | XmlRefused) -> UntrustedRequest:
    """With what was wrong and where, for who makes the portal."""
    return _untrusted(refused.reason, **found_in(refused))


def _untrusted(word: str, **found: Fact) -> UntrustedRequest:
    told: dict[str, Fact] = {"failure": word, **found}
    return UntrustedRequest(RefusedRequest.UNREADABLE, "received", word, client_id=None, **told)
