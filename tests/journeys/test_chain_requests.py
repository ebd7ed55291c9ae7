"""An intermediary asks a client for chain mandates. Where the client has nobody here, who reads the
mail agrees with a link and takes it back with another; an administrator is never gone around.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from assurance.levels import AssuranceLevel
from directory.consoles import BEHEER
from directory.people import Membership, Role
from sandbox.browser import Browser
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.broker.portal import set_clock
from tests.journeys.asking_clients import (
    CODE,
    DECIDE,
    EMAIL,
    GONE,
    GRONDWATER,
    VANDIJK,
    agree,
    ask,
    at_code,
    at_decision,
    at_office,
    client_id,
    code_of,
    find_client,
    links,
    log_in,
    mails,
    requests_of,
    revocation_links,
    standing,
)
from tests.journeys.beheer import (
    BAKERY,
    BODEM,
    GARDEN,
    HERE,
    OFFICE,
    enter,
    organisation,
    rows,
    send,
)
from tests.operators import at_console, later
from tests.world import World, make_world


@pytest.fixture
def office(own_world: World) -> Browser:
    set_clock(own_world)
    return at_office(own_world)


def test_a_client_without_a_means_agrees_and_takes_it_back(
    own_world: World, office: Browser
) -> None:
    world = own_world
    assert "nothing says" in log_in(world)
    page = find_client(office)
    assert "Boekhouding Van Dijk" in page.text and "Singel 8" in page.text
    assert client_id(world) is None, "looking registers nobody"
    page = ask(office, message="Wij doen uw meldingen.")
    assert "Het verzoek is verstuurd" in page.text
    (row,) = rows(page)
    assert "Boekhouding Van Dijk" in row and "Wacht op antwoord" in row and EMAIL in row
    (mail,) = mails(world)
    assert (
        mail["subject"]
        == "Administratiekantoor Yilmaz B.V. wil handelen namens Boekhouding Van Dijk"
    )
    assert "Meldportaal Bodem" in mail["text"] and "meldingen" not in mail["text"]
    assert standing(world) == []
    client = world.browser()
    page = client.open(links(world)[0])
    for words in ("KvK 9000 1542", "Meldportaal Bodem", "Wij doen uw meldingen", "Kade 30"):
        assert words in page.text
    assert client.click("Ga verder").heading == CODE
    client.fill("code", code_of(world))
    page = client.click("Ga verder")
    assert page.heading == DECIDE
    page = agree(client)
    assert (
        page.heading
        == "Administratiekantoor Yilmaz B.V. mag nu handelen namens Boekhouding Van Dijk"
    )
    (given,) = standing(world)
    (request,) = requests_of(world)
    assert (given.by_link, given.granted_by, given.level) == (
        True,
        request.id,
        AssuranceLevel.EH3,
    )
    assert given.confirmed_at is not None
    assert log_in(world) == "U bent ingelogd"
    page = office.open(f"{HERE}/klantverzoeken")
    assert "Ingewilligd" in page.text and "Dirk van Dijk" in page.text
    told = [m["subject"] for m in mails(world, "sanne@voorbeeld.example")]
    assert "Boekhouding Van Dijk gaf uw organisatie een ketenmachtiging" in told
    # The link in the confirmation takes it back, and what stands below stops.
    (url,) = revocation_links(world)
    client = world.browser()
    assert client.open(url).heading == "Ketenmachtigingen intrekken"
    assert len(standing(world)) == 1, "looking changes nothing"
    page = client.click("Trek alles in")
    assert page.heading == GONE and standing(world) == []
    assert "nothing says" in log_in(world)
    told = [m["subject"] for m in mails(world, "sanne@voorbeeld.example")]
    assert "Uw organisatie mag niet meer handelen namens Boekhouding Van Dijk" in told
    assert world.browser().open(url).heading == GONE, "and says so again"


def test_both_histories_tell_of_it(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office)
    agree(at_decision(world))
    client = world.browser()
    client.open(revocation_links(world)[0])
    client.click("Trek alles in")
    tags = [
        EventTag.CHAIN_REQUEST_TAKEN_BACK,
        EventTag.CHAIN_REQUEST_GRANTED,
        EventTag.CHAIN_REQUEST_SENT,
    ]
    with world.session() as session:
        found = audit.recent(session, tags=tags)
    places = {organisation(world, OFFICE), client_id(world)}
    assert [one.tag for one in found] == [tag for tag in tags for _ in range(2)]
    for one, other in zip(found[::2], found[1::2], strict=True):
        assert {one.organisation_id, other.organisation_id} == places
        assert one.reference == other.reference
    sent = [one.person_id for one in found if one.tag is EventTag.CHAIN_REQUEST_SENT]
    assert set(sent) == {"sanne", None}, "the client does not read who works there"
    page = office.open(f"{HERE}/wijzigingen")
    for words in ("Verzoek om een ketenmachtiging ingewilligd", "wie de link in de e-mail kreeg"):
        assert words in page.text


def test_a_client_refuses_with_a_reason(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office)
    client = at_decision(world)
    client.fill("reden", "Wij doen het zelf.")
    assert client.click("Weiger").heading == "U weigerde het verzoek"
    assert standing(world) == []
    page = office.open(f"{HERE}/klantverzoeken")
    assert "Geweigerd" in page.text and "Wij doen het zelf." in page.text
    (told,) = [m for m in mails(world, "sanne@voorbeeld.example") if "weigerde" in m["subject"]]
    assert "Wij doen het zelf." in told["text"]
    page = world.browser().open(links(world)[0])
    assert (page.status, page.heading) == (410, "Over dit verzoek is al beslist")


def test_M_09_a_link_that_was_sent_on_decides_nothing(own_world: World, office: Browser) -> None:
    """Whoever has the link and not the mail neither agrees nor refuses; who has both does."""
    world = own_world
    ask(office)
    stranger, invited = at_code(world), at_code(world)
    of_invited = code_of(world)
    for _ in range(3):
        stranger.fill("code", "000000")
        assert "De code klopt niet" in stranger.click("Ga verder").text
    here = f"{stranger.page.url.rpartition('/toegang')[0]}/toegang/ketenmachtiging"
    for path in ("akkoord", "weigeren"):
        fields = (("naam", "Iemand"), ("mag", "ja"), ("gezien", ""))
        stranger.open(f"{here}/code")
        assert send(stranger, f"{here}/{path}", *fields).heading == CODE
    assert stranger.open(f"{here}/beslissen").heading == CODE
    stranger.fill("code", of_invited)
    assert stranger.click("Ga verder").heading == CODE, "a code is of the browser that asked it"
    assert standing(world) == [] and requests_of(world)[0].outcome is None
    invited.fill("code", of_invited)
    invited.click("Ga verder")
    assert "mag nu handelen" in agree(invited).heading


def test_M_09_a_link_decides_once_and_while_it_lasts(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office)
    one, other = at_decision(world), at_decision(world)
    agree(one)
    page = agree(other)
    assert len(standing(world)) == 1
    assert "mag nu handelen" in page.heading, "the other browser of the same reader reads so"
    assert world.browser().open(links(world)[0]).heading == "Over dit verzoek is al beslist"
    assert "mag nu handelen" in one.open(links(world)[0]).heading
    assert world.browser().open(links(world)[0].rpartition("/")[0] + "/" + "x" * 43).status == 404


def test_agreeing_takes_a_name_and_the_right_to(own_world: World, office: Browser) -> None:
    ask(office)
    client = at_decision(own_world)
    client.fill("naam", "Dirk van Dijk")
    page = client.click("Ga akkoord")
    assert (page.status, standing(own_world)) == (422, []) and "Mag u dit beslissen" in page.text
    page = agree(client, "  ")
    assert (page.status, standing(own_world)) == (422, []) and "Uw naam ontbreekt" in page.text
    assert "mag nu handelen" in agree(client).heading


def test_what_is_over_says_why(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office)
    first = links(world)[-1]
    assert "Het verzoek is verstuurd" in office.click("Stuur opnieuw: Boekhouding Van Dijk").text
    second = links(world)[-1]
    assert first != second
    assert world.browser().open(first).heading == "Er is een nieuwer verzoek"
    with later(world, days=15):
        page = world.browser().open(second)
        assert (page.status, page.heading) == (410, "Dit verzoek is verlopen")
        sanne = at_office(world)
        assert "Verlopen" in sanne.open(f"{HERE}/klantverzoeken").text
        sanne.click("Stuur opnieuw: Boekhouding Van Dijk")
        third = links(world)[-1]
        assert world.browser().open(third).status == 200
        assert "Stuur opnieuw" not in sanne.open(f"{HERE}/klantverzoeken").text, "three times"
        (waits,) = [one for one in requests_of(world) if one.outcome is None]
        page = send(sanne, f"{HERE}/klantverzoeken/{waits.id}/opnieuw")
        assert "al drie keer verstuurd" in page.text
        sanne.click("Trek in: Boekhouding Van Dijk")
        page = world.browser().open(third)
        assert (page.status, page.heading) == (410, "Dit verzoek is ingetrokken")


def test_a_client_is_asked_once_at_a_time(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office)
    page = ask(office)
    assert page.status == 409 and "wacht al een verzoek" in page.text
    assert len(requests_of(world)) == 1
    for number in range(2):
        office.open(f"{HERE}/klantverzoeken")
        office.click("Trek in: Boekhouding Van Dijk")
        page = ask(office)
        assert ("vandaag al vaak" in page.text) is (number == 1), "mail to one address is limited"


def test_an_administrator_of_the_client_decides_and_no_link(
    own_world: World, office: Browser
) -> None:
    """The address that was given gets nothing: who administers the client does."""
    world = own_world
    page = ask(office, GARDEN, "iemand@groenrijk.example", GRONDWATER)
    assert "Het verzoek is verstuurd" in page.text and "aan de beheerders" in page.text
    assert mails(world, "iemand@groenrijk.example") == []
    told = [m["subject"] for m in mails(world, "sanne@voorbeeld.example")]
    assert "Administratiekantoor Yilmaz B.V. wil handelen namens Hoveniersbedrijf Groenrijk" in told
    sanne = at_console(world, "sanne", BEHEER)
    page = enter(world, sanne, GARDEN)
    assert "Intermediairs die voor u willen handelen" in page.text
    page = sanne.click("Behandel het verzoek van Administratiekantoor Yilmaz B.V.")
    assert "Kade 30" in page.text and "Grondwateronttrekking" in page.text
    before = len(standing(world, GARDEN))
    if "Log in met EH3" in page.text:
        sanne.click("Log in met EH3")
        sanne.click("Polderpoort")
        sanne.press("person", "sanne")
    page = sanne.click("Geef de ketenmachtigingen")
    assert page.heading == "Controleer de ketenmachtigingen"
    sanne.click("Leg 1 ketenmachtiging vast")
    assert len(standing(world, GARDEN)) == before + 1
    assert not any(one.by_link for one in standing(world, GARDEN))
    assert "Intermediairs die" not in enter(world, sanne, GARDEN).text
    enter(world, office, OFFICE)
    assert "Ingewilligd" in office.open(f"{HERE}/klantverzoeken").text


def test_an_administrator_refuses(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office, GARDEN, "iemand@groenrijk.example", GRONDWATER)
    sanne = at_console(world, "sanne", BEHEER)
    enter(world, sanne, GARDEN)
    sanne.click("Behandel het verzoek van Administratiekantoor Yilmaz B.V.")
    address = sanne.page.url
    sanne.fill("reden", "Nu niet.")
    assert "Het verzoek is geweigerd" in sanne.click("Weiger het verzoek").text
    assert sanne.open(address).status == 404
    assert any("Nu niet." in m["text"] for m in mails(world, "sanne@voorbeeld.example"))


def test_M_06_whoever_becomes_administrator_meanwhile_decides(
    own_world: World, office: Browser
) -> None:
    """The link says so, and gives nothing, also to who had come to the last page."""
    world = own_world
    ask(office)
    client = at_decision(world)
    found = client_id(world)
    with world.session() as session, writing(session):
        session.add(
            Membership(
                person_id="jan",
                organisation_id=found,
                role=Role.ADMINISTRATOR,
                since=world.clock() - timedelta(days=1),
            )
        )
    page = agree(client)
    assert page.heading == "Een beheerder beslist over dit verzoek" and "Jan" in page.text
    assert standing(world) == []
    assert world.browser().open(links(world)[0]).heading == page.heading
    jan = at_console(world, "jan", BEHEER)
    assert "Administratiekantoor Yilmaz" in enter(world, jan, VANDIJK).text


def test_M_06_a_request_falls_with_who_asked(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office)
    client = at_decision(world)
    with world.session() as session, writing(session):
        place = session.query(Membership).filter_by(
            person_id="sanne", organisation_id=organisation(world, OFFICE)
        )
        place.one().until = world.clock()
    page = agree(client)
    assert (page.status, page.heading) == (410, "Dit verzoek geldt niet meer")
    assert standing(world) == []


def test_without_the_setting_nobody_is_sent_a_link(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_world(
        tmp_path_factory.mktemp("world"),
        mandates={"chain_link_level": None},
    )
    set_clock(world)
    sanne = at_office(world)
    page = find_client(sanne)
    assert "Deze klant kunt u niet vragen" in page.text
    draft = page.url.rpartition("/")[0]
    page = send(sanne, f"{draft}/diensten", ("dienst", BODEM), ("jaren", "1"))
    assert page.heading == "Voor welke klant wilt u handelen?" and requests_of(world) == []
    page = ask(sanne, GARDEN, "iemand@groenrijk.example", GRONDWATER)
    assert "Het verzoek is verstuurd" in page.text, "an administrator can be asked all the same"


def test_what_a_link_gave_stops_when_links_do(own_world: World, office: Browser) -> None:
    """Judged at each use with the settings of now; what an administrator gave goes on."""
    world = own_world
    ask(office)
    agree(at_decision(world))
    assert log_in(world) == "U bent ingelogd"
    mandates = world.process.settings.mandates
    object.__setattr__(mandates, "chain_link_level", None)
    assert "nothing says" in log_in(world)
    assert log_in(world, "De Korenmolen") == "U bent ingelogd"


@pytest.mark.parametrize(
    ("kvk", "says"),
    [
        ("90001852", "Wij kennen geen bedrijf"),  # left the register
        ("12345678", "Wij kennen geen bedrijf"),
        (OFFICE, "uw eigen KvK-nummer"),
        ("000090012011", "vestigingsnummer"),
        ("9000", "8 cijfers"),
    ],
)
def test_who_cannot_be_asked(world: World, kvk: str, says: str) -> None:
    set_clock(world)
    page = find_client(at_office(world), kvk)
    assert page.status == 422 and says in page.text


def test_a_request_of_another_company_is_nobodys(own_world: World, office: Browser) -> None:
    world = own_world
    ask(office)
    (request,) = requests_of(world)
    enter(world, office, BAKERY)
    page = office.open(f"{HERE}/klantverzoeken")
    assert "Van Dijk" not in page.text
    for path in ("opnieuw", "intrekken"):
        page = send(office, f"{HERE}/klantverzoeken/{request.id}/{path}")
        assert page.status == 404
    assert office.open(f"{HERE}/ketenverzoek/{request.id}").status == 404
    assert requests_of(world)[0].outcome is None
