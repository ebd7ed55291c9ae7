"""A request for a mandate is decided once, by an administrator of its own organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import requests
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import DeciderLogin, LoginLack, LoginNotEnough
from admin.mandates.requests import AlreadyDecided, Decision, NoReason, NoSuchRequest
from assurance.levels import AssuranceLevel as L
from broker.console.sessions import RECENT
from consent.mandates import Mandate, MandateRefused
from consent.requests import MandateRequest, RequestState
from directory.fields import LocalizedText
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.mandates.conftest import UUID, YEAR, Made
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer


class Service:
    """Its name is all that is asked of it."""

    name = LocalizedText(nl="Vergunningen", en="Permits")


LOGIN = DeciderLogin(L.EH3, START - RECENT)
DECISION = Decision(Actor.administrator("jan"), LOGIN, Service(), START, make_sealer())
REASON = "U werkt niet meer bij ons."
Decide = Callable[..., None]


def granted(
    session: Session,
    request: MandateRequest,
    until: datetime = START + YEAR,
    decision: Decision = DECISION,
) -> None:
    with writing(session):
        requests.grant(session, request, decision, until, max_years=5)


def refused(
    session: Session,
    request: MandateRequest,
    reason: str = REASON,
    decision: Decision = DECISION,
) -> None:
    with writing(session):
        requests.refuse(session, request, decision, reason)


def test_an_administrator_sees_what_is_open_at_the_own_organisations(
    session: Session, request_of_roos: Made
) -> None:
    request_of_roos("later", asked_at=START + timedelta(hours=1))
    request_of_roos("first")
    request_of_roos("elsewhere", organisation_id="garden")
    request_of_roos("decided", state=RequestState.REFUSED)
    found = [one.id for one in requests.open_requests(session, "jan", START)]
    assert found == ["first", "later"]
    assert requests.open_requests(session, "roos", START) == []


def test_a_request_at_another_organisation_is_nobodys_to_see(
    session: Session, request_of_roos: Made
) -> None:
    request_of_roos("here")
    request_of_roos("elsewhere", organisation_id="garden")
    assert requests.one_request(session, "jan", "here", START).id == "here"
    with pytest.raises(NotAdministrator):
        requests.one_request(session, "jan", "elsewhere", START)
    with pytest.raises(NotAdministrator):
        requests.one_request(session, "roos", "here", START)
    with pytest.raises(NoSuchRequest):
        requests.one_request(session, "jan", "unknown", START)


def test_granting_gives_what_was_asked_and_tells_who_did_it(
    session: Session, request_of_roos: Made
) -> None:
    granted(session, request_of_roos())
    mandate = session.query(Mandate).one()
    assert (mandate.person_id, mandate.organisation_id) == ("roos", "bakery")
    assert (mandate.service_uuid, mandate.level.label) == (UUID, "EH3")
    assert (mandate.granted_by, mandate.valid_until) == ("jan", START + YEAR)
    (event,) = audit.recent(session)
    assert (event.tag, event.person_id) == (EventTag.MANDATE_GRANTED, "jan")
    assert (event.reference, event.organisation_id) == ("ABCD1234", "bakery")
    assert event.details == {"request": "asked", "mandate": mandate.id}
    (mail,) = waiting_in(session, make_sealer())
    assert (mail.recipient, mail.reference) == ("roos@x.example", "ABCD1234")


@pytest.mark.parametrize("shares", [True, False])
def test_who_asked_reads_who_gave_it_until_when_and_where_to_begin(
    session: Session, request_of_roos: Made, shares: bool
) -> None:
    asked = request_of_roos()
    with writing(session):
        asked.organisation.shares_administrators = shares
    portal = "https://portaal.example/"
    granted(session, asked, decision=replace(DECISION, portal_url=portal))
    (mail,) = waiting_in(session, make_sealer())
    assert portal in mail.text and "tot en met 2 november 2027" in mail.text
    jan = session.get_one(Person, "jan").display_name
    assert (jan in mail.text) is shares


def test_refusing_gives_nothing_and_tells_who_did_it(
    session: Session, request_of_roos: Made
) -> None:
    refused(session, request_of_roos())
    assert session.query(Mandate).all() == []
    (event,) = audit.recent(session)
    assert (event.tag, event.person_id) == (EventTag.MANDATE_REQUEST_REFUSED, "jan")
    assert event.details == {"request": "asked"}
    assert session.get_one(MandateRequest, "asked").refusal_reason == REASON
    (mail,) = waiting_in(session, make_sealer())
    assert f"\n> {REASON}\n" in mail.text


@pytest.mark.parametrize("first", [granted, refused])
@pytest.mark.parametrize("second", [granted, refused])
def test_of_two_decisions_the_first_counts(
    session: Session, request_of_roos: Made, first: Made, second: Made
) -> None:
    request = request_of_roos()
    first(session, request)
    with pytest.raises(AlreadyDecided):
        second(session, request)
    assert len(audit.recent(session)) == len(waiting_in(session, make_sealer())) == 1
    assert session.query(Mandate).count() == (first is granted)


@pytest.mark.parametrize(
    ("until", "reason"),
    [(START, "ends_in_the_past"), (START + timedelta(days=366 * 5 + 1), "too_long")],
)
def test_a_mandate_with_a_wrong_end_is_not_given_and_the_request_stays_open(
    session: Session, request_of_roos: Made, until: datetime, reason: str
) -> None:
    request = request_of_roos()
    with pytest.raises(MandateRefused) as why:
        granted(session, request, until)
    assert why.value.reason == reason
    assert audit.recent(session) == [] and waiting_in(session, make_sealer()) == []
    assert [one.id for one in requests.open_requests(session, "jan", START)] == [request.id]


def test_who_has_no_address_is_told_nothing_and_the_decision_stands(
    session: Session, roos: Person, request_of_roos: Made
) -> None:
    request = request_of_roos()
    with writing(session):
        session.get_one(Person, roos.id).email = None
    granted(session, request)
    assert waiting_in(session, make_sealer()) == [] and len(audit.recent(session)) == 1


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("level", "age", "may_grant", "may_refuse"),
    [
        (L.EH3, timedelta(0), None, None),
        (L.EH4, RECENT, None, None),
        (L.EH3, RECENT + SECOND, LoginLack.TOO_OLD, LoginLack.TOO_OLD),
        (L.EH2_PLUS, timedelta(0), LoginLack.TOO_LOW, None),
        (L.EH2_PLUS, RECENT + SECOND, LoginLack.TOO_LOW, LoginLack.TOO_OLD),
        (L.EMAIL, timedelta(0), LoginLack.TOO_LOW, None),
    ],
)
def test_a_decision_asks_a_login_of_now_and_granting_one_at_the_level_of_the_mandate(
    session: Session,
    request_of_roos: Made,
    level: L,
    age: timedelta,
    may_grant: LoginLack | None,
    may_refuse: LoginLack | None,
) -> None:
    decision = replace(DECISION, login=DeciderLogin(level, START - age))
    for name, act, lack in (("one", granted, may_grant), ("two", refused, may_refuse)):
        request, decide = request_of_roos(name), cast(Decide, act)
        if lack is None:
            decide(session, request, decision=decision)
            assert request.state is not RequestState.OPEN
            continue
        with pytest.raises(LoginNotEnough) as why:
            decide(session, request, decision=decision)
        assert why.value.why is lack
        assert session.get_one(MandateRequest, name).state is RequestState.OPEN


@pytest.mark.parametrize("reason", ["", "  \n ", "\u200b\u202e", "x" * 501])
def test_a_refusal_without_a_reason_refuses_nothing(
    session: Session, request_of_roos: Made, reason: str
) -> None:
    request = request_of_roos()
    with pytest.raises(NoReason):
        refused(session, request, reason)
    assert audit.recent(session) == [] and waiting_in(session, make_sealer()) == []
    refused(session, request, "x" * 500)
    assert session.get_one(MandateRequest, "asked").state is RequestState.REFUSED


@pytest.fixture
def colleagues(session: Session, bakery: str) -> None:
    """Eva and Max are administrators as well, Max without an address."""
    with writing(session):
        for name, address in (("eva", "eva@x.example"), ("max", None)):
            session.add(Person(id=name, display_name=name, email=address, created_at=START))
            session.flush()
            session.add(
                Membership(
                    person_id=name,
                    organisation_id=bakery,
                    role=Role.ADMINISTRATOR,
                    since=START - YEAR,
                )
            )
        session.get_one(Person, "jan").email = "jan@x.example"


@pytest.mark.usefixtures("colleagues")
def test_granting_to_oneself_is_told_to_the_other_administrators(
    session: Session, request_of_roos: Made
) -> None:
    granted(session, request_of_roos("own", person_id="jan"))
    mails = {mail.recipient: mail for mail in waiting_in(session, make_sealer())}
    assert set(mails) == {"jan@x.example", "eva@x.example"}
    assert "gaf zichzelf" in mails["eva@x.example"].subject
    assert "goedgekeurd" in mails["jan@x.example"].subject
    (event,) = audit.recent(session)
    assert event.details["to_oneself"] is True


@pytest.mark.usefixtures("colleagues")
def test_granting_to_somebody_else_and_refusing_oneself_is_told_to_the_requester_alone(
    session: Session, request_of_roos: Made
) -> None:
    granted(session, request_of_roos())
    refused(session, request_of_roos("own", person_id="jan"))
    told = [mail.recipient for mail in waiting_in(session, make_sealer())]
    assert sorted(told) == ["jan@x.example", "roos@x.example"]
    assert all("to_oneself" not in event.details for event in audit.recent(session))
