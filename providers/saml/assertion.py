"""What a verified assertion says: who, how sure, since when, and for which organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml import etree

from assurance import acr
from assurance.levels import AssuranceLevel
from assurance.step_up import Credited
from keys.xml.schema import is_foreign
from providers import received
from providers.credit import credit
from providers.interface import ProviderLevelTooLow, ProviderRefused
from providers.registry import ProviderRecord, SamlSettings
from providers.saml.names import NAME_FORMATS, TRANSIENT, saml
from providers.saml.xml_values import collapsed, instant, only_child, text_of, uri_of

MAX_SUBJECT = 256  # Core §8.3.7


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
    """Level and time, of the first statement that fits whole; of several sessions the first end
    counts. ``not_before``: the login must be at least this fresh (ForceAuthn, max_age).

    Raises ProviderLevelTooLow where the level is unknown or below what was asked; it is never read
    upwards.
    """
    fitting: list[AuthnFacts] = []
    first: ProviderRefused | ProviderLevelTooLow | None = None
    for statement in assertion.findall(saml("AuthnStatement")):
        try:
            fitting.append(_facts(statement, record, asked, not_before, now, skew))
        except (ProviderRefused, ProviderLevelTooLow) as refused:
            first = first or refused
    if not fitting:
        raise first or ProviderRefused("authn_statement", "0 of AuthnStatement")
    ends = [facts.session_until for facts in fitting if facts.session_until is not None]
    return replace(fitting[0], session_until=min(ends, default=None))


def _facts(
    statement: etree._Element,
    record: ProviderRecord,
    asked: AssuranceLevel,
    not_before: datetime | None,
    now: datetime,
    skew: timedelta,
) -> AuthnFacts:
    """Of one statement: its level and its time belong together. Raises as ``authentication``."""
    moment = instant(statement.get("AuthnInstant"), "authn_instant")
    if moment > now + skew:
        raise ProviderRefused("authn_instant", "in the future")
    if not_before is not None and moment < not_before - skew:
        raise ProviderRefused("authn_instant", "older than asked")
    until = _session_end(statement, now, skew)
    context = only_child(statement, saml("AuthnContext"), "authn_context")
    references = context.findall(saml("AuthnContextClassRef"))
    if len(references) != 1:
        raise ProviderLevelTooLow(asked, None)
    said = uri_of(references[0], "authn_context")
    worth = credit(record, said, asked=asked)
    for declared in context.findall(saml("AuthnContextDeclRef")):
        other = acr.level_of(collapsed(declared.text) or "", record.levels)
        if other is not None and other != acr.level_of(said, record.levels):
            raise ProviderLevelTooLow(asked, None)  # the class says one level, this another
    return AuthnFacts(said, worth, moment, until)


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
        return _key(attributes.named(settings.subject_attribute or "") or "")
    name_id = only_child(
        only_child(assertion, saml("Subject"), "subject"), saml("NameID"), "subject"
    )
    value = _key(text_of(name_id, "subject"))
    if collapsed(name_id.get("Format")) == TRANSIENT:
        raise ProviderRefused("subject", "not a lasting identifier")
    if name_id.get("SPNameQualifier") not in (None, sp_entity_id):
        raise ProviderRefused("subject", "made for another party")
    qualifier = (name_id.get("NameQualifier") or "").strip(received.XML_SPACE)
    if qualifier in ("", settings.entity_id):
        return value
    return f"{_key(qualifier, received.MAX_WORD)}\x1f{value}"


def _key(text: str, longest: int = MAX_SUBJECT) -> str:
    found = received.subject(text, longest)
    if found is None:
        raise ProviderRefused("subject", "empty, too long, or with white space or hidden signs")
    return found


@dataclass(frozen=True)
class Value:
    """One attribute value: its text, and the qualifier when it is a NameID. No text where it is
    empty or of a shape that nobody here can read. ``foreign``: the text of a value whose type is of
    another schema: it counts only where a record asks for that attribute by its name.
    """

    text: str
    qualifier: str | None = None
    foreign: str | None = None


@dataclass(frozen=True)
class Attributes:
    """Attributes by Name, with all their values. A FriendlyName means nothing, and a Name of
    another format is another name. ``repeated``: names that stand more than once; ``others``: names
    of another format.
    """

    values: Mapping[str, tuple[Value, ...]]
    repeated: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def all(self, name: str) -> tuple[Value, ...]:
        """The values that say something."""
        return tuple(value for value in self.written(name) if value.text)

    def written(self, name: str) -> tuple[Value, ...]:
        """The values as they stand there, those without text too: where none may be passed over."""
        return self.values.get(name, ())

    def one(self, name: str) -> str | None:
        """The value of an attribute that has one. Raises ProviderRefused(attribute_values) on
        more.
        """
        found = self.all(name)
        if len(found) > 1:
            raise ProviderRefused("attribute_values", "more than one value")
        return found[0].text if found else None

    def named(self, name: str) -> str | None:
        """The same, whatever schema its type is of (eIDAS has types of its own)."""
        texts = [value.text or value.foreign for value in self.written(name)]
        found = [text for text in texts if text]
        if len(found) > 1:
            raise ProviderRefused("attribute_values", "more than one value")
        return found[0] if found else None


def attributes(assertion: etree._Element) -> Attributes:
    """Every attribute of every statement. Encrypted ones are refused: nothing may be passed
    over.
    """
    found: dict[str, list[Value]] = {}
    repeated, others = set(), set()
    for statement in assertion.findall(saml("AttributeStatement")):
        if statement.find(saml("EncryptedAttribute")) is not None:
            raise ProviderRefused("encrypted_attribute")
        for attribute in statement.findall(saml("Attribute")):
            name = str(attribute.get("Name"))
            if collapsed(attribute.get("NameFormat")) not in NAME_FORMATS:
                others.add(name)
                continue
            if name in found:
                repeated.add(name)
            values = [_value(v) for v in attribute.findall(saml("AttributeValue"))]
            found.setdefault(name, []).extend(values)
    return Attributes(
        {name: tuple(values) for name, values in found.items()},
        frozenset(repeated),
        frozenset(others),
    )


def _value(element: etree._Element) -> Value:
    if any(child.tag == saml("EncryptedID") for child in element):
        raise ProviderRefused("encrypted_id")
    if is_foreign(element):
        return Value("", foreign=str(element.text or "") if len(element) == 0 else "")
    if len(element) == 0:
        return Value(str(element.text or ""))
    inner = element[0]
    stray = (element.text or "") + (inner.tail or "")
    if len(element) > 1 or inner.tag != saml("NameID") or len(inner) or stray.strip():
        return Value("")
    return Value(text_of(inner, "attribute_values"), inner.get("NameQualifier"))
