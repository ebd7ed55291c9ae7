"""LogoutRequest and LogoutResponse as we send them, in either role (SAML Core §3.7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from lxml import etree

from assurance.session_names import SessionName
from providers.saml.wire.names import SAML, SAMLP, STATUS, SUCCESS, saml, samlp

LIFETIME: Final = timedelta(minutes=5)
PARTIAL_LOGOUT: Final = STATUS + "PartialLogout"
REQUESTER: Final = STATUS + "Requester"
REQUEST_DENIED: Final = STATUS + "RequestDenied"
REQUEST_UNSUPPORTED: Final = STATUS + "RequestUnsupported"
UNKNOWN_PRINCIPAL: Final = STATUS + "UnknownPrincipal"
BY_USER: Final = "urn:oasis:names:tc:SAML:2.0:logout:user"
MOST_INDEXES: Final = 20  # of one request, either way
# Of a NameID, in the order of the schema.
NAME_ATTRIBUTES: Final = ("NameQualifier", "SPNameQualifier", "Format", "SPProvidedID")


@dataclass(frozen=True)
class LogoutStatus:
    """What who asked hears: who could not go on, why, and the same in words for who makes the
    software there.
    """

    first: str
    second: str | None = None
    message: str | None = None


COMPLETE: Final = LogoutStatus(SUCCESS)
# Our own session ended; what did not end is somewhere else (Core §3.7.3.2).
PARTIAL: Final = LogoutStatus(SUCCESS, PARTIAL_LOGOUT)


@dataclass(frozen=True)
class LogoutRequestFacts:
    """Which session ends, in the words of who is told: one name, with every index under it."""

    issuer: str
    destination: str
    names: Sequence[SessionName]
    now: datetime


def new_id() -> str:
    """An ID with 160 bits of chance (Core §1.3.4)."""
    return f"_{secrets.token_hex(20)}"


def by_name(names: Sequence[SessionName]) -> Sequence[Sequence[SessionName]]:
    """A request names one person: names that go together in one, and those that do not."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], list[SessionName]] = {}
    for one in names:
        found.setdefault((one.name, tuple(sorted(one.about.items()))), []).append(one)
    return tuple(tuple(group) for group in found.values())


def logout_request(facts: LogoutRequestFacts, identifier: str) -> etree._Element:
    """The message, not yet signed."""
    root = _message("LogoutRequest", identifier, facts.destination, facts.now)
    root.set("NotOnOrAfter", written(facts.now + LIFETIME))
    root.set("Reason", BY_USER)
    etree.SubElement(root, saml("Issuer")).text = facts.issuer
    first = facts.names[0]
    name_id = etree.SubElement(root, saml("NameID"), dict(first.about))
    name_id.text = first.name
    indexes = dict.fromkeys(one.index for one in facts.names if one.index is not None)
    for index in list(indexes)[:MOST_INDEXES]:
        etree.SubElement(root, samlp("SessionIndex")).text = index
    return root


def logout_response(
    *, issuer: str, destination: str, in_response_to: str, status: LogoutStatus, now: datetime
) -> etree._Element:
    """The message, not yet signed."""
    root = _message("LogoutResponse", new_id(), destination, now)
    root.set("InResponseTo", in_response_to)
    etree.SubElement(root, saml("Issuer")).text = issuer
    said = etree.SubElement(root, samlp("Status"))
    code = etree.SubElement(said, samlp("StatusCode"), Value=status.first)
    if status.second is not None:
        etree.SubElement(code, samlp("StatusCode"), Value=status.second)
    if status.message is not None:
        etree.SubElement(said, samlp("StatusMessage")).text = status.message
    return root


def name_of(name_id: etree._Element, index: str | None = None) -> SessionName:
    """What a verified NameID says, to be said again as it was given."""
    about = {name: str(name_id.get(name)) for name in NAME_ATTRIBUTES if name in name_id.attrib}
    return SessionName(str(name_id.text or ""), index, about)


def written(moment: datetime) -> str:
    """A moment as SAML writes it (Core §1.3.3)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _message(tag: str, identifier: str, destination: str, now: datetime) -> etree._Element:
    return etree.Element(
        samlp(tag),
        {
            "ID": identifier,
            "Version": "2.0",
            "IssueInstant": written(now),
            "Destination": destination,
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
