"""Logging out with SAML portals: asked by the portal or by us, over every binding, with everybody
of the session told and nobody lost.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client

from broker.downstream import LogoutRequest
from broker.sso import logout_return, logout_run
from broker.sso.logout import LogoutOutcome
from broker.sso.logout_run import AnswerTo
from keys.saml_keys import OwnRole
from sandbox.portal.clients import BODEM
from state import audit
from state.audit import EventTag
from tests.broker.saml.logging_out import ASYNCHRONOUS, BINDINGS, later, soap_fault
from tests.broker.saml.logout_world import ALL, BROWSER, IDP_SLO, PORTAL_SLO, LogoutWorld
from tests.keys_for_tests import rsa_key
from tests.world import ADDRESSES

OUT = "U bent uitgelogd"
THERE = "U bent elders"
by_browser = pytest.mark.parametrize("binding", BROWSER)


@pytest.fixture
def here(tmp_path: Path) -> LogoutWorld:
    return LogoutWorld(tmp_path)


def test_our_metadata_say_where_to_log_out(here: LogoutWorld) -> None:
    for role in ("saml/idp/metadata", "saml/metadata"):
        body = here.world.wire.request("GET", f"{ADDRESSES.broker}/{role}").body.decode()
        assert body.count("SingleLogoutService") == 3


@by_browser
def test_a_portal_that_asks_ends_the_session_and_hears_that_all_is_closed(
    here: LogoutWorld, binding: str
) -> None:
    browser = here.log_in()
    name, about, index = here.name
    page = here.portal.asks(browser, here.portal.request(name, about, [index]), binding)
    assert page.heading == THERE, page.text
    (heard,) = here.portal.heard
    assert (heard.kind, heard.status, heard.relay_state) == ("LogoutResponse", ("Success",), "r&1")
    assert heard.binding == binding
    assert here.sessions() == 0
    here.deliver()
    assert len(here.ended_at_openid_portal()) == 1
    assert browser.open(f"{ADDRESSES.broker}/uitloggen").heading == OUT


def test_a_call_of_a_portal_ends_the_session(here: LogoutWorld) -> None:
    here.log_in()
    name, about, index = here.name
    to = f"{here.portal.ours}/soap"
    answer = here.portal.calls(here.portal.request(name, about, [index], to=to))
    assert answer.status == 200
    assert here.portal.said(answer).status == ("Success",)
    assert here.sessions() == 0
    here.deliver()
    assert len(here.ended_at_openid_portal()) == 1


def test_a_portal_with_soap_is_called_and_called_again(here: LogoutWorld) -> None:
    browser = here.log_in()
    name, about, index = here.name
    page = here.log_out(browser)
    assert page.heading == OUT and BODEM.name in page.text
    assert "Log hier zelf nog uit" not in page.text
    here.world.wire.down.add("127.0.0.6:9001")
    here.deliver()
    here.world.wire.down.clear()
    assert not here.portal.heard
    here.world.clock.advance(3600)
    here.deliver()
    (heard,) = here.portal.heard
    assert (heard.kind, heard.binding) == ("LogoutRequest", "SOAP")
    assert (heard.name, heard.indexes) == ((name, about), [index])


@by_browser
def test_a_portal_without_soap_is_told_by_the_browser(tmp_path: Path, binding: str) -> None:
    here = LogoutWorld(tmp_path, portal=(binding,))
    here.portal.binding = binding
    browser = here.log_in()
    name, about, index = here.name
    page = here.log_out(browser)
    assert page.heading == OUT, page.text
    assert "Log hier zelf nog uit" not in page.text
    (heard,) = here.portal.heard
    assert (heard.kind, heard.binding) == ("LogoutRequest", binding)
    assert (heard.name, heard.indexes) == ((name, about), [index])


@pytest.mark.parametrize(
    ("answers", "signs", "spoils"),
    [
        (("Responder", "RequestDenied"), True, {}),
        (("Success", "PartialLogout"), True, {}),
        (("Success",), False, {}),
        (("Success",), True, {"InResponseTo": "_of_another"}),
        (("Success",), True, {"Destination": "https://elders.example/slo"}),
        (("Success",), True, {"IssueInstant": "2020-01-01T00:00:00Z"}),
    ],
)
@by_browser
def test_a_portal_that_does_not_close_is_named_and_the_user_goes_on(
    tmp_path: Path,
    binding: str,
    answers: tuple[str, ...],
    signs: bool,
    spoils: dict[str, str],
) -> None:
    here = LogoutWorld(tmp_path, portal=BROWSER)
    here.portal.answers, here.portal.signs, here.portal.spoils = answers, signs, spoils
    here.portal.binding = binding
    browser = here.log_in(openid=False)
    page = here.log_out(browser)
    if spoils.get("InResponseTo"):  # nobody waits for that one; our own page is the way on
        assert page.heading == OUT and "Log hier zelf nog uit" not in page.text
        page = browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert page.heading == OUT, page.text
    assert "Log hier zelf nog uit" in page.text and BODEM.name in page.text
    assert here.sessions() == 0
    with here.world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.LOGOUT_PARTIAL])
        assert event.details["portals"] == 1


def test_who_is_left_at_a_portal_finds_the_way_on(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, portal=BROWSER)
    here.portal.answers = None
    browser = here.log_in()
    assert here.log_out(browser).heading == THERE
    assert here.sessions() == 0  # ours ended before anybody was told
    page = browser.open(f"{ADDRESSES.broker}/uitloggen")
    assert page.heading == OUT
    assert "Log hier zelf nog uit" in page.text


def test_a_portal_hears_that_another_is_still_open(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, portal=BROWSER)
    browser = here.log_in(openid=False)
    # Another portal of the same session that nobody can tell.
    with here.world.session() as session:
        from sqlalchemy import select

        from broker.sso.grants import Grant
        from state.db import writing

        with writing(session):
            grant = session.scalars(select(Grant)).first()
            assert grant is not None
            session.add(
                Grant(
                    id="0" * 26,
                    client_id="gone",
                    person_id=grant.person_id,
                    service_uuid=grant.service_uuid,
                    session_id=grant.session_id,
                    created_at=grant.created_at,
                    expires_at=grant.expires_at,
                )
            )
    name, about, index = here.name
    message = here.portal.request(name, about, [index])
    page = here.portal.asks(browser, message, "HTTP-Redirect")
    assert page.heading == OUT, "first what is still open, then back"
    assert "Log hier zelf nog uit" in page.text
    page = browser.click("Ga verder naar Waterkaart")
    assert page.heading == THERE
    (heard,) = here.portal.heard
    assert heard.status == ("Success", "PartialLogout")


def test_nobody_else_sees_names_or_is_sent_round(tmp_path: Path) -> None:
    here = LogoutWorld(tmp_path, portal=("HTTP-Redirect",), makelaar=BROWSER)
    here.log_in()
    name, about, index = here.name
    stranger = here.world.browser()
    message = here.portal.request(name, about, [index])
    page = here.portal.asks(stranger, message, "HTTP-Redirect")
    assert page.heading == THERE
    (heard,) = here.portal.heard
    assert heard.status == ("Success", "PartialLogout")
    assert not here.makelaar.heard, "no browser but the user's own is sent round"
    assert here.sessions() == 0


def test_the_way_round_is_of_one_browser(tmp_path: Path) -> None:
    """A party knows the handle of nothing, and who knows it shows the cookie as well."""
    here = LogoutWorld(tmp_path, portal=BROWSER)
    here.portal.answers = None
    browser = here.log_in()
    here.log_out(browser)
    (way,) = [url for url in browser.visited if "/uitloggen/verder/" in url]
    for path in (way, way.replace("/verder/", "/terug/")):
        page = here.world.browser().open(path)
        assert page.heading == OUT and "niet meer ingelogd" in page.text
        assert BODEM.name not in page.text
    assert BODEM.name in browser.open(way).text


def test_an_answer_to_a_call_that_is_not_signed_is_none(here: LogoutWorld) -> None:
    browser = here.log_in(openid=False)
    here.log_out(browser)
    here.portal.signs = False
    assert here.deliver() == 0
    here.portal.signs = True
    here.world.clock.advance(120)
    assert here.deliver() == 1
    assert here.deliver() == 0


def test_a_shibboleth_portal_that_waits_for_no_answer_leaves_the_user_here(
    here: LogoutWorld,
) -> None:
    """mod_shib asks for logout with the extension for asynchronous logout."""
    browser = here.log_in()
    name, about, index = here.name
    wish = f'<samlp:Extensions><aslo:Asynchronous xmlns:aslo="{ASYNCHRONOUS}"/></samlp:Extensions>'
    message = here.portal.request(name, about, [index], extensions=wish)
    page = here.portal.asks(browser, message, "HTTP-Redirect")
    assert page.heading == OUT and BODEM.name in page.text
    assert not here.portal.heard


def test_a_request_about_what_ended_already_is_done(here: LogoutWorld) -> None:
    browser = here.log_in()
    name, about, index = here.name
    here.log_out(browser)
    here.portal.asks(browser, here.portal.request(name, about, [index]), "HTTP-POST")
    assert here.portal.heard[-1].status == ("Success",)


def test_without_a_session_index_every_session_of_the_name_ends(here: LogoutWorld) -> None:
    here.log_in(openid=False)
    browser = here.log_in(openid=False)
    assert here.sessions() == 2
    name, about, _ = here.name
    here.portal.asks(browser, here.portal.request(name, about), "HTTP-Redirect")
    assert here.portal.heard[-1].status == ("Success",)
    assert here.sessions() == 0


def test_with_a_session_index_the_others_stay(here: LogoutWorld) -> None:
    here.log_in(openid=False)
    browser = here.log_in(openid=False)
    name, about, index = here.name
    here.portal.asks(browser, here.portal.request(name, about, [index]), "HTTP-Redirect")
    assert here.sessions() == 1


REFUSED = {
    "expired": ({"NotOnOrAfter": -600}, {}, "RequestDenied"),
    "old": ({"IssueInstant": -600}, {}, "RequestDenied"),
    "ahead": ({"IssueInstant": 600}, {}, "RequestDenied"),
    "destination": ({}, {"Destination": "https://elders.example/slo"}, "RequestDenied"),
    "version": ({}, {"Version": "2.1"}, "RequestUnsupported"),
}


@pytest.mark.parametrize("binding", ALL)
@pytest.mark.parametrize("case", [*REFUSED, "name", "index", "format", "again", "good"])
def test_S_79_a_request_that_is_not_right_is_told_so_signed_and_ends_nothing(
    here: LogoutWorld, case: str, binding: str
) -> None:
    browser = here.log_in(openid=False)
    name, about, index = here.name
    moments, words, expected = REFUSED.get(case, ({}, {}, ""))
    said = {one: later(here.world, seconds=off) for one, off in moments.items()} | words
    if case == "good":
        said["NotOnOrAfter"] = later(here.world, seconds=60)
    if case == "name":
        name, expected = "somebody-else", "UnknownPrincipal"
    if case == "index":
        index, expected = "_other", "RequestDenied"
    if case == "format":
        about = {**about, "SPNameQualifier": "urn:another"}
        expected = "UnknownPrincipal"
    to = f"{here.portal.ours}/soap" if binding == "SOAP" else None
    message = here.portal.request(name, about, [index], to=to, **said)

    def send() -> tuple[str, ...]:
        if binding == "SOAP":
            return here.portal.said(here.portal.calls(message)).status
        here.portal.asks(browser, message, binding)
        return here.portal.heard[-1].status

    status = send()
    if case == "again":
        status, expected = send(), "RequestDenied"
    assert status == (("Requester", expected) if expected else ("Success",))
    assert here.sessions() == (0 if case in ("good", "again") else 1)


@pytest.mark.parametrize("binding", ALL)
@pytest.mark.parametrize("case", ["unsigned", "other key", "unknown issuer", "rubbish"])
def test_S_79_who_did_not_prove_it_is_not_answered(
    here: LogoutWorld, case: str, binding: str
) -> None:
    browser = here.log_in(openid=False)
    name, about, index = here.name
    party = here.portal
    if case == "unsigned":
        party.signs = False
    if case == "other key":
        party.key = here.makelaar.key
    if case == "unknown issuer":
        party.entity_id = "urn:nobody"
    to = f"{party.ours}/soap" if binding == "SOAP" else None
    message = party.request(name, about, [index], to=to)
    if case == "rubbish":
        message = message.replace(b"LogoutRequest", b"ManageNameIDRequest")
    if binding == "SOAP":
        answer = here.portal.calls(message)
        assert answer.status == 400 and soap_fault(answer) == "Client"
    else:
        page = party.asks(browser, message, binding)
        assert page.status == 400 and "SLS-411" in page.text
    assert not party.heard
    assert here.sessions() == 1


def test_S_79_who_speaks_in_the_name_of_a_portal_spends_nothing_of_its_limit(
    tmp_path: Path,
) -> None:
    """Else anybody keeps a portal from logging its users out."""
    here = LogoutWorld(tmp_path, settings={"limits": {"client_per_minute": 3}})
    browser = here.log_in()
    name, about, index = here.name
    wanted = here.portal.request(name, about, [index])
    forged = here.portal.query("SAMLRequest", wanted, key=rsa_key("somebody"))
    for number in range(4):
        from_there = {"REMOTE_ADDR": f"198.51.100.{number}"}
        answer = Client(here.world.app).get(
            f"/saml/idp/slo?{forged}", base_url=ADDRESSES.broker, environ_overrides=from_there
        )
        assert answer.status_code == 400, answer.text
    page = here.portal.asks(browser, wanted, "HTTP-Redirect")
    assert page.heading == THERE, page.text
    assert here.sessions() == 0


@pytest.mark.parametrize(
    ("url", "heading"),
    [(PORTAL_SLO, THERE), (PORTAL_SLO.replace("/slo", "/weg"), OUT)],
    ids=["registered", "registered no more"],
)
def test_nobody_is_sent_with_an_answer_to_where_the_portal_is_no_more(
    here: LogoutWorld, url: str, heading: str
) -> None:
    """The metadata were replaced while the user went round."""
    to = AnswerTo(
        "portal:waterkaart", IDP_SLO, OwnRole.IDP, "_asked", url, BINDINGS + "HTTP-Redirect", None
    )
    run = logout_run.new_run(LogoutOutcome(), (), answer=to)
    logout_run.keep(here.world.runtime, run)
    page = here.world.browser().open(f"{ADDRESSES.broker}/uitloggen/verder/{run.handle}")
    assert page.heading == heading, page.text


@pytest.mark.parametrize("registered", [True, False])
def test_nobody_is_sent_back_to_where_the_openid_portal_is_no_more(
    here: LogoutWorld, *, registered: bool
) -> None:
    rt = here.world.runtime
    client = next(
        one for one in rt.configuration.oidc_clients.values() if one.post_logout_redirect_uris
    )
    back = client.post_logout_redirect_uris[0]
    wanted = back if registered else f"{back}/weg"
    asked = LogoutRequest(client.client_id, None, wanted, f"{wanted}?state=s")
    assert logout_return.done_url(rt, asked) == (f"{back}?state=s" if registered else None)
