"""The assertion about a finished login, for one portal (SAML Core §2.3.3, Profiles §4.1.4.2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from broker.saml.attributes import Attribute, statement, written
from providers.saml.wire.names import BEARER, PERSISTENT, SAML, TRANSIENT, saml

LIFETIME: Final = timedelta(minutes=5)
BEFORE: Final = timedelta(minutes=1)  # clocks of portals may be behind
_FORMATS: Final = {"persistent": PERSISTENT, "transient": TRANSIENT}


@dataclass(frozen=True)
class AssertionFacts:
    """``request_id``: None where nobody asked. ``name_id``: the format, ``persistent`` or
    ``transient``; ``subject`` the name itself. ``context``: the class of the level; ``authority``:
    the makelaar that knew who it is, None where the portal may not know.
    """

    issuer: str
    audience: str
    acs_url: str
    request_id: str | None
    name_id: str
    subject: str
    context: str
    authority: str | None
    session_index: str
    authenticated_at: datetime
    session_until: datetime
    attributes: tuple[Attribute, ...]
    now: datetime
    statement: etree._Element | None = None  # in place of the attributes


def new_id() -> str:
    """An ID with 160 bits of chance (Core §1.3.4)."""
    return f"_{secrets.token_hex(20)}"


def assertion(facts: AssertionFacts) -> etree._Element:
    """Not yet signed; it stands alone, so that it can be signed and encrypted by itself."""
    root = etree.Element(
        saml("Assertion"),
        {"ID": new_id(), "Version": "2.0", "IssueInstant": written(facts.now)},
        nsmap={"saml": SAML},
    )
    etree.SubElement(root, saml("Issuer")).text = facts.issuer
    _subject(root, facts)
    _conditions(root, facts)
    _authn_statement(root, facts)
    if facts.statement is not None:
        root.append(facts.statement)
    else:
        statement(root, facts.attributes)
    return root


def _subject(root: etree._Element, facts: AssertionFacts) -> None:
    subject = etree.SubElement(root, saml("Subject"))
    name_id = etree.SubElement(subject, saml("NameID"), Format=_FORMATS[facts.name_id])
    if facts.name_id == "persistent":
        name_id.set("NameQualifier", facts.issuer)
        name_id.set("SPNameQualifier", facts.audience)
    name_id.text = facts.subject
    confirmation = etree.SubElement(subject, saml("SubjectConfirmation"), Method=BEARER)
    said = {
        "InResponseTo": facts.request_id,
        "NotOnOrAfter": written(facts.now + LIFETIME),
        "Recipient": facts.acs_url,
    }
    etree.SubElement(
        confirmation,
        saml("SubjectConfirmationData"),
        {name: value for name, value in said.items() if value is not None},
    )


def _conditions(root: etree._Element, facts: AssertionFacts) -> None:
    conditions = etree.SubElement(
        root,
        saml("Conditions"),
        {
            "NotBefore": written(facts.now - BEFORE),
            "NotOnOrAfter": written(facts.now + LIFETIME),
        },
    )
    restriction = etree.SubElement(conditions, saml("AudienceRestriction"))
    etree.SubElement(restriction, saml("Audience")).text = facts.audience


def _authn_statement(root: etree._Element, facts: AssertionFacts) -> None:
    said = etree.SubElement(
        root,
        saml("AuthnStatement"),
        {
            "AuthnInstant": written(min(facts.authenticated_at, facts.now)),
            "SessionIndex": facts.session_index,
            "SessionNotOnOrAfter": written(facts.session_until),
        },
    )
    context = etree.SubElement(said, saml("AuthnContext"))
    etree.SubElement(context, saml("AuthnContextClassRef")).text = facts.context
    if facts.authority is not None:
        etree.SubElement(context, saml("AuthenticatingAuthority")).text = facts.authority
