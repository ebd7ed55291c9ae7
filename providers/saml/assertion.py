"""What a verified assertion says: who, how sure, since when, and for which organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from assurance.levels import AssuranceLevel
from assurance.step_up import Credited
from providers.credit import credit
from providers.interface import ProviderLevelTooLow, ProviderRefused
from providers.registry import ProviderRecord, SamlSettings
from providers.saml.names import NAME_FORMATS, TRANSIENT, saml
from providers.saml.xml_values import instant, only_child, text_of

MAX_SUBJECT = 256


@dataclass(frozen=True)
class AuthnFacts:
    """The authentication statement."""

    said: str
    worth: Credited
    authenticated_at: datetime
    session_until: datetime | None = None


def authentication(
    assertion: etree._Element,
    record: ProviderRecord,
    *,
    asked: AssuranceLevel,
    not_before: datetime | None,
    now: datetime,
    skew: timedelta,
) -> AuthnFacts:
    """Level and time. ``not_before``: the login must be at least this fresh (ForceAuthn, max_age).

    Raises ProviderLevelTooLow where the level is unknown or below what was asked; it is never read
    upwards.
    """
    statement = only_child(assertion, saml("AuthnStatement"), "authn_statement")
    moment = instant(statement.get("AuthnInstant"), "authn_instant")
    if moment > now + skew:
        raise ProviderRefused("authn_instant", "in the future")
    if not_before is not None and moment < not_before - skew:
        raise ProviderRefused("authn_instant", "older than asked")
    until = _session_end(statement, now, skew)
    context = only_child(statement, saml("AuthnContext"), "authn_context")
    references = context.findall(saml("AuthnContextClassRef"))
    if len(references) != 1 or len(context.findall(saml("AuthnContextDeclRef"))):
        raise ProviderLevelTooLow(asked, None)
    said = text_of(references[0], "authn_context")
    return AuthnFacts(said, credit(record, said, asked=asked), moment, until)


def _session_end(statement: etree._Element, now: datetime, skew: timedelta) -> datetime | None:
    """When the makelaar wants a session on this login to be over (Core §2.7.2)."""
    stated = statement.get("SessionNotOnOrAfter")
    until = instant(stated, "session") if stated is not None else None
    if until is not None and until <= now - skew:
        raise ProviderRefused("expired", "session")
    return until


def subject(
    assertion: etree._Element, settings: SamlSettings, attributes: Attributes, sp_entity_id: str
) -> str:
    """The key of the person at this makelaar: NameID, or the attribute that its record names.

    A NameQualifier that says what holds without it (Core §8.3.7: the makelaar) changes nothing;
    another one makes another person. A name that was made for another party is refused.
    """
    if settings.subject == "attribute":
        value = attributes.one(settings.subject_attribute or "")
        if not value or len(value) > MAX_SUBJECT:
            raise ProviderRefused("subject")
        return value
    name_id = only_child(
        only_child(assertion, saml("Subject"), "subject"), saml("NameID"), "subject"
    )
    value = text_of(name_id, "subject")
    if name_id.get("Format") == TRANSIENT or not value.strip() or len(value) > MAX_SUBJECT:
        raise ProviderRefused("subject", "not a lasting identifier")
    if name_id.get("SPNameQualifier") not in (None, sp_entity_id):
        raise ProviderRefused("subject", "made for another party")
    qualifier = name_id.get("NameQualifier")
    return value if qualifier in (None, "", settings.entity_id) else f"{qualifier}\x1f{value}"


@dataclass(frozen=True)
class Value:
    """One attribute value: its text, and the qualifier when it is a NameID."""

    text: str
    qualifier: str | None = None


@dataclass(frozen=True)
class Attributes:
    """Attributes by Name, with all their values. A FriendlyName means nothing, and a Name of
    another format is another name.
    """

    values: Mapping[str, tuple[Value, ...]]

    def all(self, name: str) -> tuple[Value, ...]:
        return self.values.get(name, ())

    def one(self, name: str) -> str | None:
        """The value of an attribute that has one. Raises ProviderRefused(attribute_values) on
        more.
        """
        found = self.all(name)
        if len(found) > 1:
            raise ProviderRefused("attribute_values", "more than one value")
        return found[0].text if found else None


def attributes(assertion: etree._Element) -> Attributes:
    """Every attribute of every statement. Encrypted ones are refused: nothing may be passed
    over.
    """
    found: dict[str, list[Value]] = {}
    for statement in assertion.findall(saml("AttributeStatement")):
        if statement.find(saml("EncryptedAttribute")) is not None:
            raise ProviderRefused("encrypted_attribute")
        for attribute in statement.findall(saml("Attribute")):
            if attribute.get("NameFormat") not in NAME_FORMATS:
                continue
            values = [_value(v) for v in attribute.findall(saml("AttributeValue"))]
            found.setdefault(str(attribute.get("Name")), []).extend(
                value for value in values if value is not None
            )
    return Attributes({name: tuple(values) for name, values in found.items()})


def _value(element: etree._Element) -> Value | None:
    if len(element) == 0:
        return Value(str(element.text)) if element.text else None
    if len(element) == 1 and element[0].tag == saml("NameID") and len(element[0]) == 0:
        inner = element[0]
        return Value(text_of(inner, "attribute_values"), inner.get("NameQualifier"))
    if element[0].tag == saml("EncryptedID"):
        raise ProviderRefused("encrypted_id")
    return None
