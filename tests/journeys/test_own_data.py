"""Neem uw gegevens mee: all that is kept of the person, in words, and nothing of anybody else."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from assurance.identity_documents import (
    DocumentSide,
    IdentityDocumentFile,
    IdentityDocumentKind,
)
from consent import allocations
from consent.allocations import Client
from directory.change_forms import ChangeForm, FormKind, FormState
from directory.dates import day_of
from directory.groups import AccountRequest, GroupMember, UserGroup
from directory.invitations import GroupOutcome, Invitation, InvitationState
from directory.people import ExternalIdentity, Membership, Role
from providers.accounts import Account
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM
from sandbox.prepare import totp_secret
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.journeys.at_mijn import AGAIN, arrive, roos_at_eh2_plus
from tests.operators import later
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn/gegevens"
PARTS = {
    *("person", "account", "identities", "means", "memberships", "mandates", "mandate_requests"),
    *("client_limits", "groups", "account_requests", "invitations", "forms"),
    "identity_documents",
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


def test_what_was_given_and_asked_at_organisations_is_in_it(own_world: World) -> None:
    """Groups, forms, invitations, requests and limits; of others only what the person did."""
    world, at = own_world, own_world.clock()
    with world.session() as session, writing(session):
        place = session.scalars(select(Membership).where(Membership.person_id == "jan")).first()
        assert place is not None
        here = place.organisation_id
        session.add(UserGroup(id="g", short_name="winkels", name="Winkels", made_at=at))
        session.flush()
        for person in ("jan", "roos"):
            session.add(
                GroupMember(group_id="g", person_id=person, role=Role.MEMBER, since=at, until=at)
            )
            session.add(
                ChangeForm(
                    organisation_id=here,
                    person_id=person,
                    kind=FormKind.OTHER,
                    state=FormState.DONE,
                    asked=b"sealed",
                    reference="ABCD1234",
                    sent_at=at,
                    answer=f"aan {person}",
                )
            )
        session.add(
            AccountRequest(
                person_id="jan",
                group_id="g",
                kvk="90001201",
                organisation_name="De Korenmolen",
                asked_at=at,
            )
        )
        session.add(
            Invitation(
                organisation_id=here,
                email="jan@x.example",
                name="Jan",
                role=Role.MEMBER,
                locale="nl",
                link_hash="van-de-link",
                invited_by="roos",
                created_at=at,
                expires_at=at,
                ended_at=at,
                outcome=InvitationState.ACCEPTED,
                accepted_by="jan",
                group_id="g",
                group_role=Role.MEMBER,
                group_outcome=GroupOutcome.JOINED,
            )
        )
        for person in ("jan", "roos"):
            session.add(
                IdentityDocumentFile(
                    person_id=person,
                    organisation_id=here,
                    brought_by="sanne",
                    brought_at=at,
                    draft_id=person,
                    kind=IdentityDocumentKind.PASSPORT,
                    side=DocumentSide.WHOLE,
                    expires_on=day_of(at),
                    media_type="image/png",
                    size=9,
                    scanner="clamd",
                    content=b"sealed scan",
                )
            )
        allocations.put(session, here, "jan", {Client(here, None)}, by="roos", now=at)
    page = take(arrive(world, "jan", "Polderpoort"))
    found = read(page)
    assert [one["group"] for one in found["groups"]] == ["Winkels"]
    assert [one["answer"] for one in found["forms"]] == ["aan jan"]
    assert [one["kvk"] for one in found["account_requests"]] == ["90001201"]
    assert [one["email"] for one in found["invitations"]] == ["jan@x.example"]
    (invited,) = found["invitations"]
    in_group = ("group", "role_in_group", "outcome_in_group")
    assert [invited[name] for name in in_group] == ["Winkels", "member", "joined"]
    assert [one["kind"] for one in found["identity_documents"]] == ["passport"]
    assert [one["clients"] for one in found["client_limits"]] == [1]
    body = page.answer.body.decode()
    assert "van-de-link" not in body and "sealed scan" not in body and "Roos" not in body


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
