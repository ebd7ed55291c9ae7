"""What a party says of a logout that we asked (SAML Core §3.7.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from providers.received import told, told_address
from providers.saml.wire.arrival import is_timely
from providers.saml.wire.logout_messages import PARTIAL_LOGOUT
from providers.saml.wire.logout_received import ReceivedLogout
from providers.saml.wire.names import STATUS, samlp
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed, instant

_PARTIAL: Final = PARTIAL_LOGOUT.removeprefix(STATUS)


@dataclass(frozen=True)
class AnsweredLogout:
    """What a party says of a logout that we asked: the last words of both status codes."""

    first: str
    second: str

    @property
    def is_closed(self) -> bool:
        """Nothing of it is open there: all ended, or nobody was there any more."""
        is_whole = self.first == "Success" and self.second != _PARTIAL
        return is_whole or self.second == "UnknownPrincipal"

    @property
    def said(self) -> str:
        return " ".join(word for word in (self.first, self.second) if word)


def answered_logout(
    received: ReceivedLogout, *, issuer: str, here: str | None, request_id: str, now: datetime
) -> AnsweredLogout:
    """The status of a response whose signature holds. ``here``: our address, None where it came as
    the answer to a call. Raises WireRefused.
    """
    root = received.root
    if received.issuer != issuer:
        seen = told(received.issuer)
        raise WireRefused("issuer_mismatch", element="Issuer", seen=seen, expected=issuer)
    if root.get("Version") != "2.0":
        raise WireRefused("version", element="LogoutResponse", expected="2.0")
    if collapsed(root.get("InResponseTo")) != request_id:
        raise WireRefused("unsolicited", element="InResponseTo", expected="our request")
    sent_to = collapsed(root.get("Destination"))
    if here is not None and sent_to != here:
        raise WireRefused(
            "destination", element="Destination", seen=told_address(sent_to), expected=here
        )
    issued = instant(root, "IssueInstant", "issue_instant")
    if not is_timely(issued, now):
        off = int((issued - now).total_seconds())
        raise WireRefused("issue_instant", element="IssueInstant", seen=off, expected="now")
    return _status(root)


def _status(root: etree._Element) -> AnsweredLogout:
    code = root.find(f"{samlp('Status')}/{samlp('StatusCode')}")
    inner = None if code is None else code.find(samlp("StatusCode"))
    values = [collapsed(one.get("Value")) or "" if one is not None else "" for one in (code, inner)]
    known = [value.removeprefix(STATUS) if value.startswith(STATUS) else "" for value in values]
    return AnsweredLogout(*(word if word.isalpha() else "" for word in known))
