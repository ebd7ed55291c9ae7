"""Addresses of the console of organisations with something behind them: rows and drafts of one
company.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from consent.chain_requests import ChainRequest
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory import dates
from directory.change_forms import ChangeForm, FormKind, FormState
from directory.consoles import BEHEER
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.invitations import Invitation
from directory.organisations import Organisation
from directory.people import Membership, Role
from keys.opening import open_or_log
from sandbox.browser import Browser
from state.db import new_id, writing
from tests.attacks.beheer_addresses import ADMINISTRATOR, ASK, CHAIN, IMPORT, MEMBER
from tests.journeys.beheer import (
    BAKERY,
    BODEM,
    HERE,
    LOZING,
    OFFICE,
    begin,
    organisation,
    token,
)
from tests.operators import at_console, make_person
from tests.world import World

NUMBERS = iter(range(1000))


def somebody(world: World, kvk: str, role: Role) -> Browser:
    """At the console, with this place at this company alone."""
    person_id = make_person(world, f"Iemand {next(NUMBERS)}")
    with world.session() as session, writing(session):
        session.add(
            Membership(
                person_id=person_id,
                organisation_id=organisation(world, kvk),
                role=role,
                since=world.clock() - timedelta(days=1),
            )
        )
    return at_console(world, person_id, BEHEER)


def filled(world: World, path: str, draft: str = "") -> str:
    """The address with things of the bakery that exist, and this draft."""
    with world.session() as session, writing(session):
        place, now = organisation(world, BAKERY), world.clock()
        if "<request_id>" in path:
            asked = MandateRequest(
                person_id="fatima",
                organisation_id=place,
                service_uuid=LOZING,
                level=AssuranceLevel.EH2_PLUS,
                reference="ABCD2345",
                state=RequestState.OPEN,
                asked_at=now,
            )
            session.add(asked)
            session.flush()
            path = path.replace("<request_id>", asked.id)
        if "<mandate_id>" in path:
            row = Mandate(
                person_id="fatima",
                organisation_id=place,
                service_uuid=LOZING,
                level=AssuranceLevel.EH2_PLUS,
                valid_from=now,
                valid_until=now + timedelta(days=400),
                granted_by="sanne",
            )
            session.add(row)
            session.flush()
            path = path.replace("<mandate_id>", row.id)
        for name, is_client in (("<intermediary_id>", False), ("<client_id>", True)):
            if name in path:
                other = _other_end(session, place, now, is_client=is_client)
                path = path.replace(name, other)
        for name, is_asked in (("<asked_id>", True), ("<sent_id>", False)):
            if name in path:
                path = path.replace(name, _request(session, world, place, is_asked=is_asked))
        if "<invitation_id>" in path:
            invitation = Invitation(
                organisation_id=place,
                email=f"iemand{next(NUMBERS)}@voorbeeld.example",
                name="Fatima",
                role=MEMBER,
                locale="nl",
                link_hash=f"{next(NUMBERS):064}",
                invited_by="sanne",
                created_at=now,
                expires_at=now + timedelta(days=3),
            )
            session.add(invitation)
            session.flush()
            path = path.replace("<invitation_id>", invitation.id)
        if "<group_id>" in path:
            made = UserGroup(
                short_name=f"groep{next(NUMBERS)}", name="Groep van Fatima", made_at=now
            )
            session.add(made)
            session.flush()
            session.add(
                GroupMember(group_id=made.id, person_id="sanne", role=ADMINISTRATOR, since=now)
            )
            company = GroupCompany(
                group_id=made.id,
                organisation_id=place,
                level=AssuranceLevel.EH2_PLUS,
                added_by="sanne",
                since=now,
                valid_until=now + timedelta(days=400),
            )
            session.add(company)
            session.flush()
            path = path.replace("<group_id>", made.id).replace("<company_id>", company.id)
    path = path.replace("<person_id>", "fatima").replace("<what>", "rekeningnummer")
    kind = "gebruikers" if path.startswith(IMPORT) else "overig"
    path = path.replace("<kind>", kind).replace("<layout>", "csv")
    if "<form_id>" in path:
        path = path.replace("<form_id>", sent_form(world))
    return path.replace("<draft_id>", draft)


def _other_end(session: Session, place: str, now: datetime, *, is_client: bool) -> str:
    """The id of an intermediary, or client, of this organisation alone."""
    name = "Klant van Fatima" if is_client else "Kantoor van Fatima"
    other = Organisation(kvk=f"8100{next(NUMBERS):04}", name=name)
    session.add(other)
    session.flush()
    chain = ChainMandate(
        organisation_id=other.id if is_client else place,
        intermediary_id=place if is_client else other.id,
        service_uuid=LOZING,
        level=AssuranceLevel.EH3,
        valid_from=now,
        valid_until=now + timedelta(days=400),
        granted_by="sanne",
    )
    session.add(chain)
    return other.id


def _request(session: Session, world: World, place: str, *, is_asked: bool) -> str:
    """The id of one that the office sent to this organisation, or that this one sent to another."""
    other = Organisation(kvk=f"8200{next(NUMBERS):04}", name="Klant van Fatima")
    session.add(other)
    session.flush()
    made = ChainRequest(
        organisation_id=place if is_asked else other.id,
        intermediary_id=organisation(world, OFFICE) if is_asked else place,
        services=[BODEM],
        until=dates.day_of(world.clock() + timedelta(days=400)),
        email=f"klant{next(NUMBERS)}@voorbeeld.example",
        locale="nl",
        link_hash=f"{next(NUMBERS):064}",
        asked_by="sanne",
        asked_at=world.clock(),
        expires_at=world.clock() + timedelta(days=9),
    )
    session.add(made)
    session.flush()
    return made.id


def asking_draft(browser: Browser) -> str:
    """The id of a draft in which everything is chosen; each asks another client."""
    page = browser.post(f"{HERE}/klantverzoek", [("csrf_token", token(browser.open(HERE)))])
    address = page.url.rpartition("/")[0]
    email = f"klant{next(NUMBERS)}@voorbeeld.example"
    for step, fields in (
        ("klant", [("kvk", "90001747"), ("email", email)]),
        ("diensten", [("dienst", BODEM), ("jaren", "1")]),
    ):
        assert browser.page is not None
        browser.post(f"{address}/{step}", [("csrf_token", token(browser.page)), *fields])
    return address.rpartition("/")[2]


def draft_for(world: World, browser: Browser, path: str) -> str:
    """The id of a full draft of the wizard that this path is a step of."""
    if path.startswith(CHAIN):
        return chain_draft(world, browser)
    if path.startswith(ASK):
        return asking_draft(browser)
    if path.startswith(IMPORT):
        return import_draft(browser)
    return means_draft(browser) if path.startswith("/gebruikers/") else full_draft(browser)


def import_draft(browser: Browser) -> str:
    """The id of one with a file."""
    page = browser.open(f"{HERE}{IMPORT}")
    text = "Naam;E-mailadres\nNina Nieuw;nina@x.example\n"
    fields = [("csrf_token", token(page))]
    page = browser.bring(f"{HERE}{IMPORT}/gebruikers", fields, "bestand", text)
    return page.url.split("/")[-2]


def chain_draft(world: World, browser: Browser) -> str:
    """Services are of too high a level for these logins: chosen as after logging in higher."""
    fields = [("csrf_token", token(browser.open(HERE))), ("intermediair", OFFICE)]
    page = browser.post(f"{HERE}/ketenmachtiging", fields)
    draft_id = page.url.rpartition("/")[0].rpartition("/")[2]
    store, sealer, key = world.process.store, world.process.sealer, f"chain-draft:{draft_id}"
    kept = json.loads(open_or_log(sealer, store.get(key) or b"", key, what="draft") or b"")
    until = dates.day_of(world.clock() + timedelta(days=30)).isoformat()
    chosen = {**kept, "services": [BODEM], "until": until}
    store.put(key, sealer.seal(json.dumps(chosen).encode(), key), 3600)
    return draft_id


def sent_form(world: World) -> str:
    """The id of one that Sanne sent for the bakery."""
    with world.session() as session, writing(session):
        made = ChangeForm(
            id=new_id(),
            organisation_id=organisation(world, BAKERY),
            person_id="sanne",
            kind=FormKind.OTHER,
            state=FormState.OPEN,
            asked=b"",
            reference="ABCD2345",
            sent_at=world.clock(),
        )
        made.asked = world.process.sealer.seal(b"Fatima", f"change_form:{made.id}")
        session.add(made)
        return made.id


def full_draft(browser: Browser) -> str:
    """The id of a draft in which everything is chosen."""
    address = begin(browser)
    for step, fields in (
        ("diensten", [("dienst", LOZING), ("algemeen", "")]),
        ("gebruikers", [("gebruiker", "fatima")]),
        ("einddatum", [("jaren", "1")]),
    ):
        assert browser.page is not None
        browser.post(f"{address}/{step}", [("csrf_token", token(browser.page)), *fields])
    return address.rpartition("/")[2]


def means_draft(browser: Browser) -> str:
    """The id of a draft of the request of a means in which everything is chosen."""
    begun = browser.post(
        f"{HERE}/gebruikers/toevoegen", [("csrf_token", token(browser.open(HERE)))]
    )
    address = begun.url.rpartition("/")[0]
    email = f"fatima{next(NUMBERS)}@nieuw.example"
    for step, fields in (
        ("niveau", [("niveau", "EH2"), ("rol", "member")]),
        ("persoon", [("naam", "Fatima Nieuw"), ("email", email)]),
        ("aflevering", [("adres", "Straat 1\n1234 AB Plaats")]),
    ):
        assert browser.page is not None
        browser.post(f"{address}/{step}", [("csrf_token", token(browser.page)), *fields])
    return address.rpartition("/")[2]
