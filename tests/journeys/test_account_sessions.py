"""One sign-on with accounts of Sluis: a login is brought along, never a level or a factor."""

from __future__ import annotations

from typing import Final

import pyotp
import pytest
import yaml
from sqlalchemy import update

from assurance.factors import Factor
from sandbox import prepare
from sandbox.browser import Browser, Page
from sandbox.portal.clients import IDEEEN, VERGUNNING, PortalService
from sandbox.walk import ACCOUNT
from tests.broker.account_logins import give_temporary
from tests.world import World

IN: Final = "U bent ingelogd"
METHOD: Final = "Hoe wilt u inloggen?"
PROVIDER: Final = "Wie is uw makelaar?"
FACTOR: Final = "Vul de code uit uw app in"
BLOCKED: Final = "Uw inlogmiddel is geblokkeerd"


@pytest.fixture
def world(own_world: World) -> World:
    """Both services of the town share logins."""
    file = own_world.demo.registrations / "20-services.yaml"
    documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    shared = [
        {**d, "session_group": "stad", "accepts_sessions_of": ["stad"]}
        for d in documents
        if d["uuid"] in (IDEEEN.uuid, VERGUNNING.uuid)
    ]
    own_world.apply(yaml.safe_dump_all(shared), "shared.yaml")
    return own_world


def _log_in(world: World, browser: Browser, person: str, service: PortalService) -> None:
    assert world.walk(service.name, ACCOUNT, person, browser=browser).run().heading == IN


def _go(world: World, browser: Browser, service: PortalService) -> Page:
    url = f"{world.demo.addresses.portal}/login/ondernemersloket/{service.uuid}"
    return browser.open(url)


def _use_code(world: World, browser: Browser) -> Page:
    with world.session() as session, session.begin():
        session.execute(update(Factor).values(last_step=0))
    browser.fill("code", pyotp.TOTP(prepare.totp_secret(world.demo, "eva")).now())
    return browser.click("Ga verder")


def test_an_email_account_logs_in_once_for_services_that_offer_it(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser, "daan", IDEEEN)
    assert _go(world, browser, IDEEEN).heading == IN
    assert _go(world, browser, VERGUNNING).heading == PROVIDER  # not offered there: as nobody
    assert _go(world, world.browser(), IDEEEN).heading == METHOD


def test_a_means_of_sluis_asks_a_fresh_code_at_every_login(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser, "eva", VERGUNNING)
    for _ in range(2):
        assert _go(world, browser, VERGUNNING).heading == FACTOR
    assert _use_code(world, browser).heading == IN
    assert _go(world, browser, IDEEEN).heading == IN  # EH2: the password did


def test_a_session_is_never_lifted_without_the_factor(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser, "eva", IDEEEN)
    assert _go(world, browser, VERGUNNING).heading == FACTOR


def test_A_16_a_changed_password_ends_the_session(world: World) -> None:
    browser, other = world.browser(), world.browser()
    _log_in(world, browser, "daan", IDEEEN)
    world.clock.advance(1)
    give_temporary(world, "daan", "tijdelijk woord 1")
    assert _go(world, browser, IDEEEN).heading == METHOD
    other.open(f"{world.demo.addresses.portal}/login/ondernemersloket/{IDEEEN.uuid}")
    assert other.page is not None and other.page.heading == METHOD
