"""The help desk resets factors: two operators who logged in decide, and the person is told."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from admin.factor_resets import decisions
from admin.factor_resets.requests import ResetOutcome
from admin.factor_resets.rules import Verdict
from admin.operations.jobs import end_resets
from admin.operators import roles
from assurance import enrolment, second_factor
from assurance.factors import BoundBy, Factor, FactorKind
from directory.consoles import MINE
from directory.people import Person
from sandbox.browser import Browser
from state.audit import EventTag
from state.db import writing
from tests.attacks.reset_desk import (
    RESETS,
    address_of,
    asked,
    decide,
    events,
    mailed,
    operator,
    request_of,
    search,
    send,
    token,
    victim,
)
from tests.journeys.at_mijn import factors_of
from tests.operators import at_console, later
from tests.world import ADDRESSES, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def test_F_19_two_operators_reset_what_was_asked_and_the_person_is_told(world: World) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    inside = at_console(world, roos, MINE)  # whoever has the phone may be logged in as well
    assert inside.open(f"{ADDRESSES.broker}/mijn/inlogmiddelen").heading == "Mijn inlogmiddelen"
    url = asked(world, at_console(world, anna.person_id), roos)
    assert len(factors_of(world, roos)) == 2  # nothing ends by asking

    page = at_console(world, bram.person_id).open(RESETS)
    assert "R••• W•••" in page.text and "Willems" not in page.text
    second = at_console(world, bram.person_id)
    page = second.open(url)
    for told in ("App met codes", "Code per sms", "Het inlogmiddel is kwijt", "Op afstand", "EH2+"):
        assert told in page.text
    assert "Van Roos" not in page.text  # the words of the person are the person's
    page = second.click("Keur het herstel goed")
    assert "De inlogmiddelen zijn verwijderd" in page.text

    assert factors_of(world, roos) == []
    assert inside.open(f"{ADDRESSES.broker}/mijn/inlogmiddelen").heading != "Mijn inlogmiddelen"
    (reset,) = events(world, EventTag.FACTOR_RESET, roos)
    assert (reset.person_id, reset.details["approved_by"]) == (anna.person_id, bram.person_id)
    assert (reset.details["way"], reset.details["factors"]) == ("console", 2)
    assert (reset.details["reason"], reset.details["proof"]) == ("lost", "remote")
    (first,) = events(world, EventTag.FACTOR_RESET_ASKED, roos)
    assert (first.person_id, first.details["proof"]) == (anna.person_id, "remote")
    (letter,) = mailed(world, address_of(world, roos))
    assert "App met codes" in letter["text"] and "Code per sms" in letter["text"]
    assert "U bent overal uitgelogd" in letter["text"]
    texts = [m for m in world.deliver_mail() if m["channel"] == "sms" and "helpdesk" in m["text"]]
    assert len(texts) == 1  # to the number that may be somebody else's now


def test_F_19_only_the_chosen_factors_end(world: World) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    browser = at_console(world, anna.person_id)
    page = search(browser, address_of(world, roos))
    (phone,) = factors_of(world, roos, FactorKind.SMS)
    url = send(browser, page, factors=[phone.id]).url
    decide(at_console(world, bram.person_id), url, "approve")
    assert [f.kind for f in factors_of(world, roos)] == [FactorKind.TOTP]


def test_F_19_who_asked_does_not_approve(world: World) -> None:
    anna, roos = operator(world), victim(world)
    browser = at_console(world, anna.person_id)
    url = asked(world, browser, roos)
    assert "Keur het herstel goed" not in browser.open(url).text
    page = decide(browser, url, "approve")
    assert (page.status, "Een collega moet dit goedkeuren" in page.text) == (403, True)
    assert len(factors_of(world, roos)) == 2
    (denied,) = events(world, EventTag.ACCESS_DENIED, roos)
    assert (denied.person_id, denied.reason) == (anna.person_id, "own")
    page = decide(at_console(world, operator(world).person_id), url, "approve")
    assert "De inlogmiddelen zijn verwijderd" in page.text  # the good twin


@pytest.mark.parametrize("shared", ["name", "address"])
def test_F_19_one_human_with_two_accounts_does_not_approve(world: World, shared: str) -> None:
    anna, again, roos = operator(world), operator(world), victim(world)
    with world.session() as session, writing(session):
        first, second = (session.get_one(Person, one.person_id) for one in (anna, again))
        if shared == "name":
            second.display_name = first.display_name.upper()
        else:
            second.email = (first.email or "").replace("@", "+twee@")
    url = asked(world, at_console(world, anna.person_id), roos)
    page = decide(at_console(world, again.person_id), url, "approve")
    assert (page.status, "lijkt van iemand uit deze aanvraag" in page.text) == (403, True)
    assert len(factors_of(world, roos)) == 2
    page = decide(at_console(world, operator(world).person_id), url, "approve")
    assert "De inlogmiddelen zijn verwijderd" in page.text


@pytest.mark.parametrize("what", ["approve", "reject"])
def test_F_19_a_decision_asks_a_login_of_the_last_minutes(world: World, what: str) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    url = asked(world, at_console(world, anna.person_id), roos)
    browser = at_console(world, bram.person_id)
    with later(world, minutes=9):
        value = token(browser.open(url))
    with later(world, minutes=11):
        page = browser.post(url, [("csrf_token", value), ("decision", what)])
        assert page.url.startswith(f"{ADDRESSES.broker}/login/")
        assert browser.open(url).url.startswith(f"{ADDRESSES.broker}/login/")
    assert request_of(world, roos).outcome is None
    assert len(factors_of(world, roos)) == 2


@pytest.mark.parametrize("who", ["asker", "approver"])
def test_F_19_who_is_no_operator_any_more_resets_nothing(world: World, who: str) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    url = asked(world, at_console(world, anna.person_id), roos)
    second = at_console(world, bram.person_id)
    value = token(second.open(url))
    with world.session() as session, writing(session):
        gone = anna if who == "asker" else bram
        roles.end_roles(session, gone.person_id, world.clock())
    page = second.post(url, [("csrf_token", value), ("decision", "approve")])
    if who == "asker":
        assert "Er is intussen iets veranderd" in page.text
        assert request_of(world, roos).outcome is ResetOutcome.STALE
    else:
        assert (page.status, page.heading) == (403, "U bent geen operator")
    assert len(factors_of(world, roos)) == 2


def test_F_19_the_role_is_read_again_in_the_transaction(world: World) -> None:
    """Between the page and the reset somebody may end the operator."""
    anna, bram, roos = operator(world), operator(world), victim(world)
    asked(world, at_console(world, anna.person_id), roos)
    request_id, now = request_of(world, roos).id, world.clock()
    with world.session() as session, writing(session):
        roles.end_roles(session, bram.person_id, now)
        verdict = decisions.approve(session, request_id, bram.person_id, now)
    assert verdict is Verdict.NOT_ALLOWED
    assert request_of(world, roos).outcome is None


def _add(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        second_factor.bind_totp(
            session,
            world.process.sealer,
            person_id=person_id,
            seed="JBSWY3DPEHPK3PXP",
            label="",
            now=world.clock(),
        )


def _end(world: World, person_id: str) -> None:
    (phone,) = factors_of(world, person_id, FactorKind.SMS)
    with world.session() as session, writing(session):
        enrolment.end(session, person_id, phone.id, world.clock())


def _weaken(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        by = update(Factor).where(Factor.person_id == person_id).values(bound_by=BoundBy.SELF)
        session.execute(by)


@pytest.mark.parametrize("change", [_add, _end, _weaken], ids=["added", "ended", "bound otherwise"])
def test_F_19_a_request_goes_stale_when_the_factors_changed(world: World, change: object) -> None:
    assert callable(change)
    anna, bram, roos = operator(world), operator(world), victim(world)
    url = asked(world, at_console(world, anna.person_id), roos)
    change(world, roos)
    left = {f.id for f in factors_of(world, roos)}
    browser = at_console(world, bram.person_id)
    assert "Keur het herstel goed" not in browser.open(url).text
    page = decide(browser, url, "approve")
    assert "Er is intussen iets veranderd" in page.text
    assert {f.id for f in factors_of(world, roos)} == left
    assert request_of(world, roos).outcome is ResetOutcome.STALE
    (stale,) = events(world, EventTag.FACTOR_RESET_STALE, roos)
    assert stale.person_id == bram.person_id
    with world.session() as session:
        assert not mailed(world, session.get_one(Person, roos).email or "")


def test_F_19_after_an_hour_it_is_over_and_audited_once(world: World) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    url = asked(world, at_console(world, anna.person_id), roos)
    with later(world, minutes=59):
        end_resets(world.process)
        assert request_of(world, roos).outcome is None
    with later(world, minutes=61):
        browser = at_console(world, bram.person_id)
        assert "De tijd voor deze aanvraag is om" in browser.open(url).text
        assert "De tijd voor deze aanvraag is om" in decide(browser, url, "approve").text
        for _ in range(2):
            end_resets(world.process)
    assert request_of(world, roos).outcome is ResetOutcome.EXPIRED
    (over,) = events(world, EventTag.FACTOR_RESET_EXPIRED, roos)
    assert over.person_id is None
    assert len(factors_of(world, roos)) == 2


def test_the_worker_ends_what_nobody_decided_on(world: World) -> None:
    roos = victim(world)
    asked(world, at_console(world, operator(world).person_id), roos)
    with later(world, minutes=61):
        for _ in range(2):
            end_resets(world.process)
        assert len(events(world, EventTag.FACTOR_RESET_EXPIRED, roos)) == 1
        asked(world, at_console(world, operator(world).person_id), victim(world))  # a new one can


@pytest.mark.parametrize(
    ("decision", "by_asker", "outcome", "tag"),
    [
        ("reject", False, ResetOutcome.REJECTED, EventTag.FACTOR_RESET_REJECTED),
        ("withdraw", True, ResetOutcome.WITHDRAWN, EventTag.FACTOR_RESET_WITHDRAWN),
    ],
)
def test_F_19_a_rejection_or_withdrawal_ends_it_once(
    world: World, decision: str, by_asker: bool, outcome: ResetOutcome, tag: EventTag
) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    first, second = (at_console(world, one.person_id) for one in (anna, bram))
    url = asked(world, first, roos)
    decider, other = (first, second) if by_asker else (second, first)
    decide(other, url, decision)  # not theirs to do
    assert request_of(world, roos).outcome is None
    for _ in range(2):
        page = decide(decider, url, decision)
    assert page.status == 200
    page = decide(second, url, "approve")
    assert "Er is niets veranderd" in page.text
    assert request_of(world, roos).outcome is outcome
    (event,) = events(world, tag, roos)
    assert event.person_id == (anna if by_asker else bram).person_id
    assert len(factors_of(world, roos)) == 2


def test_F_19_two_approvals_at_once_do_it_once(world: World) -> None:
    anna, bram, cas, roos = operator(world), operator(world), operator(world), victim(world)
    url = asked(world, at_console(world, anna.person_id), roos)
    browsers = [at_console(world, one.person_id) for one in (bram, cas)]
    tokens = [token(browser.open(url)) for browser in browsers]
    start, pages = threading.Barrier(2), []

    def approve(browser: Browser, value: str) -> None:
        start.wait()
        pages.append(browser.post(url, [("csrf_token", value), ("decision", "approve")]))

    racers = [
        threading.Thread(target=approve, args=pair) for pair in zip(browsers, tokens, strict=True)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [page.status for page in pages] == [200, 200]
    assert len(events(world, EventTag.FACTOR_RESET, roos)) == 1
    assert len(mailed(world, address_of(world, roos))) == 1
    assert factors_of(world, roos) == []
