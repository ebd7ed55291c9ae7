"""The help desk resets factors: two operators who logged in, the proof of the start, a notice."""

from __future__ import annotations

import threading
from itertools import count

import pytest
from sqlalchemy import select, update

from admin import factor_resets, operators, reset_decisions
from admin.factor_resets import FactorReset, Outcome
from admin.operators import OperatorRole
from admin.reset_rules import Verdict
from assurance import enrolment, second_factor
from assurance.levels import AssuranceLevel
from assurance.means import BoundBy, Factor, FactorKind
from broker.downstream.console import MINE
from broker.jobs import end_resets
from directory.people import Person
from sandbox.browser import Browser, Page
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.journeys.at_mijn import factors_of
from tests.operators import HERE, TestOperator, at_console, later, make_operator, make_person
from tests.world import ADDRESSES, World, make_world

HELPDESK, CONFIGURATOR = OperatorRole.HELPDESK, OperatorRole.CONFIGURATOR
RESETS = f"{HERE}/herstel"
NUMBERS = count()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def operator(world: World, *roles: OperatorRole) -> TestOperator:
    return make_operator(world, f"balie{next(NUMBERS)}", *(roles or (HELPDESK,)))


def victim(world: World, email: str | None = None) -> str:
    """Somebody with an app, a phone number and recovery codes' worth of history."""
    number, now, sealer = next(NUMBERS), world.clock(), world.parts.sealer
    person_id = make_person(world, "Roos Willems")
    with world.session() as session, writing(session):
        person = session.get_one(Person, person_id)
        person.email = email or f"roos{number}@voorbeeld.example"
        second_factor.bind_totp(
            session, sealer, person_id=person_id, seed="JBSWY3DPEHPK3PXP", label="Van Roos", now=now
        )
        second_factor.bind_sms(
            session,
            sealer,
            person_id=person_id,
            number=f"+316{number:08}",
            bound_by=BoundBy.ADMINISTRATOR,
            now=now,
        )
    return person_id


def address_of(world: World, person_id: str) -> str:
    with world.session() as session:
        return session.get_one(Person, person_id).email or ""


def search(browser: Browser, text: str) -> Page:
    browser.open(RESETS)
    browser.fill("who", text)
    return browser.click("Zoek")


def token(page: Page) -> str:
    return str(next(f.fields["csrf_token"] for f in page.forms if "csrf_token" in f.fields))


def send(
    browser: Browser, page: Page, *, factors: list[str], reason: str = "lost", proof: str = "remote"
) -> Page:
    """The form of the request, filled in."""
    fields = [("csrf_token", token(page)), ("reason", reason), ("proof", proof)]
    return browser.post(page.url, [*fields, *(("factor", one) for one in factors)])


def offered(page: Page) -> list[str]:
    return [str(box.get("value")) for box in page.tree.xpath("//input[@name='factor']")]


def asked(world: World, browser: Browser, person_id: str) -> str:
    """A request for everything of this person; its address."""
    page = search(browser, address_of(world, person_id))
    assert page.heading == "Vraag herstel aan", page.text
    page = send(browser, page, factors=offered(page))
    assert page.heading == "Herstel voor R••• W•••", page.text
    return page.url


def decide(browser: Browser, url: str, decision: str) -> Page:
    page = browser.open(url)
    return browser.post(url, [("csrf_token", token(page)), ("decision", decision)])


def request_of(world: World, person_id: str) -> FactorReset:
    with world.session() as session:
        query = select(FactorReset).where(FactorReset.person_id == person_id)
        return session.scalars(query).one()


def events(world: World, tag: EventTag, person_id: str) -> list[AuditEvent]:
    """Of this tag, about this person."""
    with world.session() as session:
        found = audit.recent(session, tags=[tag])
    return [one for one in found if one.details.get("person") == person_id]


def mailed(world: World, recipient: str) -> list[dict[str, str]]:
    return [one for one in world.deliver_mail() if one["recipient"] == recipient]


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
    for told in ("App met codes", "Code per sms", "Het middel is kwijt", "Op afstand", "EH2+"):
        assert told in page.text
    assert "Van Roos" not in page.text  # the words of the person are the person's
    page = second.click("Keur het herstel goed")
    assert "De middelen zijn verwijderd" in page.text

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
    assert "De middelen zijn verwijderd" in page.text  # the good twin


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
    assert (page.status, "lijkt van de aanvrager zelf" in page.text) == (403, True)
    assert len(factors_of(world, roos)) == 2
    page = decide(at_console(world, operator(world).person_id), url, "approve")
    assert "De middelen zijn verwijderd" in page.text


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


def test_F_19_asking_asks_a_login_of_the_last_minutes_too(world: World) -> None:
    anna, roos = operator(world), victim(world)
    browser = at_console(world, anna.person_id)
    page = search(browser, address_of(world, roos))
    with later(world, minutes=9):
        browser.open(HERE)
    with later(world, minutes=11):
        after = send(browser, page, factors=offered(page))
        assert after.url.startswith(f"{ADDRESSES.broker}/login/")
    with world.session() as session:
        assert not session.scalars(select(FactorReset).where(FactorReset.person_id == roos)).all()


@pytest.mark.parametrize("who", ["asker", "approver"])
def test_F_19_who_is_no_operator_any_more_resets_nothing(world: World, who: str) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    url = asked(world, at_console(world, anna.person_id), roos)
    second = at_console(world, bram.person_id)
    value = token(second.open(url))
    with world.session() as session, writing(session):
        gone = anna if who == "asker" else bram
        operators.end_roles(session, gone.person_id, world.clock())
    page = second.post(url, [("csrf_token", value), ("decision", "approve")])
    if who == "asker":
        assert "Er is intussen iets veranderd" in page.text
        assert request_of(world, roos).outcome is Outcome.STALE
    else:
        assert (page.status, page.heading) == (403, "U bent geen operator")
    assert len(factors_of(world, roos)) == 2


def test_F_19_the_role_is_read_again_in_the_transaction(world: World) -> None:
    """Between the page and the reset somebody may end the operator."""
    anna, bram, roos = operator(world), operator(world), victim(world)
    asked(world, at_console(world, anna.person_id), roos)
    request_id, now = request_of(world, roos).id, world.clock()
    with world.session() as session, writing(session):
        operators.end_roles(session, bram.person_id, now)
        verdict = reset_decisions.approve(session, request_id, bram.person_id, now)
    assert verdict is Verdict.NOT_ALLOWED
    assert request_of(world, roos).outcome is None


def _add(world: World, person_id: str) -> None:
    with world.session() as session, writing(session):
        second_factor.bind_totp(
            session,
            world.parts.sealer,
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
    assert request_of(world, roos).outcome is Outcome.STALE
    (stale,) = events(world, EventTag.FACTOR_RESET_STALE, roos)
    assert stale.person_id == bram.person_id
    with world.session() as session:
        assert not mailed(world, session.get_one(Person, roos).email or "")


def test_F_19_after_an_hour_it_is_over_and_audited_once(world: World) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    url = asked(world, at_console(world, anna.person_id), roos)
    with later(world, minutes=59):
        end_resets(world.parts)
        assert request_of(world, roos).outcome is None
    with later(world, minutes=61):
        browser = at_console(world, bram.person_id)
        assert "De tijd voor deze aanvraag is om" in browser.open(url).text
        assert "De tijd voor deze aanvraag is om" in decide(browser, url, "approve").text
        for _ in range(2):
            end_resets(world.parts)
    assert request_of(world, roos).outcome is Outcome.EXPIRED
    (over,) = events(world, EventTag.FACTOR_RESET_EXPIRED, roos)
    assert over.person_id is None
    assert len(factors_of(world, roos)) == 2


def test_the_worker_ends_what_nobody_decided_on(world: World) -> None:
    roos = victim(world)
    asked(world, at_console(world, operator(world).person_id), roos)
    with later(world, minutes=61):
        for _ in range(2):
            end_resets(world.parts)
        assert len(events(world, EventTag.FACTOR_RESET_EXPIRED, roos)) == 1
        asked(world, at_console(world, operator(world).person_id), victim(world))  # a new one can


@pytest.mark.parametrize(
    ("decision", "by_asker", "outcome", "tag"),
    [
        ("reject", False, Outcome.REJECTED, EventTag.FACTOR_RESET_REJECTED),
        ("withdraw", True, Outcome.WITHDRAWN, EventTag.FACTOR_RESET_WITHDRAWN),
    ],
)
def test_F_19_a_rejection_or_withdrawal_ends_it_once(
    world: World, decision: str, by_asker: bool, outcome: Outcome, tag: EventTag
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


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"factors": []}, "Kies de middelen die weg moeten"),
        ({"factors": ["x"]}, "Kies de middelen die weg moeten"),
        ({"reason": ""}, "Kies waarom de middelen weg moeten"),
        ({"reason": "because"}, "Kies waarom de middelen weg moeten"),
        ({"proof": ""}, "Kies hoe de persoon is gecontroleerd"),
        ({"proof": "a good voice"}, "Kies hoe de persoon is gecontroleerd"),
    ],
)
def test_F_19_what_is_not_complete_is_not_asked(
    world: World, changes: dict[str, object], told: str
) -> None:
    anna, roos = operator(world), victim(world)
    browser = at_console(world, anna.person_id)
    page = search(browser, address_of(world, roos))
    good: dict[str, object] = {"factors": offered(page)}
    refused = send(browser, page, **{**good, **changes})  # type: ignore[arg-type]
    assert (refused.status, told in refused.text) == (422, True), refused.text
    assert send(browser, page, **good).heading == "Herstel voor R••• W•••"  # type: ignore[arg-type]


def test_F_19_a_factor_of_somebody_else_is_not_asked(world: World) -> None:
    anna, roos, other = operator(world), victim(world), victim(world)
    browser = at_console(world, anna.person_id)
    page = search(browser, address_of(world, roos))
    theirs = [f.id for f in factors_of(world, other)]
    assert send(browser, page, factors=theirs).status == 422
    assert send(browser, page, factors=[*offered(page), theirs[0]]).status == 422
    assert len(factors_of(world, other)) == 2


def test_F_19_a_means_of_eh3_asks_the_proof_of_eh3(world: World) -> None:
    """The word of an administrator is enough where factors give EH2+, and no further."""
    anna, roos, own = operator(world), victim(world), operator(world, CONFIGURATOR)
    with world.session() as session, writing(session):
        operators.end_roles(session, own.person_id, world.clock())  # an account of EH3 is left
        assert factor_resets.gives(session, own.person_id) is AssuranceLevel.EH3
    browser = at_console(world, anna.person_id)
    page = search(browser, own.user_name)
    assert page.tree.xpath("//input[@name='proof']/@value") == ["in_person", "remote"]
    assert send(browser, page, factors=offered(page), proof="administrator").status == 422
    assert send(browser, page, factors=offered(page), proof="in_person").status == 200
    page = search(browser, address_of(world, roos))
    assert send(browser, page, factors=offered(page), proof="administrator").status == 200


def test_F_19_one_request_at_a_time(world: World) -> None:
    anna, bram, roos = operator(world), operator(world), victim(world)
    first = at_console(world, anna.person_id)
    second = at_console(world, bram.person_id)
    page = search(second, address_of(world, roos))
    asked(world, first, roos)
    refused = send(second, page, factors=offered(page))
    assert (refused.status, "Er is al een aanvraag" in refused.text) == (422, True)
    assert "Er is al een aanvraag" in search(second, address_of(world, roos)).text


def test_F_19_an_operator_is_recovered_at_the_machine_only(world: World) -> None:
    anna, other = operator(world), operator(world, CONFIGURATOR)
    browser = at_console(world, anna.person_id)
    page = search(browser, other.user_name)
    assert "Deze persoon is operator" in page.text and offered(page) == []
    (theirs,) = factors_of(world, other.person_id)
    assert send(browser, page, factors=[theirs.id]).status == 422
    assert "Deze persoon is operator" in search(browser, anna.user_name).text


def test_F_19_other_roles_get_a_page_that_says_so(world: World) -> None:
    for role in set(OperatorRole) - {HELPDESK, CONFIGURATOR}:
        browser = at_console(world, operator(world, role).person_id)
        page = browser.open(RESETS)
        assert (page.status, page.heading) == (403, "Dit hoort niet bij uw rol"), role
        assert "Herstel" not in page.tree.xpath("string(//nav)")


# Finding somebody.


def test_a_search_names_nobody_in_an_address_or_on_a_page(world: World) -> None:
    anna, roos = operator(world), victim(world, "roos.willems@gemeente.example")
    page = search(at_console(world, anna.person_id), " Roos.Willems@Gemeente.example ")
    assert page.heading == "Vraag herstel aan"
    for hidden in ("Willems", "gemeente", "roos.willems", roos, "Van Roos"):
        assert hidden not in page.text and hidden not in page.url
    assert "R••• W•••" in page.text and "r•••@g•••.example" in page.text
    (looked,) = events(world, EventTag.PERSON_LOOKED_UP, roos)
    assert (looked.person_id, looked.outcome) == (anna.person_id, "found")
    assert looked.details["by"] == "address"


def test_what_one_operator_found_is_not_there_for_another(world: World) -> None:
    roos = victim(world)
    page = search(at_console(world, operator(world).person_id), address_of(world, roos))
    other = at_console(world, operator(world).person_id).open(page.url)
    assert "De aanvraag stond te lang open" in other.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Vul in op wie u zoekt"),
        ("x" * 255, "Vul in op wie u zoekt"),
        ("a\x00b", "Vul in op wie u zoekt"),
        ("roos", "Wij vonden niemand"),  # no user name, and no part of one
        ("%", "Wij vonden niemand"),
        ("@", "Wij vonden niemand"),
        ("0000-0000", "Wij vonden niemand"),
    ],
)
def test_a_search_that_finds_nobody_says_what_to_do(world: World, text: str, told: str) -> None:
    browser = at_console(world, operator(world).person_id)
    fields = [("csrf_token", token(browser.open(RESETS))), ("who", text)]
    page = browser.post(f"{RESETS}/zoek", fields)
    assert (page.status, told in page.text) == (422, True), page.text


def test_an_address_of_two_people_shows_neither(world: World) -> None:
    shared = f"samen{next(NUMBERS)}@voorbeeld.example"
    for _ in range(2):
        victim(world, shared)
    page = search(at_console(world, operator(world).person_id), shared)
    assert (page.status, "meer dan één persoon" in page.text) == (422, True)


def test_the_code_of_an_error_page_finds_who_logged_in(world: World) -> None:
    roos = victim(world)
    locked = AuditEvent(EventTag.FACTOR_LOCKED, world.clock(), "7QM4RXTA", person_id=roos)
    reader = operator(world)
    taken = AuditEvent(EventTag.EXPORT_MADE, world.clock(), "7QM4RXTA", person_id=reader.person_id)
    with world.session() as session, writing(session):
        audit.record(session, locked)
        audit.record(session, taken)  # who read the trace is not who logged in
    page = search(at_console(world, reader.person_id), "7qm4-rxta")
    assert "R••• W•••" in page.text
    (looked,) = events(world, EventTag.PERSON_LOOKED_UP, roos)
    assert looked.details["by"] == "reference"


def test_searching_is_limited_per_operator(world: World) -> None:
    anna = operator(world)
    browser = at_console(world, anna.person_id)
    for _ in range(30):
        assert "Wij vonden niemand" in search(browser, "niemand").text
    assert "U zocht te vaak" in search(browser, "niemand").text
    assert "Wij vonden niemand" in search(at_console(world, operator(world).person_id), "x9").text
