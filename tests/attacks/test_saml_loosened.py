"""Where several may stand and one must fit, nothing is put together out of two; and what is opened
without cover tells nothing (the twins of ``tests/providers/saml/habits``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from lxml import etree

from assurance.levels import AssuranceLevel
from providers.interface import ProviderLevelTooLow, ProviderRefused
from tests.clocks import START
from tests.damage import flipped
from tests.providers.saml.edits import (
    ASSERTION,
    AUTHN,
    CONFIRMATION,
    CONFIRMATION_DATA,
    RESPONSE,
    STATEMENT,
    SUBJECT,
    add,
    attribute,
    put,
)
from tests.providers.saml.maker import (
    ACS,
    REQUEST_ID,
    Edit,
    Recipe,
    finish,
    instant,
    provider_for,
    remembered,
    spoilt,
    tampered,
)
from tests.providers.saml.maker import SUBJECT as PERSON
from tests.providers.saml.sealing import XENC, Envelope, seal
from tests.providers.saml.signing import Signing
from tests.providers.saml.verdicts import refused

LOA: Final = "urn:etoegang:core:assurance-class:"
L = AssuranceLevel


# Several confirmations.


def confirmation(
    recipient: str = ACS,
    request: str = REQUEST_ID,
    seconds: int = 120,
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer",
) -> str:
    return (
        f'<saml:SubjectConfirmation Method="{method}"><saml:SubjectConfirmationData '
        f'Recipient="{recipient}" InResponseTo="{request}" NotOnOrAfter="{instant(seconds)}"/>'
        "</saml:SubjectConfirmation>"
    )


ELSEWHERE: Final = "https://other.example/acs"


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        pytest.param(
            [
                put(CONFIRMATION_DATA, "Recipient", ELSEWHERE),
                add(SUBJECT, confirmation(request="_other")),
            ],
            "recipient",
            id="S-52 one for us, another for this request",
        ),
        pytest.param(
            [
                put(CONFIRMATION_DATA, "NotOnOrAfter", instant(-900)),
                add(SUBJECT, confirmation(recipient=ELSEWHERE)),
            ],
            "expired",
            id="S-52 one for us that ended, another for others",
        ),
        pytest.param(
            [
                put(CONFIRMATION, "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
                add(SUBJECT, confirmation(method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches")),
            ],
            "confirmation_method",
            id="S-52 two that are no bearer",
        ),
        pytest.param(
            [put(CONFIRMATION_DATA, "Recipient", ELSEWHERE)]
            + [add(SUBJECT, confirmation(recipient=ELSEWHERE)) for _ in range(20)],
            "recipient",
            id="S-52 many for others",
        ),
    ],
)
def test_no_confirmation_is_put_together_of_two(edits: list[Edit], reason: str) -> None:
    refused(spoilt(*edits), reason)


def test_S_52_a_confirmation_that_was_added_on_the_way_does_not_count() -> None:
    wrong = put(CONFIRMATION_DATA, "Recipient", ELSEWHERE)
    right = add(SUBJECT, confirmation())
    assert finish(spoilt(wrong, right)).subject == PERSON  # the makelaar itself wrote both
    recipe = Recipe(before=[wrong], after=[right])
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe)
    assert caught.value.reason == "signature_invalid"


def test_S_52_the_end_of_the_one_that_fits_is_the_end() -> None:
    later = add(SUBJECT, confirmation(recipient=ELSEWHERE, seconds=3000))
    late = START.replace(minute=4)
    for recipe in (Recipe(), spoilt(later)):
        assert finish(recipe).replay_until == finish(Recipe()).replay_until
        with pytest.raises(ProviderRefused) as caught:
            finish(recipe, at=late)
        assert caught.value.reason == "expired"


@pytest.mark.parametrize("skew", [0, 60])
@pytest.mark.parametrize(("confirmed", "whole"), [(120, 240), (240, 120), (120, None)])
def test_S_45_a_message_is_remembered_for_as_long_as_its_time_lets_it_in(
    confirmed: int, whole: int | None, skew: int
) -> None:
    end = None if whole is None else instant(whole)
    recipe = spoilt(
        put(CONFIRMATION_DATA, "NotOnOrAfter", instant(confirmed)),
        put(f"{ASSERTION}/saml:Conditions", "NotOnOrAfter", end),
        settings={"skew_seconds": skew},
    )
    until = finish(recipe).replay_until
    assert until == START + timedelta(seconds=120 + skew)
    assert finish(recipe, at=until - timedelta(seconds=1)).subject == PERSON
    with pytest.raises(ProviderRefused) as caught:
        finish(recipe, at=until)
    assert caught.value.reason == "expired"


# Several statements.


def statement(level: str, seconds: int = 0, end: int | None = None) -> str:
    until = "" if end is None else f' SessionNotOnOrAfter="{instant(end)}"'
    return (
        f'<saml:AuthnStatement AuthnInstant="{instant(seconds)}"{until}><saml:AuthnContext>'
        f"<saml:AuthnContextClassRef>{level}</saml:AuthnContextClassRef></saml:AuthnContext>"
        "</saml:AuthnStatement>"
    )


def behind(xml: str) -> Edit:
    """One more statement behind the first: Issuer, Subject, Conditions and it stand before."""
    return add(ASSERTION, xml, 4)


def test_S_62_level_and_time_come_from_one_statement() -> None:
    """An old strong login and a new weak one are no new strong one."""
    fresh = remembered(fresh="true")
    old_strong = put(AUTHN, "AuthnInstant", instant(-900))
    recipe = spoilt(old_strong, behind(statement(LOA + "loa2")))
    assert finish(recipe).authentication is L.EH3  # where age does not count
    refused(recipe, "authn_instant", asked=fresh)
    both = spoilt(old_strong, behind(statement(LOA + "loa3")))
    assert finish(both, asked=fresh).authenticated_at == START


def test_S_61_a_second_statement_lifts_nothing_that_was_enough() -> None:
    more = {"level_ceiling": "EH4"}
    found = finish(spoilt(behind(statement(LOA + "loa4")), settings=more))
    assert found.authentication is L.EH3
    assert finish(spoilt(behind(statement(LOA + "loa2")))).authentication is L.EH3


def test_S_61_no_two_low_statements_are_a_high_one() -> None:
    with pytest.raises(ProviderLevelTooLow):
        finish(spoilt(behind(statement(LOA + "loa3"))), asked=remembered(L.EH4))


def test_S_47_of_several_sessions_the_first_end_counts() -> None:
    found = finish(
        spoilt(
            put(AUTHN, "SessionNotOnOrAfter", instant(7200)),
            behind(statement(LOA + "loa3", end=600)),
        )
    )
    assert found.session_until == START.replace(minute=10)


def test_S_61_a_statement_that_was_added_on_the_way_does_not_count() -> None:
    refused(tampered(behind(statement(LOA + "loa4"))), "signature_invalid")


# Attributes.

FOREIGN: Final = 'xmlns:x="urn:x:types" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def typed(name: str, value: str) -> Edit:
    """An attribute whose value has a type of another schema."""
    return add(
        STATEMENT,
        f'<saml:Attribute Name="{name}"><saml:AttributeValue {FOREIGN} xsi:type="x:Y">{value}'
        "</saml:AttributeValue></saml:Attribute>",
    )


def test_S_67_a_second_of_the_attribute_that_says_who_it_is_is_refused() -> None:
    by = {"subject": "attribute", "subject_attribute": "urn:x:person"}
    one = attribute("urn:x:person", "number-7")
    assert finish(spoilt(one, settings=by)).subject == "number-7"
    for second in (one, attribute("urn:x:person", "number-8"), typed("urn:x:person", "number-8")):
        with pytest.raises(ProviderRefused) as caught:
            finish(spoilt(one, second, settings=by))
        assert caught.value.reason == "attribute_values"


@pytest.mark.parametrize(
    "name",
    [
        "urn:etoegang:core:LegalSubjectID",
        "urn:etoegang:core:ServiceUUID",
        "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr",
        "urn:etoegang:1.9:IntermediateEntityID:KvKnr",
        "urn:etoegang:core:Representation",
        "urn:nl-eid-gdi:1.0:LegalSubjectID",
    ],
)
def test_a_mandate_of_a_foreign_type_is_not_passed_over(name: str) -> None:
    with pytest.raises(ProviderRefused):
        finish(spoilt(typed(name, "12345678")))


def test_a_foreign_type_is_only_of_a_value() -> None:
    edit = put(f"{ASSERTION}/saml:Conditions", "{http://www.w3.org/2001/XMLSchema-instance}type",
               "x:Y")  # fmt: skip
    refused(spoilt(edit), "schema")
    unbound = add(
        STATEMENT,
        '<saml:Attribute Name="y"><saml:AttributeValue '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="nobody:Y">1'
        "</saml:AttributeValue></saml:Attribute>",
    )
    refused(spoilt(unbound), "schema")


# Destination.

ONLY_ASSERTION: Final[dict[str, Any]] = {
    "signs": "assertion",
    "settings": {"require_signed": "assertion"},
}


def test_S_38_only_an_unsigned_response_may_leave_out_its_destination() -> None:
    gone = put(RESPONSE, "Destination", None)
    assert finish(spoilt(gone, **ONLY_ASSERTION)).subject == PERSON
    refused(spoilt(gone), "destination")
    refused(spoilt(put(RESPONSE, "Destination", ELSEWHERE), **ONLY_ASSERTION), "destination")
    refused(spoilt(put(RESPONSE, "Destination", ""), **ONLY_ASSERTION), "destination")
    refused(
        spoilt(gone, put(CONFIRMATION_DATA, "Recipient", ELSEWHERE), **ONLY_ASSERTION), "recipient"
    )


# CBC that nothing outside covers.

CBC: Final = XENC + "aes256-cbc"
INSIDE: Final = {"require_signed": "assertion", "allow_cbc": True, "allow_cbc_signed_inside": True}


def sealed(envelope: Envelope, signs: str = "assertion", **more: Any) -> Recipe:
    return Recipe(envelope=envelope, signs=signs, settings=INSIDE, **more)


def test_S_34_cbc_signed_inside_is_opened_by_a_setting_of_its_own() -> None:
    good = sealed(Envelope(content=CBC))
    assert finish(good).subject == PERSON
    for missing in ({"allow_cbc_signed_inside": False}, {"allow_cbc": False}):
        with pytest.raises(ProviderRefused) as caught:
            finish(good, provider_for(**{**INSIDE, **missing}))
        assert caught.value.reason == "encryption_algorithm"


PLAINS: Final[list[Callable[[bytes], bytes]]] = [
    lambda plain: b"",
    lambda plain: b"<x/>",
    lambda plain: plain[:-9],
    lambda plain: plain.replace(b"person-1", b"person-2"),
    lambda plain: plain.replace(b"Conditions", b"Conditionz"),
    lambda plain: plain.replace(b"<saml:Subject>", b"<saml:Subject><saml:Advice/>"),
    lambda plain: b"<!DOCTYPE x>" + plain,
]


def test_S_35_whatever_is_wrong_in_cbc_signed_inside_reads_the_same() -> None:
    """A signature that is wrong, missing or of another key too: it is the only cover."""
    recipes = [sealed(Envelope(content=CBC, spoil=flipped(at))) for at in range(0, 3000, 113)]
    recipes += [
        sealed(Envelope(content=CBC, spoil=lambda d, n=n: d[:n])) for n in (0, 5, 16, 17, 32)
    ]
    recipes += [sealed(Envelope(content=CBC, plain=plain)) for plain in PLAINS]
    recipes += [sealed(Envelope(content=CBC, spoil_key=flipped(at))) for at in (0, 99)]
    recipes += [
        sealed(Envelope(content=CBC), signs="none"),
        sealed(Envelope(content=CBC), signing=Signing(key="thief")),
        sealed(
            Envelope(content=CBC), signing=Signing(digest="http://www.w3.org/2000/09/xmldsig#sha1")
        ),
    ]
    provider = provider_for(**INSIDE)
    assert finish(sealed(Envelope(content=CBC)), provider).subject == PERSON
    for recipe in recipes:
        with pytest.raises(ProviderRefused) as caught:
            finish(recipe, provider)
        assert (caught.value.reason, caught.value.detail) == ("decryption_failed", "")
        assert caught.value.measured == {}


def test_S_34_weaker_ciphers_stay_refused_before_decrypting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("keys.xml.encryption._open", None)
    for envelope in (
        Envelope(content=XENC + "tripledes-cbc", bits=192),
        Envelope(content=CBC, transport=XENC + "rsa-1_5"),
    ):
        with pytest.raises(ProviderRefused) as caught:
            finish(sealed(envelope))
        assert caught.value.reason == "encryption_algorithm"


# Encrypted names.


def sealed_name(envelope: Envelope, plain: str | None = None) -> Edit:
    def edit(root: etree._Element) -> None:
        names = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
        name_id = root.find(f"{SUBJECT}/saml:NameID", names)
        assert name_id is not None
        parent = name_id.getparent()
        assert parent is not None
        what = name_id if plain is None else etree.fromstring(plain)
        parent.replace(name_id, seal(what, envelope))

    return edit


GOOD_NAME: Final = Envelope(name="EncryptedID")
SAML_NAME: Final = '<x:NameID xmlns:x="urn:oasis:names:tc:SAML:2.0:assertion" {0}>{1}</x:NameID>'


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        pytest.param(
            sealed_name(GOOD_NAME, SAML_NAME.format(
                'Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"', "x")),
            "subject", id="S-69 transient inside",
        ),
        pytest.param(sealed_name(GOOD_NAME, SAML_NAME.format("", "")), "subject", id="S-69 empty"),
        pytest.param(
            sealed_name(GOOD_NAME, SAML_NAME.format('SPNameQualifier="urn:other"', "x")),
            "subject", id="S-69 for another party",
        ),
        pytest.param(
            sealed_name(GOOD_NAME, "<NameID>x</NameID>"), "decryption_failed",
            id="S-37 something else inside",
        ),
        pytest.param(
            sealed_name(Envelope(name="EncryptedID", content=CBC)), "encryption_algorithm",
            id="S-37 CBC where it is not allowed",
        ),
        pytest.param(
            sealed_name(Envelope(name="EncryptedID", spoil=flipped(5))), "decryption_failed",
            id="S-37 spoilt",
        ),
    ],
)  # fmt: skip
def test_an_encrypted_name_is_judged_like_a_plain_one(edit: Edit, reason: str) -> None:
    assert finish(spoilt(sealed_name(GOOD_NAME))).subject == PERSON
    refused(spoilt(edit), reason)


def test_S_37_a_name_that_was_encrypted_anew_on_the_way_does_not_count() -> None:
    swapped = sealed_name(GOOD_NAME, SAML_NAME.format("", "person-2"))
    refused(tampered(swapped), "signature_invalid")
