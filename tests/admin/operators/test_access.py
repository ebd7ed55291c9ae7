"""An operator's access: the same for the command and the console, and the audit tells who."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE, Actor
from admin.operators import access, roles, set_up_links
from admin.operators.access import NameTaken, NoSuchOperator, OperatorInvitation, SetUpStep
from admin.operators.roles import OperatorRole
from admin.operators.set_up_links import LinkRefusal, LinkRefused, OpenLink
from assurance import enrolment, session_lifetime
from assurance.factors import BoundBy
from assurance.levels import AssuranceLevel
from assurance.session_lifetime import SessionLimits
from broker.downstream import NewGrant
from broker.sso import grants
from directory.consoles import OPERATOR
from providers import accounts
from providers.accounts import NameRefused
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer

ROBIN = Actor.operator("robin")
SEED = "JBSWY3DPEHPK3PXP" * 2
LATER = START + timedelta(minutes=1)
HOUR = timedelta(hours=1)


def made(session: Session, actor: Actor = COMMAND_LINE) -> OperatorInvitation:
    with writing(session):
        return access.create(
            session,
            name="Kim Bos",
            email="kim@x.example",
            user_name="kim",
            roles=[OperatorRole.VIEWER],
            actor=actor,
            now=START,
        )


@pytest.mark.parametrize(("actor", "who"), [(COMMAND_LINE, None), (ROBIN, "robin")])
def test_each_step_is_audited_with_who_took_it(
    session: Session, actor: Actor, who: str | None
) -> None:
    kim = made(session, actor).person_id
    with writing(session):
        assert access.recover(session, "Kim", actor=actor, now=START).person_id == kim
    with writing(session):
        assert access.end(session, "kim", actor=actor, now=START) == kim
    tags = (EventTag.OPERATOR_ADDED, EventTag.OPERATOR_RECOVERED, EventTag.OPERATOR_ENDED)
    events = audit.recent(session, tags=tags)
    assert [(event.tag, event.person_id) for event in reversed(events)] == [
        (tag, who) for tag in tags
    ]
    assert roles.roles_of(session, kim, START) == frozenset()


def test_what_an_operator_held_ends_with_it(session: Session) -> None:
    made(session)
    with writing(session):
        access.recover(session, "kim", actor=COMMAND_LINE, now=START)
    with writing(session):
        access.end(session, "kim", actor=COMMAND_LINE, now=START)
    ended = audit.recent(session, tags=[EventTag.SESSION_ENDED])
    assert [event.reason for event in ended] == ["operator_ended", "recovered"]
    with pytest.raises(NoSuchOperator), writing(session):
        access.end(session, "kim", actor=COMMAND_LINE, now=START)


def opened(session: Session, invited: OperatorInvitation) -> OpenLink:
    """The link of this invitation, taken by a browser that chose a password."""
    with writing(session):
        return access.keep_password(session, invited.secret, "a hash", START)


def give_code(session: Session, link: OpenLink, code: str) -> bool:
    with writing(session):
        return access.bind_app(session, make_sealer(), link, seed=SEED, code=code, now=START)


def right_code() -> str:
    return pyotp.TOTP(SEED).at(START)


@pytest.mark.parametrize(
    ("user_name", "email", "error"),
    [
        ("KIM", "another@x.example", NameTaken),
        ("another", "Kim@X.example", NameTaken),
        ("k", "another@x.example", NameRefused),
        ("another", "no address", NameRefused),
    ],
)
def test_a_name_is_given_once_and_has_one_spelling(
    session: Session, user_name: str, email: str, error: type[Exception]
) -> None:
    made(session)
    with pytest.raises(error), writing(session):
        access.create(
            session,
            name="Another",
            email=email,
            user_name=user_name,
            roles=[OperatorRole.VIEWER],
            actor=COMMAND_LINE,
            now=START,
        )


def test_a_user_name_is_not_given_again_after_its_operator_left(session: Session) -> None:
    made(session)
    with writing(session):
        access.end(session, "kim", actor=COMMAND_LINE, now=START)
    with pytest.raises(NameTaken):
        made(session)


def test_a_new_operator_has_an_account_without_a_password(session: Session) -> None:
    account = access.account_of(session, made(session).person_id)
    assert account.password_hash is None and account.level is AssuranceLevel.EH3


def test_a_link_is_used_up_by_the_password_that_it_brought(session: Session) -> None:
    invited = made(session)
    link = opened(session, invited)
    assert access.account_of(session, link.person_id).password_hash == "a hash"
    with pytest.raises(LinkRefused) as refused:
        opened(session, invited)
    assert refused.value.why is LinkRefusal.USED


def test_first_a_factor_and_then_codes(session: Session) -> None:
    link = opened(session, made(session))
    assert access.step_of(session, link) is SetUpStep.FACTOR
    assert not give_code(session, link, "000000" if right_code() != "000000" else "000001")
    assert access.step_of(session, link) is SetUpStep.FACTOR
    assert give_code(session, link, right_code())
    assert access.step_of(session, link) is SetUpStep.CODES
    with writing(session):
        assert len(access.make_codes(session, make_sealer(), link, START)) == 10
        access.complete(session, link, START)
    with pytest.raises(LinkRefused):
        set_up_links.resume(session, link.id, START)
    assert audit.recent(session)[0].tag is EventTag.OPERATOR_SET_UP
    bound = {one.bound_by for one in enrolment.of_person(session, link.person_id, START)}
    assert bound == {BoundBy.ADMINISTRATOR}


def test_who_recovers_begins_anew_and_what_was_there_is_worth_nothing(session: Session) -> None:
    before = made(session)
    link = opened(session, before)
    give_code(session, link, right_code())
    with writing(session):
        again = access.recover(session, " KIM ", actor=COMMAND_LINE, now=LATER)
    account = access.account_of(session, link.person_id)
    assert account.password_hash is None
    assert enrolment.of_person(session, link.person_id, LATER) == []
    assert accounts.holder(session, account.id, not_after=START, now=START) is None
    with pytest.raises(LinkRefused):
        set_up_links.resume(session, link.id, LATER)  # the link of before
    assert set_up_links.look_at(session, again.secret, LATER).person_id == link.person_id


@pytest.mark.parametrize("lost", [access.recover, access.end])
def test_who_recovers_or_leaves_is_out_of_every_console(
    session: Session, lost: Callable[..., object]
) -> None:
    invited = made(session)
    with writing(session):
        session_lifetime.start(
            session,
            make_sealer(),
            identifier="7" * 26,
            person_id=invited.person_id,
            group=None,
            facts=b"{}",
            limits=SessionLimits(HOUR, HOUR),
            now=START,
        )
        held = NewGrant("grant", OPERATOR.client_id, invited.person_id, "service", START + HOUR)
        grants.insert(session, held, START)
    assert grants.live(session, "grant", START) == invited.person_id
    assert len(session_lifetime.standing(session, invited.person_id, START)) == 1
    with writing(session):
        lost(session, "kim", actor=COMMAND_LINE, now=START)
    assert grants.live(session, "grant", START) is None
    assert session_lifetime.standing(session, invited.person_id, START) == []


def test_who_left_has_no_way_in(session: Session) -> None:
    invited = made(session)
    link = opened(session, invited)
    give_code(session, link, right_code())
    with writing(session):
        access.end(session, "kim", actor=COMMAND_LINE, now=LATER)
    account = access.account_of(session, link.person_id)
    assert (account.password_hash, account.email, account.ended_at) == (None, None, LATER)
    assert accounts.named(session, "kim") is None
    assert enrolment.of_person(session, link.person_id, LATER) == []
    with pytest.raises(LinkRefused):
        set_up_links.resume(session, link.id, LATER)
    with pytest.raises(NoSuchOperator), writing(session):
        access.recover(session, "kim", actor=COMMAND_LINE, now=LATER)
