"""A request for a mandate is decided once, by an administrator of its own organisation."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import requests
from admin.mandates.administrators import NotAdministrator
from admin.mandates.requests import AlreadyDecided, Decision, NoSuchRequest
from consent.mandates import Mandate, MandateRefused
from consent.requests import MandateRequest, RequestState
from directory.fields import LocalizedText
from directory.people import Person
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


DECISION = Decision(Actor.administrator("jan"), Service(), START, make_sealer())


def granted(session: Session, request: MandateRequest, until: datetime = START + YEAR) -> None:
    with writing(session):
        requests.grant(session, request, DECISION, until, max_years=5)


def refused(session: Session, request: MandateRequest) -> None:
    with writing(session):
        requests.refuse(session, request, DECISION)


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


def test_refusing_gives_nothing_and_tells_who_did_it(
    session: Session, request_of_roos: Made
) -> None:
    refused(session, request_of_roos())
    assert session.query(Mandate).all() == []
    (event,) = audit.recent(session)
    assert (event.tag, event.person_id) == (EventTag.MANDATE_REQUEST_REFUSED, "jan")
    assert event.details == {"request": "asked"}
    assert len(waiting_in(session, make_sealer())) == 1


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
