"""What one address, portal or person may do, and what is said to who does more."""

from __future__ import annotations

import logging

import pyotp
import pytest
from lxml import etree
from werkzeug.test import Client, TestResponse

from broker.monitoring import metrics
from broker.web.endpoints import endpoints_of
from sandbox import prepare
from sandbox.portal.clients import LOZING
from state.ephemeral import StoreUnavailable
from tests.broker.clients import SECRET
from tests.broker.portal import FORM, ISSUER, Portal, basic, make_portal_world, scope_of
from tests.world import World

FEW = {
    "address_per_minute": 5,
    "client_per_minute": 8,
    "person_per_minute": 6,
    "failures_per_minute": 3,
}
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"), limits=FEW)


def ask(
    world: World, path: str, method: str = "GET", address: str = HERE, **more: object
) -> TestResponse:
    client = Client(world.app, use_cookies=False)
    more["environ_overrides"] = {"REMOTE_ADDR": address}
    return client.open(path, method=method, base_url=ISSUER, **more)  # type: ignore[arg-type]


def refused(rule: str) -> float:
    return metrics.RATE_LIMITED.labels(rule)._value.get()


EXPENSIVE = (
    ("GET", "/authorize", "authorize"),
    ("POST", "/saml/acs", "answers"),
    ("GET", "/oidc/callback/zekerweg", "answers"),
    ("GET", "/logout", "logout"),
    ("GET", "/uitloggen", "logout"),
    ("GET", "/uitgelogd?van=guessed", "logout"),
    ("GET", "/login/nobody", "logins"),
    ("POST", "/login/nobody/consent", "questions"),
    ("GET", "/beheer", "console"),
    ("GET", "/mijn/inlogmiddelen", "console"),
    ("GET", "/operator", "console"),
    ("POST", "/operator/instellen/guessed", "console"),
    ("GET", "/inloggegevens-vergeten/guessed", "recovery"),
    ("POST", "/inloggegevens-vergeten", "recovery"),
    ("GET", "/activeren", "activation"),
    ("GET", "/saml/metadata", "metadata"),
    ("GET", "/health/ready", "health"),
)


FREE = {
    *("static", "theme.style", "front.index", "help.index", "help.topic", "health.live"),
    *("oidc.discovery", "oidc.jwks", "own_metadata.oidc_client_jwks"),
    *("developers.index", "developers.error_codes", "developers.recipe"),
}
# All logins of a portal, from one address.
OF_PORTALS = {"token", "par", "userinfo", "logout_call", "artifact"}


def test_every_endpoint_has_a_limit_or_is_known_to_cost_nothing(world: World) -> None:
    known = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    declared = endpoints_of(world.app).named
    assert known == declared.keys()
    assert {name for name, endpoint in declared.items() if endpoint.limit is None} == FREE
    kinds = {endpoint.limit for endpoint in declared.values()} - {None}
    assert kinds == {kind for _, _, kind in EXPENSIVE} | OF_PORTALS
    assert {one.limit for one in declared.values() if one.per_portal} == OF_PORTALS


@pytest.mark.parametrize(("method", "path", "kind"), EXPENSIVE, ids=lambda value: str(value))
def test_an_address_that_asks_too_often_waits_a_minute_and_others_do_not(
    world: World, method: str, path: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = refused(f"{kind}-address")
    for _ in range(5):
        assert ask(world, path, method).status_code != 429
    for _ in range(3):
        answer = ask(world, path, method)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "60"
        assert "SLS-4008" in answer.text
        assert "Uw code" in answer.text or "Reference: " in answer.text
    assert refused(f"{kind}-address") == before + 3
    assert ask(world, path, method, ELSEWHERE).status_code != 429
    world.clock.advance(60)
    world.process.holder.refresh()
    assert ask(world, path, method).status_code != 429


def test_a_network_of_one_subscriber_counts_as_one_address(world: World) -> None:
    for number in range(5):
        assert ask(world, "/authorize", address=f"2001:db8:1:2::{number}").status_code != 429
    assert ask(world, "/authorize", address="2001:db8:1:2:ffff::1").status_code == 429
    assert ask(world, "/authorize", address="2001:db8:1:3::1").status_code != 429


def test_H_04_a_limit_is_not_escaped_with_forwarded_headers(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """With two proxies of ours, what the second last of them wrote is the address: never what the
    client put before it.
    """
    for hops, ours in ((0, ""), (1, ", 198.51.100.1"), (2, ", 198.51.100.1, 10.0.0.2")):
        behind = make_portal_world(
            tmp_path_factory.mktemp("behind"),
            limits=FEW,
            web={"base_url": ISSUER, "trusted_proxy_hops": hops},
        )
        for number in range(5):
            headers = {"X-Forwarded-For": f"203.0.113.{number}{ours}"}
            assert ask(behind, "/authorize", headers=headers).status_code != 429
        forged = {"X-Forwarded-For": f"203.0.113.99{ours}", "Forwarded": "for=203.0.113.98"}
        assert ask(behind, "/authorize", headers=forged).status_code == 429, hops
        if hops:  # the good twin: another visitor of the same proxy
            other = {"X-Forwarded-For": ours.replace("198.51.100.1", "198.51.100.77")[2:]}
            assert ask(behind, "/authorize", headers=other).status_code != 429


def test_a_portal_has_a_limit_of_its_own_from_wherever_its_users_come(world: World) -> None:
    portal = Portal(world)
    for number in range(8):
        assert ask(world, portal.url(), address=f"198.51.100.{number}").status_code == 303
    assert ask(world, portal.url(), address="198.51.100.200").status_code == 429
    other = Portal(world, "by-post")
    assert ask(world, other.url(), address="198.51.100.201").status_code == 303


def test_a_server_that_resolves_artifacts_has_the_limit_of_a_portal(world: World) -> None:
    more = {"data": b"<x/>", "headers": {"Content-Type": "text/xml"}}
    for _ in range(8):
        assert ask(world, "/saml/idp/artifact", "POST", **more).status_code == 500  # a fault
    blocked = ask(world, "/saml/idp/artifact", "POST", **more)
    assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, "60")
    assert ask(world, "/saml/idp/artifact", "POST", ELSEWHERE, **more).status_code == 500


@pytest.mark.parametrize("path", ["/saml/idp/artifact", "/saml/idp/slo/soap", "/saml/slo/soap"])
def test_who_speaks_soap_reads_a_fault_also_of_a_limit(world: World, path: str) -> None:
    more = {"data": b"<x/>", "headers": {"Content-Type": "text/xml"}}
    for _ in range(8):
        assert ask(world, path, "POST", **more).status_code != 429
    blocked = ask(world, path, "POST", **more)
    assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, "60")
    assert blocked.content_type == "text/xml; charset=utf-8"
    fault = etree.fromstring(blocked.data).find(".//{*}Fault")
    assert fault is not None and fault.findtext("faultcode") == "soapenv:Server"
    assert "too many requests" in fault.findtext("faultstring", "")
    assert "SLS-4008" in fault.findtext("faultstring", "")


def wrong_redemption(world: World, client: str = "by-basic", address: str = HERE) -> TestResponse:
    headers = {**FORM, "Authorization": basic(client, "not the secret of it")}
    return ask(world, "/token", "POST", address, data="grant_type=x&code=y", headers=headers)


def test_who_guesses_secrets_is_refused_unasked_and_reads_it_in_json(world: World) -> None:
    for _ in range(3):
        assert wrong_redemption(world).status_code == 401
    answer = wrong_redemption(world)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert answer.json is not None
    assert answer.json["error"] == "temporarily_unavailable"
    assert "Reference: " in answer.json["error_description"]
    right = {**FORM, "Authorization": basic("by-basic", SECRET)}
    grant = "grant_type=authorization_code&code=nothing"
    blocked = ask(world, "/token", "POST", data=grant, headers=right)
    assert blocked.status_code == 429  # also the right one, for the rest of the minute
    for twin in (
        ask(world, "/token", "POST", ELSEWHERE, data=grant, headers=right),
        wrong_redemption(world, "elsewhere"),  # a portal in the same house
    ):
        assert twin.status_code in (400, 401)
    world.clock.advance(61)
    world.process.holder.refresh()
    assert ask(world, "/token", "POST", data=grant, headers=right).status_code == 400


def test_guesses_are_counted_for_all_processes_together(world: World) -> None:
    for _ in range(3):
        assert wrong_redemption(world).status_code == 401
    world.runtime.windows._blocks.clear()
    world.runtime.windows._counts.clear()  # as in another process
    assert wrong_redemption(world).status_code == 429


def test_a_guess_that_cannot_be_counted_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(world.process.store, "batch", down)
    assert wrong_redemption(world).status_code == 503


def test_who_tries_codes_of_many_people_from_one_address_is_stopped(world: World) -> None:
    """The factor locks after five by itself; the address is stopped before."""
    portal = Portal(world)
    browser = portal.at_makelaar("brugwacht", scope=scope_of(LOZING))
    browser.press("person", "roos")
    for _ in range(3):
        browser.fill("code", "000000")
        assert browser.click("Ga verder").status == 422
    browser.fill("code", "000000")
    assert browser.click("Ga verder").status == 429
    world.runtime.windows._blocks.clear()  # a minute later; the makelaar knows no other time
    again = portal.at_makelaar("brugwacht", scope=scope_of(LOZING))
    again.press("person", "roos")
    again.fill("code", pyotp.TOTP(prepare.totp_secret(world.demo, "roos")).at(world.clock()))
    assert again.click("Ga verder").status == 200


def test_a_person_in_the_console_has_a_limit_from_all_addresses(world: World) -> None:
    browser = world.browser()
    browser.open(f"{ISSUER}/beheer")
    browser.click("Polderpoort")
    assert browser.press("person", "sanne").url == f"{ISSUER}/beheer"
    jar = "; ".join(f"{name}={value}" for name, value in browser.cookies(ISSUER).items())
    found = [
        ask(world, "/beheer", address=f"198.51.100.{number}", headers={"Cookie": jar}).status_code
        for number in range(8)
    ]
    assert found[:4] == [200] * 4
    assert found[-1] == 429


def test_a_flood_is_one_line_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    from structlog.testing import capture_logs

    with capture_logs() as lines:
        for _ in range(30):
            ask(world, "/authorize")
    told = [line for line in lines if line["event"] == "limit.exceeded"]
    assert len(told) == 1
    assert told[0]["rule"] == "authorize-address"
    assert HERE not in str(lines)
