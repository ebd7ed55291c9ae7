"""A means from the asking to the login: an administrator asks it, operators approve it, its person
activates it with a letter and a mail.
"""

from __future__ import annotations

import re

import pyotp
import pytest
from sqlalchemy import select

from admin.operations import jobs
from admin.operators import roles
from admin.operators.roles import OperatorRole
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import MeansRequest
from directory.consoles import BEHEER
from directory.dates import day_of
from directory.people import Membership, Person, Role
from providers import accounts
from sandbox.browser import Browser, Page
from state.db import writing
from tests.journeys.beheer import BAKERY, HERE, enter, organisation, rows, send
from tests.operators import HERE as OPERATOR
from tests.operators import at_console, later, make_operator
from tests.world import ADDRESSES, World, make_world

ADDRESS = "Bakkerij De Korenmolen\nMolenstraat 1\n3011 AA Rotterdam"
ACTIVATE = f"{ADDRESSES.broker}/activeren"
NUMBERS = iter(range(100))
PASSWORD = "een lange zin voor de bakkerij"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def ask(
    world: World,
    *,
    level: str = "EH2+",
    role: str = "member",
    name: str = "Noa Smit",
    factor: str = "sms",
) -> tuple[Browser, Page]:
    """The whole wizard at the bakery, by Sanne."""
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    sanne.open(f"{HERE}/gebruikers/toevoegen")
    draft = send(sanne, f"{HERE}/gebruikers/toevoegen").url.rpartition("/")[0]
    email = f"{name.split()[0].lower()}@voorbeeld.example"
    mobile = ("mobiel", "06 12345678" if factor == "sms" else "")
    send(sanne, f"{draft}/niveau", ("niveau", level), ("rol", role))
    send(sanne, f"{draft}/persoon", ("naam", name), ("email", email))
    send(sanne, f"{draft}/aflevering", ("adres", ADDRESS), ("factor", factor), mobile)
    send(sanne, f"{draft}/bedrijven")
    return sanne, sanne.click("Verstuur de aanvraag")


def request_of(world: World, name: str) -> str:
    """The id of what was asked for this person last."""
    with world.session() as session:
        query = (
            select(MeansRequest.id)
            .join(IssuedMeans, IssuedMeans.id == MeansRequest.means_id)
            .join(Person, Person.id == IssuedMeans.person_id)
            .where(Person.display_name == name)
        )
        return session.scalars(query.order_by(MeansRequest.asked_at.desc())).first() or ""


def approve(world: World, name: str, *, operator: str = "") -> Page:
    """By an operator who only approves."""
    one = make_operator(world, operator or f"keurt{next(NUMBERS)}", OperatorRole.HELPDESK)
    desk = at_console(world, one.person_id)
    address = f"{OPERATOR}/aanvragen/{request_of(world, name)}"
    desk.open(address)
    return send(desk, f"{address}/goedkeuren", ("contract", ""))


def codes(world: World, name: str) -> tuple[str, str]:
    """What stands in the last letter and the last mail to this person."""
    email = f"{name.split()[0].lower()}@voorbeeld.example"
    letter = mail = ""
    for message in world.deliver_mail():
        found = re.search(r"Uw code uit deze (brief|e-mail): ([A-Z0-9-]+)", message["text"])
        if found and found[1] == "brief" and name in message["text"]:
            letter = found[2]
        elif found and found[1] == "e-mail" and message["recipient"] == email:
            mail = found[2]
    return letter, mail


def sms_code(world: World) -> str:
    texts = [m["text"] for m in world.deliver_mail() if m["channel"] == "sms"]
    return re.findall(r"#(\d{6})", texts[-1])[0]


def begin(world: World, letter: str, mail: str, user_name: str) -> Browser:
    """Up to the second factor, or the end where none is asked."""
    browser = world.browser()
    browser.open(ACTIVATE)
    send(browser, ACTIVATE, ("code", letter.lower().replace("-", " ")))
    send(browser, f"{ACTIVATE}/e-mail", ("code", mail))
    fields = (("username", user_name), ("password", PASSWORD), ("again", PASSWORD))
    send(browser, f"{ACTIVATE}/wachtwoord", *fields)
    return browser


def person(world: World, name: str) -> str:
    with world.session() as session:
        return session.scalars(select(Person.id).where(Person.display_name == name)).one()


def test_a_colleague_gets_a_means_by_letter_mail_and_sms(world: World) -> None:
    sanne, page = ask(world)
    assert "Wachten op goedkeuring" in page.text and "Noa Smit" in page.text
    assert "Aangevraagd" in page.text, "the timeline begins"
    assert "De aanvraag is goedgekeurd" in approve(world, "Noa Smit").text
    page = sanne.open(f"{HERE}/gebruikers?stand=activation")
    assert "Noa Smit" in page.text and "Wachten op activatie" in page.text
    letter, mail = codes(world, "Noa Smit")
    noa = person(world, "Noa Smit")
    browser = begin(world, letter, mail, "Noa.Smit")
    with world.session() as session:
        assert accounts.of_person(session, noa) is None, "nothing is there before the last step"
    send(browser, f"{ACTIVATE}/tweede-factor/sms")
    page = send(browser, f"{ACTIVATE}/tweede-factor", ("code", sms_code(world)))
    assert page.heading == "Uw inlogmiddel is actief" and "EH2+" in page.text
    assert "Beheer" not in page.text
    with world.session() as session:
        account = accounts.of_person(session, noa)
        assert account is not None and account.user_name == "noa.smit"
        assert account.level is AssuranceLevel.EH2_PLUS
        place = session.scalars(select(Membership).where(Membership.person_id == noa)).one()
        assert (place.role, place.organisation_id) == (Role.MEMBER, organisation(world, BAKERY))
    page = sanne.open(f"{HERE}/gebruikers/{noa}")
    assert "Actief" in page.text and "Geactiveerd" in page.text
    assert any("is actief" in m["subject"] for m in world.deliver_mail())
    again = world.browser()
    again.open(ACTIVATE)
    assert "al actief" in send(again, ACTIVATE, ("code", letter)).heading
    page = sanne.open(f"{HERE}/gebruikers/{noa}/mobiel")
    page = send(sanne, page.url, ("waarde", "06 87654321"))
    assert "Het mobiele nummer is gewijzigd" in page.text
    page = sanne.open(f"{HERE}/gebruikers/{noa}/wijzigen")
    page = send(sanne, page.url, ("niveau", "EH2+"), ("rol", "administrator"))
    assert "Mutatie in behandeling" in page.text, "an administrator is identified first"
    assert "Er wacht al een wijziging" in sanne.open(f"{HERE}/gebruikers/{noa}/wijzigen").text
    page = sanne.open(f"{HERE}/gebruikers/{noa}/opzeggen")
    assert page.heading == "Zeg het inlogmiddel van Noa Smit op"
    page = send(sanne, page.url, ("wanneer", "now"))
    assert "Het inlogmiddel is opgezegd" in page.text and "Noa Smit" not in page.text
    with world.session() as session:
        assert accounts.of_person(session, noa) is None
    assert any("stopt" in m["subject"] for m in world.deliver_mail())
    assert sanne.open(f"{HERE}/gebruikers/{noa}/opzeggen").status == 404


def test_an_administrator_is_identified_and_approved_by_two_and_enters_beheer(
    world: World,
) -> None:
    ask(world, role="administrator", factor="totp", name="Ada Vos")
    address = f"{OPERATOR}/aanvragen/{request_of(world, 'Ada Vos')}"
    otto = make_operator(world, "otto", OperatorRole.HELPDESK)
    first = at_console(world, otto.person_id)
    assert "Leg eerst de identificatie vast" in first.open(address).text
    assert send(first, f"{address}/goedkeuren").status == 403
    today = day_of(world.clock()).isoformat()
    fields = (("proof", "in_person"), ("kenmerk", "BALIE-42"), ("dag", today))
    assert "vastgelegd" in send(first, f"{address}/identificatie", *fields).text
    page = send(first, f"{address}/goedkeuren")
    assert page.status == 403 and "collega" in page.text, "four eyes"
    assert "goedgekeurd" in approve(world, "Ada Vos", operator="petra").text
    browser = begin(world, *codes(world, "Ada Vos"), "ada.vos")
    page = browser.open(f"{ACTIVATE}/tweede-factor")
    seed = page.tree.xpath("//code[@id='sleutel']")[0].text_content().replace(" ", "")
    wrong = send(browser, f"{ACTIVATE}/tweede-factor", ("code", "000000"))
    assert wrong.status == 422
    code = pyotp.TOTP(seed).at(world.clock())
    page = send(browser, f"{ACTIVATE}/tweede-factor", ("code", code))
    assert "Ga naar Beheer" in page.text
    ada = at_console(world, person(world, "Ada Vos"), BEHEER)
    assert ada.open(HERE).heading == "Te doen"


def test_M_05_an_operator_who_administers_a_company_identifies_nobody_for_it(world: World) -> None:
    ask(world, role="administrator", factor="totp", name="Ine Vos")
    address = f"{OPERATOR}/aanvragen/{request_of(world, 'Ine Vos')}"
    with world.session() as session, writing(session):
        roles.assign(session, "sanne", {OperatorRole.HELPDESK}, world.clock())
    sanne = at_console(world, "sanne")
    page = sanne.open(address)
    assert "Ook de identificatie legt een collega vast" in page.text
    assert "Leg de identificatie vast" not in page.text
    today = day_of(world.clock()).isoformat()
    fields = (("proof", "in_person"), ("kenmerk", "BALIE-43"), ("dag", today))
    page = send(sanne, f"{address}/identificatie", *fields)
    assert page.status == 403 and "U vroeg dit zelf aan" in page.text
    with world.session() as session, writing(session):
        roles.end_roles(session, "sanne", world.clock())
    otto = at_console(world, make_operator(world, "bas", OperatorRole.HELPDESK).person_id)
    otto.open(address)
    assert "vastgelegd" in send(otto, f"{address}/identificatie", *fields).text


def test_a_refusal_is_read_for_thirty_days_and_mailed(world: World) -> None:
    sanne, _ = ask(world, name="Bob Kok")
    address = f"{OPERATOR}/aanvragen/{request_of(world, 'Bob Kok')}"
    one = make_operator(world, "jaap", OperatorRole.HELPDESK)
    desk = at_console(world, one.person_id)
    desk.open(address)
    assert send(desk, f"{address}/afkeuren", ("reden", " ")).status == 422
    send(desk, f"{address}/afkeuren", ("reden", "Het adres klopt niet."))
    mails = [m for m in world.deliver_mail() if "afgekeurd" in m["subject"]]
    assert len(mails) == 1 and "Het adres klopt niet." in mails[0]["text"]
    bob = person(world, "Bob Kok")
    page = sanne.open(f"{HERE}/gebruikers/{bob}")
    assert "Het adres klopt niet." in page.text and "Vraag opnieuw aan" in page.text
    to_do = sanne.open(HERE).text
    assert "Bob Kok" in to_do and "“Het adres klopt niet.”" in to_do
    with later(world, days=31):
        again = at_console(world, "sanne", BEHEER)
        enter(world, again)
        assert "Bob Kok" not in again.open(HERE).text
        assert "Bob Kok" not in again.open(f"{HERE}/gebruikers").text


def badge(browser: Browser) -> int:
    """What the menu says beside Te doen."""
    assert browser.page is not None
    (link,) = browser.page.tree.xpath("//nav//a[contains(., 'Te doen')]")
    found = re.search(r"\d+", link.text_content())
    return int(found[0]) if found else 0


def test_a_lapsed_letter_is_told_and_sent_anew(world: World) -> None:
    ask(world, level="EH2", factor="", name="Eva Mol")
    approve(world, "Eva Mol")
    letter, mail = codes(world, "Eva Mol")
    with later(world, days=31):
        browser = world.browser()
        browser.open(ACTIVATE)
        page = send(browser, ACTIVATE, ("code", letter))
        assert page.status == 410 and page.heading == "De activatie is verlopen"
        sanne = at_console(world, "sanne", BEHEER)
        enter(world, sanne)
        eva = person(world, "Eva Mol")
        assert "Activatie verlopen" in sanne.open(f"{HERE}/gebruikers/{eva}").text
        assert "Stuur een nieuwe brief" in sanne.page.text
        to_do = sanne.open(HERE).text
        assert "Activatie verlopen" in to_do and "Eva Mol" in to_do
        waited = badge(sanne)
        assert "onderweg" in sanne.click("Stuur een nieuwe brief").text
        assert "Eva Mol" not in sanne.open(HERE).text and badge(sanne) == waited - 1
        sanne.open(f"{HERE}/gebruikers/{eva}")
        assert "Wachten op activatie" in sanne.page.text
        newer = codes(world, "Eva Mol")
        assert newer[0] != letter and newer[1] != mail
        page = begin(world, *newer, "eva.mol").page
        assert page is not None and page.heading == "Uw inlogmiddel is actief"
    with world.session() as session:
        account = accounts.of_person(session, eva)
        assert account is not None and account.level is AssuranceLevel.EH2


def test_who_does_not_activate_is_reminded_and_the_administrator_sees_it(world: World) -> None:
    ask(world, level="EH2", factor="", name="Ivo Pen")
    approve(world, "Ivo Pen")

    def reminders() -> int:
        """How many came so far, after the job ran twice."""
        for _ in range(2):
            jobs.remind_people(world.process)
        mails = world.deliver_mail()
        to_ivo = [m["subject"] for m in mails if m["recipient"] == "ivo@voorbeeld.example"]
        return sum("nog tot en met" in subject for subject in to_ivo)

    with later(world, days=19):
        assert reminders() == 0
    with later(world, days=20):
        assert reminders() == 1
        sanne = at_console(world, "sanne", BEHEER)
        enter(world, sanne)
        (row,) = [row for row in rows(sanne.open(HERE)) if "Ivo Pen" in row]
        assert "Nog niet geactiveerd" in row and "Wij stuurden een herinnering" in row
    with later(world, days=29):
        assert reminders() == 2
    with later(world, days=31):
        assert reminders() == 2


def test_strangers_learn_nothing_of_codes(world: World) -> None:
    ask(world, name="Lot Bos")
    approve(world, "Lot Bos")
    letter, mail = codes(world, "Lot Bos")
    browser = world.browser()
    browser.open(ACTIVATE)
    wrong = {send(browser, ACTIVATE, ("code", text)).text for text in ("", "A" * 16, letter[:-1])}
    assert len(wrong) == 1
    page = send(browser, ACTIVATE, ("code", mail))
    assert page.status == 422 and "zo lang als die uit de e-mail" in page.text
    for step in ("e-mail", "wachtwoord", "tweede-factor"):
        assert browser.open(f"{ACTIVATE}/{step}").url.startswith(f"{ACTIVATE}?over"), step
    browser.open(ACTIVATE)
    send(browser, ACTIVATE, ("code", letter))
    for _ in range(6):  # which counts as no guess
        page = send(browser, f"{ACTIVATE}/e-mail", ("code", letter))
        assert page.status == 422 and "zo lang als die uit de brief" in page.text
    for _ in range(5):
        assert send(browser, f"{ACTIVATE}/e-mail", ("code", "22222222")).status == 422
    assert send(browser, f"{ACTIVATE}/e-mail", ("code", mail)).status == 422, "too many tries"
    send(browser, f"{ACTIVATE}/e-mail/opnieuw")
    page = send(browser, f"{ACTIVATE}/e-mail", ("code", codes(world, "Lot Bos")[1]))
    assert page.heading == "Kies uw inloggegevens"
    fields = (("username", "x"), ("password", "kort"), ("again", "kort"))
    page = send(browser, f"{ACTIVATE}/wachtwoord", *fields)
    assert page.status == 422, "both at once"
    assert page.tree.xpath("//*[@role='alert']//a/@href") == ["#username", "#nieuw"]
    assert {one.get("id") for one in page.tree.xpath("//input[@aria-invalid]")} == {
        "username",
        "nieuw",
    }
