"""Rights that end in a document reach what runs: sessions, tokens at portals, logins under way and
the consoles.
"""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from sqlalchemy import select

from admin.operations.worker import adapter_of
from assurance import session_lifetime
from assurance.factors import FactorKind
from broker.sso.grants import Grant
from directory.consoles import BEHEER
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM
from state import audit
from state.audit import EventTag
from tests.broker.portal import set_clock
from tests.deliveries import deliver_due
from tests.journeys.test_person_changes import change, document, log_in, mails_to
from tests.portal_page import claims_on
from tests.world import World


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def mandate_of(world: World, person: str, **changed: Any) -> None:
    """The first mandate of this person in the demo, changed."""
    text = (world.demo.registrations / "50-mandates.yaml").read_text(encoding="utf-8")
    found = next(d for d in yaml.safe_load_all(text) if d.get("person") == person)
    world.apply(yaml.safe_dump({**found, **changed}), f"mandate-{person}.yaml")
    set_clock(world)


def standing(world: World, person: str, client_id: str | None = None) -> list[Grant]:
    with world.session() as session:
        query = select(Grant).where(Grant.person_id == person, Grant.revoked_at.is_(None))
        rows = session.scalars(query).all()
    return [row for row in rows if client_id in (None, row.client_id)]


def sessions(world: World, person: str) -> int:
    with world.session() as session:
        return len(session_lifetime.standing(session, person, world.clock()))


def beheer(world: World, person: str = "sanne") -> Browser:
    browser = world.browser()
    page = browser.open(f"{world.demo.addresses.broker}/beheer")
    if "Log in" in page.heading:
        browser.click("Log in bij Beheer")
    browser.click("Polderpoort")
    assert browser.press("person", person).heading == "Te doen"
    return browser


def test_an_identity_that_ends_logs_out_everywhere_and_is_somebody_new(world: World) -> None:
    log_in(world)
    assert sessions(world, "jan") == 1 and standing(world, "jan")
    change(world, "jan", identities=document(world, "jan")["identities"][1:])
    assert sessions(world, "jan") == 0 and standing(world, "jan") == []
    page = world.walk(BODEM.name, "Polderpoort", "jan").run()
    assert page.heading != "U bent ingelogd"
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.IDENTITY_ENDED])
    assert (event.provider_id, event.details["person"]) == ("polderpoort", "jan")
    change(world, "jan", identities=document(world, "jan")["identities"])
    assert world.walk(BODEM.name, "Polderpoort", "jan").run().heading == "U bent ingelogd"


def test_who_administers_no_more_is_out_of_the_console_at_once(world: World) -> None:
    sanne = beheer(world)
    assert len(standing(world, "sanne", BEHEER.client_id)) == 1
    change(world, "sanne", organisations=[])
    assert standing(world, "sanne", BEHEER.client_id) == []
    page = sanne.open(f"{world.demo.addresses.broker}/beheer")
    assert page.heading != "Te doen"


def test_a_place_elsewhere_that_ends_leaves_the_console_of_others_alone(world: World) -> None:
    sanne = beheer(world)
    change(world, "jan", organisations=[])
    page = sanne.open(f"{world.demo.addresses.broker}/beheer")
    assert page.heading == "Te doen"


@pytest.mark.parametrize(
    "changed",
    [{"service": "34b69f52-4f2f-4b6d-accc-50c15aef38b9"}, {"level": "EH2"}, {"revoked": True}],
    ids=["narrower", "lower", "revoked"],
)
def test_M_11_what_a_mandate_gave_ends_with_it_and_the_portal_hears_it(
    world: World, changed: dict[str, Any]
) -> None:
    browser, portal = log_in(world), world.demo.addresses.portal
    assert browser.page is not None
    sid = claims_on(browser.page)["sid"]
    assert standing(world, "jan")
    mandate_of(world, "jan", **changed)
    assert standing(world, "jan") == []
    assert sessions(world, "jan") == 1, "the session speaks for nobody"
    parts = world.process
    deliver_due(parts.sessions, parts.sealer, adapter_of(parts), parts.clock)
    assert world.wire.request("GET", f"{portal}/ended").json() == [sid]
    assert world.walk(BODEM.name, "Polderpoort", "jan").run().heading != "U bent ingelogd"


def test_a_mandate_elsewhere_that_ends_leaves_tokens_alone(world: World) -> None:
    log_in(world)
    before = [grant.id for grant in standing(world, "jan")]
    mandate_of(world, "mo", revoked=True)
    assert [grant.id for grant in standing(world, "jan")] == before


def test_M_11_a_mandate_that_ends_during_a_login_gives_nothing(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM.name)
    browser.click("Polderpoort")
    browser.press("person", "jan")
    mandate_of(world, "jan", service="34b69f52-4f2f-4b6d-accc-50c15aef38b9")
    page = browser.open(browser.page.url) if browser.page is not None else None
    assert page is not None and page.heading != "U bent ingelogd"
    assert standing(world, "jan") == []


def test_a_factor_that_a_document_takes_back_is_told_and_counts_no_more(world: World) -> None:
    roos = document(world, "roos")
    del roos["totp_secret_file"]
    world.apply(yaml.safe_dump(roos), "roos.yaml")
    set_clock(world)
    assert mails_to(world, roos["email"]) == ["Inlogmiddel verwijderd"]
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.FACTOR_REMOVED])
    assert event.details["kind"] == str(FactorKind.TOTP)
    page = world.walk(BODEM.name, "Brugwacht", "roos").run()
    assert page.heading != "U bent ingelogd"


def test_a_branch_that_ends_can_be_chosen_no_more(world: World) -> None:
    """Tim may act for the shop only."""
    text = (world.demo.registrations / "10-organisations.yaml").read_text(encoding="utf-8")
    bakery = next(iter(yaml.safe_load_all(text)))
    smaller = {**bakery, "establishments": bakery["establishments"][:1]}
    assert "000090012021" in world.walk(BODEM.name, "Polderpoort", "tim").run().text
    world.apply(yaml.safe_dump(smaller), "bakery.yaml")
    set_clock(world)
    after = world.walk(BODEM.name, "Polderpoort", "tim").run()
    assert after.status == 403 and "de vestiging is er niet meer" in after.text
    world.apply(yaml.safe_dump(bakery), "bakery.yaml")
    set_clock(world)
    assert "000090012021" in world.walk(BODEM.name, "Polderpoort", "tim").run().text


def test_an_identity_that_ends_in_the_middle_of_a_login_answers_nothing(world: World) -> None:
    """Jan stands before the question what is passed on."""
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(BODEM.name)
    browser.click("Polderpoort")
    page = browser.press("person", "jan")
    assert page.heading == "Deze gegevens geven wij door"
    change(world, "jan", identities=document(world, "jan")["identities"][1:])
    page = browser.press("agree", "yes")
    assert page.heading != "U bent ingelogd"
    assert standing(world, "jan") == []


def test_an_identity_that_moves_ends_what_its_former_owner_has(world: World) -> None:
    log_in(world)
    els = document(world, "els")
    change(world, "els", identities=[*els["identities"], *document(world, "jan")["identities"]])
    assert sessions(world, "jan") == 0 and standing(world, "jan") == []
    with world.session() as session:
        events = audit.recent(session, tags=[EventTag.IDENTITY_ENDED])
    assert {(one.provider_id, one.details["person"]) for one in events} == {
        ("polderpoort", "jan"),
        ("waterpoort", "jan"),
        ("zekerweg", "jan"),
    }
