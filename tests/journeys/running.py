"""What runs while trust is lowered: begun at one instance, tried at the other."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from flask import Flask
from lxml import etree
from sqlalchemy.orm import Session

from admin.app import create_app
from broker.configuration import POLL_SECONDS, STALE_AFTER, ConfigurationHolder
from directory.consoles import CONSOLE_SERVICES
from providers.factory import adapter_factory
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, GRONDWATER
from tests.broker.portal import Portal, make_portal_world, scope_of
from tests.broker.saml.artifact_portal import ARTIFACT as BY_ARTIFACT
from tests.broker.saml.artifact_portal import BOTH, ArtifactPortal, landing
from tests.broker.saml.in_world import HOST, document, portal_metadata
from tests.broker.saml.portals import status_in
from tests.journeys.stores import Stores, tell_commands
from tests.world import ADDRESSES, World

MAKELAARS: Final = "30-makelaars.yaml"
SERVICES: Final = "20-services.yaml"
SUBJECTS: Final = ("pp-jan-5b1f0a", "pp-sanne-c4d9e2")
MANDATE: Final = "Namens wie logt u in?"
ARRIVED: Final = "Terug bij Waterkaart"
CONSENT: Final = "Deze gegevens geven wij door"
SAML_PORTAL: Final = document(saml={"metadata": portal_metadata(addresses=BOTH)})
ETD: Final = "urn:etoegang:core:assurance-class:"


@dataclass(frozen=True)
class Instances:
    """``here`` is where people are served first; ``there`` another process on the same stores."""

    portal: Portal
    here: Flask
    there: Flask
    holder: ConfigurationHolder

    @property
    def world(self) -> World:
        return self.portal.world

    def document(self, file: str, key: str) -> dict[str, Any]:
        """One registration of the demo, as its file has it."""
        text = (self.world.demo.registrations / file).read_text(encoding="utf-8")
        return next(d for d in yaml.safe_load_all(text) if key in (d.get("id"), d.get("uuid")))

    def a_minute_later(self) -> None:
        """The other instance serves, and looked at the registrations once more."""
        assert timedelta(seconds=POLL_SECONDS) < STALE_AFTER <= timedelta(minutes=1)
        self.holder.refresh()
        self.world.wire.applications[ADDRESSES.broker.partition("//")[2]] = self.there


def make_instances(directory: Path, stores: Stores | None = None) -> Instances:
    """Both, with a portal that speaks OpenID Connect and one that speaks SAML. ``stores``: the
    settings of where they keep what they keep; SQLite for everything unless told.
    """
    world = make_portal_world(directory, **(stores or {}))
    tell_commands(world, stores or {})
    world.wire.applications[HOST] = landing()
    world.apply(yaml.safe_dump(SAML_PORTAL), "95-saml-portal.yaml")
    process = world.process
    holder = ConfigurationHolder(
        sessions=process.sessions,
        sealer=process.sealer,
        clock=process.clock,
        factory=adapter_factory(process.settings.base_url, process.outgoing),
        built_in_services=CONSOLE_SERVICES,
    )
    holder.refresh()
    there = create_app(replace(process, holder=holder))
    return Instances(Portal(world), world.app, there, holder)


# What runs: begun at one instance, tried at the other. Each gives whether it went on.

Tried = Callable[[], bool]
Begin = Callable[[Instances], Tried]
Change = Callable[[Session, World], Callable[[], None]]


def a_token(at: Instances) -> Tried:
    token = at.portal.tokens(_code(at))["access_token"]
    return lambda: at.portal.userinfo(token).status == 200


def a_code(at: Instances) -> Tried:
    code = _code(at)
    return lambda: at.portal.redeem(code).status == 200


def a_session(at: Instances) -> Tried:
    browser = at.world.browser()
    at.portal.log_in("jan", "polderpoort", browser, scope=scope_of(BODEM))

    def go_on() -> bool:
        page = browser.open(at.portal.url(scope=scope_of(GRONDWATER)))
        return page.heading in (CONSENT, MANDATE)

    return go_on


def a_console(at: Instances) -> Tried:
    browser = at.world.browser()
    _into_beheer(browser)
    return lambda: _is_in_beheer(browser.open(f"{ADDRESSES.broker}/beheer"))


def a_login(at: Instances) -> Tried:
    """It stands at its last question, which is looked at once more and answered."""
    browser = at.portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    shown = browser.press("person", "jan")
    assert shown.heading == CONSENT, shown.text

    def go_on() -> bool:
        again = browser.open(shown.url)
        return again.heading == CONSENT and "code=" in browser.press("agree", "yes").url

    return go_on


def _code(at: Instances) -> str:
    return at.portal.code("jan", "polderpoort", scope=scope_of(BODEM))


def _into_beheer(browser: Browser) -> None:
    browser.open(f"{ADDRESSES.broker}/beheer")
    browser.press("provider", "polderpoort")
    assert _is_in_beheer(browser.press("person", "sanne"))


def _is_in_beheer(page: Page) -> bool:
    return page.url.startswith(f"{ADDRESSES.broker}/beheer") and page.status == 200


def a_login_at_its_makelaar(at: Instances) -> Tried:
    """Its user is away, and comes back."""
    browser = at.portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    shown = browser.page

    def go_on() -> bool:
        browser.page = shown  # by the back button, where it was tried before
        page = browser.press("person", "jan")
        return page.heading == CONSENT and "code=" in browser.press("agree", "yes").url

    return go_on


def an_artifact(at: Instances) -> Tried:
    """The answer to a SAML portal that was not fetched yet."""
    portal = ArtifactPortal(at.world)
    _at_consent(portal, {"ProtocolBinding": BY_ARTIFACT})
    portal.browser.press("agree", "yes")
    artifact = portal.artifact

    def go_on() -> bool:
        try:
            return portal.fetched(artifact).response is not None
        except AssertionError:  # it takes no fault
            return False

    return go_on


def a_saml_login(at: Instances) -> Tried:
    """A login for a SAML portal, at its last question."""
    portal = ArtifactPortal(at.world)
    _at_consent(portal)
    shown = portal.browser.page

    def go_on() -> bool:
        portal.browser.page = shown  # by the back button, where it was tried before
        page = portal.browser.press("agree", "yes")
        if page.heading != ARRIVED:
            return False
        answer = base64.b64decode(portal.last()[2]["SAMLResponse"])
        return status_in(etree.fromstring(answer))[0] == "Success"

    return go_on


def _at_consent(portal: ArtifactPortal, asked: dict[str, str | None] | None = None) -> None:
    portal.by_redirect(portal.asked(asked))
    portal.browser.press("provider", "polderpoort")
    shown = portal.browser.press("person", "jan")
    assert shown.heading == CONSENT, shown.text


def at_mijn(at: Instances) -> Tried:
    browser = at.world.browser()
    browser.open(f"{ADDRESSES.broker}/mijn")
    browser.press("provider", "polderpoort")
    assert _is_at_mijn(browser.press("person", "jan"))
    return lambda: _is_at_mijn(browser.open(f"{ADDRESSES.broker}/mijn"))


def _is_at_mijn(page: Page) -> bool:
    return page.url.startswith(f"{ADDRESSES.broker}/mijn") and page.status == 200


RUNS: Final = (
    a_token,
    a_code,
    a_session,
    a_console,
    a_login,
    a_login_at_its_makelaar,
    an_artifact,
    a_saml_login,
    at_mijn,
)
CONSOLES: Final = frozenset({a_console, at_mijn})
OF_A_PORTAL: Final = frozenset(RUNS) - CONSOLES
