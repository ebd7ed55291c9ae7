"""A colleague is invited straight into a user group: who accepts comes into the organisation and,
where that still holds at that moment, into the group. What does not hold is told.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.people import erasure
from assurance.levels import AssuranceLevel
from directory import groups
from directory.consoles import BEHEER
from directory.groups import GroupCompany, GroupMember, UserGroup
from directory.invitations import GroupOutcome, Invitation, InvitationState
from directory.people import Person, Role
from providers import accounts
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.journeys.beheer import BAKERY, HERE, OFFICE, enter, held, organisation, rows, send
from tests.journeys.joining import DONE, mails, make_account, open_link, place, prove
from tests.operators import at_console
from tests.world import World

NUMBERS = itertools.count()


@pytest.fixture
def email() -> str:
    """An address that no other test invited."""
    return f"gijs{next(NUMBERS)}@voorbeeld.example"


def group_id(world: World) -> str:
    """That of `at_group`, the only one: each test here has a world of its own."""
    with world.session() as session:
        return session.scalars(select(UserGroup.id)).one()


def at_group(world: World, kvk: str = BAKERY) -> Browser:
    """Sanne, at the page of her new group."""
    browser = at_console(world, "sanne", BEHEER)
    enter(world, browser, kvk)
    browser.open(f"{HERE}/groepen/nieuw")
    browser.fill("kortenaam", f"molen{next(NUMBERS)}")
    browser.fill("naam", "De Molen")
    browser.click("Maak de groep")
    return browser


def ask(browser: Browser, email: str, role: str = "member", name: str = "Gijs") -> Page:
    """From the page of the group."""
    browser.click("Nodig iemand uit")
    browser.fill("naam", name)
    browser.fill("email", email)
    browser.fill("rol", role)
    return browser.click("Stuur de uitnodiging")


def join(world: World, email: str, user_name: str = "") -> Page:
    """With a new account, up to the page that tells what was accepted."""
    browser = open_link(world, email)
    prove(world, browser, email, "Maak een account")
    page = make_account(browser, user_name or email.split("@")[0])
    assert page.heading == DONE
    return page


def row_of(world: World, email: str) -> Invitation:
    """That of this address which no newer one replaced: ids are random and tell no order."""
    standing = Invitation.outcome.is_distinct_from(InvitationState.REPLACED)
    with world.session() as session:
        return session.scalars(select(Invitation).where(Invitation.email == email, standing)).one()


def member(world: World, group: str, email: str) -> GroupMember | None:
    with world.session() as session:
        account = accounts.named(session, email)
        assert account is not None
        return groups.place_in(groups.members(session, group), account.person_id)


@pytest.mark.parametrize("role", list(Role))
def test_who_accepts_is_in_the_group_and_may_log_in(
    own_world: World, email: str, role: Role
) -> None:
    world = own_world
    browser = at_group(world)
    page = ask(browser, email, role)
    assert "De uitnodiging is verstuurd" in page.text and page.heading == "De Molen"
    (mail,) = mails(world, email)
    said = "beheerder van de groep De Molen" if role is Role.ADMINISTRATOR else "groepslid van De"
    assert "gebruiker te worden bij Bakkerij" in mail["text"] and said in mail["text"]
    (row,) = [one for one in rows(browser.open(f"{HERE}/uitnodigingen")) if email in one]
    assert "groep De Molen" in row and "komt niet" not in row
    group = group_id(world)
    page = join(world, email)
    assert "U zit nu in de groep De Molen" in page.text
    assert ("U bent beheerder van de groep." in page.text) is (role is Role.ADMINISTRATOR)
    got = member(world, group, email)
    assert got is not None and got.role is role
    given = place(world, got.person_id)
    assert given is not None and given.role is Role.MEMBER, "of the organisation a user"
    (mandate,) = held(world, got.person_id)
    assert (mandate.level, mandate.granted_by) == (AssuranceLevel.EH2_PLUS, "sanne")
    told = mails(world, "sanne@voorbeeld.example")[-1]["text"]
    assert "De groep De Molen heeft er iemand bij" in told and "pas met een machtiging" not in told
    with world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.INVITATION_ACCEPTED])
        assert event.details["group"] == group
        assert (event.details["group_role"], event.details["group_outcome"]) == (role, "joined")
    assert row_of(world, email).group_outcome is GroupOutcome.JOINED


def test_changes_name_the_group_and_what_became_of_it(own_world: World, email: str) -> None:
    world = own_world
    browser = at_group(world)
    page = browser.click("Nodig iemand uit")
    assert "De Korenmolen B.V." in page.text and "B.V.." not in page.text
    browser.open(f"{HERE}/groepen/{group_id(world)}")
    ask(browser, email, "administrator")
    page = browser.open(f"{HERE}/wijzigingen?soort=gebruikers")
    assert "beheerder van groep De Molen" in page.text
    assert "groep De Molen" in browser.open(f"{HERE}/wijzigingen?soort=groepen").text
    with world.session() as session, writing(session):
        _no_company(session, group_id(world))
    join(world, email)
    page = browser.open(f"{HERE}/wijzigingen?soort=gebruikers")
    assert "kwam niet in groep De Molen" in page.text
    invited = f"los{next(NUMBERS)}@voorbeeld.example"
    browser.open(f"{HERE}/uitnodigen")
    browser.fill("naam", "Los")
    browser.fill("email", invited)
    browser.click("Stuur de uitnodiging")
    newest = browser.open(f"{HERE}/wijzigingen?soort=gebruikers")
    assert "groep" not in newest.tree.cssselect("tbody tr")[0].text_content()


def _no_administrator(session: Session, group: str) -> None:
    """Somebody else looks after the group, and Sanne is a member."""
    now = session.scalars(select(GroupMember.since).where(GroupMember.group_id == group)).one()
    session.execute(
        update(GroupMember).where(GroupMember.group_id == group).values(role=Role.MEMBER)
    )
    session.add(GroupMember(group_id=group, person_id="mo", role=Role.ADMINISTRATOR, since=now))


def _no_company(session: Session, group: str) -> None:
    session.execute(
        update(GroupCompany)
        .where(GroupCompany.group_id == group)
        .values(removed_at=GroupCompany.since)
    )


def _higher(session: Session, group: str) -> None:
    session.execute(
        update(GroupCompany).where(GroupCompany.group_id == group).values(level=AssuranceLevel.EH4)
    )


@pytest.mark.parametrize(
    ("change", "outcome", "said", "mailed"),
    [
        (_no_administrator, GroupOutcome.INVITER, "beheert de groep niet meer", "u beheert de"),
        (_no_company, GroupOutcome.COMPANY, "zit niet meer in de groep", "zit niet meer in de"),
        (_higher, GroupOutcome.LEVEL, "geldt nu een hoger niveau", "geldt nu een hoger niveau"),
    ],
)
def test_M_09_what_holds_no_more_gives_no_place_in_the_group_and_is_told(
    own_world: World,
    email: str,
    change: Callable[[Session, str], None],
    outcome: GroupOutcome,
    said: str,
    mailed: str,
) -> None:
    """The place in the organisation is given all the same."""
    world = own_world
    browser = at_group(world)
    ask(browser, email)
    group = group_id(world)
    with world.session() as session, writing(session):
        change(session, group)
    (row,) = [one for one in rows(browser.open(f"{HERE}/uitnodigingen")) if email in one]
    assert "komt niet in de groep" in row
    page = open_link(world, email).page
    assert page is not None and "U komt nu niet in de groep De Molen" in page.text
    page = join(world, email)
    assert "U bent niet in de groep De Molen gekomen" in page.text and said in page.text
    assert "als een beheerder u een machtiging geeft" in page.text
    assert member(world, group, email) is None
    with world.session() as session:
        account = accounts.named(session, email)
    assert account is not None and place(world, account.person_id) is not None
    assert held(world, account.person_id) == []
    told = mails(world, "sanne@voorbeeld.example")[-1]["text"]
    assert "In de groep De Molen veranderde niets" in told and mailed in told
    row_now = row_of(world, email)
    assert (row_now.outcome, row_now.group_outcome) == (InvitationState.ACCEPTED, outcome)


def test_sent_again_it_keeps_the_group_and_asks_the_same(own_world: World, email: str) -> None:
    world = own_world
    browser = at_group(world)
    ask(browser, email, "administrator")
    group = group_id(world)
    browser.open(f"{HERE}/uitnodigingen")
    browser.click("Stuur opnieuw Gijs")
    again = row_of(world, email)
    assert (again.group_id, again.group_role) == (group, Role.ADMINISTRATOR)
    world.clock.advance(11 * 60)
    browser.open(f"{HERE}/uitnodigingen")
    page = browser.click("Stuur opnieuw Gijs")
    assert page.heading == "Uitnodigingen" and "U logde langer dan 10 minuten geleden" in page.text
    assert "Er is niets verstuurd. De laatste link blijft werken." in page.text
    assert row_of(world, email).id == again.id
    with world.session() as session, writing(session):
        _higher(session, group)
    browser.open(f"{HERE}/uitnodigingen")
    page = browser.click("Stuur opnieuw Gijs")
    assert page.heading == "Uitnodigingen" and "een hoger niveau dan EH2+" in page.text
    assert row_of(world, email).id == again.id
    with world.session() as session, writing(session):
        _no_company(session, group)
    browser.open(f"{HERE}/uitnodigingen")
    page = browser.click("Stuur opnieuw Gijs")
    assert "Dit bedrijf zit niet meer in de groep." in page.text
    assert row_of(world, email).id == again.id, "the last link goes on working"
    page = browser.click("Trek in Gijs")
    assert "De uitnodiging is ingetrokken" in page.text
    assert row_of(world, email).outcome is InvitationState.WITHDRAWN


def test_who_cannot_add_a_member_cannot_invite_one(own_world: World, email: str) -> None:
    world = own_world
    browser = at_group(world)
    group = group_id(world)
    address = f"{HERE}/groepen/{group}/uitnodigen"
    for field, value, said in (
        ("email", "geen adres", "Vul een e-mailadres in"),
        ("naam", "www.x.example/a", "Vul de naam van uw collega in"),
        ("email", "fatima@voorbeeld.example", "Iemand met dit adres werkt hier al"),
    ):
        browser.open(address)
        browser.fill("naam", "Gijs")
        browser.fill("email", email)
        browser.fill("rol", "member")
        browser.fill(field, value)
        page = browser.click("Stuur de uitnodiging")
        assert page.answer.status == 422 and said in page.text, value
    browser.open(address)
    page = send(browser, address, ("naam", "Gijs"), ("email", email), ("rol", "baas"))
    assert page.answer.status == 422 and "Kies een rol" in page.text
    with world.session() as session, writing(session):
        _higher(session, group)
    page = ask_at(browser, address, email)
    assert page.answer.status == 403 and "In deze groep geldt niveau EH4" in page.text
    world.clock.advance(11 * 60)
    with world.session() as session, writing(session):
        session.execute(update(GroupCompany).values(level=AssuranceLevel.EH2_PLUS))
    page = ask_at(browser, address, email)
    assert page.answer.status == 403 and "langer dan 10 minuten" in page.text
    with world.session() as session, writing(session):
        _no_administrator(session, group)
    page = browser.open(address)
    assert "Alleen een beheerder van de groep kan dit." in page.text
    assert mails(world, email) == []


def ask_at(browser: Browser, address: str, email: str) -> Page:
    browser.open(address)
    browser.fill("naam", "Gijs")
    browser.fill("email", email)
    return browser.click("Stuur de uitnodiging")


def test_M_01_from_another_company_of_oneself_the_group_takes_no_invitation(
    own_world: World, email: str
) -> None:
    """Sanne looks after the group and works at the office too, which is not in it."""
    world = own_world
    browser = at_group(world)
    group = group_id(world)
    enter(world, browser, OFFICE)
    page = browser.open(f"{HERE}/groepen/{group}/uitnodigen")
    assert "Nodig iemand uit voor de groep" not in page.text
    assert mails(world, email) == [] and organisation(world, OFFICE)


def test_what_was_accepted_goes_with_the_person(own_world: World, email: str) -> None:
    world = own_world
    ask(at_group(world), email)
    join(world, email)
    got = member(world, group_id(world), email)
    assert got is not None
    process = world.process
    keyring = process.holder.current.keyring
    with world.session() as session, writing(session):
        erasure.forget(
            session, process.sealer, keyring, got.person_id, actor=COMMAND_LINE, now=world.clock()
        )
    with world.session() as session:
        assert session.scalars(select(Invitation).where(Invitation.email == email)).first() is None
        assert session.get_one(Person, got.person_id).display_name == ""
