"""A restricted means: asked in the wizard for one provider, used there and nowhere else, and
converted into an ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
import yaml
from sqlalchemy import select

from admin.operators.roles import OperatorRole
from assurance import session_lifetime
from assurance.means import IssuedMeans
from assurance.means_requests import MeansRequest
from directory.consoles import BEHEER
from providers import accounts
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEMKAART, IDEEEN, PortalService
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.account_logins import account_of, at_password, give
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.journeys.beheer import HERE, enter, send
from tests.journeys.test_means import (
    ACTIVATE,
    ADDRESS,
    PASSWORD,
    approve,
    begin,
    codes,
    person,
    sms_code,
)
from tests.operators import HERE as OPERATOR
from tests.operators import at_console, make_operator
from tests.world import ADDRESSES, World

TOWN: Final = "00000004000000004000"  # of Ideeënbus; Bodemkaart is of another
ELSEWHERE: Final = "Uw inlogmiddel werkt hier niet"
NAME: Final = "Noa Smit"


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """Both services let a means of ours in, at EH2."""
    world = make_portal_world(tmp_path_factory.mktemp("world"), means={"restricted_to": (TOWN,)})
    text = (world.demo.registrations / "20-services.yaml").read_text(encoding="utf-8")
    for document in yaml.safe_load_all(text):
        if document["uuid"] in (IDEEEN.uuid, BODEMKAART.uuid):
            consent = "ask" if document["uuid"] == BODEMKAART.uuid else "none"
            world.apply(yaml.safe_dump({**document, "own_means": True, "consent": consent}))
    set_clock(world)
    return Portal(world)


def at_bakery(world: World) -> Browser:
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne)
    return sanne


def ask(world: World, name: str = NAME, kind: str = TOWN) -> tuple[Browser, Page]:
    """The whole wizard, for a means at EH2."""
    sanne = at_bakery(world)
    sanne.open(f"{HERE}/gebruikers/toevoegen")
    draft = send(sanne, f"{HERE}/gebruikers/toevoegen").url.rpartition("/")[0]
    email = f"{name.split()[0].lower()}@voorbeeld.example"
    page = send(sanne, f"{draft}/niveau", ("niveau", "EH2"), ("rol", "member"), ("soort", kind))
    if page.status != 200:
        return sanne, page
    send(sanne, f"{draft}/persoon", ("naam", name), ("email", email))
    send(sanne, f"{draft}/aflevering", ("adres", ADDRESS))
    send(sanne, f"{draft}/bedrijven")
    return sanne, sanne.click("Verstuur de aanvraag")


def enter_service(portal: Portal, service: PortalService, browser: Browser | None = None) -> Page:
    """With name and password."""
    return give(at_password(portal, service, browser), "noa.smit", PASSWORD)


def is_in(portal: Portal, page: Page) -> bool:
    """Through whatever is shown, to the portal."""
    if page.heading == "Deze gegevens geven wij door":
        return True
    return "code" in portal.heard(page) if "code=" in page.url else False


def active(portal: Portal) -> Browser:
    """Noa has one; the browser of Sanne at the page that says so."""
    world = portal.world
    sanne, _ = ask(world)
    approve(world, NAME)
    letter, mail = codes(world, NAME)
    assert begin(world, letter, mail, "noa.smit").page.heading == "Uw inlogmiddel is actief"
    sanne.open(f"{HERE}/gebruikers/{person(world, NAME)}")
    return sanne


def approve_change(world: World, says: str = "Nu beperkt tot Gemeente Voorbeeldstad") -> bool:
    """By an operator, what waits for a decision. ``says``: what is read first."""
    one = make_operator(world, "keurt-om", OperatorRole.HELPDESK)
    with world.session() as session:
        query = select(MeansRequest.id).where(MeansRequest.outcome.is_(None))
        waiting = session.scalars(query).one()
    desk = at_console(world, one.person_id)
    address = f"{OPERATOR}/aanvragen/{waiting}"
    assert says in desk.open(address).text
    page = send(desk, f"{address}/goedkeuren", ("contract", ""))
    return "De aanvraag is goedgekeurd" in page.text


def test_it_works_at_one_provider_until_it_is_converted(portal: Portal) -> None:
    world = portal.world
    sanne = active(portal)
    page = sanne.page
    assert page is not None and "Beperkt: alleen diensten van Gemeente Voorbeeldstad" in page.text
    assert "Beperkt: alleen Gemeente Voorbeeldstad" in sanne.open(f"{HERE}/gebruikers").text
    assert is_in(portal, enter_service(portal, IDEEEN))
    page = enter_service(portal, BODEMKAART)
    assert (page.status, page.heading) == (403, ELSEWHERE)
    assert "Gemeente Voorbeeldstad" in page.text and "om te zetten" in page.text
    address = f"{HERE}/gebruikers/{person(world, NAME)}/wijzigen"
    sanne.open(address)
    sanne.fill("soort", "gewoon")
    page = sanne.click("Verstuur de wijziging")
    assert "De wijziging is verstuurd" in page.text and "Gevraagd: een gewoon middel" in page.text
    assert enter_service(portal, BODEMKAART).heading == ELSEWHERE, "nothing before it is approved"
    assert approve_change(world)
    assert is_in(portal, enter_service(portal, BODEMKAART))
    with world.session() as session:
        event = audit.recent(session, tags=[EventTag.MEANS_CHANGED])[0]
    assert (event.details["was_only_at"], event.details["only_at"]) == (TOWN, None)
    # And back: that is less, so it is done at once, and what is open elsewhere stops.
    browser = world.browser()
    assert is_in(portal, enter_service(portal, BODEMKAART, browser))
    sanne.open(address)
    sanne.fill("soort", TOWN)
    assert "Het inlogmiddel is gewijzigd" in sanne.click("Verstuur de wijziging").text
    assert enter_service(portal, BODEMKAART).heading == ELSEWHERE
    assert is_in(portal, enter_service(portal, IDEEEN))


def test_a_company_has_one(portal: Portal) -> None:
    world = portal.world
    _, page = ask(world)
    assert page.status == 200
    _, page = ask(world, "Pia Nieuw")
    assert page.status == 422 and "Er kan er maar één zijn" in page.text
    _, page = ask(world, "Pia Nieuw", "gewoon")
    assert page.status == 200 and "Pia Nieuw" in page.text, "an ordinary one can be asked"
    _, page = ask(world, "Ria Nieuw", "00000004000000001000")
    assert page.status == 422 and "niet aangeboden" in page.text
    with world.session() as session:
        kinds = list(session.scalars(select(IssuedMeans.provider_oin)))
    assert sorted(map(str, kinds)) == sorted([TOWN, "None"])


def test_its_person_reads_it_and_can_look_after_it(portal: Portal) -> None:
    active(portal)
    browser = portal.world.browser()
    browser.open(f"{ADDRESSES.broker}/mijn")
    browser.press("method", "account")
    give(browser, "noa.smit", PASSWORD)
    page = browser.open(f"{ADDRESSES.broker}/mijn")
    assert page.status == 200 and "Beperkt: alleen diensten van Gemeente" in page.text


def restrict(world: World, name: str, oin: str | None) -> None:
    with account_of(world, person(world, name)) as (_, account):
        account.provider_oin = oin


def a_token(portal: Portal) -> Callable[[], bool]:
    browser = world_browser(portal)
    code = portal.heard(finish(enter_service(portal, BODEMKAART, browser), browser))["code"]
    token = portal.tokens(code)["access_token"]
    return lambda: portal.userinfo(token).status == 200


def a_login(portal: Portal) -> Callable[[], bool]:
    """It stands at its last question."""
    browser = world_browser(portal)
    page = enter_service(portal, BODEMKAART, browser)
    assert page.heading == "Deze gegevens geven wij door", page.text
    return lambda: "code=" in finish(page, browser).url


def a_session(portal: Portal) -> Callable[[], bool]:
    browser = world_browser(portal)
    finish(enter_service(portal, BODEMKAART, browser), browser)

    def go_on() -> bool:
        page = browser.open(portal.url(scope=scope_of(BODEMKAART)))
        return page.heading != ELSEWHERE and page.status == 200

    return go_on


def world_browser(portal: Portal) -> Browser:
    return portal.world.browser()


def finish(page: Page, browser: Browser) -> Page:
    return browser.press("agree", "yes") if "code=" not in page.url else page


@pytest.mark.parametrize("begun", [a_token, a_login, a_session])
@pytest.mark.parametrize(
    ("oin", "goes_on"),
    [(None, True), ("00000004000000001000", True), (TOWN, False)],
    ids=["ordinary", "this provider", "another provider"],
)
def test_M_06_what_runs_obeys_the_restriction(
    portal: Portal, begun: Callable[[Portal], Callable[[], bool]], oin: str | None, goes_on: bool
) -> None:
    """Judged at each use, whatever it was when it began."""
    active(portal)
    restrict(portal.world, NAME, None)
    tried = begun(portal)
    restrict(portal.world, NAME, oin)
    assert tried() is goes_on


def test_the_account_says_so_after_the_activation(portal: Portal) -> None:
    active(portal)
    with portal.world.session() as session:
        account = accounts.of_person(session, person(portal.world, NAME))
        assert account is not None and account.provider_oin == TOWN


@pytest.mark.parametrize(("kind", "goes_on"), [(TOWN, 0), ("gewoon", 1)], ids=["less", "no less"])
def test_M_06_a_restriction_that_comes_with_a_letter_ends_what_is_open(
    portal: Portal, kind: str, goes_on: int
) -> None:
    """A second factor is asked with it, so the change waits for a letter, and then counts."""
    world = portal.world
    sanne = active(portal)
    noa = person(world, NAME)
    restrict(world, NAME, None)
    with world.session() as session, writing(session):
        session.scalars(
            select(IssuedMeans).where(IssuedMeans.person_id == noa)
        ).one().provider_oin = None
    a_session(portal)
    assert open_sessions(world) == 1
    address = f"{HERE}/gebruikers/{noa}/wijzigen"
    fields = (("niveau", "EH2+"), ("rol", "member"), ("soort", kind), ("adres", ADDRESS))
    sanne.open(address)
    page = send(sanne, address, *fields, ("factor", "sms"), ("mobiel", "06 12345678"))
    assert "De wijziging is verstuurd" in page.text, page.text
    assert approve_change(world, says=NAME)
    assert open_sessions(world) == 1, "it waits for its letter"
    browser = begin(world, *codes(world, NAME), "noa.smit")
    send(browser, f"{ACTIVATE}/tweede-factor/sms")
    page = send(browser, f"{ACTIVATE}/tweede-factor", ("code", sms_code(world)))
    assert page.heading == "Uw inlogmiddel is actief"
    assert open_sessions(world) == goes_on


def open_sessions(world: World) -> int:
    with world.session() as session:
        return len(session_lifetime.standing(session, person(world, NAME), world.clock()))
