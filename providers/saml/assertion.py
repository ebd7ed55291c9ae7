"""What a verified assertion says: who, how sure, since when, and for which organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from lxml import etree

from assurance import acr
from assurance.levels import AssuranceLevel
from assurance.step_up import Credited
from keys.xml.children import child, children
from keys.xml.schema import is_foreign
from providers import received, times
from providers.credit import credit, level_said, word_that_counts
from providers.interface import ProviderLevelTooLow, ProviderLevelUnknown, ProviderRefused
from providers.received import masked, told
from providers.registry import ProviderRecord
from providers.saml.wire.names import NAME_FORMATS, PERSISTENT, SKEW, TRANSIENT, saml
from providers.saml.wire.refused import WireRefused
from providers.saml.wire.xml_values import collapsed, instant, only_child, text_of, uri_of
from providers.saml_settings import SamlSettings
from state.copies import replace

MAX_SUBJECT = 256  # Core §8.3.7
_DECLARED: Final = "AuthnContextDecl"
_DECLARED_AT: Final = "AuthnContextDeclRef"
_REFUSALS: Final = (ProviderRefused, WireRefused, ProviderLevelTooLow, ProviderLevelUnknown)

# Attributes whose values end in the domain that gave them.
SCOPED: Final = frozenset(
    {
        "urn:oasis:names:tc:SAML:attribute:subject-id",
        "urn:oasis:names:tc:SAML:attribute:pairwise-id",
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",  # eduPersonPrincipalName
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.13",  # eduPersonUniqueId
    }
)


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
    methods: Iterable[str] = (),
) -> AuthnFacts:
    """Level and time, of the first statement that fits whole; of several sessions the first end
    counts. ``not_before``: the login must be at least this fresh (ForceAuthn, max_age);
    ``methods``: what the attribute of the registration says of how it was made.

    Raises ProviderLevelUnknown where the registration does not know it, ProviderLevelTooLow below
    what was asked; it is never read upwards.
    """
    fitting: list[AuthnFacts] = []
    first: Exception | None = None
    for statement in children(assertion, saml("AuthnStatement")):
        try:
            fitting.append(_facts(statement, record, asked, not_before, now, skew, methods))
        except _REFUSALS as refused:
            first = first or refused
    if not fitting:
        raise first or ProviderRefused(
            "authn_statement", "0 of AuthnStatement", element="AuthnStatement", seen=0, expected=1
        )
    ends = [facts.session_until for facts in fitting if facts.session_until is not None]
    return replace(fitting[0], session_until=min(ends)) if ends else fitting[0]


def _facts(
    statement: etree._Element,
    record: ProviderRecord,
    asked: AssuranceLevel,
    not_before: datetime | None,
    now: datetime,
    skew: timedelta,
    methods: Iterable[str],
) -> AuthnFacts:
    """Of one statement: its level and its time belong together. Raises as ``authentication``."""
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
    references = children(context, saml("AuthnContextClassRef"))
    if len(references) != 1:
        raise _not_understood(context, asked)
    said = uri_of(references[0], "authn_context")
    counts = word_that_counts(record, said, methods)
    worth = credit(record, counts, asked=asked)
    if not _goes_with(context, said, record):
        raise _not_understood(context, asked)
    return AuthnFacts(counts, worth, moment, until)


def _goes_with(context: etree._Element, said: str, record: ProviderRecord) -> bool:
    """A declaration beside a class is passed over: it lifts nothing. One that names another level
    contradicts the class, and one that is text alone is no declaration.
    """
    if len(context) == 1:
        return True
    reference = collapsed(context.findtext(saml(_DECLARED_AT))) or ""
    whole = context.findtext(saml(_DECLARED)) or ""
    other = acr.level_of(reference, record.levels)
    return other in (None, level_said(record, said)) and not whole.strip(received.XML_SPACE)


def _not_understood(context: etree._Element, asked: AssuranceLevel) -> ProviderLevelUnknown:
    """With what the context holds: what it refers to, nothing of what a declaration holds."""
    seen = [f"{len(context.findall(saml('AuthnContextClassRef')))} AuthnContextClassRef"]
    if child(context, saml(_DECLARED)) is not None:
        seen.append(_DECLARED)
    if (reference := child(context, saml(_DECLARED_AT))) is not None:
        seen.append(f"{_DECLARED_AT} {masked(collapsed(reference.text))}")
    return ProviderLevelUnknown(
        asked,
        element="AuthnContext",
        seen=", ".join(seen),
        expected="one AuthnContextClassRef",
    )


def _session_end(statement: etree._Element, now: datetime, skew: timedelta) -> datetime | None:
    """When the makelaar wants a session on this login to be over (Core §2.7.2)."""
    if statement.get("SessionNotOnOrAfter") is None:
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
        key = _key(attributes.named(settings.subject_attribute or "") or "")
        _check_scope(key, settings)
        return key
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
    if made_for not in (None, "", sp_entity_id):
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


def _check_scope(key: str, settings: SamlSettings) -> None:
    """A value that ends in a domain is of that domain: only who may speak of it gives it (SAML
    Subject Identifier Attributes §3.3.1). Nothing is asked where no domains are registered.
    """
    if settings.scopes is None or settings.subject_attribute not in SCOPED:
        return
    _, at, scope = key.rpartition("@")
    if not at or scope.lower() not in {one.lower() for one in settings.scopes}:
        raise ProviderRefused(
            "subject",
            "of a domain that is not the makelaar's",
            element="subject_attribute",
            seen=told(scope) if at else "a value without a domain",
            expected=told(", ".join(settings.scopes) or "no domain: its metadata have no Scope"),
            setting="saml.subject_attribute",
        )


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


class Value(NamedTuple):
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
            raise _several(name, len(found))
        return found[0].text if found else None

    def first_of(self, names: Iterable[str]) -> str | None:
        """The value of the first of these attributes that has one, of whatever schema its type is.
        Raises as ``one``.
        """
        return next((text for name in names if (text := self.named(name))), None)

    def named(self, name: str) -> str | None:
        """The same, whatever schema its type is of (eIDAS has types of its own)."""
        texts = [value.text or value.foreign for value in self.written(name)]
        found = [text for text in texts if text]
        if len(found) > 1:
            raise _several(name, len(found))
        return found[0] if found else None


def attributes(assertion: etree._Element) -> Attributes:
    """Every attribute of every statement. Encrypted ones are refused: nothing may be passed
    over.
    """
    found: dict[str, list[Value]] = {}
    repeated, others = set(), set()
    for statement in children(assertion, saml("AttributeStatement")):
        if child(statement, saml("EncryptedAttribute")) is not None:
            raise _encrypted("encrypted_attribute", "EncryptedAttribute")
        for attribute in children(statement, saml("Attribute")):
            name = str(attribute.get("Name"))
            if collapsed(attribute.get("NameFormat")) not in NAME_FORMATS:
                others.add(name)
                continue
            if name in found:
                repeated.add(name)
            values = [_value(v) for v in children(attribute, saml("AttributeValue"))]
            found.setdefault(name, []).extend(values)
    return Attributes(
        {name: tuple(values) for name, values in found.items()},
        frozenset(repeated),
        frozenset(others),
    )


def _value(element: etree._Element) -> Value:
    if len(element) == 0:
        text = str(element.text or "")
        return Value("", foreign=text) if is_foreign(element) else Value(text)
    if any(one.tag == saml("EncryptedID") for one in element):
        raise _encrypted("encrypted_id", "EncryptedID")
    if is_foreign(element):
        return Value("", foreign="")
    inner = element[0]
    stray = (element.text or "") + (inner.tail or "")
    if len(element) > 1 or inner.tag != saml("NameID") or len(inner) or stray.strip():
        return Value("")
    return Value(text_of(inner, "attribute_values"), inner.get("NameQualifier"))


def _several(name: str, values: int) -> ProviderRefused:
    what = "more than one value"
    return ProviderRefused("attribute_values", what, element=told(name), seen=values, expected=1)


def _encrypted(reason: str, element: str) -> ProviderRefused:
    expected = "the whole assertion encrypted, or nothing"
    return ProviderRefused(reason, element=element, seen="encrypted by itself", expected=expected)
