"""A request for a mandate is decided once, by an administrator of its own organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import requests
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import DeciderLogin, LoginLack, LoginNotEnough
from admin.mandates.requests import AlreadyDecided, Decision, NoReason, NoSuchRequest
from assurance.levels import AssuranceLevel as L
from broker.console.sessions import RECENT
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory.fields import LocalizedText
from directory.people import Person
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.mandates.conftest import Made
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


def refused(
    session: Session,
    request: MandateRequest,
    reason: str = REASON,
    decision: Decision = DECISION,
) -> None:
    with writing(session):
        requests.refuse(session, request, decision, reason)


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


def test_of_two_refusals_the_first_counts(session: Session, request_of_roos: Made) -> None:
    request = request_of_roos()
    refused(session, request)
    with pytest.raises(AlreadyDecided):
        refused(session, request)
    assert len(audit.recent(session)) == len(waiting_in(session, make_sealer())) == 1


def test_what_was_decided_is_not_open(session: Session, request_of_roos: Made) -> None:
    request = request_of_roos()
    with writing(session):
        requests.demand_open(session, request.id)
    refused(session, request)
    for name in (request.id, "unknown"):
        with writing(session), pytest.raises(AlreadyDecided):
            requests.demand_open(session, name)


def test_who_has_no_address_is_told_nothing_and_the_decision_stands(
    session: Session, roos: Person, request_of_roos: Made
) -> None:
    request = request_of_roos()
    with writing(session):
        session.get_one(Person, roos.id).email = None
    refused(session, request)
    assert waiting_in(session, make_sealer()) == [] and len(audit.recent(session)) == 1


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("level", "age", "lack"),
    [
        (L.EH3, timedelta(0), None),
        (L.EH2_PLUS, RECENT, None),
        (L.EH3, RECENT + SECOND, LoginLack.TOO_OLD),
    ],
)
def test_a_refusal_asks_a_login_of_now_at_any_level(
    session: Session, request_of_roos: Made, level: L, age: timedelta, lack: LoginLack | None
) -> None:
    decision = replace(DECISION, login=DeciderLogin(level, START - age))
    request = request_of_roos()
    if lack is None:
        refused(session, request, decision=decision)
        assert request.state is RequestState.REFUSED
        return
    with pytest.raises(LoginNotEnough) as why:
        refused(session, request, decision=decision)
    assert why.value.why is lack
    assert session.get_one(MandateRequest, "asked").state is RequestState.OPEN


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
