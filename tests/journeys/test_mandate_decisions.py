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
from directory.organisations import Organisation
from directory.people import Person, Role
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.journeys.beheer import BAKERY, HERE, enter, token
from tests.operators import at_console, later
from tests.world import ADDRESSES, World

TOO_LOW = "U kunt geen machtiging geven boven uw eigen niveau"
TOO_OLD = "U logde langer dan 10 minuten geleden in"


def asked(world: World, person_id: str = "fatima", level: str = "EH2+") -> str:
    """The address of a request at the bakery, of which Sanne is an administrator."""
    with world.session() as session, writing(session):
        place = session.scalars(select(Organisation.id).where(Organisation.kvk == BAKERY)).one()
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
    return browser.post(url, [("csrf_token", token(page)), *fields.items()])


def give(browser: Browser, url: str) -> Page:
    """From the page of the request to the end."""
    browser.open(url)
    browser.click("Geef de machtiging")
    browser.click("Verder naar controleren")
    return browser.click("Leg 1 machtiging vast")


def sanne_at_the_bakery(world: World) -> Browser:
    browser = at_console(world, "sanne", BEHEER)
    enter(world, browser)
    return browser


def outcome(world: World, url: str) -> tuple[RequestState, int]:
    """The state of the request, and how many mandates an administrator gave."""
    with world.session() as session:
        given = select(Mandate.id).where(Mandate.granted_by.is_not(None))
        request = session.get_one(MandateRequest, url.rpartition("/")[2])
        return request.state, len(session.scalars(given).all())


def test_nobody_grants_above_the_own_level(own_world: World) -> None:
    world = own_world
    url = asked(world, "els", level="EH3")
    sanne = sanne_at_the_bakery(world)  # at EH2+
    page = sanne.open(url)
    assert TOO_LOW in page.text and "Geef de machtiging" not in page.text
    draft = sent(sanne, f"{HERE}/geven", verzoek=url.rpartition("/")[2])
    page = sanne.click("Verder naar controleren")
    assert TOO_LOW in page.text and "Leg 1 machtiging" not in page.text, draft.url
    digest = page.tree.xpath("//input[@name='gezien-plan']/@value")[0]
    refused = sent(sanne, page.url, **{"gezien-plan": digest})
    assert (refused.status, TOO_LOW in refused.text) == (403, True)
    assert outcome(world, url) == (RequestState.OPEN, 0)
    sanne.open(url)
    sanne.click("Log in met EH3")
    sanne.click("Polderpoort")
    page = sanne.press("person", "sanne")
    assert page.url == url and "Geef de machtiging" in page.text
    assert give(sanne, url).heading == "1 machtiging is vastgelegd"
    assert outcome(world, url) == (RequestState.GRANTED, 1)


def test_a_lower_administrator_may_refuse(own_world: World) -> None:
    world = own_world
    url = asked(world, level="EH3")
    sanne = sanne_at_the_bakery(world)
    sanne.open(url)
    sanne.click("Wijs het verzoek af")
    sanne.fill("reason", "Dat doet een collega al.")
    assert "Het verzoek is afgewezen" in sanne.click("Wijs het verzoek af").text
    assert outcome(world, url) == (RequestState.REFUSED, 0)


@pytest.mark.parametrize("own", [False, True])
def test_a_refusal_asks_a_login_of_ten_minutes_at_most_and_says_so_before(
    own_world: World, own: bool
) -> None:
    world = own_world
    url = asked(world, "sanne" if own else "fatima")
    sanne = sanne_at_the_bakery(world)
    with later(world, minutes=10, seconds=1):
        assert TOO_OLD in sanne.open(url).text and "Log opnieuw in" in sanne.page.text
        page = sanne.open(f"{url}/afwijzen")
        assert TOO_OLD in page.text and "Log opnieuw in" in page.text
        assert not any("reason" in f.fields for f in page.forms)
        late = sent(sanne, f"{url}/afwijzen", reason="Nee.")
        assert (late.status, TOO_OLD in late.text) == (403, True)
        assert outcome(world, url) == (RequestState.OPEN, 0)
        sanne.open(f"{url}/afwijzen")
        assert sanne.click("Log opnieuw in").url.startswith(f"{ADDRESSES.broker}/login/")
    with later(world, minutes=10):
        page = sanne.open(f"{url}/afwijzen")
        assert TOO_OLD not in page.text
        assert sent(sanne, f"{url}/afwijzen", reason="Nee.").status == 200
    assert outcome(world, url)[0] is RequestState.REFUSED


def test_granting_to_oneself_is_said_before_and_told_to_the_others(own_world: World) -> None:
    world = own_world
    url = asked(world, "sanne")
    sanne = sanne_at_the_bakery(world)
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
    assert give(sanne, url).heading == "1 machtiging is vastgelegd"
    mails = {m["recipient"]: m["subject"] for m in world.deliver_mail()}
    assert mails["fatima@voorbeeld.example"].startswith("Sanne Bakker veranderde eigen machtig")
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.MANDATE_GRANTED])
        assert event.details["to_oneself"] is True


def test_the_other_language_of_a_page_that_refused_is_that_page(own_world: World) -> None:
    world = own_world
    url = asked(world)
    sanne = sanne_at_the_bakery(world)
    sanne.open(url)
    assert sanne.click("English").heading == "Request of Fatima Bouzid"
    assert sent(sanne, f"{url}/afwijzen", reason="").status == 422
    assert sanne.click("Nederlands").heading == "Het verzoek van Fatima Bouzid afwijzen?"


def test_what_somebody_decided_meanwhile_is_not_given(own_world: World) -> None:
    world = own_world
    url = asked(world)
    first, second = sanne_at_the_bakery(world), sanne_at_the_bakery(world)
    first.open(url)
    first.click("Geef de machtiging")
    first.click("Verder naar controleren")
    assert "is afgewezen" in sent(second, f"{url}/afwijzen", reason="Nee.").text
    page = first.click("Leg 1 machtiging vast")
    assert "Over dit verzoek is al beslist" in page.text
    assert outcome(world, url) == (RequestState.REFUSED, 0)


def test_a_request_is_refused_once(own_world: World) -> None:
    world = own_world
    url = asked(world)
    first, second = (sanne_at_the_bakery(world) for _ in range(2))
    assert "is afgewezen" in sent(first, f"{url}/afwijzen", reason="Nee.").text
    assert "al beslist" in sent(second, f"{url}/afwijzen", reason="Toch niet.").text
    with world.session() as session:
        assert len(audit.recent(session, tags=[EventTag.MANDATE_REQUEST_REFUSED])) == 1
