"""Two tabs of one browser share their cookies. A form does nothing but what its own page showed,
whatever another tab opened since: a request of an intermediary, an invitation, a letter, or an
account that somebody asks for.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broker.web.form_subject import FIELD
from consent.chain_requests import ChainRequest
from directory.consoles import BEHEER
from directory.organisations import Organisation
from sandbox.browser import Browser
from state.db import writing
from tests.broker.portal import set_clock
from tests.journeys.asking_clients import (
    CODE,
    agree,
    ask,
    at_office,
    code_of,
    links,
    requests_of,
    standing,
)
from tests.journeys.beheer import BAKERY, GARDEN, HERE, enter, organisation
from tests.journeys.joining import invite, open_link
from tests.journeys.test_means import approve, codes
from tests.journeys.test_means import ask as ask_means
from tests.operators import at_console
from tests.world import ADDRESSES, World, make_world

SECOND = "90009991"
OTHER_TAB = "In deze browser staat nu iets anders open"
TICKET = "__Host-sluis-ketenverzoek"
ASK = f"{ADDRESSES.broker}/toegang/aanvragen"


def share(one: Browser, other: Browser, name: str) -> None:
    """The tab ``one`` finds the cookie that the tab ``other`` left."""
    url = ADDRESSES.broker
    one.keep_cookie(url, name, other.cookies(url)[name])


@pytest.fixture
def two_requests(own_world: World) -> World:
    """The office asks the same reader for two companies."""
    world = own_world
    set_clock(world)
    office = at_office(world)
    with world.session() as session, writing(session):
        session.add(Organisation(id="second", kvk=SECOND, name="Van Dijk Holding B.V."))
    ask(office)
    ask(office, SECOND)
    return world


def links_of_both(world: World) -> tuple[str, str]:
    """That of Van Dijk, and that of its holding."""
    of = {"Holding" in world.browser().open(url).heading: url for url in links(world)}
    return of[False], of[True]


def at_one_of_two(world: World) -> Browser:
    """At the decision on the first, while another tab has come as far with the second."""
    one, two = links_of_both(world)
    first = world.browser()
    first.open(one)
    first.click("Ga verder")
    first.fill("code", code_of(world))
    assert "Boekhouding Van Dijk" in first.click("Ga verder").heading
    second = first.duplicate()
    second.open(two)
    second.click("Ga verder")
    second.fill("code", code_of(world))
    assert "Van Dijk Holding" in second.click("Ga verder").heading
    share(first, second, TICKET)
    return first


@pytest.mark.parametrize("answer", [agree, lambda tab: tab.click("Weiger")], ids=["yes", "no"])
def test_M_09_a_link_answers_the_request_that_the_page_showed(
    two_requests: World, answer: Callable[[Browser], object]
) -> None:
    world = two_requests
    tab = at_one_of_two(world)
    answer(tab)
    assert tab.page is not None
    assert (tab.page.status, tab.page.heading) == (409, OTHER_TAB)
    assert [one.outcome for one in requests_of(world)] == [None, None]
    assert standing(world) == standing(world, SECOND) == []
    # The link of the first begins it anew in this very browser.
    tab.open(links_of_both(world)[0])
    assert tab.click("Ga verder").heading == CODE
    tab.fill("code", code_of(world))
    tab.click("Ga verder")
    agree(tab)
    assert len(standing(world)) == 1 and standing(world, SECOND) == []


def test_M_09_a_form_that_says_nothing_answers_nothing(two_requests: World) -> None:
    world = two_requests
    tab = at_one_of_two(world)
    page = tab.open(f"{ADDRESSES.broker}/toegang/ketenmachtiging/beslissen")
    fields = [(n, v) for n, v in page.forms[-1].form_values() if n == "csrf_token"]
    page = tab.post(f"{ADDRESSES.broker}/toegang/ketenmachtiging/weigeren", fields)
    assert (page.status, page.heading) == (409, OTHER_TAB)
    assert [one.outcome for one in requests_of(world)] == [None, None]


def test_M_09_a_request_that_came_to_ask_for_another_client_is_shown_anew(
    two_requests: World,
) -> None:
    """The page is of the same request, and what it asks is not what was shown."""
    world = two_requests
    one, _ = links_of_both(world)
    tab = world.browser()
    tab.open(one)
    tab.click("Ga verder")
    tab.fill("code", code_of(world))
    tab.click("Ga verder")
    with world.session() as session, writing(session):
        first = next(one for one in requests_of(world) if one.organisation_id != "second")
        session.get_one(ChainRequest, first.id).organisation_id = "second"
    page = agree(tab)
    assert (page.status, standing(world), standing(world, SECOND)) == (409, [], [])
    assert "Van Dijk Holding" in page.heading and "intussen iets veranderd" in page.text


def test_an_account_is_asked_for_the_organisation_that_the_page_showed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_world(tmp_path_factory.mktemp("world"), joining={"account_requests": True})
    first = world.browser()
    first.open(ASK)
    first.fill("kvk", "90001748")
    assert "9000 1748" in first.click("Ga verder").text
    second = first.duplicate()
    second.open(ASK)
    second.fill("kvk", "90001749")
    assert "9000 1749" in second.click("Ga verder").text
    share(first, second, "__Host-sluis-aanvraag")
    for field, value in (("organisatie", "Een"), ("naam", "Kim"), ("email", "kim@een.example")):
        first.fill(field, value)
    page = first.click("Stuur mij een code")
    assert (page.status, page.heading) == (409, OTHER_TAB)
    assert not [one for one in world.deliver_mail() if one["recipient"] == "kim@een.example"]


def test_going_back_in_one_tab_goes_on(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Who mends the address on the page of before is no other tab."""
    world = make_world(tmp_path_factory.mktemp("world"), joining={"account_requests": True})
    tab = world.browser()
    tab.open(ASK)
    tab.fill("kvk", "90001748")
    page = tab.click("Ga verder")
    for email in ("kim@verkeerd.example", "kim@een.example"):
        tab.page = page
        for field, value in (("organisatie", "Een"), ("naam", "Kim"), ("email", email)):
            tab.fill(field, value)
        assert tab.click("Stuur mij een code").heading == CODE


def test_an_invitation_is_accepted_of_the_page_that_was_shown(own_world: World) -> None:
    world = own_world
    for email in ("een@voorbeeld.example", "twee@voorbeeld.example"):
        invite(world, email)
    first = open_link(world, "een@voorbeeld.example")
    second = open_link(world, "twee@voorbeeld.example", first.duplicate())
    share(first, second, "__Host-sluis-uitnodiging")
    page = first.click("Maak een account")
    assert (page.status, page.heading) == (409, OTHER_TAB)
    assert not [one for one in world.deliver_mail() if "Uw code" in one["subject"]]


def test_a_letter_is_used_of_the_page_that_was_shown(own_world: World) -> None:
    """What was typed for the one activates nothing for the other."""
    world = own_world
    for name in ("Noa Smit", "Pia Nieuw"):
        ask_means(world, name=name)
        approve(world, name)
    tabs = []
    for name in ("Noa Smit", "Pia Nieuw"):
        tab = tabs[0].duplicate() if tabs else world.browser()
        letter, _ = codes(world, name)
        tab.open(f"{ADDRESSES.broker}/activeren")
        tab.fill("code", letter)
        assert "Vul de code" in tab.click("Ga verder").heading
        tabs.append(tab)
    first, second = tabs
    share(first, second, "__Host-sluis-activeren")
    first.fill("code", codes(world, "Noa Smit")[1])
    page = first.click("Ga verder")
    assert (page.status, page.heading) == (409, OTHER_TAB)


def test_what_is_filled_in_for_one_company_is_not_done_at_another(own_world: World) -> None:
    """The company is that of the session, which tabs share: a page of before says whose it is."""
    world = own_world
    set_clock(world)
    first = at_console(world, "sanne", BEHEER)
    enter(world, first, BAKERY)
    first.open(f"{HERE}/uitnodigen")
    second = first.duplicate()
    assert "Groenrijk" in enter(world, second, GARDEN).text
    for field, value in (("naam", "Nieuw"), ("email", "nieuw@x.example"), ("rol", "member")):
        first.fill(field, value)
    page = first.click("Stuur de uitnodiging")
    assert (page.status, page.heading) == (409, "Dit hoort bij een ander bedrijf")
    assert not [one for one in world.deliver_mail() if one["recipient"] == "nieuw@x.example"]
    assert "Bakkerij De Korenmolen" in first.click("Ga naar Bakkerij De Korenmolen B.V.").text
    # The tab of the other company is now the older one, and its forms go on to nothing either.
    page = second.press("bedrijf", organisation(world, GARDEN))
    assert page.status == 200, "but for going to a company, from anywhere"
    token = next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields)
    said = [("csrf_token", token or ""), (FIELD, "x" * 32)]
    assert second.post(f"{HERE}/ketenmachtiging", said).heading == OTHER_TAB
