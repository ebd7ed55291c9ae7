"""What a LogoutRequest asks, once its signature holds, in either role (SAML Core §3.7.1). What is
wrong with it is told to who asked, signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from assurance.session_names import SessionName
from providers.saml.wire.arrival import SKEW, is_timely, seen_once
from providers.saml.wire.logout_messages import (
    MOST_INDEXES,
    REQUEST_DENIED,
    REQUEST_UNSUPPORTED,
    REQUESTER,
    UNKNOWN_PRINCIPAL,
    LogoutStatus,
    name_of,
)
from providers.saml.wire.logout_received import ReceivedLogout
from providers.saml.wire.logout_services import SOAP
from providers.saml.wire.names import saml, samlp
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed, instant, text_of
from state.ephemeral import AddOnce

LONGEST_NAME: Final = 1024
# Who sends it waits for no answer (SAML V2.0 Asynchronous Single Logout §2.2); Shibboleth does.
_ASYNCHRONOUS: Final = "{urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo}Asynchronous"
_UNSPECIFIED: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
OpenName = Callable[[etree._Element], etree._Element]


class LogoutNotDone(Exception):
    """A message of a party that is known and proved it cannot be followed: told there."""

    def __init__(self, second: str, message: str) -> None:
        super().__init__(f"{second.rpartition(':')[2]}: {message}")
        self.status = LogoutStatus(REQUESTER, second, message)


@dataclass(frozen=True)
class AskedLogout:
    """What a LogoutRequest asks. No ``indexes``: every session of that name. ``is_asynchronous``:
    no answer is wanted; ``once``: what must be seen for the first time.
    """

    request_id: str
    name: SessionName
    indexes: tuple[str, ...]
    is_asynchronous: bool
    once: AddOnce


def asked_logout(
    received: ReceivedLogout, *, here: str, now: datetime, opened: OpenName | None = None
) -> AskedLogout:
    """What a request asks whose signature holds. ``here``: our address for its binding; ``opened``:
    how a name is decrypted, where we have a key for that. Raises LogoutNotDone.
    """
    root = received.root
    _check_version(root)
    _check_destination(received, here)
    issued = _check_issued(root, now)
    if "NotOnOrAfter" in root.attrib and _moment(root, "NotOnOrAfter") <= now - SKEW:
        raise LogoutNotDone(REQUEST_DENIED, "NotOnOrAfter is over: send a new request")
    indexes = tuple(str(one.text or "") for one in root.findall(samlp("SessionIndex")))
    if len(indexes) > MOST_INDEXES or any(not 0 < len(one) <= LONGEST_NAME for one in indexes):
        raise LogoutNotDone(
            REQUEST_DENIED, f"at most {MOST_INDEXES} SessionIndex, each with a text"
        )
    extensions = root.find(samlp("Extensions"))
    return AskedLogout(
        request_id=str(root.get("ID")),
        name=_name(root, opened),
        indexes=tuple(dict.fromkeys(indexes)),
        is_asynchronous=extensions is not None and extensions.find(_ASYNCHRONOUS) is not None,
        once=seen_once("saml-logout", received.issuer, str(root.get("ID")), issued),
    )


def _check_version(root: etree._Element) -> None:
    if root.get("Version") != "2.0":
        raise LogoutNotDone(REQUEST_UNSUPPORTED, "Version must be 2.0")


def _check_destination(received: ReceivedLogout, here: str) -> None:
    """Signed for us and nobody else; what was called directly reached whom it was meant for, unless
    it says another (Bindings §3.4.5.2, §3.5.5.2).
    """
    said = collapsed(received.root.get("Destination"))
    if said != here and not (said is None and received.binding == SOAP):
        raise LogoutNotDone(REQUEST_DENIED, f"Destination must be {here}")


def _check_issued(root: etree._Element, now: datetime) -> datetime:
    issued = _moment(root, "IssueInstant")
    if not is_timely(issued, now):
        off = int((issued - now).total_seconds())
        raise LogoutNotDone(
            REQUEST_DENIED, f"IssueInstant differs {off} seconds from our clock: send a new request"
        )
    return issued


def _moment(root: etree._Element, name: str) -> datetime:
    try:
        return instant(root, name, "conditions")
    except WireRefused:
        raise LogoutNotDone(REQUEST_DENIED, f"{name} is no UTC time") from None


def _name(root: etree._Element, opened: OpenName | None) -> SessionName:
    name_id, sealed = root.find(saml("NameID")), root.find(saml("EncryptedID"))
    if name_id is None and sealed is not None and opened is not None:
        name_id = opened(sealed)
    if name_id is None:
        raise LogoutNotDone(REQUEST_UNSUPPORTED, "the person is named by a plain NameID")
    try:
        text = text_of(name_id, "subject")
    except WireRefused:
        text = ""
    if not 0 < len(text) <= LONGEST_NAME:
        raise LogoutNotDone(UNKNOWN_PRINCIPAL, "NameID is empty or too long")
    return name_of(name_id)


def is_same(
    asked: SessionName, kept: SessionName, *, name_qualifier: str, sp_name_qualifier: str
) -> bool:
    """Do both name one person? What is left out, and a qualifier that says what holds without it
    (Core §8.3.7), changes nothing.
    """
    natural = {
        "Format": _UNSPECIFIED,
        "NameQualifier": name_qualifier,
        "SPNameQualifier": sp_name_qualifier,
    }
    return asked.name == kept.name and all(
        collapsed(asked.about.get(name)) in (None, "", usual, kept.about.get(name))
        for name, usual in natural.items()
    )
