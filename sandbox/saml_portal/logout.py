"""Logging out with the broker (SAML Core §3.7, Profiles §4.4) by HTTP-Redirect: asked by this
portal, or by the broker because a session ended elsewhere.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final

from lxml import etree

from sandbox.makelaar.saml_request import NAMES, SAML, SAMLP, RequestRefused, verified_query
from sandbox.saml_portal.party import SamlParty
from sandbox.saml_portal.request import redirect_url
from sandbox.saml_portal.response import SKEW, STATUS, Broker, Received

FRESH: Final = timedelta(minutes=5)
UNKNOWN: Final = ("Requester", "UnknownPrincipal")


class LogoutWrong(Exception):
    """A message that is not acceptable; the text says why, for the developer who reads the page."""


@dataclass(frozen=True)
class LogoutAsked:
    """What the broker asks: the sessions of this name, those of ``indexes`` where it says any."""

    request_id: str
    name_id: str
    indexes: tuple[str, ...]
    relay_state: str | None


class Sessions:
    """Who is in: by what the broker calls the session, the handle of the login."""

    def __init__(self) -> None:
        self._handles: dict[tuple[str, str], str] = {}
        self._lock = Lock()

    def begin(self, handle: str, got: Received) -> None:
        """Somebody logged in."""
        with self._lock:
            self._handles[got.name_id, got.session_index] = handle

    def end(self, name_id: str, indexes: Collection[str]) -> list[str]:
        """The handles of who was in and is not any more."""
        with self._lock:
            named = [
                one
                for one in self._handles
                if one[0] == name_id and (not indexes or one[1] in indexes)
            ]
            return [self._handles.pop(one) for one in named]


def request_url(
    party: SamlParty, broker: Broker, got: Received, relay_state: str
) -> tuple[str, str]:
    """Where the browser goes to log out at the broker, and the ID of the signed request."""
    root = _message("LogoutRequest", party, broker.slo_url)
    now = datetime.now(UTC)
    root.set("NotOnOrAfter", _time(now + FRESH))
    root.append(etree.fromstring(got.name))
    etree.SubElement(root, f"{{{SAMLP}}}SessionIndex").text = got.session_index
    return redirect_url(party, root, broker.slo_url, relay_state), str(root.get("ID"))


def read_request(query: bytes, party: SamlParty, broker: Broker) -> LogoutAsked:
    """What the broker asks. Raises LogoutWrong."""
    root, relay_state = _read(query, "LogoutRequest", party, broker)
    ends = root.get("NotOnOrAfter")
    if ends is not None and _moment(ends) + SKEW <= datetime.now(UTC):
        raise LogoutWrong("NotOnOrAfter")
    name_id = (root.findtext("saml:NameID", "", NAMES) or "").strip()
    if not name_id:
        raise LogoutWrong("NameID")
    indexes = tuple(str(one.text) for one in root.findall("samlp:SessionIndex", NAMES))
    return LogoutAsked(str(root.get("ID")), name_id, indexes, relay_state)


def answer_url(
    party: SamlParty, broker: Broker, asked: LogoutAsked, status: tuple[str, ...]
) -> str:
    """Where the browser goes with our signed answer."""
    root = _message("LogoutResponse", party, broker.slo_url)
    root.set("InResponseTo", asked.request_id)
    parent = etree.SubElement(root, f"{{{SAMLP}}}Status")
    for code in status:
        parent = etree.SubElement(parent, f"{{{SAMLP}}}StatusCode", {"Value": STATUS + code})
    return redirect_url(party, root, broker.slo_url, asked.relay_state, "SAMLResponse")


def read_answer(query: bytes, party: SamlParty, broker: Broker, request_id: str) -> tuple[str, ...]:
    """The status of the broker, from outer to inner. Raises LogoutWrong."""
    root, _ = _read(query, "LogoutResponse", party, broker)
    if root.get("InResponseTo") != request_id:
        raise LogoutWrong("InResponseTo")
    codes = root.iterfind("samlp:Status//samlp:StatusCode", NAMES)
    return tuple(str(one.get("Value")).removeprefix(STATUS) for one in codes)


def _message(name: str, party: SamlParty, to: str) -> etree._Element:
    root = etree.Element(
        f"{{{SAMLP}}}{name}",
        {
            "ID": "_" + secrets.token_hex(16),
            "Version": "2.0",
            "IssueInstant": _time(datetime.now(UTC)),
            "Destination": to,
        },
        nsmap={"samlp": SAMLP, "saml": SAML},
    )
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = party.entity_id
    return root


def _read(
    query: bytes, name: str, party: SamlParty, broker: Broker
) -> tuple[etree._Element, str | None]:
    """The message that the broker signed, for this portal and of this moment."""
    kind = "SAMLRequest" if name == "LogoutRequest" else "SAMLResponse"
    try:
        root, relay_state = verified_query(query, broker.certificates, kind)
    except RequestRefused as refused:
        raise LogoutWrong(str(refused)) from None
    if root.tag != f"{{{SAMLP}}}{name}":
        raise LogoutWrong(name)
    if root.get("Destination") != party.slo_url:
        raise LogoutWrong("Destination")
    if (root.findtext("saml:Issuer", "", NAMES) or "").strip() != broker.entity_id:
        raise LogoutWrong("Issuer")
    if abs(_moment(root.get("IssueInstant", "")) - datetime.now(UTC)) > FRESH:
        raise LogoutWrong("IssueInstant")
    return root, relay_state


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise LogoutWrong("IssueInstant") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
