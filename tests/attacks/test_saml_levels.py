"""How sure the makelaar is, and since when (S-51, S-61 … S-63)."""

from __future__ import annotations

from typing import Any

import pytest

from assurance.levels import AssuranceLevel
from tests.providers.saml.edits import (
    AUTHN,
    CLASS_REF,
    CONTEXT,
    add,
    drop,
    put,
    text,
)
from tests.providers.saml.maker import SUBJECT as PERSON
from tests.providers.saml.maker import (
    Edit,
    Recipe,
    finish,
    instant,
    remembered,
    spoilt,
)
from tests.providers.saml.verdicts import not_understood, refused, too_low

LOA = "urn:etoegang:core:assurance-class:"
EIDAS = "http://eidas.europa.eu/LoA/"

# Level.


def level(value: str) -> Edit:
    return text(CLASS_REF, value)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param([level(LOA + "loa2")], id="S-61 EH2"),
        pytest.param([level(LOA + "loa2plus")], id="S-61 EH2+"),
        pytest.param([level(EIDAS + "low")], id="S-61 low"),
    ],
)
def test_a_level_is_never_read_upwards(edits: list[Edit]) -> None:
    too_low(spoilt(*edits))


CLASSES = "urn:oasis:names:tc:SAML:2.0:ac:classes:"


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        pytest.param([level(LOA + "loa1")], {"word": LOA + "loa1"}, id="S-62 abolished"),
        pytest.param(
            [level("urn:voorbeeld:niveau:9")],
            {"word": "urn:voorbeeld:niveau:9", "line": 'levels: {"urn:voorbeeld:niveau:9": EH2}'},
            id="S-62 unknown",
        ),
        pytest.param([level(f"{LOA} loa3")], {"word": f"{LOA} loa3"}, id="S-62 a space inside"),
        pytest.param(
            [level("urn:sluis:loa:email")], {"word": "urn:sluis:loa:email"}, id="S-62 our own"
        ),
        pytest.param(
            [level(CLASSES + "unspecified")],
            {"line": f'levels: {{"{CLASSES}unspecified": EH2}}'},
            id="S-62 unspecified, as Keycloak says",
        ),
        pytest.param(
            [level(CLASSES + "Password")],
            {"word": CLASSES + "Password"},
            id="S-62 a password, as AD FS and Entra ID say",
        ),
        pytest.param(
            [
                add(
                    CONTEXT,
                    f"<saml:AuthnContextDeclRef>{LOA}loa3</saml:AuthnContextDeclRef>",
                ),
                drop(CLASS_REF),
            ],
            {"seen": f"0 AuthnContextClassRef, AuthnContextDeclRef {LOA}loa3"},
            id="S-62 as a reference to a declaration",
        ),
        pytest.param(
            [add(CONTEXT, f"<saml:AuthnContextDeclRef>{LOA}loa4</saml:AuthnContextDeclRef>")],
            {"seen": f"1 AuthnContextClassRef, AuthnContextDeclRef {LOA}loa4"},
            id="S-62 as a class and as a declaration",
        ),
        pytest.param(
            [add(CONTEXT, "<saml:AuthnContextDecl>loa4</saml:AuthnContextDecl>")],
            {"seen": "1 AuthnContextClassRef, AuthnContextDecl"},
            id="S-62 as a class and as a whole declaration",
        ),
    ],
)
def test_a_level_that_is_not_understood_is_none(edits: list[Edit], told: dict[str, str]) -> None:
    """Also where a level without a word is registered: there was one."""
    settings = {"level_without_word": "EH3"}
    for recipe in (spoilt(*edits), spoilt(*edits, settings=settings)):
        assert told.items() <= not_understood(recipe).items()


@pytest.mark.parametrize("word", [CLASSES + "unspecified", CLASSES + "Password", "1"])
def test_a_word_that_the_registration_knows_is_worth_what_it_says_there(word: str) -> None:
    """The line that the refusal gave, with the level that is right."""
    known = spoilt(level(word), settings={"levels": {word: "EH3"}})
    assert finish(known).authentication is AssuranceLevel.EH3
    too_low(spoilt(level(word), settings={"levels": {word: "EH2"}}))


@pytest.mark.parametrize("around", [" {} ", "\n      {}\n    "])
def test_white_space_around_a_level_means_nothing(around: str) -> None:
    """Its type is anyURI, which collapses it."""
    recipe = spoilt(level(around.format(LOA + "loa3")))
    assert finish(recipe).authentication is AssuranceLevel.EH3
    too_low(spoilt(level(around.format(LOA + "loa2"))))


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        pytest.param([level("")], "authn_context", id="S-62 empty"),
        pytest.param([level(" \n ")], "authn_context", id="S-62 spaces"),
        pytest.param([level("x" * 1025)], "authn_context", id="S-62 without end"),
        pytest.param([drop(CONTEXT)], "schema", id="S-62 without context"),
        pytest.param(
            [add(CONTEXT, f"<saml:AuthnContextClassRef>{LOA}loa3</saml:AuthnContextClassRef>", 0)],
            "schema",
            id="S-62 twice in a context",
        ),
        pytest.param([drop(AUTHN)], "authn_statement", id="S-62 without statement"),
    ],
)
def test_a_level_is_said_once(edits: list[Edit], reason: str) -> None:
    refused(spoilt(*edits), reason)


@pytest.mark.parametrize(
    ("said", "settings"),
    [
        pytest.param(LOA + "loa4", {}, id="S-63 EH4"),
        pytest.param(EIDAS + "high", {}, id="S-63 of another scheme"),
        pytest.param("top", {"levels": {"top": "EH4"}}, id="S-63 of the makelaar's own scheme"),
    ],
)
def test_a_level_is_believed_up_to_the_ceiling(said: str, settings: dict[str, Any]) -> None:
    capped = spoilt(level(said), settings=settings)
    assert finish(capped).authentication is AssuranceLevel.EH3
    lower = {**settings, "level_ceiling": "EH2"}
    with pytest.raises(Exception, match="asked EH3, given EH2"):
        finish(spoilt(level(said), settings=lower))
    higher = {**settings, "level_ceiling": "EH4"}
    asked = remembered(AssuranceLevel.EH4)
    good = finish(spoilt(level(said), settings=higher), asked=asked)
    assert good.authentication is AssuranceLevel.EH4


# Time of the login.


def logged_in(seconds: float, **settings: Any) -> Recipe:
    return spoilt(put(AUTHN, "AuthnInstant", instant(seconds)), settings=settings)


@pytest.mark.parametrize("skew", [0, 60])
def test_S_51_a_fresh_login_is_not_older_than_the_question(skew: int) -> None:
    fresh = remembered(fresh="true")
    assert finish(logged_in(-skew, skew_seconds=skew), asked=fresh).subject == PERSON
    refused(logged_in(-skew - 1, skew_seconds=skew), "authn_instant", asked=fresh)
    assert finish(logged_in(-86_400, skew_seconds=skew)).subject == PERSON  # nobody asked


def test_S_51_a_login_is_not_older_than_max_age() -> None:
    asked = remembered(max_age="300")
    assert finish(logged_in(-360), asked=asked).subject == PERSON
    refused(logged_in(-361), "authn_instant", asked=asked)
    never = remembered(max_age="99999999999999999999")
    assert finish(logged_in(-86_400), asked=never).subject == PERSON


def test_a_login_in_the_future_is_refused() -> None:
    assert finish(logged_in(60)).subject == PERSON
    refused(logged_in(61), "authn_instant")
