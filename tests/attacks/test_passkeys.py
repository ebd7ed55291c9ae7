"""A passkey in a login: of this person, for this login, once, with a counter that goes on."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, select

from assurance import enrolment, passkeys, second_factor, webauthn
from assurance.factors import BoundBy, Factor, Passkey, RecoveryCode
from assurance.webauthn import PasskeyParty
from sandbox.browser import Browser
from sandbox.portal.clients import LOZING
from state import audit
from state.audit import EventTag
from tests.authenticator import PRESENT, Authenticator
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.journeys.at_mijn import factors_of, options_of, send_assertion
from tests.world import World

QUESTION = "Gebruik uw passkey"
LOCKED = "Te vaak een verkeerde code"
CONSENT = "Deze gegevens geven wij door"
SITE = "Voorbeeld"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    with world.session() as session, session.begin():
        session.execute(delete(RecoveryCode))
        session.execute(delete(Factor))
    return Portal(world)


def give_passkey(portal: Portal, person: str, bound_by: BoundBy = BoundBy.SESSION) -> Authenticator:
    device = Authenticator(ISSUER)
    world, challenge, party = portal.world, webauthn.new_challenge(), PasskeyParty(ISSUER, SITE)
    owner = passkeys.owner(world.process.sealer, person, person)
    answer = device.create(webauthn.creation_options(party, owner, challenge, []))
    made = webauthn.created(party, challenge, answer)
    with world.session() as session, session.begin():
        passkeys.bind(
            session, made, person_id=person, label="", bound_by=bound_by, now=world.clock()
        )
    return device


def at_question(portal: Portal, person: str = "roos", heading: str = QUESTION) -> Browser:
    browser = portal.at_makelaar("brugwacht", None, scope=scope_of(LOZING), prompt="consent")
    page = browser.press("person", person)
    assert page.heading == heading, page.text
    return browser


def asked(browser: Browser) -> str:
    assert browser.page is not None
    return options_of(browser.page)


def test_the_good_passkey_lifts_the_login(portal: Portal) -> None:
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT
    page = browser.press("agree", "yes")
    code = portal.heard(page)["code"]
    claims = portal.claims(portal.tokens(code)["id_token"])
    assert claims["amr"] == ["mfa", "pop"]
    assert claims["assurance"]["second_factor"] == "local"


def test_any_passkey_of_the_person_will_do(portal: Portal) -> None:
    give_passkey(portal, "roos")
    second = give_passkey(portal, "roos")
    browser = at_question(portal)
    assert len(json.loads(asked(browser))["allowCredentials"]) == 2
    assert send_assertion(browser, second.get(asked(browser))).heading == CONSENT


def test_F_19_a_factor_that_ended_before_the_answer_gives_nothing(portal: Portal) -> None:
    """The thief was half-way when the help desk ended what was stolen."""
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT
    (factor,) = factors_of(portal.world, "roos")
    with portal.world.session() as session, session.begin():
        assert enrolment.end(session, "roos", factor.id, portal.world.clock())
    page = browser.press("agree", "yes")
    assert portal.heard(page)["error"] == "access_denied"
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT
    assert "code" in portal.heard(browser.press("agree", "yes"))


def test_F_08_the_passkey_of_another_person_is_refused(portal: Portal) -> None:
    device, other = give_passkey(portal, "roos"), give_passkey(portal, "yara")
    browser = at_question(portal)
    for changes in ({}, {"user": device.user}):
        assert send_assertion(browser, other.get(asked(browser), **changes)).status == 422
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT


def test_F_08_an_answer_is_for_one_login_and_one_time(portal: Portal) -> None:
    device = give_passkey(portal, "roos")
    first, second = at_question(portal), at_question(portal)
    answer = device.get(asked(first))
    assert send_assertion(second, answer).status == 422  # the challenge of another login
    assert send_assertion(first, answer).heading == CONSENT
    assert send_assertion(second, answer).status == 422
    early = device.get(asked(second))
    wrong = device.get(asked(second), flags=PRESENT)
    assert send_assertion(second, wrong).status == 422
    assert send_assertion(second, early).status == 422  # its challenge went with the wrong answer
    assert send_assertion(second, device.get(asked(second))).heading == CONSENT


def test_F_08_a_counter_that_goes_back_is_refused_and_an_alert(portal: Portal) -> None:
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    assert send_assertion(browser, device.get(asked(browser), count=7)).heading == CONSENT
    copy = at_question(portal)
    assert send_assertion(copy, device.get(asked(copy), count=7)).status == 422
    with portal.world.session() as session:
        (alert,) = audit.recent(session, tags=(EventTag.PASSKEY_COUNTER_BACK,))
        assert alert.person_id == "roos"
        assert session.scalars(select(Passkey.sign_count)).one() == 7
    assert send_assertion(copy, device.get(asked(copy), count=8)).heading == CONSENT


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"origin": "http://localhost:8001"}, id="F-08 another port of this host"),
        pytest.param({"rp_id": "127.0.0.1"}, id="F-08 another name of this machine"),
        pytest.param({"flags": PRESENT}, id="F-08 no finger, face or PIN"),
    ],
)
def test_what_is_not_ours_or_not_verified_is_refused(
    portal: Portal, changes: dict[str, object]
) -> None:
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    page = send_assertion(browser, device.get(asked(browser), **changes))
    assert (page.status, page.heading) == (422, QUESTION)
    assert "De passkey is niet goedgekeurd" in page.text
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT


def test_F_03_wrong_answers_lock_the_passkey_and_say_until_when(portal: Portal) -> None:
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    for _ in range(4):
        page = send_assertion(browser, device.get(asked(browser), flags=PRESENT))
        assert page.heading == QUESTION
    page = send_assertion(browser, device.get(asked(browser), flags=PRESENT))
    assert page.heading == LOCKED
    assert "U kunt weer proberen om" in page.text
    at_question(portal, heading=LOCKED)


def test_F_13_a_passkey_that_somebody_added_alone_is_not_asked(portal: Portal) -> None:
    give_passkey(portal, "roos", BoundBy.SELF)
    browser = portal.at_makelaar("brugwacht", None, scope=scope_of(LOZING))
    assert browser.press("person", "roos").heading != QUESTION


def test_F_14_an_answer_in_the_login_of_another_browser_is_refused(portal: Portal) -> None:
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    assert browser.page is not None
    form = browser.page.tree.get_element_by_id("passkey")
    stranger = portal.world.browser()
    page = stranger.open(portal.url())
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    fields = [("csrf_token", token), ("assertion", device.get(asked(browser)))]
    assert stranger.post(ISSUER + str(form.get("action")), fields).status == 403
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT


def test_who_tries_passkeys_from_one_address_is_stopped(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Before the factor locks; as with codes."""
    world = make_portal_world(tmp_path_factory.mktemp("few"), limits={"failures_per_minute": 3})
    set_clock(world)
    portal = Portal(world)
    device = give_passkey(portal, "roos")
    browser = at_question(portal, heading="Vul de code uit uw app in")
    assert browser.click("Gebruik een passkey").heading == QUESTION
    for _ in range(3):
        page = send_assertion(browser, device.get(asked(browser), flags=PRESENT))
        assert page.status == 422
    challenge = asked(browser)
    assert send_assertion(browser, device.get(challenge, flags=PRESENT)).status == 429
    world.runtime.windows._blocks.clear()  # a minute later
    browser = at_question(portal, heading="Vul de code uit uw app in")
    browser.click("Gebruik een passkey")
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT


def test_without_an_answer_the_question_stands(portal: Portal) -> None:
    device = give_passkey(portal, "roos")
    browser = at_question(portal)
    assert send_assertion(browser, "").heading == QUESTION
    assert send_assertion(browser, device.get(asked(browser))).heading == CONSENT
    with portal.world.session() as session:
        assert [f.failures for f in session.scalars(select(Factor))] == [0]


def test_a_locked_way_says_when_it_opens_and_another_is_asked_first(portal: Portal) -> None:
    device = give_passkey(portal, "roos")
    portal.world.clock.advance(1)  # the older way is asked first
    with portal.world.session() as session, session.begin():
        second_factor.bind_totp(
            session,
            portal.world.process.sealer,
            person_id="roos",
            seed="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            label="",
            now=portal.world.clock(),
        )
    browser = at_question(portal)
    for _ in range(5):
        page = send_assertion(browser, device.get(asked(browser), flags=PRESENT))
    assert page.heading == LOCKED and "Gebruik een andere manier hieronder" in page.text
    assert browser.click("Gebruik een app").heading == "Vul de code uit uw app in"
    page = at_question(portal, heading="Vul de code uit uw app in").page
    assert page is not None
    assert "Gebruik een passkey: weer te gebruiken om" in page.text
    ways = {b.get("value") for f in page.forms for b in f.iter("button") if b.get("name") == "use"}
    assert ways == {"makelaar"}
