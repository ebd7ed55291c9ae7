"""What follows when documents say something else about a person: nobody who is blocked stays logged
in anywhere, and nobody gets a new factor or address without hearing of it where they were known.
"""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
import yaml
from sqlalchemy import select

from admin.cli.registering import apply_files
from admin.operations.worker import adapter_of
from assurance import session_lifetime
from broker.sso.grants import Grant
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM, GRONDWATER, IDEEEN
from sandbox.prepare import password
from state import audit
from state.audit import AuditEvent, EventTag
from tests.broker.account_logins import user_name
from tests.broker.portal import set_clock
from tests.deliveries import deliver_due
from tests.portal_page import claims_on
from tests.world import World

IN = "U bent ingelogd"


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def document(world: World, person: str) -> dict[str, Any]:
    """What the demo says of this person."""
    text = (world.demo.registrations / "40-people.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = next(d for d in yaml.safe_load_all(text) if d["id"] == person)
    return found


def change(world: World, person: str, **changed: object) -> None:
    """Applied a moment ago, as the world sees it."""
    world.apply(yaml.safe_dump({**document(world, person), **changed}), f"new-{person}.yaml")
    set_clock(world)


def happened(world: World, tag: EventTag, **details: object) -> list[AuditEvent]:
    """Events of this kind with these details."""
    with world.session() as session:
        found = audit.recent(session, tags=(tag,))
    return [one for one in found if details.items() <= dict(one.details).items()]


def mails_to(world: World, address: str) -> list[str]:
    return [m["subject"] for m in world.deliver_mail() if m["recipient"] == address]


def log_in(world: World, person: str = "jan") -> Browser:
    browser = world.browser()
    page = world.walk(BODEM.name, "Polderpoort", person, browser=browser).run()
    assert page.heading == IN
    return browser


def go_on(world: World, browser: Browser, service: str) -> str:
    """The page on the way to a service that builds on the session."""
    address = world.demo.addresses.portal
    return browser.open(f"{address}/login/bronhouderportaal/{service}").heading


def test_who_is_blocked_is_logged_out_everywhere_and_portals_hear_it(world: World) -> None:
    browser, portal = log_in(world), world.demo.addresses.portal
    assert browser.page is not None
    sid = claims_on(browser.page)["sid"]
    assert go_on(world, browser, GRONDWATER.uuid) == "Deze gegevens geven wij door"
    change(world, "jan", blocked=True)
    with world.session() as session:
        assert session_lifetime.standing(session, "jan", world.clock()) == []
        assert all(one.revoked_at for one in session.scalars(select(Grant)))
        ended = audit.recent(session, tags=(EventTag.SESSION_ENDED,))
    assert [(one.person_id, one.reason) for one in ended] == [("jan", "blocked")]
    assert len(happened(world, EventTag.PERSON_BLOCKED, person="jan")) == 1
    parts = world.process
    deliver_due(parts.sessions, parts.sealer, adapter_of(parts), parts.clock)
    assert world.wire.request("GET", f"{portal}/ended").json() == [sid]
    assert go_on(world, browser, GRONDWATER.uuid) == "Wie is uw makelaar?"
    page = world.walk(BODEM.name, "Polderpoort", "jan").run()
    assert page.heading != IN
    change(world, "jan", blocked=False)
    assert len(happened(world, EventTag.PERSON_UNBLOCKED, person="jan")) == 1
    log_in(world)


def test_what_changes_of_somebody_else_logs_nobody_out(world: World) -> None:
    browser = log_in(world)
    change(world, "sanne", blocked=True)
    change(world, "jan", name="Jan de Vries-Smit")
    assert go_on(world, browser, GRONDWATER.uuid) == "Deze gegevens geven wij door"
    assert happened(world, EventTag.PERSON_BLOCKED, person="jan") == []


def test_an_account_that_ends_ends_its_sessions(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click(IDEEEN.name)
    browser.press("method", "account")
    browser.fill("name", user_name("daan"))
    browser.fill("password", password(world.demo, "daan"))
    browser.click("Log in")
    with world.session() as session:
        assert len(session_lifetime.standing(session, "daan", world.clock())) == 1
    account = document(world, "daan")["account"]
    change(world, "daan", account={**account, "ended": True})
    with world.session() as session:
        assert session_lifetime.standing(session, "daan", world.clock()) == []
        ended = audit.recent(session, tags=(EventTag.SESSION_ENDED,))
    assert [one.reason for one in ended] == ["account_ended"]


def test_a_new_address_is_told_at_the_old_one(world: World) -> None:
    change(world, "jan", email="jan.nieuw@voorbeeld.example")
    assert mails_to(world, "jan@voorbeeld.example") == ["Uw e-mailadres is gewijzigd"]
    assert mails_to(world, "jan.nieuw@voorbeeld.example") == []
    assert len(happened(world, EventTag.ADDRESS_CHANGED, person="jan")) == 1
    change(world, "jan", email="jan.nieuw@voorbeeld.example")
    assert len(mails_to(world, "jan@voorbeeld.example")) == 1
    assert len(happened(world, EventTag.ADDRESS_CHANGED)) == 1


def test_the_address_of_an_account_is_told_as_well(world: World) -> None:
    old = document(world, "daan")["account"]["email"]
    account = {**document(world, "daan")["account"], "email": "anders@voorbeeld.example"}
    before = mails_to(world, old)
    person = document(world, "daan")["email"]
    change(world, "daan", account=account)
    told = mails_to(world, old)[len(before) :]
    assert told == (["Uw e-mailadres is gewijzigd"] if person != old else [])
    assert len(happened(world, EventTag.ADDRESS_CHANGED, person="daan")) == 1


def test_who_reads_english_is_told_in_english(world: World) -> None:
    address = document(world, "liv")["email"]
    change(world, "liv", email="liv.new@voorbeeld.example")
    assert mails_to(world, address) == ["Your e-mail address was changed"]


def test_a_factor_from_a_document_is_told_and_recorded_once(world: World) -> None:
    file = world.demo.secrets / "jan.totp"
    file.write_text(pyotp.random_base32(), encoding="ascii")
    for _ in range(2):
        change(world, "jan", totp_secret_file=str(file))
    assert mails_to(world, "jan@voorbeeld.example") == ["Inlogmiddel toegevoegd"]
    added = happened(world, EventTag.FACTOR_ADDED, person="jan", kind="totp")
    assert [one.details["bound_by"] for one in added] == ["administrator"]


def test_who_is_new_is_not_warned_of_what_came_along(world: World) -> None:
    """Roos came with an app: that is in the audit, and no mail."""
    assert len(happened(world, EventTag.FACTOR_ADDED, person="roos", kind="totp")) == 1
    assert mails_to(world, document(world, "roos")["email"]) == []


def test_a_dry_run_tells_nobody(world: World) -> None:
    file = world.demo.registrations / "dry.yaml"
    new = {**document(world, "jan"), "email": "jan.nieuw@voorbeeld.example", "blocked": True}
    file.write_text(yaml.safe_dump(new), encoding="utf-8")
    browser = log_in(world)
    (outcome,) = apply_files(world.process.settings, file, dry_run=True)
    assert outcome.word == "changed"
    assert mails_to(world, "jan@voorbeeld.example") == []
    assert go_on(world, browser, GRONDWATER.uuid) == "Deze gegevens geven wij door"


def test_the_audit_says_whom_a_document_was_about(world: World) -> None:
    change(world, "jan", name="Jan de Vries-Smit")
    (event,) = happened(world, EventTag.REGISTRATION_CHANGED, kind="Person", person="jan")[:1]
    assert event.outcome == "changed" and "Smit" not in str(event.details)
