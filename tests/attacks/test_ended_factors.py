"""A factor that was lost or stolen and then removed: what was proved with it opens nothing more."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import update

from admin.operators.roles import OperatorRole
from assurance.factors import BoundBy, Factor, FactorKind
from sandbox.browser import Browser, Page
from sandbox.portal.clients import LOZING
from sandbox.prepare import totp_secret
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.journeys.at_mijn import (
    AGAIN,
    BASE,
    CODE,
    LIST,
    factors_of,
    fresh,
    roos_at_eh2_plus,
)
from tests.journeys.test_own_factors import add_app, seed_of
from tests.operators import HERE, PASSWORD, make_operator
from tests.world import ADDRESSES, World

CONSENT = "Deze gegevens geven wij door"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_portal_world(tmp_path_factory.mktemp("world"))
    set_clock(made)
    return made


def end_factors(world: World, person: str) -> None:
    """As the owner or the help desk does."""
    with world.session() as session, session.begin():
        session.execute(
            update(Factor)
            .where(Factor.person_id == person, Factor.ended_at.is_(None))
            .values(ended_at=world.clock())
        )


def with_code(world: World, portal: Portal, browser: Browser | None = None) -> Browser:
    """Roos at Lozing melden, after the code of her app."""
    fresh(world)
    browser = portal.at_makelaar("brugwacht", browser, scope=scope_of(LOZING), prompt="consent")
    assert browser.press("person", "roos").heading == CODE
    browser.fill("code", pyotp.TOTP(totp_secret(world.demo, "roos")).at(world.clock()))
    assert browser.click("Ga verder").heading == CONSENT
    return browser


def test_F_12_a_login_that_used_a_factor_ends_with_it(world: World) -> None:
    portal = Portal(world)
    owner, thief = with_code(world, portal), with_code(world, portal)
    assert "code" in portal.heard(owner.press("agree", "yes"))  # the good twin
    end_factors(world, "roos")
    heard = portal.heard(thief.press("agree", "yes"))
    assert heard["error"] == "access_denied" and "code" not in heard


def test_F_12_a_session_does_not_lend_a_factor_that_ended(world: World) -> None:
    text = (world.demo.registrations / "20-services.yaml").read_text(encoding="utf-8")
    found = next(part for part in text.split("---\n") if LOZING.uuid in part)
    world.apply(found + "session_group: bodem\nsecond_factor_reuse_minutes: 60\n")
    portal = Portal(world)
    browser = with_code(world, portal)
    portal.heard(browser.press("agree", "yes"))
    again = portal.url(scope=scope_of(LOZING), prompt="consent", idp_hint="brugwacht")
    assert browser.open(again).heading == CONSENT  # the good twin
    end_factors(world, "roos")
    assert browser.open(again).heading == "Log in bij Brugwacht"  # asked for more


def test_F_12_at_mijn_a_factor_that_ended_adds_no_other(world: World) -> None:
    """Who stole the telephone must not put a factor of their own in its place."""
    thief, owner = roos_at_eh2_plus(world), roos_at_eh2_plus(world)
    (app,) = factors_of(world, "roos", FactorKind.TOTP)
    assert thief.open(f"{BASE}/app").heading == "Voeg een app met codes toe"
    seed = seed_of(thief)
    owner.open(f"{BASE}/{app.id}/verwijderen")
    assert "Het inlogmiddel is verwijderd" in owner.click("Verwijder het inlogmiddel").text
    token = next(f.fields["csrf_token"] for f in thief.page.forms if "csrf_token" in f.fields)  # type: ignore[union-attr]
    code = pyotp.TOTP(seed).at(world.clock())
    thief.post(f"{BASE}/app", [("csrf_token", token), ("code", code)])
    found = factors_of(world, "roos", FactorKind.TOTP)
    assert all(factor.bound_by is BoundBy.SELF for factor in found)


def test_F_12_at_mijn_another_factor_that_stands_still_counts(world: World) -> None:
    """The good twin: whoever proves the factor that is left goes on."""
    browser = roos_at_eh2_plus(world)
    (old,) = factors_of(world, "roos", FactorKind.TOTP)
    add_app(world, browser)
    browser.open(f"{BASE}/{old.id}/verwijderen")
    assert browser.click("Verwijder het inlogmiddel").heading == LIST
    assert browser.page is not None and "Het inlogmiddel is verwijderd" in browser.page.text
    assert browser.open(f"{BASE}/app").heading == AGAIN  # proved with what ended: asked anew
    page = browser.click("Log opnieuw in")
    assert page.url.startswith(ADDRESSES.makelaars) or "/login/" in page.url


def test_A_08_an_operator_session_ends_with_its_factor(world: World) -> None:
    who = make_operator(world, "kuiper", OperatorRole.VIEWER)
    browser = world.browser()
    browser.open(HERE)
    browser.fill("name", who.user_name)
    browser.fill("password", PASSWORD)
    browser.click("Log in")
    browser.fill("code", who.code(world.clock()))
    assert browser.click("Ga verder").heading == "Overzicht"
    assert _inside(browser.open(HERE))
    end_factors(world, who.person_id)
    assert not _inside(browser.open(HERE))


def _inside(page: Page) -> bool:
    return page.heading == "Overzicht"
