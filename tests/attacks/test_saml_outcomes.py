"""What user, portal and audit get to know (S-35, S-51, S-58, S-59, S-61, S-64, S-65, S-70)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from directory import people
from keys.keyring import KeyUse
from sandbox.browser import Page
from tests.damage import flipped
from tests.providers.saml.edits import (
    AUTHN,
    CLASS_REF,
    CODE,
    STATUS,
    add,
    attribute,
    name_id,
    put,
    text,
)
from tests.providers.saml.in_world import (
    IN,
    OURS,
    REJECTED,
    SAID_NO,
    Visit,
    accepted,
    heard_by_portal,
    is_open,
    made,
    rejections,
    turned_away,
    visit,
)
from tests.providers.saml.maker import Edit, Recipe, instant, spoilt
from tests.providers.saml.sealing import Envelope
from tests.world import World, make_world

PREFIX = "urn:oasis:names:tc:SAML:2.0:status:"
LEGAL = "urn:etoegang:core:LegalSubjectID"
KVK = "urn:etoegang:1.9:EntityConcernedID:KvKnr"
UUID = "urn:etoegang:core:ServiceUUID"
FOR_ALL = "Bodemkaart inzien"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def refused(asked: Visit, reason: str, heard: str, shown: tuple[int, str] = REJECTED) -> Page:
    """An error page, one audit event without personal data, a closed login, an error at the
    portal.
    """
    before = len(rejections(asked.world))
    page = asked.bring()
    turned_away(page, *shown)
    assert not is_open(asked)
    (event,) = rejections(asked.world)[before:]
    assert (event.reason, event.outcome, event.person_id) == (reason, "refused", None)
    assert event.reference is not None
    assert f"{event.reference[:4]}-{event.reference[4:]}" in page.text
    assert not event.details
    assert heard_by_portal(asked) == heard
    return page


# Time.


@pytest.mark.parametrize("asking", ["prompt=login", "max_age=600"])
def test_S_51_a_login_that_is_too_old_is_asked_anew(world: World, asking: str) -> None:
    asked = made(world, asking=asking)
    assert asked.request is not None
    assert asked.request.get("ForceAuthn") == "true"
    accepted(asked)
    old = put(AUTHN, "AuthnInstant", instant(-3600, world.clock()))
    refused(made(world, spoilt(old), asking=asking), "authn_instant", "login_required")
    accepted(made(world, spoilt(old)))  # nobody asked for a fresh one


def test_S_51_an_older_login_within_max_age_will_do(world: World) -> None:
    younger = put(AUTHN, "AuthnInstant", instant(-300, world.clock()))
    accepted(made(world, spoilt(younger), asking="max_age=600"))


# Status.


@pytest.mark.parametrize(
    ("edits", "reason", "heard", "shown"),
    [
        pytest.param(
            [put(CODE, "Value", PREFIX + "Responder")],
            "status_not_success",
            "access_denied",
            SAID_NO,
            id="S-58 no success",
        ),
        pytest.param(
            [
                put(CODE, "Value", PREFIX + "Responder"),
                add(CODE, f'<samlp:StatusCode Value="{PREFIX}RequestDenied"/>'),
            ],
            "makelaar_denied",
            "access_denied",
            SAID_NO,
            id="S-58 denied",
        ),
        pytest.param(
            [
                put(CODE, "Value", PREFIX + "Requester"),
                add(CODE, f'<samlp:StatusCode Value="{PREFIX}UnsupportedBinding"/>'),
            ],
            "makelaar_binding",
            "server_error",
            OURS,
            id="S-58 our request",
        ),
        pytest.param(
            [
                put(CODE, "Value", PREFIX + "Responder"),
                add(
                    STATUS,
                    "<samlp:StatusMessage>&lt;b&gt;Bel 0900 1234&lt;/b&gt;</samlp:StatusMessage>",
                ),
            ],
            "status_not_success",
            "access_denied",
            SAID_NO,
            id="S-59 HTML in the message",
        ),
        pytest.param(
            [put(CODE, "Value", "urn:x")], "status", "server_error", REJECTED, id="S-59 unknown"
        ),
    ],
)
def test_a_failure_is_no_success_whatever_it_holds(
    world: World, edits: list[Edit], reason: str, heard: str, shown: tuple[int, str]
) -> None:
    page = refused(made(world, spoilt(*edits)), reason, heard, shown)
    assert "0900 1234" not in page.answer.body.decode()
    accepted(made(world))


def test_S_58_a_cancelled_login_goes_back_to_the_portal_at_once(world: World) -> None:
    inner = add(CODE, f'<samlp:StatusCode Value="{PREFIX}AuthnFailed"/>')
    asked = made(world, spoilt(put(CODE, "Value", PREFIX + "Responder"), inner))
    page = asked.bring()
    assert page.url.startswith(world.demo.addresses.portal)
    assert "error=access_denied" in page.url
    accepted(made(world))


# Level.


def test_S_61_a_lower_level_is_said_and_the_portal_hears_it(world: World) -> None:
    lower = text(CLASS_REF, "urn:etoegang:core:assurance-class:loa2")
    asked = made(world, spoilt(lower))
    page = asked.bring()
    assert page.heading == "Uw niveau is te laag voor deze dienst"
    assert _left(asked.browser.click("Ga terug naar")) == "unmet_authentication_requirements"
    accepted(made(world))


def _left(page: Page) -> str:
    """The error that the portal got."""
    found = re.search(r"[?&]error=([a-z_]+)", page.url)
    assert found is not None, (page.url, page.text)
    return found[1]


# Mandate.


def test_S_64_no_mandate_is_said_and_the_portal_hears_it(world: World) -> None:
    asked = visit(world, person="noor")
    assert asked.bring().heading == "U mag nog niet inloggen bij Meldportaal Bodem"
    assert _left(asked.browser.click("terug naar")) == "access_denied"
    accepted(visit(world))


def mandate(kvk: str, service: str | None) -> list[Edit]:
    edits = [attribute(LEGAL, name_id(kvk, KVK))]
    return edits if service is None else [*edits, attribute(UUID, service)]


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        pytest.param(
            mandate("90001639", "867e12fc-c1de-4b3d-99dd-0c55a35b3a2e"),
            "service_mismatch",
            id="S-65 for another service",
        ),
        pytest.param(mandate("90001639", None), "service_mismatch", id="S-65 for no service"),
    ],
)
def test_a_mandate_that_does_not_fit_is_heard_by_the_portal(
    world: World, edits: list[Edit], reason: str
) -> None:
    refused(made(world, spoilt(*edits)), reason, "access_denied")
    accepted(made(world))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("x" * 100_000, "90001999", id="S-72 without end"),
        pytest.param("9000 1201 " * 10_000, "90001999", id="S-72 of numbers without end"),
        pytest.param("Bak\u202ekerij\u2066 &#xA; Vogel\u200f", "Bakkerij Vogel", id="S-81 hidden"),
    ],
)
def test_what_a_makelaar_calls_an_organisation_is_short_and_hides_nothing(
    world: World, name: str, shown: str
) -> None:
    named = attribute("urn:etoegang:1.11:attribute-represented:CompanyName", name)
    bodem = mandate("90001999", "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4")
    family = attribute("urn:etoegang:1.9:attribute:FamilyName", "de\u202e Wit\u2066")
    subject = f"somebody-{shown}-{len(name)}"
    asked = made(world, spoilt(*bodem, named, family), subject=subject)
    page = asked.bring()
    while page.heading != IN:
        assert shown.replace("90001999", "9000 1999") in page.text
        assert not set("\u202e\u2066\u200f") & set(page.answer.body.decode())
        assert len(page.answer.body) < 100_000
        page = asked.browser.press("agree", "yes")
    body = page.answer.body.decode()
    assert shown in body
    assert not set("\u202e\u2066\u200f") & set(body)


# Person.


def test_S_70_one_name_at_two_makelaars_is_two_people(world: World) -> None:
    for makelaar in ("Polderpoort", "Veerhuis"):
        asked = made(world, makelaar=makelaar, subject="the-same-name", service=FOR_ALL)
        assert asked.bring().status == 200
    sealer = world.process.sealer
    with world.session() as session:
        found = [
            people.find(session, sealer, slug, "the-same-name")
            for slug in ("polderpoort", "veerhuis", "brugwacht")
        ]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].person_id != found[1].person_id
    assert found[2] is None


# Encryption.


def _facts(page: Page) -> tuple[object, ...]:
    """All that an outsider sees, without what differs for each login and moment."""
    changing = re.compile(
        rb"[0-9A-Z]{4}-[0-9A-Z]{4}|/login/[0-9a-z]{26}|\d\d\.\d\d uur|nonce=\S+|name=.csrf.*?>"
    )
    headers = tuple(
        (name, value)
        for name, value in page.answer.headers
        if name.lower() not in ("date", "content-security-policy", "set-cookie")
    )
    return page.status, headers, changing.sub(b"", page.answer.body)


SPOILT: list[Callable[[rsa.RSAPrivateKey], Envelope]] = [
    lambda key: Envelope(recipient=key, spoil=flipped(0)),
    lambda key: Envelope(recipient=key, spoil=flipped(-1)),
    lambda key: Envelope(recipient=key, spoil=lambda data: data[:20]),
    lambda key: Envelope(recipient=key, spoil_key=flipped(0)),
    lambda key: Envelope(recipient=key, spoil_key=flipped(-1)),
    lambda key: Envelope(recipient=key, bits=128),
    lambda key: Envelope(recipient=key, plain=lambda plain: b"words"),
    lambda key: Envelope(),  # for somebody else
]


def test_S_35_every_failure_to_decrypt_looks_the_same(world: World) -> None:
    ours = world.runtime.configuration.keyring.published(KeyUse.SAML_ENCRYPTION)[0].key
    assert isinstance(ours, rsa.RSAPrivateKey)
    accepted(made(world, Recipe(envelope=Envelope(recipient=ours))))
    seen = set()
    for envelope in SPOILT:
        asked = made(world, Recipe(envelope=envelope(ours)))
        page = asked.bring()
        turned_away(page, *REJECTED)
        assert rejections(world)[-1].reason == "decryption_failed"
        seen.add(_facts(page))
    assert len(seen) == 1
