"""Why a makelaar could not be asked, cause by cause: the page says whose it is, the trace and the
console name the cause, the setting and both values, the portal gets one word, and nobody is blamed
for what is of another.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import structlog
from lxml import etree
from sqlalchemy import delete
from werkzeug.test import Client

from admin.operations import management
from broker.texts import trace_words
from keys.signing_key import KeyUse, SigningKey
from providers.trouble import Side, Trouble
from sandbox.browser import Browser, Page
from sandbox.makelaar import saml_response
from sandbox.portal.clients import BODEM
from state.db import writing
from tests.broker.portal import set_clock
from tests.journeys import trouble_cases
from tests.journeys.artifact_trouble_cases import ARTIFACT_CASES
from tests.journeys.spoiled import (
    at_desk,
    code_on,
    desk,
    explained,
    register_anyhow,
    spoiled,
)
from tests.journeys.trouble_cases import ISSUER, Case
from tests.world import ADDRESSES, World

CASES: Final = {**trouble_cases.CASES, **ARTIFACT_CASES}
HEADINGS: Final = {
    Side.THEIRS: "{} is niet bereikbaar",
    Side.NOBODYS: "Inloggen bij {} duurde te lang",
}
FIXERS: Final = {Side.THEIRS: "De makelaar", Side.NOBODYS: "Niemand: er is niets mis"}
NOT_THEIRS: Final = "Inloggen met {} lukt nu niet"
SAYS: Final = {
    Side.OURS: "Dat ligt aan een instelling van deze inlogdienst.",
    Side.BETWEEN: "Deze inlogdienst en uw makelaar sluiten nu niet goed op elkaar aan.",
    Side.THEIRS: "De makelaar geeft nu geen goed antwoord.",
    Side.NOBODYS: "De inlogpagina van uw makelaar was verlopen",
}


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def register(world: World, case: Case) -> None:
    changes = dict(case.registered)
    if changes.get("client_secret_file") == "wrong.secret":
        file = world.demo.secrets / "wrong.secret"
        file.write_text("niet het geheim van Sleutelhof", encoding="utf-8")
        changes["client_secret_file"] = str(file)
    if changes.get("metadata") == "redirect alone":
        saml = world.process.holder.current.providers["polderpoort"].saml
        assert saml is not None and saml.metadata is not None
        changes["metadata"] = saml.metadata.replace("bindings:HTTP-POST", "bindings:HTTP-None")
    if changes:
        register_anyhow(world, case.makelaar.lower(), case.section, **changes)


def walk(world: World, case: Case, browser: Browser) -> Page:
    """To the page where the login stands."""
    if not case.said:
        return world.walk(BODEM.name, case.makelaar, "jan", browser=browser).run()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM.name)
    at_makelaar = browser.click(case.makelaar)
    (state,) = parse_qs(urlsplit(at_makelaar.url).query)["state"]
    query = urlencode({**case.said, "state": state, "iss": ISSUER})
    return browser.open(f"{ADDRESSES.broker}/oidc/callback/zekerweg?{query}")


@pytest.mark.parametrize("name", CASES)
def test_every_voice_says_the_same_of_what_is_in_the_way(world: World, name: str) -> None:
    case, browser = CASES[name], world.browser()
    side, reason = case.trouble.side, case.trouble.value
    register(world, case)
    with spoiled(world, case.spoils), structlog.testing.capture_logs() as lines:
        page = walk(world, case, browser)

    # the page
    assert (page.status, page.heading) == (
        400 if side is Side.NOBODYS else 503,
        HEADINGS.get(side, NOT_THEIRS).format(case.makelaar),
    )
    assert {one for one, said in SAYS.items() if said in page.text} == {side}
    assert ("komt niet door u" in page.text) is (side is not Side.NOBODYS)
    for seen in map(str, case.measured.values()):
        assert len(seen) < 5 or seen not in page.text, "for operators"

    # the trace
    found = explained(world, page)
    assert found.record is not None and found.told is not None
    assert found.record.cause == reason
    (step,) = [step for step in found.record.steps if step.reason == reason][:1]
    assert case.measured.items() <= step.measured.items()
    assert all(fact in trace_words.MEASURED for fact in step.measured)
    who = FIXERS.get(side, "De operator van deze installatie")
    assert found.fixer == who
    assert ("statuspagina" in found.told.remedy) is (case.trouble is Trouble.UNAVAILABLE)

    # the console
    told = at_desk(desk(world), code_on(page)).text
    values = map(str, case.measured.values())
    for words in (found.told.cause, found.told.remedy, who, reason, *values):
        assert words in told, words

    # log and metrics
    (line,) = [line for line in lines if line["event"] == "makelaar.unavailable"]
    assert (line["reason"], line["setting"]) == (reason, case.measured.get("setting"))
    metrics = Client(management.application(world.process)).get("/metrics").text
    heard = "browser" if case.said else "here"
    labels = f'heard="{heard}",idp="{case.makelaar.lower()}",reason="{reason}"'
    assert f"sluis_idp_troubles_total{{{labels}}}" in metrics

    # the portal
    back = browser.click("ga terug naar Bronhouderportaal")
    assert back.url.startswith(world.demo.addresses.portal)
    word = "access_denied" if side is Side.NOBODYS else "temporarily_unavailable"
    assert word in back.text


def test_every_trouble_has_a_case() -> None:
    """Rules of our own and the proxy: ``test_outgoing_rules``; what the catalogue has a service
    at: ``test_dialect_requests``.
    """
    elsewhere = {Trouble.FORBIDDEN, Trouble.PROXY, Trouble.OWN_KEY, Trouble.CATALOGUE}
    assert {case.trouble for case in CASES.values()} == set(Trouble) - elsewhere


def is_up(world: World) -> bool:
    told = Client(management.application(world.process)).get("/metrics").text
    return 'sluis_idp_up{idp="zekerweg"} 1.0' in told


@pytest.mark.parametrize("name", ["a name that is not known", "one that is silent"])
def test_only_who_is_away_counts_as_down(world: World, name: str) -> None:
    case = CASES[name]
    world.walk(BODEM.name, "Zekerweg", "jan").run()
    assert is_up(world)
    register_anyhow(world, "zekerweg", "oidc", skew_seconds=61)  # nothing fetched yet
    with spoiled(world, case.spoils):
        walk(world, case, world.browser())
    assert is_up(world) is (case.trouble.side is not Side.THEIRS)


@pytest.mark.parametrize("makelaar", ["Polderpoort", "Waterpoort"])
def test_keycloak_says_the_same_of_a_login_that_was_over_in_saml(
    world: World, makelaar: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Waterpoort answers by artifact."""
    made = saml_response._status

    def with_its_word(root: etree._Element, codes: tuple[str, ...]) -> None:
        made(root, codes)
        (status,) = root.findall(f"{{{saml_response.SAMLP}}}Status")
        message = etree.SubElement(status, f"{{{saml_response.SAMLP}}}StatusMessage")
        message.text = "authentication_expired"

    monkeypatch.setattr(saml_response, "_status", with_its_word)
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM.name)
    browser.click(makelaar)
    page = browser.press("action", "cancel")
    assert (page.status, page.heading) == (400, HEADINGS[Side.NOBODYS].format(makelaar))
    assert SAYS[Side.NOBODYS] in page.text
    found = explained(world, page)
    assert found.record is not None and found.fixer == FIXERS[Side.NOBODYS]
    assert found.record.cause == Trouble.EXPIRED.value
    (step,) = [step for step in found.record.steps if step.reason == Trouble.EXPIRED.value]
    assert step.measured["status_message"] == "authentication_expired"
    monkeypatch.undo()
    browser.click("Probeer opnieuw")
    assert browser.press("person", "jan").status == 200


@pytest.mark.parametrize("error", ["server_error", "temporarily_unavailable"])
def test_no_user_rings_the_alarm_of_a_makelaar_that_is_down(world: World, error: str) -> None:
    """An error that the browser brings may be written by anybody. The page believes it, since who
    wrote it is who reads it.
    """
    world.walk(BODEM.name, "Zekerweg", "jan").run()
    page = walk(world, Case(Trouble.UNAVAILABLE, {}, said={"error": error}), world.browser())
    assert (page.status, page.heading) == (503, HEADINGS[Side.THEIRS].format("Zekerweg"))
    assert is_up(world)


@pytest.mark.parametrize(
    "said",
    [
        {"error": "access_denied"},
        {"error": "unmet_authentication_requirements"},
        {"error": "login_required"},
        {"code": "of-nobody"},
    ],
)
def test_no_user_silences_the_alarm_of_a_makelaar_that_is_down(
    world: World, said: dict[str, str]
) -> None:
    case = CASES["one that is silent where it says to call"]
    with spoiled(world, case.spoils):
        walk(world, case, world.browser())
    assert not is_up(world)
    walk(world, Case(Trouble.UNAVAILABLE, {}, said=said), world.browser())
    assert not is_up(world)
    world.walk(BODEM.name, "Zekerweg", "jan").run()
    assert is_up(world)


@pytest.mark.parametrize(
    "name", ["a secret that is not there", "a key that the makelaar does not have"]
)
def test_once_it_is_mended_the_same_login_goes_on(world: World, name: str) -> None:
    case, browser = CASES[name], world.browser()
    before = world.process.holder.current.providers[case.makelaar.lower()].oidc
    assert before is not None
    register(world, case)
    with spoiled(world, case.spoils):
        walk(world, case, browser)
    register_anyhow(world, case.makelaar.lower(), "oidc", **before.model_dump(mode="json"))
    browser.click("Probeer opnieuw")
    page = browser.press("person", "jan")
    assert page.status == 200 and "lukt nu niet" not in page.heading


def test_another_trouble_at_the_next_try_is_what_the_trace_says(world: World) -> None:
    browser = world.browser()
    for name in (
        "a key that the makelaar does not have",
        "one that is silent",
        "a name that is not known",
    ):
        case = CASES[name]
        register_anyhow(world, "zekerweg", "oidc", skew_seconds=60 + len(name))  # fetches anew
        with spoiled(world, case.spoils):
            if browser.page is None:
                page = walk(world, case, browser)
            else:
                page = browser.click("Probeer opnieuw")
        found = explained(world, page)
        assert found.record is not None and found.record.cause == case.trouble.value
        assert SAYS[case.trouble.side] in page.text


@pytest.mark.parametrize(
    ("makelaar", "use"), [("Zekerweg", KeyUse.CLIENT_SIGNING), ("Polderpoort", KeyUse.SAML_SIGNING)]
)
def test_a_key_of_ours_that_is_missing_is_told_of_us(
    world: World, makelaar: str, use: KeyUse
) -> None:
    with world.session() as session, writing(session):
        session.execute(delete(SigningKey).where(SigningKey.use == use))
    world.clock.advance(31)  # keys are read anew
    world.process.holder.refresh()
    page = world.walk(BODEM.name, makelaar, "jan").run()
    assert (page.status, page.heading) == (503, NOT_THEIRS.format(makelaar))
    assert SAYS[Side.OURS] in page.text
    found = explained(world, page)
    assert found.record is not None and found.record.cause == Trouble.OWN_KEY.value
    assert found.fixer == "De operator van deze installatie"


@pytest.mark.parametrize(
    ("error", "cause"),
    [("login_required", "makelaar_error"), ("<script>alert(1)</script>", "makelaar_error")],
)
def test_an_error_that_is_not_about_us_keeps_its_word_for_operators(
    world: World, error: str, cause: str
) -> None:
    said = {"error": error, "error_description": "jan@voorbeeld.example is weg"}
    page = walk(world, Case(Trouble.UNAVAILABLE, {}, said=said), world.browser())
    assert page.status == 400 and error not in page.text and "is weg" not in page.text
    found = explained(world, page)
    assert found.record is not None and found.record.cause == cause
    (step,) = [step for step in found.record.steps if step.reason == cause][:1]
    assert step.measured["makelaar_error"] == error
    kept = step.measured.get("makelaar_says")
    assert kept == (None if error == "login_required" else "… is weg")
    shown = at_desk(desk(world), code_on(page))
    assert error in shown.text and b"<script>alert" not in shown.answer.body


@pytest.mark.parametrize(("alg", "seen"), [("ES256", "RS256"), ("PS256", "RS256")])
def test_another_algorithm_is_told_with_its_setting_and_both_values(
    world: World, alg: str, seen: str
) -> None:
    register_anyhow(world, "zekerweg", "oidc", id_token_signed_response_alg=alg)
    page = world.walk(BODEM.name, "Zekerweg", "jan").run()
    found = explained(world, page)
    assert found.record is not None and found.told is not None
    assert (found.record.cause, found.fixer) == ("token_alg", "De operator van deze installatie")
    (step,) = [step for step in found.record.steps if step.reason == "token_alg"][:1]
    assert step.measured == {
        "element": "alg",
        "setting": "oidc.id_token_signed_response_alg",
        "expected": alg,
        "seen": seen,
    }
