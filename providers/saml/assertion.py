"""What a verified assertion says: who, how sure, since when, and for which organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from assurance.levels import AssuranceLevel
from assurance.step_up import Credited
from providers import received, times
from providers.credit import credit
from providers.interface import ProviderLevelUnknown, ProviderRefused
from providers.received import masked, told
from providers.registry import ProviderRecord, SamlSettings
from providers.saml.wire.names import NAME_FORMATS, PERSISTENT, SKEW, TRANSIENT, saml
from providers.saml.wire.xml_values import collapsed, instant, only_child, text_of, uri_of

MAX_SUBJECT = 256  # Core §8.3.7
_DECLARATIONS: Final = ("AuthnContextDecl", "AuthnContextDeclRef")


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

    Raises ProviderLevelUnknown where the registration does not know it, ProviderLevelTooLow below
    what was asked; it is never read upwards.
    """
    statement = only_child(assertion, saml("AuthnStatement"), "authn_statement")
    at = "AuthnStatement AuthnInstant"
    moment = instant(statement, "AuthnInstant", "authn_instant")
    if moment > now + skew:
        found = times.clock(at, moment - now, skew, SKEW)
        raise ProviderRefused("authn_instant", "in the future", **found)
    if not_before is not None and moment < not_before - skew:
        found = times.too_old(at, now - moment, now - not_before + skew)
        raise ProviderRefused("authn_instant", "older than asked", **found)
    until = _session_end(statement, now, skew)
    context = only_child(statement, saml("AuthnContext"), "authn_context")
    references = context.findall(saml("AuthnContextClassRef"))
    declared = [name for name in _DECLARATIONS if context.find(saml(name)) is not None]
    if len(references) != 1 or declared:
        seen = [f"{len(references)} AuthnContextClassRef"]
        seen += [_declaration(context, name) for name in declared]
        raise ProviderLevelUnknown(
            asked,
            element="AuthnContext",
            seen=", ".join(seen),
            expected="one AuthnContextClassRef",
        )
    said = uri_of(references[0], "authn_context")
    return AuthnFacts(said, credit(record, said, asked=asked), moment, until)


def _declaration(context: etree._Element, name: str) -> str:
    """A declaration of a level as a trace has it: what it refers to, nothing of what it holds."""
    if name == "AuthnContextDecl":
        return name
    return f"{name} {masked(collapsed(context.findtext(saml(name))))}"


def _session_end(statement: etree._Element, now: datetime, skew: timedelta) -> datetime | None:
    """When the makelaar wants a session on this login to be over (Core §2.7.2)."""
    if "SessionNotOnOrAfter" not in statement.attrib:
        return None
    until = instant(statement, "SessionNotOnOrAfter", "session")
    if until <= now - skew:
        found = times.late("AuthnStatement SessionNotOnOrAfter", now - until, skew, SKEW)
        raise ProviderRefused("expired", "session", **found)
    return until


def subject(
    assertion: etree._Element, settings: SamlSettings, attributes: Attributes, sp_entity_id: str
) -> str:
    """The key of the person at this makelaar: NameID, or the attribute that its record names.

    A NameQualifier that says what holds without it (Core §8.3.7: the makelaar) changes nothing;
    another one makes another person. A name that was made for another party is refused.
    """
    if settings.subject == "attribute":
        return _key(attributes.one(settings.subject_attribute or "") or "")
    name_id = only_child(
        only_child(assertion, saml("Subject"), "subject"), saml("NameID"), "subject"
    )
    value = _key(text_of(name_id, "subject"))
    if collapsed(name_id.get("Format")) == TRANSIENT:
        raise ProviderRefused(
            "subject",
            "not a lasting identifier",
            element="NameID Format",
            seen=TRANSIENT,
            expected=PERSISTENT,
            setting="saml.subject",
        )
    made_for = name_id.get("SPNameQualifier")
    if made_for not in (None, sp_entity_id):
        raise ProviderRefused(
            "subject",
            "made for another party",
            element="NameID SPNameQualifier",
            seen=told(made_for),
            expected=sp_entity_id,
        )
    qualifier = (name_id.get("NameQualifier") or "").strip(received.XML_SPACE)
    if qualifier in ("", settings.entity_id):
        return value
    return f"{_key(qualifier, received.MAX_WORD)}\x1f{value}"


def _key(text: str, longest: int = MAX_SUBJECT) -> str:
    found = received.subject(text, longest)
    if found is None:
        raise ProviderRefused(
            "subject",
            "empty, too long, or with white space or hidden signs",
            element="NameID or subject_attribute",
            seen=f"{len(text)} signs, empty, too long, or with white space or hidden signs",
            expected=f"at most {longest} printable signs",
        )
    return found


@dataclass(frozen=True)
class Value:
    """One attribute value: its text, and the qualifier when it is a NameID. No text where it is
    empty or of a shape that nobody here can read.
    """

    text: str
    qualifier: str | None = None


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
            raise ProviderRefused(
                "attribute_values",
                "more than one value",
                element=told(name),
                seen=len(found),
                expected=1,
            )
        return found[0].text if found else None


def attributes(assertion: etree._Element) -> Attributes:
    """Every attribute of every statement. Encrypted ones are refused: nothing may be passed
    over.
    """
    found: dict[str, list[Value]] = {}
    repeated, others = set(), set()
    for statement in assertion.findall(saml("AttributeStatement")):
        if statement.find(saml("EncryptedAttribute")) is not None:
            raise _encrypted("encrypted_attribute", "EncryptedAttribute")
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
    if len(element) == 0:
        return Value(str(element.text or ""))
    if any(child.tag == saml("EncryptedID") for child in element):
        raise _encrypted("encrypted_id", "EncryptedID")
    inner = element[0]
    stray = (element.text or "") + (inner.tail or "")
    if len(element) > 1 or inner.tag != saml("NameID") or len(inner) or stray.strip():
        return Value("")
    return Value(text_of(inner, "attribute_values"), inner.get("NameQualifier"))


def _encrypted(reason: str, element: str) -> ProviderRefused:
    expected = "the whole assertion encrypted, or nothing"
    return ProviderRefused(reason, element=element, seen="encrypted by itself", expected=expected)
