"""What agreeing with a link gives, what it leaves alone, and what taking back ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import BY_LINK, Actor
from admin.chains import answering, requesting
from admin.chains.answering import ChainAnswer, NameMissing, RequestClosed
from admin.chains.request_rules import ClosedRequest
from admin.chains.requesting import AskingRefused, ChainAsking, ChainWanted
from admin.mandates.administrators import NotAdministrator
from admin.mandates.giving import NothingToDo, PlanChanged
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from consent import chain_requests
from consent.chain_requests import ChainRequest, ChainRequestState
from consent.chains import ChainMandate
from directory import dates
from directory.organisations import Organisation
from directory.people import Membership, Person
from state.db import writing
from tests.admin.chains.conftest import OTHER, UUID, YEAR, Made, allowing
from tests.clocks import START
from tests.keys_for_tests import make_sealer

L = AssuranceLevel
SERVICES = {one.uuid: one for one in (allowing(UUID), allowing(OTHER))}
BASE = "https://sluis.example"
LAST = dates.day_of(START + YEAR)
Asked = Callable[..., ChainRequest]


def asking(who: str, **facts: Any) -> ChainAsking:
    """At the office, which asks the garden, where nobody administers anything."""
    values: dict[str, Any] = {
        "intermediary_id": "office",
        "actor": Actor.administrator(who),
        "services": SERVICES,
        "sealer": make_sealer(),
        "base_url": BASE,
        "least": L.EH3,
        "link_level": L.EH3,
        "max_years": 5,
        "days": 14,
        "now": START,
    }
    return ChainAsking(**{**values, **facts})


def answer(**facts: Any) -> ChainAnswer:
    values: dict[str, Any] = {
        "actor": BY_LINK,
        "services": SERVICES,
        "sealer": make_sealer(),
        "base_url": BASE,
        "least": L.EH3,
        "link_level": L.EH3,
        "max_years": 5,
        "now": START + timedelta(hours=1),
    }
    return ChainAnswer(**{**values, **facts})


def wanted(**facts: Any) -> ChainWanted:
    values: dict[str, Any] = {
        "organisation_id": "garden",
        "email": "groen@x.example",
        "locale": "nl",
        "services": (UUID, OTHER),
        "until": LAST,
        "message": "",
    }
    return ChainWanted(**{**values, **facts})


@pytest.fixture
def asked(session: Session, bakery: str, roos: Person) -> Asked:
    def ask(**facts: Any) -> ChainRequest:
        with writing(session):
            return requesting.ask(session, asking(roos.id), wanted(**facts))

    return ask


def agree(session: Session, request: ChainRequest, **facts: Any) -> int:
    around = answer(**facts)
    with writing(session):
        found = chain_requests.one(session, request.id)
        assert found is not None
        shown = answering.shown(found, answering.plan(session, around, found))
        done = answering.agree(session, around, request.id, digest=shown, signer="Greet")
    return len(done)


def standing(session: Session) -> dict[str, ChainMandate]:
    session.expire_all()
    query = select(ChainMandate).where(
        ChainMandate.organisation_id == "garden", ChainMandate.revoked_at.is_(None)
    )
    return {f"{one.service_uuid[0]}{one.by_link}": one for one in session.scalars(query)}


def test_agreeing_gives_what_was_asked(session: Session, asked: Asked) -> None:
    request = asked()
    assert agree(session, request) == 2
    found = standing(session)
    assert sorted(found) == ["1True", "2True"]
    one = found["1True"]
    assert (one.level, one.granted_by, one.valid_until) == (L.EH3, request.id, dates.end_of(LAST))
    assert request.signer == "Greet" and request.decided_by is None


def test_what_an_administrator_gave_is_not_changed(
    session: Session, asked: Asked, chain: Made
) -> None:
    """What lasts longer stays so; what is shorter gets another beside it, which alone goes back."""
    chain("long", organisation_id="garden", valid_until=START + 3 * YEAR)
    chain("short", organisation_id="garden", service_uuid=OTHER, valid_until=START + YEAR / 2)
    request = asked()
    assert agree(session, request) == 1
    found = standing(session)
    assert sorted(found) == ["1False", "2False", "2True"]
    assert found["1False"].valid_until == START + 3 * YEAR
    assert found["2False"].valid_until == START + YEAR / 2
    secret, hashed = chain_requests.new_link()
    with writing(session):
        request.revoke_hash = hashed
    with writing(session):
        answering.revoke(session, answer(), LogoutNotifier(make_sealer(), {}, {}, START), secret)
    assert sorted(standing(session)) == ["1False", "2False"]
    with pytest.raises(NothingToDo), writing(session):
        answering.revoke(session, answer(), LogoutNotifier(make_sealer(), {}, {}, START), secret)


def test_a_link_that_takes_nothing_back(session: Session, asked: Asked) -> None:
    request = asked()
    secret, hashed = chain_requests.new_link()
    with writing(session):
        request.revoke_hash = hashed  # it was not granted
    for tried in (secret, "x" * 43):
        with pytest.raises(RequestClosed), writing(session):
            answering.revoke(session, answer(), LogoutNotifier(make_sealer(), {}, {}, START), tried)


def test_what_changed_since_it_was_shown_is_shown_again(session: Session, asked: Asked) -> None:
    request = asked()
    with pytest.raises(PlanChanged), writing(session):
        answering.agree(session, answer(), request.id, digest="other", signer="Greet")
    less = {UUID: SERVICES[UUID], OTHER: allowing(OTHER, chain_mandates=False)}
    assert agree(session, request, services=less) == 1
    assert sorted(standing(session)) == ["1True"]


def test_M_09_what_was_shown_of_one_request_agrees_to_no_other(
    session: Session, asked: Asked
) -> None:
    """The same services until the same day: another client is another question."""
    one = asked(services=(UUID,))
    with writing(session):
        session.add(Organisation(id="second", kvk="90001640", name="Groenrijk Holding"))
    other = asked(services=(UUID,), organisation_id="second")
    plans = [answering.plan(session, answer(), each) for each in (one, other)]
    assert plans[0].digest == plans[1].digest
    with pytest.raises(PlanChanged), writing(session):
        shown = answering.shown(one, plans[0])
        answering.agree(session, answer(), other.id, digest=shown, signer="Greet")
    assert standing(session) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [("organisation_id", "bakery"), ("intermediary_id", "bakery"), ("until", LAST + timedelta(1))],
)
def test_M_09_the_digest_knows_what_the_page_said(
    session: Session, asked: Asked, field: str, value: object
) -> None:
    request = asked()
    shown = answering.shown(request, answering.plan(session, answer(), request))
    setattr(request, field, value)
    assert answering.shown(request, answering.plan(session, answer(), request)) != shown


def test_nothing_above_the_level_of_links(session: Session, asked: Asked) -> None:
    """Also where the level of links was lowered after it was asked."""
    request = asked()
    with pytest.raises(NothingToDo):
        agree(session, request, link_level=L.EH2)
    session.rollback()
    with pytest.raises(RequestClosed) as closed:
        agree(session, request, link_level=None)
    assert closed.value.why is ClosedRequest.OFF
    session.rollback()
    assert standing(session) == {}


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "zie http://x.example", "a\0b"])
def test_who_agrees_says_who_that_is(session: Session, asked: Asked, name: str) -> None:
    request = asked()
    shown = answering.shown(request, answering.plan(session, answer(), request))
    with pytest.raises(NameMissing), writing(session):
        answering.agree(session, answer(), request.id, digest=shown, signer=name)


def test_M_06_nothing_is_given_once_it_fell(session: Session, asked: Asked, roos: Person) -> None:
    request = asked()
    shown = answering.shown(request, answering.plan(session, answer(), request))

    def why(**facts: Any) -> ClosedRequest:
        with pytest.raises(RequestClosed) as closed, writing(session):
            answering.agree(session, answer(**facts), request.id, digest=shown, signer="Greet")
        return closed.value.why

    assert why(now=START + timedelta(days=14)) is ClosedRequest.LAPSED
    for change, expected in (
        (lambda: end_place(session, roos.id), ClosedRequest.ASKER_GONE),
        (lambda: suspend(session, "garden"), ClosedRequest.CLIENT_GONE),
        (lambda: suspend(session, "office"), ClosedRequest.ASKER_GONE),
    ):
        undo = change()
        assert why() is expected
        undo()
    with writing(session):
        requesting.withdraw(session, asking(roos.id), request.id)
    assert why() is ClosedRequest.WITHDRAWN
    assert standing(session) == {}


def end_place(session: Session, person_id: str) -> Callable[[], None]:
    place = session.scalars(select(Membership).where(Membership.person_id == person_id)).one()
    return _set(session, place, "until")


def suspend(session: Session, organisation_id: str) -> Callable[[], None]:
    return _set(session, session.get_one(Organisation, organisation_id), "suspended_at")


def _set(session: Session, row: object, name: str) -> Callable[[], None]:
    with writing(session):
        setattr(row, name, START)

    def undo() -> None:
        with writing(session):
            setattr(row, name, None)

    return undo


def test_M_01_an_administrator_of_another_client_refuses_nothing(
    session: Session, asked: Asked, roos: Person
) -> None:
    request = asked()
    around = answer(actor=Actor.administrator("jan"))
    for place, refusal in (("garden", NotAdministrator), ("bakery", RequestClosed)):
        with pytest.raises(refusal), writing(session):
            answering.refuse_as_administrator(
                session, around, request.id, organisation_id=place, reason=""
            )
    mine = asked(organisation_id="bakery")
    assert mine.link_hash is None, "an administrator decides"
    with pytest.raises(RequestClosed), writing(session):
        answering.refuse(session, answer(), mine.id, reason="")
    with writing(session):
        answering.refuse_as_administrator(
            session, around, mine.id, organisation_id="bakery", reason="Nee."
        )
    session.refresh(mine)
    assert (mine.outcome, mine.decided_by) == (ChainRequestState.REFUSED, "jan")


@pytest.mark.parametrize("by_link", [True, False], ids=["link", "administrator"])
def test_a_reason_with_a_sign_that_shows_nothing_is_told_without_it(
    session: Session, asked: Asked, roos: Person, by_link: bool
) -> None:
    """As text that is pasted from a letter or a web page holds them."""
    typed = "Niet\u00a0via \u200bu,\r\n\u202emaar via\u2028ons."
    request = asked() if by_link else asked(organisation_id="bakery")
    with writing(session):
        if by_link:
            answering.refuse(session, answer(), request.id, reason=typed)
        else:
            around = answer(actor=Actor.administrator("jan"))
            answering.refuse_as_administrator(
                session, around, request.id, organisation_id="bakery", reason=typed
            )
    session.refresh(request)
    assert request.refusal_reason == "Niet via u,\nmaar via\nons."


def test_a_message_is_one_line_without_signs_that_show_nothing() -> None:
    assert requesting.message_of("Voor\u200b de\nopgave.\x00 ") == "Voor de opgave."
    assert requesting.message_of("\u200b") == ""
    with pytest.raises(AskingRefused):
        requesting.message_of("x" * (requesting.LONGEST_MESSAGE + 1))


def test_requests_go_after_a_while_but_for_those_that_still_hold(
    session: Session, asked: Asked
) -> None:
    kept, gone = asked(), asked(organisation_id="bakery")
    agree(session, kept)
    kept_id, gone_id = kept.id, gone.id
    with writing(session):
        chain_requests.purge(session, START + YEAR / 2)
    session.expire_all()
    assert chain_requests.one(session, gone_id) is None
    assert chain_requests.one(session, kept_id) is not None
    with writing(session):
        chain_requests.purge(session, START + 2 * YEAR)
    assert chain_requests.one(session, kept_id) is None
