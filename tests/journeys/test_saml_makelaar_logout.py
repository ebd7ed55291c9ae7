"""Logging out at SAML makelaars: told by us when somebody logs out here, and telling us when
somebody logs out there.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.actor import COMMAND_LINE
from admin.people import sessions as running
from admin.people.sessions import SessionChoice
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from state.db import writing
from tests.broker.saml.logging_out import later
from tests.broker.saml.logout_world import ALL, BROWSER, LogoutWorld
from tests.journeys.at_mijn import arrive
from tests.providers.saml.in_world import JAN
from tests.world import ADDRESSES, make_world

OUT = "U bent uitgelogd"
THERE = "U bent elders"
CLOSED = "Ook bij uw makelaar bent u uitgelogd"
OPEN = "Log ook bij uw makelaar uit"
by_browser = pytest.mark.parametrize("binding", BROWSER)


@by_browser
def test_who_logs_out_here_logs_out_at_the_makelaar(tmp_path: Path, binding: str) -> None:
    here = LogoutWorld(tmp_path, makelaar=(binding,))
    here.makelaar.binding = binding
    browser = here.log_in(openid=False)
    page = here.log_out(browser)
    assert page.heading == OUT, page.text
    assert CLOSED in page.text and "Polderpoort" in page.text and OPEN not in page.text
    (heard,) = here.makelaar.heard
    assert (heard.kind, heard.binding) == ("LogoutRequest", binding)
    name, about = heard.name
    assert name == JAN and about["Format"].endswith("persistent")
    assert len(heard.indexes) == 1


@pytest.mark.parametrize(
    ("answers", "signs"),
    [(("Responder",), True), (("Success", "PartialLogout"), True), (("Success",), False)],
)
def test_a_makelaar_that_does_not_close_is_named(
    tmp_path: Path, answers: tuple[str, ...], signs: bool
) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    here.makelaar.answers, here.makelaar.signs = answers, signs
    page = here.log_out(here.log_in(openid=False))
    assert page.heading == OUT, page.text
    assert OPEN in page.text and CLOSED not in page.text


def test_a_makelaar_that_knows_nobody_any_more_is_closed(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    here.makelaar.answers = ("Requester", "UnknownPrincipal")
    assert CLOSED in here.log_out(here.log_in(openid=False)).text


def test_who_is_left_at_the_makelaar_finds_the_way_on(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    here.makelaar.answers = None
    browser = here.log_in(openid=False)
    assert here.log_out(browser).heading == THERE
    assert here.sessions() == 0
    assert OPEN in browser.open(f"{ADDRESSES.broker}/uitloggen").text


def test_a_makelaar_with_soap_alone_is_called(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, makelaar=("SOAP",))
    page = here.log_out(here.log_in(openid=False))
    assert page.heading == OUT and CLOSED in page.text
    here.deliver()
    (heard,) = here.makelaar.heard
    assert (heard.binding, heard.name[0]) == ("SOAP", JAN)


def test_an_operator_ends_it_without_a_browser(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, makelaar=ALL)
    here.log_in()
    with here.world.session() as session, writing(session):
        ended = running.end(
            session,
            here.world.process,
            SessionChoice(person_id="jan"),
            actor=COMMAND_LINE,
        )
    assert ended.browsers == 1 and not ended.not_told
    here.deliver()
    assert [one.binding for one in here.portal.heard] == ["SOAP"]
    assert [one.binding for one in here.makelaar.heard] == ["SOAP"]
    assert len(here.ended_at_openid_portal()) == 1


def test_an_operator_and_a_person_read_who_cannot_be_told_without_a_browser(
    tmp_path: Path,
) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    here.log_in(openid=False)
    elsewhere = arrive(here.world, "jan", "Polderpoort")
    elsewhere.open(f"{ADDRESSES.broker}/mijn/sessies")
    page = elsewhere.page
    assert page is not None
    of_here, of_the_other = [one for one in page.forms if str(one.get("action")).endswith("/uit")]
    assert of_here is not of_the_other
    page = elsewhere._submit(of_the_other, None)
    assert "Uitloggen bij deze makelaar lukte niet" in page.text and "Polderpoort" in page.text
    assert not here.makelaar.heard
    with here.world.session() as session, writing(session):
        ended = running.end(
            session, here.world.process, SessionChoice(person_id="jan"), actor=COMMAND_LINE
        )
    assert (ended.consoles, ended.makelaars_not_told) == (1, ("polderpoort",))


def test_a_makelaar_where_nobody_is_to_log_out_is_left_alone(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path)
    here.offer_at_makelaar(ALL, logout="never")
    page = here.log_out(here.log_in(openid=False))
    assert page.heading == OUT and CLOSED not in page.text and OPEN not in page.text
    here.deliver()
    assert not here.makelaar.heard


def asked_there(here: LogoutWorld) -> tuple[str, dict[str, str], str]:
    """What Polderpoort calls the session: as we say it ourselves when somebody logs out."""
    from assurance import session_names

    with here.world.session() as session:
        sealer = here.world.process.sealer
        found = session_names.called(session, sealer, "makelaar:polderpoort", name=JAN)
        one = found[-1].name
        assert one.index is not None
        return one.name, dict(one.about), one.index


@pytest.mark.parametrize("portal", [ALL, BROWSER])
@by_browser
def test_who_logs_out_at_the_makelaar_is_out_everywhere(
    tmp_path: Path, binding: str, portal: tuple[str, ...]
) -> None:
    here = LogoutWorld(tmp_path, portal=portal, makelaar=BROWSER)
    browser = here.log_in()
    name, about, index = asked_there(here)
    message = here.makelaar.request(name, about, [index])
    page = here.makelaar.asks(browser, message, binding)
    assert page.heading == THERE, page.text
    (heard,) = here.makelaar.heard
    assert (heard.kind, heard.status, heard.relay_state) == ("LogoutResponse", ("Success",), "r&1")
    assert here.sessions() == 0
    here.deliver()
    assert [one.kind for one in here.portal.heard] == ["LogoutRequest"]
    assert len(here.ended_at_openid_portal()) == 1


def test_a_call_of_the_makelaar_says_what_it_could_not_close(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, portal=BROWSER, makelaar=ALL)
    here.log_in(openid=False)
    name, about, index = asked_there(here)
    to = f"{here.makelaar.ours}/soap"
    answer = here.makelaar.calls(here.makelaar.request(name, about, [index], to=to))
    assert here.makelaar.said(answer).status == ("Success", "PartialLogout")
    assert here.sessions() == 0


def test_a_makelaar_that_leaves_out_qualifiers_means_the_same_person(tmp_path: Path) -> None:
    """AD FS and Entra ID send a NameID with its Format alone, or with nothing."""
    here = LogoutWorld(tmp_path, makelaar=ALL)
    browser = here.log_in(openid=False)
    name, _, index = asked_there(here)
    page = here.makelaar.asks(browser, here.makelaar.request(name, {}, [index]), "HTTP-Redirect")
    assert page.heading == THERE
    assert here.makelaar.heard[-1].status == ("Success",)


@pytest.mark.parametrize("binding", ALL)
@pytest.mark.parametrize(
    "case",
    ["expired", "destination", "name", "name of another", "index", "again", "unsigned"],
)
def test_S_79_a_request_of_a_makelaar_that_is_not_right_ends_nothing(
    tmp_path: Path, case: str, binding: str
) -> None:
    here = LogoutWorld(tmp_path, makelaar=ALL)
    browser = here.log_in(openid=False)
    name, about, index = asked_there(here)
    more, expected = {}, "RequestDenied"
    if case == "expired":
        more = {"NotOnOrAfter": later(here.world, seconds=-600)}
    if case == "destination":
        more = {"Destination": here.portal.ours}
    if case == "name":
        name, expected = "pp-another", "UnknownPrincipal"
    if case == "name of another":
        (name, about, index), expected = here.name, "UnknownPrincipal"
    if case == "index":
        index = "_another"
    here.makelaar.signs = case != "unsigned"
    to = f"{here.makelaar.ours}/soap" if binding == "SOAP" else None
    message = here.makelaar.request(name, about, [index], to=to, **more)
    status = _sent(here, browser, message, binding)
    if case == "again":
        status = _sent(here, browser, message, binding)
    assert status == (() if case == "unsigned" else ("Requester", expected))
    assert here.sessions() == (0 if case == "again" else 1)


def _sent(here: LogoutWorld, browser: Browser, message: bytes, binding: str) -> tuple[str, ...]:
    """The status that the makelaar hears; none where it is not answered."""
    if binding == "SOAP":
        answer = here.makelaar.calls(message)
        return here.makelaar.said(answer).status if answer.status == 200 else ()
    here.makelaar.heard.clear()
    here.makelaar.asks(browser, message, binding)
    return here.makelaar.heard[-1].status if here.makelaar.heard else ()


def test_a_portal_that_asks_goes_round_the_other_portals_and_the_makelaar(tmp_path: Path) -> None:
    """OpenID Connect portal, SAML portal and SAML makelaar in one chain."""
    here = LogoutWorld(tmp_path, portal=BROWSER, makelaar=BROWSER)
    browser = here.log_in()
    name, about, index = here.name
    message = here.portal.request(name, about, [index])
    page = here.portal.asks(browser, message, "HTTP-POST")
    assert page.heading == THERE
    assert [one.kind for one in here.makelaar.heard] == ["LogoutRequest"]
    (heard,) = here.portal.heard
    assert (heard.kind, heard.status) == ("LogoutResponse", ("Success",))
    here.deliver()
    assert len(here.ended_at_openid_portal()) == 1
    assert BODEM.name not in browser.open(f"{ADDRESSES.broker}/uitgelogd").text


def test_who_logs_out_everywhere_at_mijn_goes_round_as_well(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, portal=BROWSER, makelaar=BROWSER)
    browser = arrive(here.world, "jan", "Polderpoort", here.log_in(openid=False))
    browser.open(f"{ADDRESSES.broker}/mijn/sessies/overal")
    page = browser.click("Log overal uit")
    assert page.heading == OUT, page.text
    assert CLOSED in page.text and "Log hier zelf nog uit" not in page.text
    assert [one.kind for one in here.portal.heard] == ["LogoutRequest"]
    assert {one.kind for one in here.makelaar.heard} == {"LogoutRequest"}
    assert len(here.makelaar.heard) == 2, "the console was a login of its own there"
    assert here.sessions() == 0


def test_a_console_ends_when_its_person_logs_out_at_the_makelaar(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, makelaar=BROWSER)
    browser = arrive(here.world, "jan", "Polderpoort")
    name, about, _ = asked_there(here)
    here.makelaar.asks(browser, here.makelaar.request(name, about), "HTTP-Redirect")
    assert here.makelaar.heard[-1].status == ("Success",)
    assert browser.open(f"{ADDRESSES.broker}/mijn/sessies").heading != "Mijn sessies"


def test_the_makelaar_of_the_demo_logs_out(tmp_path: Path) -> None:
    """Veerhuis checks our request and answers with libraries of its own."""
    world = make_world(tmp_path)
    browser = arrive(world, "fatima", "Veerhuis")
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    page = browser.click("Log overal uit")
    assert page.heading == OUT, page.text
    assert CLOSED in page.text and "Veerhuis" in page.text
    assert any("/veerhuis/slo?" in url for url in browser.visited)
