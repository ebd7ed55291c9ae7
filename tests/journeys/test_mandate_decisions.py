"""What a decision at /beheer asks of the administrator: a login of now, and for granting one at the
level of the mandate. It is told before it is asked.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory.consoles import BEHEER
from directory.people import Membership, Person, Role
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.operators import at_console, later
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/beheer"
UNTIL = "2027-06-30"
TOO_LOW = "U kunt geen machtiging geven boven uw eigen niveau"
TOO_OLD = "U logde langer dan 10 minuten geleden in"


def asked(world: World, person_id: str = "fatima", level: str = "EH2+") -> str:
    """The address of a request at the bakery, of which Sanne is an administrator."""
    with world.session() as session, writing(session):
        place = session.scalars(
            select(Membership.organisation_id)
            .where(Membership.person_id == "sanne", Membership.role == Role.ADMINISTRATOR)
            .limit(1)
        ).one()
        made = MandateRequest(
            person_id=person_id,
            organisation_id=place,
            service_uuid="955e37c2-b10f-42aa-828f-babfddc46bbe",
            level=AssuranceLevel.from_label(level),
            reference="ABCD2345",
            state=RequestState.OPEN,
            asked_at=world.clock(),
        )
        session.add(made)
        session.flush()
        return f"{HERE}/verzoek/{made.id}"


def sent(browser: Browser, url: str, **fields: str) -> Page:
    """A form that was opened before, sent now."""
    page = browser.open(HERE)
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    return browser.post(url, [("csrf_token", token or ""), *fields.items()])


def outcome(world: World, url: str) -> tuple[RequestState, int]:
    """The state of the request, and how many mandates an administrator gave."""
    with world.session() as session:
        given = select(Mandate.id).where(Mandate.granted_by.is_not(None))
        request = session.get_one(MandateRequest, url.rpartition("/")[2])
        return request.state, len(session.scalars(given).all())


def test_nobody_grants_above_the_own_level(own_world: World) -> None:
    world = own_world
    url = asked(world, level="EH3")
    sanne = at_console(world, "sanne", BEHEER)  # at EH2+
    page = sanne.open(url)
    assert TOO_LOW in page.text and "Geef de machtiging" not in page.text
    refused = sent(sanne, url, decision="grant", until=UNTIL)
    assert (refused.status, TOO_LOW in refused.text) == (403, True)
    assert outcome(world, url) == (RequestState.OPEN, 0)
    sanne.open(url)
    sanne.click("Log in met EH3")
    sanne.click("Polderpoort")
    page = sanne.press("person", "sanne")
    assert page.url == url and "Geef de machtiging" in page.text
    assert "De machtiging is gegeven" in sanne.click("Geef de machtiging").text
    assert outcome(world, url) == (RequestState.GRANTED, 1)


def test_a_lower_administrator_may_refuse(own_world: World) -> None:
    world = own_world
    url = asked(world, level="EH3")
    sanne = at_console(world, "sanne", BEHEER)
    sanne.open(url)
    sanne.click("Wijs het verzoek af")
    sanne.fill("reason", "Dat doet een collega al.")
    assert "Het verzoek is afgewezen" in sanne.click("Wijs het verzoek af").text
    assert outcome(world, url) == (RequestState.REFUSED, 0)


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("", {"decision": "grant", "until": UNTIL}),
        ("/afwijzen", {"reason": "Nee."}),
    ],
    ids=["grant", "refuse"],
)
def test_a_decision_asks_a_login_of_ten_minutes_at_most_and_says_so_before(
    own_world: World, path: str, fields: dict[str, str], own: bool
) -> None:
    world = own_world
    url = asked(world, "sanne" if own else "fatima")
    sanne = at_console(world, "sanne", BEHEER)
    with later(world, minutes=10, seconds=1):
        page = sanne.open(url + path)
        assert TOO_OLD in page.text and "Log opnieuw in" in page.text
        assert not any("until" in f.fields or "reason" in f.fields for f in page.forms)
        late = sent(sanne, url + path, **fields)
        assert (late.status, TOO_OLD in late.text) == (403, True)
        assert outcome(world, url) == (RequestState.OPEN, 0)
        sanne.open(url + path)
        assert sanne.click("Log opnieuw in").url.startswith(f"{ADDRESSES.broker}/login/")
    with later(world, minutes=10):
        page = sanne.open(url + path)
        assert TOO_OLD not in page.text
        assert sent(sanne, url + path, **fields).status == 200
    assert outcome(world, url)[0] is not RequestState.OPEN


def test_granting_to_oneself_is_said_before_and_told_to_the_others(own_world: World) -> None:
    world = own_world
    url = asked(world, "sanne")
    sanne = at_console(world, "sanne", BEHEER)
    page = sanne.open(url)
    assert "Dit is uw eigen verzoek" in page.text and "krijgen de andere" not in page.text
    with world.session() as session, writing(session):
        place = session.get_one(MandateRequest, url.rpartition("/")[2]).organisation_id
        person = session.get_one(Person, "fatima")
        for membership in person.memberships:
            if membership.organisation_id == place:
                membership.role = Role.ADMINISTRATOR
    page = sanne.open(url)
    assert "krijgen de andere beheerders daar een e-mail over" in page.text
    assert "De machtiging is gegeven" in sanne.click("Geef de machtiging").text
    mails = {m["recipient"]: m["subject"] for m in world.deliver_mail()}
    assert mails["fatima@voorbeeld.example"].startswith("Sanne Bakker gaf zichzelf een machtiging")
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.MANDATE_GRANTED])
        assert event.details["to_oneself"] is True


@pytest.mark.parametrize("decision", ["refuse", "", "revoke"])
def test_any_other_wish_decides_nothing(own_world: World, decision: str) -> None:
    """A form of before, with two buttons: its refusal asks why."""
    world = own_world
    url = asked(world)
    page = sent(at_console(world, "sanne", BEHEER), url, decision=decision, until=UNTIL)
    assert page.heading == "Het verzoek van Fatima Bouzid afwijzen?"
    assert outcome(world, url) == (RequestState.OPEN, 0)


def test_the_other_language_of_a_page_that_refused_is_that_page(own_world: World) -> None:
    world = own_world
    url = asked(world)
    sanne = at_console(world, "sanne", BEHEER)
    wrong = sent(sanne, url, decision="grant", until="gisteren")
    assert wrong.status == 422
    page = sanne.click("English")
    assert (page.status, page.url) == (200, f"{url}?ui=en")
    assert page.heading == "Request of Fatima Bouzid"
    assert sent(sanne, f"{url}/afwijzen", reason="").status == 422
    assert sanne.click("Nederlands").heading == "Het verzoek van Fatima Bouzid afwijzen?"


def test_a_request_is_refused_once(own_world: World) -> None:
    world = own_world
    url = asked(world)
    first, second = (at_console(world, "sanne", BEHEER) for _ in range(2))
    assert "is afgewezen" in sent(first, f"{url}/afwijzen", reason="Nee.").text
    assert "al beslist" in sent(second, f"{url}/afwijzen", reason="Toch niet.").text
    with world.session() as session:
        assert len(audit.recent(session, tags=[EventTag.MANDATE_REQUEST_REFUSED])) == 1
