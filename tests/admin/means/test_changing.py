"""A means that is active changes: more is asked and approved, less is done at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.means import applying, changing, contact, decisions, overview
from admin.means.changing import ChangeRefused, ChangeWish
from admin.means.contact import ContactRefused
from admin.means.rules import MeansVerdict
from assurance import enrolment, means, second_factor
from assurance.factors import BoundBy, FactorKind
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans, MeansLink
from assurance.means_requests import Contact, MeansRequest, contact_of
from broker.texts.outside_request import texts
from directory.administrator_role import role_of
from directory.people import MeansStatus, Membership, Person, Role
from providers import accounts, activation
from providers.activation import NewFactor
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox import OutboxRow
from tests.admin.means.conftest import Held, Made, around, desk
from tests.clocks import START
from tests.keys_for_tests import make_sealer

DAY: Final = timedelta(days=1)
EH2, PLUS, EH3 = AssuranceLevel.EH2, AssuranceLevel.EH2_PLUS, AssuranceLevel.EH3
SAME: Final = ChangeWish("m-roos", PLUS, Role.MEMBER)
APP: Final = Contact(("Straat 1", "Plaats"))


def change(session: Session, wish: ChangeWish, **more: Any) -> MeansRequest:
    with writing(session):
        return changing.change(session, around(**more), wish)


def factor(session: Session, by: BoundBy) -> None:
    with writing(session):
        second_factor.bind_totp(
            session,
            make_sealer(),
            person_id="roos",
            seed="JBSWY3DPEHPK3PXP",
            label="",
            now=START,
            bound_by=by,
        )


def level(session: Session) -> AssuranceLevel:
    account = accounts.of_person(session, "roos")
    assert account is not None
    return account.level


def test_less_is_done_at_once(session: Session, held: Held) -> None:
    held()
    request = change(session, replace(SAME, level=EH2))
    assert request.done_at == START and level(session) is EH2
    assert session.scalars(select(OutboxRow.channel)).all() == ["mail"], "whose it is hears of it"
    (event,) = audit.recent(session, tags=[EventTag.MEANS_CHANGED])
    assert event.details["was"] == "EH2+"


def test_more_waits_for_approval_and_nothing_else_is_asked_meanwhile(
    session: Session, held: Held
) -> None:
    held()
    factor(session, BoundBy.LETTER)
    request = change(session, replace(SAME, level=EH3))
    view = overview.one(session, "bakery", "roos", START)
    assert view is not None and view.status is MeansStatus.CHANGE_PENDING
    assert level(session) is PLUS, "nothing changes before it is approved"
    with pytest.raises(ChangeRefused) as refused:
        change(session, replace(SAME, level=EH2))
    assert refused.value.faults == {"means": "pending"}
    with writing(session):
        decisions.identify(
            session,
            desk(),
            request.id,
            proof="in_person",
            reference="B",
            day=START.date().isoformat(),
        )
        assert decisions.approve(session, desk("petra"), request.id) is MeansVerdict.GRANTED
    assert level(session) is EH3 and request.done_at == START
    again = change(session, replace(SAME, level=EH3, organisations=("garden",)))
    assert again.checked_by == "otto", "who was identified for as much is not identified again"


@pytest.mark.parametrize(
    ("by", "wanted", "lacks"),
    [
        (None, PLUS, True),
        (BoundBy.SESSION, PLUS, False),
        (BoundBy.SELF, PLUS, True),
        (BoundBy.SESSION, EH3, True),
        (BoundBy.LETTER, EH3, False),
        (BoundBy.ADMINISTRATOR, EH3, False),
        (None, EH2, False),
    ],
)
def test_only_what_is_missing_is_asked(
    session: Session, held: Held, by: BoundBy | None, wanted: AssuranceLevel, lacks: bool
) -> None:
    held()
    if by is not None:
        factor(session, by)
    made = session.get_one(IssuedMeans, "m-roos")
    assert changing.lacks_factor(session, made, wanted, around()) is lacks


def test_a_missing_factor_comes_with_a_letter_before_the_level(
    session: Session, held: Held
) -> None:
    held()
    change(session, replace(SAME, level=EH2))
    wish = replace(SAME, factor=FactorKind.TOTP, contact=APP)
    with pytest.raises(ChangeRefused) as refused:
        change(session, SAME)
    assert set(refused.value.faults) == {"factor", "address"}
    request = change(session, wish)
    with writing(session):
        decisions.approve(session, desk(), request.id)
    assert level(session) is EH2 and request.done_at is None
    view = overview.one(session, "bakery", "roos", START)
    assert view is not None and view.status is MeansStatus.CHANGE_PENDING and view.letters
    with writing(session):
        activation.finish(
            session,
            make_sealer(),
            view.letters[-1].id,
            user_name="",
            password_hash="",
            factor=NewFactor(FactorKind.TOTP, "JBSWY3DPEHPK3PXP", 1),
            now=START + DAY,
        )
    assert level(session) is PLUS
    assert [one.lifts for one in enrolment.of_person(session, "roos", START)] == [True]


@pytest.mark.parametrize(
    ("wish", "part", "word"),
    [
        (SAME, "means", "same"),
        (replace(SAME, means_id="nothing"), "means", "gone"),
        (replace(SAME, level=AssuranceLevel.EH4), "level", "not_issued"),
        (replace(SAME, level=EH2, role=Role.ADMINISTRATOR), "role", "too_low_for_administrators"),
        (replace(SAME, organisations=("other",)), "organisations", "not_administered"),
        (replace(SAME, level=EH3, factor=FactorKind.SMS, contact=APP), "mobile", "not_a_number"),
    ],
)
def test_M_02_what_cannot_be_says_why(
    session: Session, held: Held, wish: ChangeWish, part: str, word: str
) -> None:
    held()
    if part != "mobile":
        factor(session, BoundBy.LETTER)
    with pytest.raises(ChangeRefused) as refused:
        change(session, wish)
    assert refused.value.faults[part] == word


def test_M_02_nobody_changes_above_the_own_level_or_the_own_means(
    session: Session, held: Held
) -> None:
    held()
    held("jan", role=Role.ADMINISTRATOR)
    factor(session, BoundBy.LETTER)
    with pytest.raises(ChangeRefused) as refused:
        change(session, replace(SAME, level=EH3), level=PLUS)
    assert refused.value.faults["level"] == "above_own_level"
    with pytest.raises(ChangeRefused) as refused:
        change(session, replace(SAME, level=EH2), level=EH2)
    assert refused.value.faults["level"] == "above_own_level"
    with pytest.raises(ChangeRefused) as refused:
        change(session, replace(SAME, means_id="m-jan", role=Role.MEMBER))
    assert refused.value.faults == {"means": "own"}


def test_M_04_the_last_administrator_keeps_role_and_level(session: Session, held: Held) -> None:
    held("roos", role=Role.ADMINISTRATOR)
    factor(session, BoundBy.LETTER)
    query = select(Membership).where(Membership.organisation_id == "bakery")
    places = {row.person_id: row for row in session.scalars(query)}
    for wish in (SAME, replace(SAME, role=Role.ADMINISTRATOR, level=EH2)):
        with writing(session):
            places["jan"].until = START + DAY  # an administrator now, and not for long
        with pytest.raises(ChangeRefused) as refused:
            change(session, wish, organisation_id="bakery")
        assert set(refused.value.faults) == {"role"}
    with writing(session):
        places["jan"].until = None
    assert change(session, SAME).done_at == START
    assert places["roos"].role is Role.MEMBER


@pytest.mark.parametrize(
    ("role", "factor_by", "why"),
    [
        (Role.MEMBER, BoundBy.LETTER, None),
        (Role.ADMINISTRATOR, BoundBy.LETTER, "administrator"),
        (Role.MEMBER, None, "no_sms"),
    ],
)
def test_the_number_of_a_member_changes_and_of_an_administrator_not(
    session: Session, held: Held, role: Role, factor_by: BoundBy | None, why: str | None
) -> None:
    held(role=role)
    if factor_by is not None:
        with writing(session):
            second_factor.bind_sms(
                session,
                make_sealer(),
                person_id="roos",
                number="+31611111111",
                bound_by=factor_by,
                now=START,
            )
    if why is not None:
        with pytest.raises(ContactRefused, match=why), texts(), writing(session):
            contact.change_mobile(session, around(), "roos", "0622222222")
        return
    with texts(), writing(session):
        contact.change_mobile(session, around(), "roos", "0622222222")
    (one,) = enrolment.of_person(session, "roos", START)
    assert second_factor.number_of(session, make_sealer(), one.id) == "+31622222222"
    channels = set(session.scalars(select(OutboxRow.channel)))
    assert "sms" in channels, "the number before hears of it"


def test_before_the_activation_number_and_address_are_those_of_the_request(
    session: Session, asked: Made
) -> None:
    request = asked(factor=FactorKind.SMS, contact=Contact(APP.address, "+31611111111"))
    person = session.get_one(IssuedMeans, request.means_id).person_id
    with pytest.raises(ContactRefused, match="status"), texts(), writing(session):
        contact.change_mobile(session, around(), person, "0622222222")
    with writing(session):
        decisions.approve(session, desk(), request.id)
    with texts(), writing(session):
        contact.change_mobile(session, around(), person, "0622222222")
        contact.change_email(session, around(), person, "Noa.Smit@voorbeeld.example")
    assert contact_of(make_sealer(), request) == Contact(APP.address, "+31622222222")
    assert session.get_one(Person, person).email == "noa.smit@voorbeeld.example"
    view = overview.one(session, "bakery", person, START)
    assert view is not None and view.letters[-1].mails == 2, "a new code went to the new address"


def test_after_the_activation_only_the_person_changes_the_address(
    session: Session, held: Held
) -> None:
    held()
    with pytest.raises(ContactRefused, match="active"), texts(), writing(session):
        contact.change_email(session, around(), "roos", "nieuw@voorbeeld.example")


def test_M_01_nobody_turns_the_mail_of_who_works_for_others_as_well(
    session: Session, asked: Made
) -> None:
    """Who reads that mail and the letter acts for every organisation of the person."""
    with writing(session):
        session.add(
            Membership(
                person_id="roos", organisation_id="other", role=Role.MEMBER, since=START - DAY
            )
        )
    asked(colleague="roos", name="", email="")
    with pytest.raises(ContactRefused, match="elsewhere"), texts(), writing(session):
        contact.change_email(session, around(), "roos", "jan2@voorbeeld.example")
    with writing(session):
        place(session, "other").until = START
    with texts(), writing(session):
        contact.change_email(session, around(), "roos", "roos2@voorbeeld.example")


def place(session: Session, organisation_id: str) -> Membership:
    query = select(Membership).where(
        Membership.person_id == "roos", Membership.organisation_id == organisation_id
    )
    return session.scalars(query).one()


def test_a_change_here_gives_nothing_back_at_another_organisation(
    session: Session, held: Held
) -> None:
    held(at=("bakery", "garden"), role=Role.ADMINISTRATOR)
    factor(session, BoundBy.LETTER)
    with writing(session):
        place(session, "garden").role = Role.MEMBER
    change(session, SAME)
    there = place(session, "garden")
    assert (place(session, "bakery").role, there.role) == (Role.MEMBER, Role.MEMBER)
    with writing(session):
        there.until = START
    request = change(session, replace(SAME, level=EH3))
    with writing(session):
        applying.apply(session, desk(), request)
    assert level(session) is EH3
    assert (there.role, there.until) == (Role.MEMBER, START)


def test_what_an_organisation_ended_since_the_request_stays_ended(
    session: Session, held: Held
) -> None:
    held()
    factor(session, BoundBy.LETTER)
    wanted = replace(SAME, level=EH3, organisations=("garden",))
    request = change(session, wanted)
    with writing(session):
        means.link(session, "m-roos", ["garden"], Role.MEMBER, START, START)
        link = session.scalars(select(MeansLink).where(MeansLink.organisation_id == "garden")).one()
        link.until = START + DAY
    with writing(session):
        applying.apply(session, desk(now=START + 2 * DAY), request)
    assert link.until == START + DAY
    query = select(Membership.organisation_id).where(Membership.person_id == "roos")
    assert session.scalars(query).all() == ["bakery"]


def test_a_role_that_is_given_lasts_a_whole_term_however_old_the_place_is(
    session: Session, held: Held
) -> None:
    held()
    factor(session, BoundBy.LETTER)
    with writing(session):
        place(session, "bakery").since = START - 6 * 365 * DAY
    request = change(session, replace(SAME, role=Role.ADMINISTRATOR), approval=frozenset())
    assert request.is_open, "an administrator is identified first"
    with writing(session):
        applying.apply(session, desk(), request)
    given = place(session, "bakery")
    assert role_of(given, START) is Role.ADMINISTRATOR and given.role_since == START
