"""A scan of an identity document with a request for a means: why it is asked, brought by the
administrator, looked at by an operator, and erased by the worker.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from admin.operators.roles import OperatorRole
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans, MeansLink
from directory.consoles import BEHEER
from directory.people import Membership, Role
from providers.accounts import Account
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from state.db import writing
from tests import scans
from tests.attacks.beheer_drafts import somebody
from tests.clamd import FakeClamd, fake_clamd
from tests.journeys.beheer import BAKERY, GARDEN, HERE, enter, organisation, send, token
from tests.journeys.documents import (
    NAME,
    NUMBERS,
    STEP,
    VALID,
    File,
    asked,
    begin,
    bring,
    fetched,
    finish,
    helpdesk,
    link_to,
    rows,
)
from tests.journeys.test_means import ADDRESS, request_of
from tests.operators import HERE as OPERATOR
from tests.operators import at_console, make_operator, make_person
from tests.world import World, make_world


@pytest.fixture(scope="module")
def clamd() -> Iterator[FakeClamd]:
    with fake_clamd() as one:
        yield one


@pytest.fixture(autouse=True)
def _clamd_is_well(clamd: FakeClamd) -> None:
    clamd.answer, clamd.waits = None, 0.0
    clamd.scanned.clear()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, clamd: FakeClamd) -> World:
    asked = {"asked": True, "scanner": "clamd", "clamd": clamd.where}
    return make_world(tmp_path_factory.mktemp("world"), identity_documents=asked)


def test_a_passport_goes_from_the_wizard_to_who_decides(world: World, clamd: FakeClamd) -> None:
    sanne, draft = begin(world, "Noa Smit")
    page = sanne.page
    assert page is not None and page.heading == "Identiteitsbewijs van Noa Smit"
    assert "Waarom wij dit vragen" in page.text and "30 dagen na het besluit" in page.text
    assert sanne.open(f"{draft}/bedrijven").url.endswith(STEP), "nothing after it opens yet"
    page = bring(sanne, draft, ("voorkant", NAME, scans.jpeg()))
    assert page.heading == "Brief en tweede factor" and clamd.scanned == [scans.jpeg()]
    page = sanne.open(f"{draft}/{STEP}")
    assert "Dit hebben wij al" in page.text and "cron" not in page.text
    page = bring(sanne, draft)  # as it is
    assert page.heading == "Brief en tweede factor"
    page = finish(sanne, draft)
    assert "Wachten op goedkeuring" in page.text
    desk, address = helpdesk(world), f"{OPERATOR}/aanvragen/{request_of(world, 'Noa Smit')}"
    page = desk.open(address)
    assert "Paspoort" in page.text and f"31 december {VALID.year}" in page.text
    answer = fetched(world, desk, link_to(desk, address))
    assert (answer.status, answer.body) == (200, scans.jpeg())
    assert answer.header("Content-Type") == "image/jpeg"
    said = answer.header("Content-Disposition")
    assert said == 'attachment; filename="identiteitsbewijs-whole.jpeg"'
    with world.session() as session:
        (seen,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_SEEN])
        (brought,) = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_BROUGHT])
    assert brought.person_id == "sanne" and seen.details["request"] == brought.details["request"]
    page = sanne.open(f"{HERE}/wijzigingen")
    assert "Scan van identiteitsbewijs bekeken" in page.text


def test_a_card_needs_both_sides_and_what_is_good_stays(world: World) -> None:
    sanne, draft = begin(world, "Kaat Smit")
    front = ("voorkant", "a.png", scans.png())
    page = bring(sanne, draft, front, soort="identity_card")
    assert page.status == 422 and page.title.startswith("Fout:")
    assert "Kies een bestand voor de achterkant" in page.text
    assert "Kies een bestand voor de voorkant" not in page.text and "Dit hebben wij al" in page.text
    page = bring(sanne, draft, ("achterkant", "b", scans.bmp()), soort="identity_card")
    assert page.heading == "Brief en tweede factor"
    page = finish(sanne, draft)
    assert page.status == 200
    address = f"{OPERATOR}/aanvragen/{request_of(world, 'Kaat Smit')}"
    page = helpdesk(world).open(address)
    assert page.text.index("Voorkant") < page.text.index("Achterkant")


def test_both_sides_of_a_card_may_be_one_file(world: World) -> None:
    sanne, draft = begin(world)
    whole = ("voorkant", "a.tif", scans.tiff())
    page = bring(sanne, draft, whole, soort="driving_licence", samen="ja")
    assert page.heading == "Brief en tweede factor"
    assert "Rijbewijs" in _checked(sanne, draft).text


def _checked(browser: Browser, draft: str) -> Page:
    send(browser, f"{draft}/aflevering", ("adres", ADDRESS), ("factor", "totp"))
    return send(browser, f"{draft}/bedrijven")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"soort": ""}, "Kies een soort"),
        ({"soort": "library_card"}, "Kies een soort"),
        ({"geldig": ""}, "nog niet voorbij"),
        ({"geldig": "2020-01-01"}, "geen verlopen identiteitsbewijs"),
        ({"geldig": "01-13-2030"}, "nog niet voorbij"),
    ],
)
def test_what_is_not_filled_in_is_said(world: World, fields: dict[str, str], said: str) -> None:
    sanne, draft = begin(world)
    before = rows(world)
    page = bring(sanne, draft, ("voorkant", "a.pdf", scans.pdf()), **fields)
    assert page.status == 422 and said in page.text and rows(world) == before


@pytest.mark.parametrize(
    ("files", "fields", "said"),
    [
        (
            (),
            {"soort": "", "geldig": ""},
            ("Kies een soort", "nog niet voorbij", "Kies een bestand"),
        ),
        (
            (("voorkant", "foto.heic", b"\0\0\0\x18ftypheic"),),
            {"geldig": "31-2-2020"},
            ("nog niet voorbij", "geen pdf, png, jpg, tif of bmp"),
        ),
        (
            (("voorkant", "a.png", scans.png()),),
            {"soort": "identity_card", "geldig": ""},
            ("nog niet voorbij", "Kies dit bestand opnieuw", "Kies een bestand voor de achterkant"),
        ),
        (
            (("voorkant", "a.png", scans.png()), ("achterkant", "b.png", b"MZ")),
            {"soort": ""},
            ("Kies een soort", "Kies dit bestand opnieuw", "geen pdf, png, jpg, tif of bmp"),
        ),
    ],
    ids=["nothing", "day and file", "a side", "kind and back"],
)
def test_everything_that_is_wrong_is_said_at_once(
    world: World, files: tuple[File, ...], fields: dict[str, str], said: tuple[str, ...]
) -> None:
    """The files with the rest; nobody learns of the second mistake after mending the first."""
    sanne, draft = begin(world)
    before = rows(world)
    page = bring(sanne, draft, *files, **fields)
    assert page.status == 422 and rows(world) == before
    for sentence in said:
        assert sentence in page.text, sentence


def test_what_is_there_is_not_asked_again_while_something_else_is_wrong(world: World) -> None:
    sanne, draft = begin(world)
    bring(sanne, draft, ("voorkant", "a.png", scans.png()), soort="identity_card")
    for fields in ({"soort": ""}, {"soort": "identity_card", "geldig": ""}):
        page = bring(sanne, draft, **fields)
        assert page.status == 422 and "Dit hebben wij al" in page.text
        assert "Kies een bestand voor de voorkant" not in page.text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Kies een bestand"),
        (b"MZ\x90 a program", "geen pdf, png, jpg, tif of bmp"),
        (b"<html><script>alert(1)</script>", "geen pdf, png, jpg, tif of bmp"),
        (scans.png() + b"<script>alert(1)</script>", "nog iets anders"),
        (scans.png(100_000, 100_000), "meer dan 100 miljoen punten"),
        (scans.png()[:30], "niet heel"),
        (scans.pdf(b"/JavaScript "), "doet iets als iemand hem opent"),
        (scans.jpeg() + b"\0" * (5 * 1024 * 1024), "groter dan 5 MB"),
        (scans.pdf(b"% " + scans.EICAR + b"\n"), "zit een virus"),
    ],
    ids=["none", "program", "page", "polyglot", "pixels", "half", "acts", "large", "infected"],
)
def test_another_file_is_not_taken(world: World, content: bytes, said: str) -> None:
    """Whatever its name says it is."""
    sanne, draft = begin(world)
    before = rows(world)
    page = bring(sanne, draft, ("voorkant", "paspoort.pdf", content))
    assert page.status == 422 and said in page.text and rows(world) == before
    assert sanne.open(f"{draft}/aflevering").url.endswith(STEP)


def test_who_brought_a_virus_is_in_the_audit(world: World) -> None:
    sanne, draft = begin(world)
    bring(sanne, draft, ("voorkant", "a.pdf", scans.pdf(b"% " + scans.EICAR + b"\n")))
    with world.session() as session:
        event = next(iter(audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_REFUSED])))
    assert (event.person_id, event.reason) == ("sanne", "infected")


@pytest.mark.parametrize("answer", [b"", b"ERROR\0"])
def test_while_the_scanner_is_down_nothing_is_taken(
    world: World, clamd: FakeClamd, answer: bytes
) -> None:
    sanne, draft = begin(world)
    clamd.answer, before = answer, rows(world)
    page = bring(sanne, draft, ("voorkant", "a.pdf", scans.pdf()))
    assert page.status == 422 and "Probeer het later opnieuw" in page.text
    assert rows(world) == before
    clamd.answer = None
    page = bring(sanne, draft, ("voorkant", "a.pdf", scans.pdf()))
    assert page.heading == "Brief en tweede factor"


def test_of_another_company_it_does_not_exist(world: World) -> None:
    """The draft and the scan; also for its administrator, who is none of the installation."""
    _, draft = begin(world)
    stranger = somebody(world, GARDEN, Role.ADMINISTRATOR)
    stranger.open(HERE)
    assert stranger.open(f"{draft}/{STEP}").status == 404
    stranger.open(HERE)
    assert bring(stranger, draft, ("voorkant", "a.pdf", scans.pdf())).status == 404
    address = asked(world, "Els Bakker")
    link = link_to(helpdesk(world), address)
    colleague = somebody(world, BAKERY, Role.ADMINISTRATOR)
    for browser in (stranger, colleague, at_console(world, "sanne", BEHEER)):
        assert fetched(world, browser, link).body != scans.pdf()
    with world.session() as session:
        events = audit.recent(session, tags=[EventTag.IDENTITY_DOCUMENT_SEEN])
        request_id = address.rpartition("/")[2]
        assert all(event.details["request"] != request_id for event in events)


@pytest.mark.parametrize("role", [OperatorRole.VIEWER, OperatorRole.AUDITOR])
def test_operators_who_do_not_decide_see_nothing(world: World, role: OperatorRole) -> None:
    link = link_to(helpdesk(world), asked(world, f"Bas Bakker{next(NUMBERS)}"))
    other = at_console(world, make_operator(world, f"ander{next(NUMBERS)}", role).person_id)
    answer = fetched(world, other, link)
    assert answer.status == 403 and answer.body != scans.pdf()


def test_a_scan_of_another_request_is_not_there(world: World) -> None:
    desk = helpdesk(world)
    first, second = asked(world, "Ton Bakker"), asked(world, "Wim Bakker")
    document = link_to(desk, first).rpartition("/")[2]
    assert fetched(world, desk, f"{second}/{STEP}/{document}").status == 404
    assert fetched(world, desk, f"{first}/{STEP}/{document}").status == 200
    assert fetched(world, desk, f"{first}/{STEP}/..%2f..%2f{document}").status == 404


def test_a_browser_runs_and_keeps_nothing_of_it(world: World) -> None:
    desk = helpdesk(world)
    answer = fetched(world, desk, link_to(desk, asked(world, "Jip Bakker")))
    policy = answer.header("Content-Security-Policy") or ""
    assert "default-src 'none'" in policy and "sandbox" in policy and "'self'" not in policy
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert (answer.header("Content-Disposition") or "").startswith("attachment;")
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Cross-Origin-Resource-Policy") == "same-origin"


def test_a_user_at_eh2_is_not_asked_for_one(world: World) -> None:
    sanne, draft = begin(world, level="EH2")
    assert sanne.page is not None and sanne.page.heading == "Waar gaat de brief heen?"
    assert "Identiteitsbewijs" not in sanne.page.text
    assert sanne.open(f"{draft}/{STEP}").status == 404


def test_a_means_that_grows_takes_one_as_well(world: World, clamd: FakeClamd) -> None:
    """What was chosen for the change is still chosen after the scan was brought."""
    kees = _with_means(world, AssuranceLevel.EH2)
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    change = f"{HERE}/gebruikers/{kees}/wijzigen"
    sanne.open(change)
    fields = (("niveau", "EH2+"), ("rol", "member"))
    page = send(sanne, change, *fields)
    assert page.status == 422 and "een scan van het identiteitsbewijs nodig" in page.text
    page = sanne.click("Naar het identiteitsbewijs")
    assert page.heading == "Identiteitsbewijs van Kees Smit"
    scan = page.url
    page = _bring_at(sanne, scan, ("voorkant", "a.pdf", b"MZ"))
    assert page.status == 422 and "geen pdf, png" in page.text
    page = _bring_at(sanne, scan, ("voorkant", "a.pdf", scans.pdf()))
    assert page.url.startswith(change) and _chosen(page) == ["EH2+"]
    letter = (("adres", ADDRESS), ("factor", "totp"), ("factor-gevraagd", "ja"))
    page = send(sanne, change, *fields, *letter)
    assert page.status == 200 and "Mutatie in behandeling" in page.text
    page = helpdesk(world).open(f"{OPERATOR}/aanvragen/{request_of(world, 'Kees Smit')}")
    assert "Paspoort" in page.text
    stranger = somebody(world, GARDEN, Role.ADMINISTRATOR)
    stranger.open(HERE)
    assert stranger.open(scan).status == 404


def _chosen(page: Page) -> list[str]:
    return [str(one) for one in page.tree.xpath("//input[@name='niveau'][@checked]/@value")]


def _bring_at(browser: Browser, address: str, *files: File) -> Page:
    assert browser.page is not None
    values = [("soort", "passport"), ("geldig", VALID.isoformat())]
    sent = [("csrf_token", token(browser.page)), *values]
    return browser.bring_files(address, sent, list(files))


def _with_means(world: World, level: AssuranceLevel) -> str:
    """Kees of the bakery, with an active means of this level; the id."""
    kees, now = make_person(world, "Kees Smit"), world.clock()
    with world.session() as session, writing(session):
        here = organisation(world, BAKERY)
        session.add(
            IssuedMeans(
                id=f"m{kees}"[:26],
                person_id=kees,
                level=level,
                asked_at=now,
                approved_at=now,
                activated_at=now,
            )
        )
        session.add(
            Account(person_id=kees, user_name=f"k{kees}".lower(), level=level, created_at=now)
        )
        session.flush()
        session.add(
            MeansLink(
                means_id=f"m{kees}"[:26],
                organisation_id=here,
                role=Role.MEMBER,
                gives_place=True,
                since=now,
            )
        )
        session.add(Membership(person_id=kees, organisation_id=here, role=Role.MEMBER, since=now))
    return kees
