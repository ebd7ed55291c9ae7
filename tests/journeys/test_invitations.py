"""People join an organisation by invitation: an administrator asks, the link comes by mail, and who
reads the mail of that address gets the place. Nobody else does.
"""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from assurance.levels import AssuranceLevel
from directory.consoles import BEHEER
from directory.invitations import Invitation
from directory.people import Membership, Person, Role
from providers import accounts, passwords
from providers.accounts import Account
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.account_logins import give, user_name
from tests.journeys.beheer import BAKERY, HERE, OFFICE, enter, organisation, rows, send
from tests.journeys.joining import (
    CODE,
    DONE,
    JOIN,
    PASSWORD,
    WAY,
    code_of,
    invite,
    links,
    logged_in,
    mails,
    make_account,
    name_of,
    open_link,
    place,
    prove,
)
from tests.operators import at_console, later, make_person
from tests.world import ADDRESSES, World

NUMBERS = itertools.count()


@pytest.fixture
def email() -> str:
    """An address that no other test invited."""
    return f"kees{next(NUMBERS)}@voorbeeld.example"


def test_a_colleague_without_an_account_makes_one_and_joins(world: World, email: str) -> None:
    sanne = invite(world, email)
    assert "De uitnodiging is verstuurd" in sanne.page.text
    (row,) = [one for one in rows(sanne.page) if name_of(email) in one]
    assert email in row and "Sanne Bakker" in row
    (mail,) = mails(world, email)
    assert "Sanne Bakker nodigt u uit om gebruiker te worden bij Bakkerij" in mail["text"]
    browser = open_link(world, email)
    page = prove(world, browser, email, "Maak een account")
    assert page.heading == "Maak uw account" and "niet meer worden gewijzigd" in page.text
    assert make_account(browser, "K.Prins").heading == DONE
    assert "k.prins" in browser.page.text
    with world.session() as session:
        account = accounts.named(session, "k.prins")
        assert account is not None
        assert (account.level, account.email) == (AssuranceLevel.EMAIL, email)
        person = session.get_one(Person, account.person_id)
        assert (person.display_name, person.email) == (name_of(email), email)
        assert passwords.matches(account.password_hash, PASSWORD)
        tags = [EventTag.INVITATION_ACCEPTED, EventTag.INVITATION_SENT, EventTag.ACCOUNT_MADE]
        assert {one.tag for one in audit.recent(session, tags=tags)} == set(tags)
    given = place(world, person.id)
    assert given is not None and given.role is Role.MEMBER
    assert any("k.prins" in one["text"] for one in mails(world, email))
    told = mails(world, "sanne@voorbeeld.example")[-1]
    assert told["subject"] == f"{name_of(email)} aanvaardde uw uitnodiging"
    assert name_of(email) in sanne.open(f"{HERE}/gebruikers").text
    assert name_of(email) not in sanne.open(f"{HERE}/uitnodigingen").text, "it waits no more"


def test_who_has_a_makelaar_joins_with_it(world: World) -> None:
    """An address that differs from what we know, or that a makelaar said, is proven with a code."""
    email = "noor@werk.example"
    invite(world, email, name="Noor")
    browser = open_link(world, email)
    browser.click("Log in")
    browser.press("method", "makelaar")
    browser.click("Polderpoort")
    page = browser.press("person", "noor")
    assert page.heading == WAY and "Noor Hendriks" in page.text
    assert "Stuur mij een code" in page.text and "n…@werk.example" in page.text
    page = prove(world, browser, email, "Stuur mij een code")
    assert page.heading == WAY
    assert browser.click("Aanvaard").heading == DONE
    given = place(world, "noor")
    assert given is not None and given.role is Role.MEMBER


def test_who_has_the_account_of_the_address_joins_without_a_code(own_world: World) -> None:
    world, email = own_world, "daan@voorbeeld.example"
    with world.session() as session, session.begin():
        session.execute(
            update(Membership).where(Membership.person_id == "daan").values(until=world.clock())
        )
    invite(world, email, name="Daan")
    browser = open_link(world, email)
    browser.click("Log in")
    browser.press("method", "account")
    page = give(browser, user_name("daan"), _password(world, "daan"))
    assert page.heading == WAY and "code" not in page.text
    assert browser.click("Aanvaard").heading == DONE
    given = place(world, "daan")
    assert given is not None and given.until is None


def test_a_new_administrator_logs_in_at_eh2_plus(world: World) -> None:
    email = "mo@voorbeeld.example"
    invite(world, email, name="Mo", role="administrator")
    (mail,) = mails(world, email)
    assert "een e-mailadres is niet genoeg" in mail["text"].casefold()
    browser = open_link(world, email)
    assert "Maak een account" not in browser.page.text
    assert "Beheerder wordt u met EH2+ of hoger" in browser.page.text
    page = browser.click("Log in")
    assert page.heading == "Wie is uw makelaar?", "no e-mail account is offered"
    browser.click("Zekerweg")
    page = browser.press("person", "mo")
    page = prove(world, browser, email, "Stuur mij een code")
    assert browser.click("Aanvaard").heading == DONE
    given = place(world, "mo")
    assert given is not None and given.role is Role.ADMINISTRATOR


def test_an_email_account_never_becomes_administrator(own_world: World) -> None:
    """Also not one that was logged in at this console before."""
    world, email = own_world, "daan@voorbeeld.example"
    invite(world, email, name="Daan", role="administrator")
    browser = world.browser()
    browser.open(f"{ADDRESSES.broker}/toegang")
    browser.press("method", "account")
    page = give(browser, user_name("daan"), _password(world, "daan"))
    assert page.heading == "Waar u bij hoort"
    page = open_link(world, email, browser).page
    assert page is not None and "Log in met EH2+" in page.text and "Aanvaard</" not in page.text
    assert send(browser, JOIN).status == 403
    given = place(world, "daan")
    assert given is None or given.role is Role.MEMBER
    for path in ("code", "account"):
        send(browser, f"{JOIN}/{path}")
        browser.open(JOIN)
    assert "Maak uw account" not in browser.open(f"{JOIN}/account").text


def test_M_09_a_link_that_was_sent_on_opens_nothing(world: World, email: str) -> None:
    """Whoever has the link and not the mail neither makes an account nor takes the place."""
    invite(world, email)
    stranger = open_link(world, email)
    assert stranger.open(f"{JOIN}/account").heading == WAY
    assert stranger.click("Maak een account").heading == CODE
    for _ in range(3):
        stranger.fill("code", "000000")
        assert "De code klopt niet" in stranger.click("Ga verder").text
    stranger.fill("code", code_of(world, email))
    assert stranger.click("Ga verder").heading == CODE, "three wrong ones end the code"
    other = logged_in(world, make_person(world, "Een ander"), email)
    assert send(other, JOIN).status == 403
    invited = open_link(world, email)
    assert prove(world, invited, email, "Maak een account").heading == "Maak uw account"
    user_name = f"eigen.{name_of(email).lower()}"
    page = make_account(invited, user_name)
    assert page.heading == DONE and user_name in page.text
    assert user_name not in stranger.open(f"{JOIN}/klaar").text, "nor what the account is called"


def test_M_09_a_code_is_of_the_browser_that_asked_it(world: World, email: str) -> None:
    invite(world, email)
    stranger, invited = open_link(world, email), open_link(world, email)
    invited.click("Maak een account")
    of_invited = code_of(world, email)  # delivers it
    stranger.click("Maak een account")
    stranger.fill("code", of_invited)
    assert stranger.click("Ga verder").heading == CODE
    invited.fill("code", of_invited)
    assert invited.click("Ga verder").heading == "Maak uw account"


def test_M_09_a_link_works_once(world: World, email: str) -> None:
    invite(world, email)
    one, other = open_link(world, email), open_link(world, email)
    prove(world, one, email, "Maak een account")
    prove(world, other, email, "Maak een account")
    assert make_account(one, name_of(email)).heading == DONE
    page = make_account(other, "niet.zo")
    assert page.heading == "Deze uitnodiging is al aanvaard" and page.status == 410
    assert world.browser().open(links(world, email)[-1]).heading == page.heading
    assert one.open(links(world, email)[-1]).heading == DONE, "who accepted reads that"
    with world.session() as session:
        assert accounts.named(session, "niet.zo") is None


def test_each_link_that_is_over_says_why_and_what_to_do(world: World, email: str) -> None:
    sanne = invite(world, email)
    first = links(world, email)[-1]
    assert world.browser().open(f"{JOIN}/{'x' * 43}").status == 404
    sanne.click(f"Stuur opnieuw {name_of(email)}")
    assert "De uitnodiging is verstuurd" in sanne.page.text
    assert world.browser().open(first).heading == "Er is een nieuwere uitnodiging"
    second = links(world, email)[-1]
    assert second != first and world.browser().open(second).status == 200
    with later(world, hours=72):
        browser = world.browser()
        page = browser.open(second)
        assert page.heading == "Deze uitnodiging is verlopen" and "Sanne Bakker" in page.text
        assert "Wij vroegen het" in browser.click("Vraag een nieuwe link").text
        browser.open(second)
        browser.click("Vraag een nieuwe link")
        told = mails(world, "sanne@voorbeeld.example")
        assert [one["subject"] for one in told].count(
            f"{name_of(email)} vraagt een nieuwe uitnodiging"
        ) == 1
        back = at_console(world, "sanne", BEHEER)
        enter(world, back)
        assert "Verlopen" in back.open(f"{HERE}/uitnodigingen").text
        back.click(f"Stuur opnieuw {name_of(email)}")
        third = links(world, email)[-1]
        assert world.browser().open(third).status == 200
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    sanne.open(f"{HERE}/uitnodigingen")
    sanne.click(f"Trek in {name_of(email)}")
    assert "De uitnodiging is ingetrokken" in sanne.page.text
    page = world.browser().open(third)
    assert (page.status, page.heading) == (410, "Deze uitnodiging is ingetrokken")


def test_M_06_an_invitation_falls_with_who_gave_it(own_world: World, email: str) -> None:
    world = own_world
    invite(world, email)
    browser = open_link(world, email)
    prove(world, browser, email, "Maak een account")
    with world.session() as session, writing(session):
        rights = update(Membership).where(
            Membership.person_id == "sanne",
            Membership.organisation_id == organisation(world, BAKERY),
        )
        session.execute(rights.values(role=Role.MEMBER))
    page = make_account(browser, "kees.weg")
    assert page.heading == "Deze uitnodiging geldt niet meer" and "Sanne" not in page.text
    with world.session() as session:
        assert accounts.named(session, "kees.weg") is None


def test_what_cannot_be_invited_is_said_in_the_form(world: World) -> None:
    page = invite(world, "geen adres").page
    assert page is not None and page.status == 422 and "Vul een e-mailadres in" in page.text
    invite(world, "anna@voorbeeld.example")
    page = invite(world, "Anna@Voorbeeld.example").page
    assert page is not None and "heeft al een uitnodiging die wacht" in page.text
    page = invite(world, "fatima@voorbeeld.example").page
    assert page is not None and "deze rol hier al" in page.text.casefold()
    page = invite(world, "fatima@voorbeeld.example", role="administrator").page
    assert page is not None and "De uitnodiging is verstuurd" in page.text
    page = invite(world, "pin@voorbeeld.example", name="win/een.prijs").page
    assert page is not None and page.status == 422


def test_A_11_who_invites_does_not_learn_who_has_an_account(world: World) -> None:
    known = invite(world, "eva@voorbeeld.example", name="Eva").page
    unknown = invite(world, "niemand@voorbeeld.example", name="Eva").page
    assert known is not None and unknown is not None
    assert known.status == unknown.status and known.heading == unknown.heading
    shown = {
        row.replace("eva@", "").replace("niemand@", "") for row in rows(unknown) if "Eva" in row
    }
    assert len(shown) == 1


def test_who_has_an_account_is_told_so_after_the_code_alone(own_world: World) -> None:
    world, email = own_world, "daan@voorbeeld.example"
    with world.session() as session, session.begin():
        session.execute(
            update(Membership).where(Membership.person_id == "daan").values(until=world.clock())
        )
    invite(world, email, name="Daan")
    browser = open_link(world, email)
    assert "al een account" not in browser.page.text
    page = prove(world, browser, email, "Maak een account")
    assert page.heading == "Met dit e-mailadres is er al een account"
    with world.session() as session, session.begin():
        ended = update(Account).where(Account.person_id == "daan")
        session.execute(ended.values(ended_at=world.clock()))
    assert "is beëindigd" in browser.open(f"{JOIN}/account").text


def test_a_user_name_is_never_given_twice(world: World, email: str) -> None:
    invite(world, email)
    browser = open_link(world, email)
    prove(world, browser, email, "Maak een account")
    page = make_account(browser, user_name("daan").upper())
    assert page.status == 422 and "al van iemand" in page.text
    assert make_account(browser, "k").status == 422
    page = make_account(browser, "anna.prins", "kort")
    assert page.status == 422 and "12 tekens" in page.text
    assert make_account(browser, "anna.prins").heading == DONE


def test_who_makes_an_administrator_logs_in_again_first(world: World) -> None:
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    with later(world, minutes=11):
        sanne.open(f"{HERE}/uitnodigen")
        sanne.fill("naam", "Tom")
        sanne.fill("email", "tom@voorbeeld.example")
        sanne.fill("rol", "administrator")
        page = sanne.click("Stuur de uitnodiging")
        assert page.status == 403 and "Log eerst opnieuw in" in page.text
        sanne.fill("rol", "member")
        assert "De uitnodiging is verstuurd" in sanne.click("Stuur de uitnodiging").text


def test_mail_to_one_address_stops_for_a_day(world: World, email: str) -> None:
    sanne = invite(world, email)
    for number in range(4):
        assert len(links(world, email)) == number + 1
        sanne.click(f"Stuur opnieuw {name_of(email)}")
    assert (
        "al vaak een uitnodiging verstuurd" in sanne.click(f"Stuur opnieuw {name_of(email)}").text
    )
    assert len(links(world, email)) == 5
    assert world.browser().open(links(world, email)[-1]).status == 200


def test_M_01_an_invitation_of_another_company_does_not_exist(world: World, email: str) -> None:
    invite(world, email)
    with world.session() as session:
        query = select(Invitation.id).where(Invitation.email == email)
        invitation_id = session.scalars(query).one()
    other = make_person(world, "Een ander")
    with world.session() as session, writing(session):
        session.add(
            Membership(
                person_id=other,
                organisation_id=organisation(world, OFFICE),
                role=Role.ADMINISTRATOR,
                since=world.clock() - timedelta(days=1),
            )
        )
    browser = at_console(world, other, BEHEER)
    page = browser.open(f"{HERE}/uitnodigingen")
    assert "Kees" not in page.text
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    for what in ("opnieuw", "intrekken"):
        address = f"{HERE}/uitnodigingen/{invitation_id}/{what}"
        assert browser.post(address, [("csrf_token", token or "")]).status == 404
    assert world.browser().open(links(world, email)[-1]).status == 200


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_A_12_a_mail_scanner_does_no_harm(world: World, email: str, method: str) -> None:
    invite(world, email)
    for _ in range(3):
        assert world.wire.request(method, links(world, email)[-1]).status == 200
    browser = open_link(world, email)
    assert prove(world, browser, email, "Maak een account").heading == "Maak uw account"


def test_an_english_invitation_is_read_in_english(world: World, email: str) -> None:
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    sanne.open(f"{HERE}/uitnodigen")
    sanne.fill("naam", name_of(email))
    sanne.fill("email", email)
    sanne.fill("taal", "en")
    sanne.click("Stuur de uitnodiging")
    (mail,) = mails(world, email)
    assert mail["subject"] == "Invitation: a user at Bakkerij De Korenmolen B.V."


def _password(world: World, person: str) -> str:
    from sandbox.prepare import password

    return password(world.demo, person)
