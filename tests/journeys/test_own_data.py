"""Neem uw gegevens mee: all that is kept of the person, in words, and nothing of anybody else."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from directory.people import ExternalIdentity
from providers.accounts import Account
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM
from sandbox.prepare import totp_secret
from state import audit
from state.audit import AuditEvent, EventTag
from tests.journeys.at_mijn import AGAIN, arrive, roos_at_eh2_plus
from tests.operators import later
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn/gegevens"
PARTS = {
    *("person", "account", "identities", "means", "memberships", "mandates", "mandate_requests"),
    *("factors", "logins", "sessions", "consents", "events", "kept_sealed_or_hashed"),
}


def take(browser: Browser) -> Page:
    browser.open(f"{ADDRESSES.broker}/mijn")
    assert browser.click("Download uw gegevens").heading == "Neem uw gegevens mee"
    return browser.click("Download het bestand")


def read(page: Page) -> dict[str, Any]:
    assert page.status == 200
    headers = {name.lower(): value for name, value in page.answer.headers}
    assert headers["content-disposition"] == 'attachment; filename="mijn-gegevens.json"'
    assert headers["cache-control"] == "no-store"
    found: dict[str, Any] = json.loads(page.answer.body)
    return found


def events(world: World) -> list[AuditEvent]:
    with world.session() as session:
        return audit.recent(session, tags=(EventTag.EXPORT_MADE,))


def test_a_person_takes_along_what_is_kept_of_them(own_world: World) -> None:
    world = own_world
    walk = world.walk(BODEM.name, "Polderpoort", "jan")
    walk.remembers = True
    walk.run()
    found = read(take(arrive(world, "jan", "Polderpoort")))
    assert set(found) == PARTS
    assert found["person"]["name"] == "Jan de Vries"
    assert found["identities"][0]["makelaar"] == "Polderpoort"
    assert any(one["organisation"].endswith("De Korenmolen B.V.") for one in found["mandates"])
    assert BODEM.name in {one["service"] for one in found["logins"]}
    (consent,) = found["consents"]
    assert consent["service"] == BODEM.name and "sub" in consent["data"]
    assert found["sessions"] and found["events"]
    (event,) = events(world)
    assert (event.person_id, event.details) == ("jan", {"kind": "own_data", "layout": "json"})


def test_nothing_that_is_sealed_or_hashed_and_nobody_else_is_in_it(own_world: World) -> None:
    world = own_world
    world.walk(BODEM.name, "Polderpoort", "jan").run()
    body = take(roos_at_eh2_plus(world)).answer.body.decode()
    assert "Roos" in body and "totp" in body
    with world.session() as session:
        hashes = session.scalars(select(ExternalIdentity.subject_hash)).all()
        passwords = session.scalars(select(Account.password_hash)).all()
    seed = totp_secret(world.demo, "roos")
    for secret in (seed, *hashes, *(one for one in passwords if one)):
        assert secret not in body
    assert "Jan de Vries" not in body and "jan@" not in body


def test_F_12_a_session_of_before_takes_nothing_along(own_world: World) -> None:
    world = own_world
    browser = arrive(world, "jan", "Polderpoort")
    page = browser.open(HERE)
    fields = [(n, v) for form in page.forms for n, v in form.form_values() if n == "csrf_token"]
    with later(world, minutes=11):
        assert browser.open(HERE).heading == AGAIN
        page = browser.post(HERE, fields[:1])
        assert (page.status, page.heading) == (403, AGAIN)
    assert not events(world)
    assert read(take(browser))["person"]["name"] == "Jan de Vries"  # the good twin
