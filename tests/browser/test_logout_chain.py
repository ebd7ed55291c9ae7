"""One logout in a real Chromium that goes round: out of our page, to a SAML portal, to a SAML
makelaar, while an OpenID Connect portal is called. Nothing on the way is blocked, with and without
JavaScript.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from lxml import etree
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from sandbox import prepare
from sandbox.portal.clients import BODEM
from sandbox.wire import HttpWire
from tests.broker.saml.in_world import document, portal_metadata
from tests.broker.saml.logging_out import SamlParty, single_logout
from tests.broker.saml.portals import NAMES, Asked, acs, private_key, query
from tests.browser.visitor import Visitor, visiting
from tests.running_demo import RunningDemo
from tests.servers import free_port

pytestmark = pytest.mark.browser

OUT: Final = "U bent uitgelogd"
CLOSED: Final = "Ook bij uw makelaar bent u uitgelogd"
SELF: Final = "Log hier zelf nog uit"
AGREE: Final = "button[name=agree][value=yes]"


@dataclass(frozen=True)
class Real:
    """As much of a world as a party of tests asks: the time, and the network."""

    wire: HttpWire

    def clock(self) -> datetime:
        return datetime.now(UTC)


@contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@dataclass
class Chain:
    portal: SamlParty
    makelaar: SamlParty
    sso: str

    @property
    def request(self) -> str:
        """A login that the portal asks."""
        asked = Asked(issuer=self.portal.entity_id, sso=self.sso, at=self.portal.world.clock())
        return f"{self.sso}?{query(asked.text(), None)}"


@pytest.fixture(scope="module")
def chain(running: RunningDemo) -> Iterator[Chain]:
    """Both are registered: a portal, and Polderpoort with an address to log out at."""
    broker, world = running.addresses.broker, cast(Any, Real(HttpWire()))
    ports = free_port(), free_port()
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    there = next(m for m in prepare.makelaars(running.demo) if m.profile.slug == "polderpoort")
    portal = SamlParty(
        world,
        "urn:uitlogkaart",
        cast(rsa.RSAPrivateKey, private_key("portal")),
        f"{urls[0]}/slo",
        f"{broker}/saml/idp/slo",
        f"{broker}/saml/idp/metadata",
    )
    makelaar = SamlParty(
        world,
        there.entity_id,
        cast(rsa.RSAPrivateKey, there.pair.key),
        f"{urls[1]}/slo",
        f"{broker}/saml/slo",
        f"{broker}/saml/metadata",
    )
    apps = [Flask("portal"), Flask("makelaar")]

    @apps[0].post("/acs")
    def acs_of_portal() -> str:
        return "<html><title>Terug</title><h1>Terug bij de uitlogkaart</h1></html>"

    portal.add_to(apps[0])
    makelaar.add_to(apps[1])
    running.apply("uitlogkaart", yaml.safe_dump_all(_documents(running, urls, there.entity_id)))
    try:
        with serving(apps[0], ports[0]), serving(apps[1], ports[1]):
            yield Chain(portal, makelaar, f"{broker}/saml/idp/sso")
    finally:
        known = running.demo.registrations / "30-makelaars.yaml"
        running.parties.sluis("apply", "-f", str(known), "--yes")


def _documents(running: RunningDemo, urls: list[str], entity_id: str) -> list[dict[str, Any]]:
    metadata = portal_metadata(
        entity_id="urn:uitlogkaart",
        addresses=single_logout(f"{urls[0]}/slo", "HTTP-POST") + acs(f"{urls[0]}/acs"),
    )
    portal = document(
        client_id="uitlogkaart", saml={"metadata": metadata, "entity_id": "urn:uitlogkaart"}
    )
    root = etree.parse(str(Path(running.demo.registrations) / "polderpoort.xml")).getroot()
    for signature in root.findall("ds:Signature", NAMES):
        root.remove(signature)
    services = single_logout(f"{urls[1]}/slo", "HTTP-Redirect")
    text = etree.tostring(root).decode()
    text = text.replace("<md:NameIDFormat>", f"{services}<md:NameIDFormat>", 1)
    makelaar = {
        "kind": "IdentityProvider",
        "id": "polderpoort",
        "name": "Polderpoort",
        "level_ceiling": "EH4",
        "speaks_for": "register",
        "saml": {"entity_id": entity_id, "metadata": text},
    }
    return [portal, makelaar]


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def visitor(
    running: RunningDemo, chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    with visiting(running, chromium, javascript=request.param) as found:
        yield found
        assert found.complaints == []


def answer_questions(visitor: Visitor) -> None:
    """Whatever is asked between the makelaar and the portal."""
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    while visitor.is_at_broker:
        visitor.leave_by_hand()
        question = visitor.page.locator(f"button[name=choice], {AGREE}").first
        if not question.count():
            break
        with visitor.page.expect_navigation():
            question.click()
        visitor.page.wait_for_timeout(200)


def ask_at_saml_portal(visitor: Visitor, chain: Chain) -> None:
    """The broker follows a registration that was just made within seconds: ask again."""
    for _ in range(120):
        visitor.page.goto(chain.request)
        if visitor.page.locator("button[value=polderpoort]").count():
            visitor.complaints.clear()
            return
        visitor.page.wait_for_timeout(500)
    raise TimeoutError("the portal is not known")


def test_one_logout_goes_round(visitor: Visitor, chain: Chain) -> None:
    ask_at_saml_portal(visitor, chain)
    answer_questions(visitor)
    visitor.page.wait_for_url("**/acs")
    assert visitor.heading == "Terug bij de uitlogkaart"
    visitor.ask(BODEM.name)
    answer_questions(visitor)
    visitor.page.wait_for_url(f"{visitor.running.addresses.portal}/**")
    assert visitor.is_in, visitor.heading
    chain.portal.heard.clear()
    chain.makelaar.heard.clear()
    visitor.go("/uitloggen")
    visitor.click("form[action='/uitloggen'] button")
    visitor.leave_by_hand()
    visitor.page.wait_for_url("**/uitgelogd?*")
    visitor.look()
    assert visitor.heading == OUT
    said = visitor.page.text_content("main") or ""
    assert CLOSED in said and SELF not in said
    assert [one.kind for one in chain.portal.heard] == ["LogoutRequest"]
    assert [one.kind for one in chain.makelaar.heard] == ["LogoutRequest"]
