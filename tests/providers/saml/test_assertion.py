"""What a verified assertion says: the person's key, the attributes and how sure the login is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from assurance.levels import AssuranceLevel
from providers.interface import ProviderLevelTooLow, ProviderRefused
from providers.saml.assertion import Attributes, Value, attributes, authentication, subject
from providers.saml.wire.names import NAME_FORMATS, TRANSIENT
from providers.saml_settings import SamlSettings
from tests.clocks import START
from tests.providers.saml.maker import (
    ENTITY_ID,
    NAMES,
    SP,
    SUBJECT,
    assertion_of,
    instant,
    record_of,
    unsigned,
)

L = AssuranceLevel
FORMAT = next(one for one in NAME_FORMATS if one is not None)


def found(assertion: etree._Element, path: str) -> etree._Element:
    element = assertion.find(path, NAMES)
    assert element is not None
    return element


def key_of(text: str = SUBJECT, settings: dict[str, Any] | None = None, **name_id: str) -> str:
    """The key of a person whose NameID has this text and these attributes."""
    assertion = assertion_of(unsigned())
    element = found(assertion, "saml:Subject/saml:NameID")
    element.text = text
    for name, value in name_id.items():
        element.set(name, value)
    read = SamlSettings.model_validate({"entity_id": ENTITY_ID, **(settings or {})})
    return subject(assertion, read, Attributes({"urn:id": (Value("a-number"),)}), SP)


@pytest.mark.parametrize(
    ("name_id", "key"),
    [
        ({}, SUBJECT),
        ({"NameQualifier": ENTITY_ID}, SUBJECT),  # what holds without it (Core §8.3.7)
        ({"NameQualifier": ""}, SUBJECT),
        ({"SPNameQualifier": SP}, SUBJECT),
        ({"SPNameQualifier": ""}, SUBJECT),
        ({"NameQualifier": "urn:another"}, f"urn:another\x1f{SUBJECT}"),
    ],
)
def test_a_person_is_known_by_the_name_id_within_its_qualifier(
    name_id: dict[str, str], key: str
) -> None:
    assert key_of(**name_id) == key


@pytest.mark.parametrize(
    ("text", "name_id"),
    [
        (SUBJECT, {"Format": TRANSIENT}),
        (SUBJECT, {"SPNameQualifier": "https://elders.example"}),
        (" ", {}),
        ("s" * 257, {}),
    ],
)
def test_a_name_that_does_not_last_or_is_for_another_party_is_refused(
    text: str, name_id: dict[str, str]
) -> None:
    with pytest.raises(ProviderRefused) as refused:
        key_of(text, **name_id)
    assert refused.value.reason == "subject"


def test_a_record_can_name_an_attribute_instead() -> None:
    by_attribute = {"subject": "attribute", "subject_attribute": "urn:id"}
    assert key_of(settings=by_attribute) == "a-number"
    with pytest.raises(ProviderRefused):
        key_of(settings={**by_attribute, "subject_attribute": "urn:absent"})


def said(*entries: str) -> Attributes:
    """The attributes of an assertion with one statement that holds these elements."""
    statement = "".join(entries)
    return attributes(
        etree.fromstring(
            f'<saml:Assertion xmlns:saml="{NAMES["saml"]}"><saml:AttributeStatement>{statement}'
            "</saml:AttributeStatement></saml:Assertion>"
        )
    )


def attribute(name: str, *values: str, more: str = "") -> str:
    inner = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{name}" {more}>{inner}</saml:Attribute>'


def test_an_attribute_has_all_its_values_wherever_they_stand() -> None:
    both = said(attribute("a", "1", "2"), attribute("b", ""), attribute("a", "3"))
    assert [value.text for value in both.all("a")] == ["1", "2", "3"]
    assert both.all("b") == both.all("c") == ()
    with pytest.raises(ProviderRefused, match="attribute_values"):
        both.one("a")
    assert said(attribute("a", "1")).one("a") == "1"


def test_a_name_id_as_value_keeps_its_qualifier() -> None:
    inner = '<saml:NameID NameQualifier="urn:q">12</saml:NameID>'
    assert said(attribute("a", inner)).all("a") == (Value("12", "urn:q"),)
    assert said(attribute("a", f"{inner}{inner}")).all("a") == ()


def test_an_attribute_of_another_format_is_another_name() -> None:
    ours, other = f'NameFormat="{FORMAT}"', 'NameFormat="urn:other"'
    assert said(attribute("a", "1", more=ours)).one("a") == "1"
    assert said(attribute("a", "1", more=other)).one("a") is None
    assert said(attribute("a", "1", more='FriendlyName="b"')).one("b") is None


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("<saml:EncryptedAttribute/>", "encrypted_attribute"),
        (attribute("a", "<saml:EncryptedID/>"), "encrypted_id"),
    ],
)
def test_what_is_encrypted_is_not_passed_over(entry: str, reason: str) -> None:
    with pytest.raises(ProviderRefused) as refused:
        said(attribute("a", "1"), entry)
    assert refused.value.reason == reason


def logged_in(asked: L = L.EH3, since: float | None = None, **statement: str) -> Any:
    """The facts of a login at EH3 with these attributes of its statement."""
    assertion = assertion_of(unsigned())
    for name, value in statement.items():
        found(assertion, "saml:AuthnStatement").set(name, value)
    return authentication(
        assertion,
        record_of(),
        asked=asked,
        not_before=None if since is None else START + timedelta(seconds=since),
        now=START,
        skew=timedelta(seconds=60),
    )


def test_a_login_is_worth_its_level_at_its_moment() -> None:
    facts = logged_in(AuthnInstant=instant(-30))
    assert facts.authenticated_at == START - timedelta(seconds=30)
    assert facts.worth.proofing is L.EH3
    assert facts.said == L.EH3.loa


@pytest.mark.parametrize("ahead", [None, 3600])
def test_a_makelaar_says_how_long_a_session_on_its_login_may_last(ahead: int | None) -> None:
    stated = {} if ahead is None else {"SessionNotOnOrAfter": instant(ahead)}
    until = None if ahead is None else START + timedelta(seconds=ahead)
    assert logged_in(**stated).session_until == until


def test_a_level_is_never_read_upwards() -> None:
    with pytest.raises(ProviderLevelTooLow) as low:
        logged_in(L.EH4)
    assert (low.value.asked, low.value.given) == (L.EH4, L.EH3)


@pytest.mark.parametrize(
    ("statement", "since", "reason"),
    [
        ({"AuthnInstant": instant(60)}, None, None),
        ({"AuthnInstant": instant(61)}, None, "authn_instant"),
        ({"AuthnInstant": instant(-9999)}, None, None),
        ({"AuthnInstant": instant(-60)}, 0, None),
        ({"AuthnInstant": instant(-61)}, 0, "authn_instant"),
        ({"SessionNotOnOrAfter": instant(-59)}, None, None),
        ({"SessionNotOnOrAfter": instant(-60)}, None, "expired"),
    ],
)
def test_a_login_is_of_a_time_that_was_and_as_fresh_as_was_asked(
    statement: dict[str, str], since: float | None, reason: str | None
) -> None:
    if reason is None:
        assert logged_in(since=since, **statement)
        return
    with pytest.raises(ProviderRefused) as refused:
        logged_in(since=since, **statement)
    assert refused.value.reason == reason
