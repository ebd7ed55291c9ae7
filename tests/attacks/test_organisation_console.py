"""The console of organisations: every address with every role, and with what is of other companies.
What opens is of the company of the session; for everybody else it does not exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory.change_forms import ChangeForm, FormKind, FormState
from directory import dates
from directory.consoles import BEHEER
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.invitations import Invitation
from directory.organisations import Organisation
from directory.people import Membership, Role
from keys.opening import open_or_log
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import new_id, writing
from tests.journeys.beheer import (
    BAKERY,
    BODEM,
    GARDEN,
    HERE,
    LOZING,
    OFFICE,
    begin,
    enter,
    organisation,
    token,
)
from tests.operators import at_console, make_person
from tests.world import ADDRESSES, World, make_world

ADMINISTRATOR, MEMBER = Role.ADMINISTRATOR, Role.MEMBER
INTERMEDIARY = "/ketenmachtigingen/<intermediary_id>"
CHAIN = "/ketenmachtiging/<draft_id>"
IMPORT = "/importeren"

# What docs/beheer.md promises: the least role, and what an administrator reads there.
PAGES: dict[tuple[str, str], tuple[Role, int, str]] = {
    ("GET", ""): (MEMBER, 200, "Te doen"),
    ("GET", "/mijn"): (MEMBER, 200, "Mijn machtigingen"),
    ("GET", "/profiel"): (MEMBER, 200, "Mijn profiel"),
    ("POST", "/bedrijf"): (MEMBER, 404, ""),  # without one that is theirs
    ("GET", "/verzoek/<request_id>"): (ADMINISTRATOR, 200, "Verzoek van Fatima Bouzid"),
    ("GET", "/verzoek/<request_id>/afwijzen"): (ADMINISTRATOR, 200, "Het verzoek van Fatima"),
    ("POST", "/verzoek/<request_id>/afwijzen"): (ADMINISTRATOR, 422, "Het verzoek van Fatima"),
    ("GET", "/machtigingen"): (ADMINISTRATOR, 200, "Machtigingen"),
    ("POST", "/machtigingen/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/machtiging/<mandate_id>"): (ADMINISTRATOR, 200, "Machtiging van Fatima Bouzid"),
    ("GET", "/machtiging/<mandate_id>/einddatum"): (ADMINISTRATOR, 200, "Tot wanneer mag Fatima"),
    ("POST", "/machtiging/<mandate_id>/einddatum"): (ADMINISTRATOR, 422, "Tot wanneer mag Fatima"),
    ("POST", "/machtiging/<mandate_id>/intrekken"): (ADMINISTRATOR, 200, "Machtigingen"),
    ("POST", "/machtiging/<mandate_id>/ongedaan"): (ADMINISTRATOR, 200, "Machtigingen"),
    ("GET", "/gebruikers"): (ADMINISTRATOR, 200, "Gebruikers"),
    ("POST", "/gebruikers/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/gebruikers/<person_id>"): (ADMINISTRATOR, 200, "Fatima Bouzid"),
    ("GET", "/logins"): (ADMINISTRATOR, 200, "Logins"),
    ("POST", "/logins/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/wijzigingen"): (ADMINISTRATOR, 200, "Wijzigingen"),
    ("POST", "/wijzigingen/lijst"): (ADMINISTRATOR, 200, ""),
    ("POST", "/gebruikers/<person_id>/brief"): (ADMINISTRATOR, 404, ""),  # who has no means of ours
    ("GET", "/gebruikers/<person_id>/opzeggen"): (ADMINISTRATOR, 404, ""),
    ("POST", "/gebruikers/<person_id>/opzeggen"): (ADMINISTRATOR, 404, ""),
    **{
        (method, f"/gebruikers/<person_id>/{what}"): (ADMINISTRATOR, 404, "")
        for what in ("wijzigen", "mobiel", "e-mail")
        for method in ("GET", "POST")
    },
    ("GET", "/gebruikers/toevoegen"): (ADMINISTRATOR, 200, "Vraag een inlogmiddel aan"),
    ("POST", "/gebruikers/toevoegen"): (ADMINISTRATOR, 200, "Kies niveau en rol"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/niveau"): (ADMINISTRATOR, 200, "Kies niveau"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/niveau"): (ADMINISTRATOR, 422, "Kies niveau"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/persoon"): (ADMINISTRATOR, 200, "Voor wie"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/persoon"): (ADMINISTRATOR, 422, "Voor wie"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/aflevering"): (ADMINISTRATOR, 200, "Waar gaat"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/aflevering"): (ADMINISTRATOR, 422, "Waar gaat"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/bedrijven"): (ADMINISTRATOR, 200, "Voor welke"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/bedrijven"): (ADMINISTRATOR, 200, "Controleer"),
    ("GET", "/gebruikers/toevoegen/<draft_id>/controle"): (ADMINISTRATOR, 200, "Controleer"),
    ("POST", "/gebruikers/toevoegen/<draft_id>/controle"): (ADMINISTRATOR, 200, "Fatima Nieuw"),
    ("GET", "/gebruikers/<person_id>/rol"): (ADMINISTRATOR, 200, "Rol van Fatima Bouzid"),
    ("POST", "/gebruikers/<person_id>/rol"): (ADMINISTRATOR, 409, "Rol van Fatima Bouzid"),
    ("GET", "/uitnodigen"): (ADMINISTRATOR, 200, "Nodig iemand uit"),
    ("POST", "/uitnodigen"): (ADMINISTRATOR, 422, "Nodig iemand uit"),
    ("POST", "/uitnodigingen/<invitation_id>/opnieuw"): (ADMINISTRATOR, 200, "Gebruikers"),
    ("POST", "/uitnodigingen/<invitation_id>/intrekken"): (ADMINISTRATOR, 200, "Gebruikers"),
    ("GET", "/instellingen"): (ADMINISTRATOR, 200, "Instellingen"),
    ("POST", "/instellingen/vestigingsnummer"): (ADMINISTRATOR, 409, "Instellingen"),
    ("GET", "/instellingen/facturatie"): (ADMINISTRATOR, 200, "Facturatie"),
    ("GET", "/instellingen/facturatie/<what>"): (ADMINISTRATOR, 200, "Rekeningnummer wijzigen"),
    ("POST", "/instellingen/facturatie/<what>"): (ADMINISTRATOR, 422, "Rekeningnummer wijzigen"),
    ("GET", "/formulieren"): (MEMBER, 200, "Formulieren"),
    ("GET", "/formulieren/nieuw/<kind>"): (MEMBER, 200, "Iets anders"),
    ("POST", "/formulieren/nieuw/<kind>"): (MEMBER, 422, "Iets anders"),
    ("GET", "/formulieren/<form_id>"): (MEMBER, 200, "Iets anders"),
    ("POST", "/formulieren/<form_id>/intrekken"): (MEMBER, 200, "Iets anders"),
    ("GET", "/importeren"): (ADMINISTRATOR, 200, "Importeer een bestand"),
    ("GET", "/importeren/<kind>/sjabloon/<layout>"): (ADMINISTRATOR, 200, ""),
    ("POST", "/importeren/<kind>"): (ADMINISTRATOR, 422, "Importeer een bestand"),
    ("GET", "/importeren/<draft_id>/controle"): (ADMINISTRATOR, 200, "Controleer het bestand"),
    ("POST", "/importeren/<draft_id>/controle"): (ADMINISTRATOR, 409, "Controleer het bestand"),
    ("GET", "/importeren/<draft_id>/klaar"): (ADMINISTRATOR, 200, "Controleer het bestand"),
    ("GET", "/groepen"): (MEMBER, 200, "Groepen"),
    ("GET", "/groepen/hulp"): (MEMBER, 200, "Eén groep per vestiging"),
    ("GET", "/groepen/nieuw"): (ADMINISTRATOR, 200, "Maak een groep"),
    ("POST", "/groepen/nieuw"): (ADMINISTRATOR, 422, "Maak een groep"),
    ("GET", "/groepen/<group_id>"): (MEMBER, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/naam"): (MEMBER, 200, "Groep van Fatima"),  # says: not yours
    ("POST", "/groepen/<group_id>/bedrijf"): (ADMINISTRATOR, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/bedrijf/<company_id>/weg"): (MEMBER, 200, "Groep"),
    ("GET", "/groepen/<group_id>/lid"): (ADMINISTRATOR, 200, "Voeg groepslid toe"),
    ("POST", "/groepen/<group_id>/lid"): (ADMINISTRATOR, 422, "Voeg groepslid toe"),
    ("POST", "/groepen/<group_id>/leden/<person_id>/weg"): (MEMBER, 200, "Groep van Fatima"),
    ("POST", "/groepen/<group_id>/leden/<person_id>/rol"): (MEMBER, 200, "Groep van Fatima"),
    ("GET", "/groepen/<group_id>/logins"): (MEMBER, 404, ""),  # for who is in it
    ("GET", "/mag-dit"): (ADMINISTRATOR, 200, "Mag dit?"),
    ("POST", "/geven"): (ADMINISTRATOR, 200, "Kies de diensten"),
    ("GET", "/geven/<draft_id>/diensten"): (ADMINISTRATOR, 200, "Kies de diensten"),
    ("POST", "/geven/<draft_id>/diensten"): (ADMINISTRATOR, 422, "Kies de diensten"),
    ("GET", "/geven/<draft_id>/gebruikers"): (ADMINISTRATOR, 200, "Kies de gebruikers"),
    ("POST", "/geven/<draft_id>/gebruikers"): (ADMINISTRATOR, 422, "Kies de gebruikers"),
    ("GET", "/geven/<draft_id>/einddatum"): (ADMINISTRATOR, 200, "Kies de einddatum"),
    ("POST", "/geven/<draft_id>/einddatum"): (ADMINISTRATOR, 422, "Kies de einddatum"),
    ("GET", "/geven/<draft_id>/controle"): (ADMINISTRATOR, 200, "Controleer de machtigingen"),
    ("POST", "/geven/<draft_id>/controle"): (ADMINISTRATOR, 409, "Controleer de machtigingen"),
    ("GET", "/geven/<draft_id>/klaar"): (ADMINISTRATOR, 200, "Controleer de machtigingen"),
    ("GET", "/ketenmachtigingen"): (ADMINISTRATOR, 200, "Ketenmachtigingen"),
    ("POST", "/ketenmachtigingen/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", f"{INTERMEDIARY}"): (ADMINISTRATOR, 200, "Kantoor van Fatima"),
    ("POST", f"{INTERMEDIARY}/intrekken"): (ADMINISTRATOR, 404, ""),  # without one of theirs
    ("POST", f"{INTERMEDIARY}/alles-intrekken"): (ADMINISTRATOR, 200, "Ketenmachtigingen"),
    ("POST", f"{INTERMEDIARY}/ongedaan"): (ADMINISTRATOR, 404, ""),
    ("GET", "/klanten"): (ADMINISTRATOR, 200, "Klanten"),
    ("POST", "/klanten/lijst"): (ADMINISTRATOR, 200, ""),
    ("GET", "/klanten/<client_id>"): (ADMINISTRATOR, 200, "Klant van Fatima"),
    ("POST", "/klanten/<client_id>/opgeven"): (ADMINISTRATOR, 200, "Klanten"),
    ("POST", "/klanten/<client_id>/ongedaan"): (ADMINISTRATOR, 404, ""),  # without one of theirs
    ("GET", "/toewijzen"): (ADMINISTRATOR, 200, "Klanten toewijzen"),
    ("GET", "/toewijzen/<person_id>"): (ADMINISTRATOR, 200, "Voor welke klanten handelt Fatima"),
    ("POST", "/toewijzen/<person_id>"): (ADMINISTRATOR, 200, "Klanten toewijzen"),
    ("POST", "/ketenmachtiging"): (ADMINISTRATOR, 200, "Wie mag voor u handelen?"),
    ("GET", f"{CHAIN}/intermediair"): (ADMINISTRATOR, 200, "Wie mag voor u handelen?"),
    ("POST", f"{CHAIN}/intermediair"): (ADMINISTRATOR, 422, "Wie mag voor u handelen?"),
    ("GET", f"{CHAIN}/diensten"): (ADMINISTRATOR, 200, "Kies de diensten"),
    ("POST", f"{CHAIN}/diensten"): (ADMINISTRATOR, 422, "Kies de diensten"),
    ("GET", f"{CHAIN}/einddatum"): (ADMINISTRATOR, 200, "Kies de einddatum"),
    ("POST", f"{CHAIN}/einddatum"): (ADMINISTRATOR, 422, "Kies de einddatum"),
    ("GET", f"{CHAIN}/controle"): (ADMINISTRATOR, 200, "Controleer de ketenmachtigingen"),
    ("POST", f"{CHAIN}/controle"): (ADMINISTRATOR, 403, "Controleer de ketenmachtigingen"),
    ("GET", f"{CHAIN}/klaar"): (ADMINISTRATOR, 200, "Controleer de ketenmachtigingen"),
}
# A user finds the own ones alone, and asks nothing that administrators ask.
OF_ONESELF = {route for route in PAGES if re.match("/formulieren/.", route[1])}
OPEN = {("POST", "/uitloggen"), ("GET", "/uitgelogd")}
OF_ONE = [route for route in PAGES if re.search("<(?!what|kind|layout)", route[1])]
NUMBERS = iter(range(1000))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


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


def filled(world: World, path: str, draft: Callable[[], str]) -> str:
    """The address with things of the bakery that exist."""
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
    return path.replace("<draft_id>", draft()) if "<draft_id>" in path else path


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


def draft_for(world: World, browser: Browser, path: str) -> str:
    """The id of a full draft of the wizard that this path is a step of."""
    if path.startswith(CHAIN):
        return chain_draft(world, browser)
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


def ask(browser: Browser, method: str, path: str, start: str = HERE) -> Page:
    if method == "GET":
        return browser.open(HERE + path)
    page = browser.open(start)
    return browser.post(HERE + path, [("csrf_token", token(page))])


def test_A_09_every_address_of_beheer_is_in_the_table(world: World) -> None:
    found = {
        (method, rule.rule.removeprefix("/beheer"))
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert found == set(PAGES) | OPEN


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_A_09_an_administrator_opens_what_is_documented(
    world: World, method: str, path: str
) -> None:
    browser = somebody(world, BAKERY, ADMINISTRATOR)
    page = ask(browser, method, filled(world, path, lambda: draft_for(world, browser, path)))
    _, status, heading = PAGES[method, path]
    assert page.status == status, page.text
    assert page.heading.startswith(heading) if heading else True


@pytest.mark.parametrize(("method", "path"), PAGES)
@pytest.mark.parametrize("kvk", [BAKERY, GARDEN], ids=["here", "elsewhere"])
def test_A_09_a_member_opens_nothing_of_others(
    world: World, method: str, path: str, kvk: str
) -> None:
    browser = somebody(world, kvk, MEMBER)
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    page = ask(browser, method, filled(world, path, lambda: draft_for(world, sanne, path)))
    needed, _, _ = PAGES[method, path]
    is_of_others = method == "POST" or "<group_id>" in path or (method, path) in OF_ONESELF
    assert page.status == (403 if needed is ADMINISTRATOR else 404 if is_of_others else 200)
    assert "Fatima" not in page.text
    _nothing_was_done(world)


@pytest.mark.parametrize(("method", "path"), OF_ONE)
@pytest.mark.parametrize("role", [ADMINISTRATOR], ids=["administrator elsewhere"])
def test_M_01_what_is_of_another_company_does_not_exist(
    world: World, method: str, path: str, role: Role
) -> None:
    """The same answer as for what nobody has."""
    browser = somebody(world, GARDEN, role)
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    page = ask(browser, method, filled(world, path, lambda: draft_for(world, sanne, path)))
    absent = ask(browser, method, re.sub("<[a-z_]+>", "0" * 26, path))
    assert (page.status, page.heading, page.title) == (404, absent.heading, absent.title)
    assert absent.status == 404 and "Fatima" not in page.text
    _nothing_was_done(world)


@pytest.mark.parametrize(
    ("step", "field", "value", "status"),
    [
        ("diensten", "dienst", "00000000-0000-4000-8000-000000000000", 404),
        ("diensten", "dienst", "5b1c9a60-0000-4000-8000-73a1b2c3d4e5", 404),  # our own console
        ("diensten", "algemeen", "EH9", 404),
        ("diensten", "algemeen", "EH4", 403),
        ("gebruikers", "gebruiker", "mo", 404),  # of another company
        ("gebruikers", "gebruiker", "niemand", 404),
    ],
)
def test_M_01_ids_of_others_in_a_form_are_nothing(
    world: World, step: str, field: str, value: str, status: int
) -> None:
    browser = somebody(world, BAKERY, ADMINISTRATOR)
    draft = full_draft(browser)
    page = browser.open(f"{HERE}/geven/{draft}/{step}")
    fields = [("csrf_token", token(page)), (field, value)]
    assert browser.post(f"{HERE}/geven/{draft}/{step}", fields).status == status
    page = browser.open(f"{HERE}/geven/{draft}/controle")
    assert page.heading == "Controleer de machtigingen" and "Mo Yilmaz" not in page.text


@pytest.mark.parametrize("name", ["verzoek", "opnieuw", "gebruiker"])
def test_M_01_a_draft_begins_with_nothing_of_others(world: World, name: str) -> None:
    browser = somebody(world, GARDEN, ADMINISTRATOR)
    placeholder = {"verzoek": "<request_id>", "opnieuw": "<mandate_id>", "gebruiker": "<person_id>"}
    value = filled(world, placeholder[name], lambda: "")
    page = browser.open(HERE)
    answer = browser.post(f"{HERE}/geven", [("csrf_token", token(page)), (name, value)])
    assert answer.status == 404 and "Fatima" not in answer.text


def test_M_03_a_form_cannot_say_more_than_its_fields(world: World) -> None:
    """Company, level and who gives are of the session, whatever is sent with it."""
    browser = somebody(world, BAKERY, ADMINISTRATOR)
    draft = full_draft(browser)
    page = browser.open(f"{HERE}/geven/{draft}/controle")
    digest = page.tree.xpath("//input[@name='gezien-plan']/@value")[0]
    extra = {
        "organisation_id": organisation(world, GARDEN),
        "bedrijf": organisation(world, GARDEN),
        "level": "EH4",
        "granted_by": "jan",
        "valid_until": "2099-01-01",
        "gezien": "ja",
    }
    fields = [("csrf_token", token(page)), ("gezien-plan", digest), *extra.items()]
    before = _mandates(world)
    answer = browser.post(f"{HERE}/geven/{draft}/controle", fields)
    assert answer.status == 200, answer.text
    changed = _mandates(world) - before
    assert changed
    for organisation_id, level, granted_by, _ in changed:
        assert organisation_id == organisation(world, BAKERY)
        assert level is AssuranceLevel.EH2_PLUS and granted_by not in ("jan", None)


def _mandates(world: World) -> set[tuple[str, AssuranceLevel, str | None, object]]:
    with world.session() as session:
        return {
            (row.organisation_id, row.level, row.granted_by, row.valid_until)
            for row in session.scalars(select(Mandate).where(Mandate.revoked_at.is_(None)))
        }


def test_M_01_an_attempt_at_another_company_is_audited(world: World) -> None:
    browser = somebody(world, GARDEN, ADMINISTRATOR)
    ask(browser, "GET", filled(world, "/machtiging/<mandate_id>", lambda: ""))
    with world.session() as session:
        event = audit.recent(session, tags=[EventTag.ACCESS_DENIED])[0]
    assert event.reason == "other_organisation"
    assert event.details == {"page": "console.mandate"}
    assert event.organisation_id == organisation(world, BAKERY)


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_A_09_without_a_session_nothing_opens(world: World, method: str, path: str) -> None:
    browser = world.browser()
    address = re.sub("<[a-z_]+>", "0" * 26, path)
    page = ask(browser, method, address, f"{ADDRESSES.broker}/beheer")
    assert page.url.startswith(f"{ADDRESSES.broker}/login/")


def test_a_draft_is_of_its_administrator_in_its_company(world: World) -> None:
    sanne, colleague = at_console(world, "sanne", BEHEER), somebody(world, BAKERY, ADMINISTRATOR)
    enter(world, sanne)
    draft = full_draft(sanne)
    assert colleague.open(f"{HERE}/geven/{draft}/controle").status == 404
    enter(world, sanne, GARDEN)
    assert sanne.open(f"{HERE}/geven/{draft}/controle").status == 404
    enter(world, sanne)
    assert sanne.open(f"{HERE}/geven/{draft}/controle").status == 200


def _nothing_was_done(world: World) -> None:
    with world.session() as session:
        tags = [EventTag.MANDATE_RESTORED, EventTag.CHAIN_MANDATE_RESTORED]
        assert audit.recent(session, tags=tags) == []
        decided = select(MandateRequest.id).where(MandateRequest.decided_at.is_not(None))
        tags = [EventTag.MANDATE_REVOKED, EventTag.CHAIN_MANDATE_REVOKED]
        revoked = audit.recent(session, tags=tags)
        assert session.scalars(decided).all() == []
        assert all(event.person_id != "sanne" for event in revoked)
