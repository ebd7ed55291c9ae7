"""Operators identify, approve and refuse; each request is decided once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.mandates.requests import AlreadyDecided, NoReason
from admin.means import decisions, letters, overview
from admin.means.decisions import IdentificationRefused, NoSuchMeansRequest
from admin.means.letters import NoLetterNeeded
from admin.means.overview import MeansView
from admin.means.rules import MeansVerdict
from admin.operators import roles
from admin.operators.roles import OperatorRole
from assurance.means import IssuedMeans
from assurance.means_letters import MeansLetter
from assurance.means_requests import Contact, MeansRequest, contact_of
from directory.people import MeansStatus, Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox import OutboxRow
from tests.admin.means.conftest import Made, around, desk
from tests.clocks import START
from tests.keys_for_tests import make_sealer

DAY = timedelta(days=1)
GOOD = {"proof": "in_person", "reference": "BALIE 42", "day": START.date().isoformat()}


def view_of(session: Session, request: MeansRequest, days: int = 0) -> MeansView:
    return overview.of_request(session, request, START + days * DAY)


def test_an_approval_sends_a_letter_and_a_mail_that_work_for_thirty_days(
    session: Session, asked: Made
) -> None:
    request = asked()
    with writing(session):
        assert decisions.approve(session, desk(), request.id) is MeansVerdict.GRANTED
    assert view_of(session, request).status is MeansStatus.WAITS_FOR_ACTIVATION
    assert view_of(session, request, 30).status is MeansStatus.ACTIVATION_EXPIRED
    with writing(session):
        assert decisions.approve(session, desk("petra"), request.id) is MeansVerdict.DECIDED
    assert len(session.scalars(select(MeansLetter)).all()) == 1
    untils = {
        row.until
        for row in session.scalars(select(OutboxRow))
        if row.channel == "letter" or row.until is not None
    }
    assert untils == {START + 30 * DAY}, "nothing is sent that does not work any more"


def test_M_05_who_identified_does_not_approve(session: Session, asked: Made) -> None:
    request = asked(role=Role.ADMINISTRATOR)
    with writing(session):
        assert decisions.approve(session, desk(), request.id) is MeansVerdict.NOT_IDENTIFIED
        decisions.identify(session, desk(), request.id, **GOOD)
        assert decisions.approve(session, desk(), request.id) is MeansVerdict.FOUR_EYES
    denied = audit.recent(session, tags=[EventTag.ACCESS_DENIED])
    assert {event.reason for event in denied} == {"not_identified", "four_eyes"}
    with writing(session):
        assert decisions.approve(session, desk("petra"), request.id) is MeansVerdict.GRANTED
    (event,) = audit.recent(session, tags=[EventTag.MEANS_IDENTIFIED])
    assert (event.person_id, event.reason) == ("otto", "in_person")


def made_operator(session: Session, person_id: str) -> None:
    with writing(session):
        roles.assign(session, person_id, {OperatorRole.HELPDESK}, START - DAY)


def test_M_05_who_asked_or_gets_it_does_not_identify(session: Session, asked: Made) -> None:
    """Else one who administers a company and is operator invents a person alone."""
    request = asked(role=Role.ADMINISTRATOR)
    subject = session.get_one(IssuedMeans, request.means_id).person_id
    for who, why in (("jan", MeansVerdict.OWN), (subject, MeansVerdict.SUBJECT)):
        made_operator(session, who)
        with writing(session):
            assert decisions.identify(session, desk(who), request.id, **GOOD) is why
        assert request.checked_by is None
    with writing(session):
        session.get_one(Person, "otto").display_name = "Jan de Vries"
        found = decisions.identify(session, desk(), request.id, **GOOD)
        assert found is MeansVerdict.SAME_PERSON
    denied = audit.recent(session, tags=[EventTag.ACCESS_DENIED])
    assert {event.reason for event in denied} == {"own", "subject", "same_person"}
    with writing(session):
        session.get_one(Person, "otto").display_name = "Otto"
        assert decisions.identify(session, desk(), request.id, **GOOD) is None
        assert decisions.approve(session, desk("petra"), request.id) is MeansVerdict.GRANTED


def test_M_05_what_who_asked_it_recorded_before_does_not_count(
    session: Session, asked: Made
) -> None:
    request = asked(role=Role.ADMINISTRATOR)
    made_operator(session, "jan")
    with writing(session):
        decisions.identify(session, desk(), request.id, **GOOD)
        request.checked_by = "jan"  # by an earlier version of the program
    with writing(session):
        found = decisions.approve(session, desk("petra"), request.id)
    assert found is MeansVerdict.CHECKER_INVOLVED


def test_an_identification_counts_while_who_recorded_it_may_decide_here(
    session: Session, asked: Made
) -> None:
    request = asked(role=Role.ADMINISTRATOR)
    with writing(session):
        decisions.identify(session, desk(), request.id, **GOOD)
        roles.end_roles(session, "otto", START)
    with writing(session):
        assert decisions.approve(session, desk("petra"), request.id) is MeansVerdict.CHECKER_GONE
    with writing(session):
        roles.assign(session, "otto", {OperatorRole.HELPDESK}, START)
    with writing(session):
        assert decisions.approve(session, desk("petra"), request.id) is MeansVerdict.GRANTED


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"proof": "phone"}, "proof"),
        ({"reference": " "}, "reference"),
        ({"reference": "x" * 65}, "reference"),
        ({"day": (START + 2 * DAY).date().isoformat()}, "day"),
        ({"day": (START - 366 * DAY).date().isoformat()}, "day"),
        ({"day": "gisteren"}, "day"),
    ],
)
def test_an_identification_is_whole(
    session: Session, asked: Made, facts: dict[str, str], fault: str
) -> None:
    request = asked(role=Role.ADMINISTRATOR)
    with pytest.raises(IdentificationRefused) as refused, writing(session):
        decisions.identify(session, desk(), request.id, **{**GOOD, **facts})
    assert refused.value.faults == {fault} and request.checked_by is None


def test_a_refusal_has_a_reason_and_leaves_no_address(session: Session, asked: Made) -> None:
    request = asked()
    with pytest.raises(NoReason), writing(session):
        decisions.refuse(session, desk(), request.id, "  ")
    with writing(session):
        decisions.refuse(session, desk(), request.id, "Het adres klopt niet.")
    view = view_of(session, request)
    assert view.status is MeansStatus.REFUSED and view.shows_refusal(START + 29 * DAY)
    assert not view.shows_refusal(START + 30 * DAY)
    assert contact_of(make_sealer(), request) == Contact()
    with pytest.raises(AlreadyDecided), writing(session):
        decisions.identify(session, desk(), request.id, **GOOD)
    with pytest.raises(NoSuchMeansRequest), writing(session):
        decisions.refuse(session, desk(), "nothing", "x")
    person = session.get_one(IssuedMeans, request.means_id).person_id
    assert person in overview.at(session, "bakery", START + 29 * DAY)
    assert person not in overview.at(session, "bakery", START + 31 * DAY)


def test_a_new_letter_goes_out_only_when_the_last_one_lapsed(session: Session, asked: Made) -> None:
    request = asked()
    with pytest.raises(NoLetterNeeded), writing(session):
        letters.send_again(session, around(), request.means_id)
    with writing(session):
        decisions.approve(session, desk(), request.id)
    with pytest.raises(NoLetterNeeded), writing(session):
        letters.send_again(session, around(), request.means_id)
    late = START + 31 * DAY
    with pytest.raises(NoLetterNeeded), writing(session):
        letters.send_again(session, around(now=late, organisation_id="garden"), request.means_id)
    with writing(session):
        letters.send_again(session, around(now=late), request.means_id)
    assert view_of(session, request, 31).status is MeansStatus.WAITS_FOR_ACTIVATION
    first, second = session.scalars(select(MeansLetter).order_by(MeansLetter.sent_at))
    assert first.replaced_at == late and second.holds(late)


def test_the_timeline_tells_what_happened_in_order(session: Session, asked: Made) -> None:
    request = asked()
    with writing(session):
        decisions.approve(session, desk(now=START + DAY), request.id)
    events = overview.timeline(view_of(session, request, 2))
    assert [event.what for event in events] == ["asked", "approved", "letter_sent"]


def test_who_administers_no_more_gets_nothing_approved(session: Session, asked: Made) -> None:
    request = asked(organisations=("bakery", "garden"))
    query = select(Membership).where(
        Membership.person_id == "jan", Membership.organisation_id == "garden"
    )
    with writing(session):
        place = session.scalars(query).one()
        place.until = START
    with writing(session):
        found = decisions.approve(session, desk(), request.id)
    assert (found, request.outcome) == (MeansVerdict.ASKER_GONE, None)
    with writing(session):
        place.until = None
    with writing(session):
        assert decisions.approve(session, desk(), request.id) is MeansVerdict.GRANTED
