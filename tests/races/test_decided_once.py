"""Of two who decide the same at the same moment one does; what follows a decision happens once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.factor_resets.requests import FactorReset, digest
from admin.factor_resets.rules import Proof, Reason
from admin.operators import roles
from admin.operators.roles import OperatorRole
from admin.operators.set_up_links import SetUpLink
from assurance import enrolment, factor_letters
from assurance.factors import BoundBy, Factor, FactorKind, FactorLetter, StockedDevice
from assurance.levels import AssuranceLevel
from broker.sso.grants import Grant
from consent.mandates import Mandate
from consent.register import Consent
from consent.requests import MandateRequest, RequestState
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from providers.accounts import Account
from providers.browser_counts import AccountBrowser
from state.audit import AuditRow
from state.db import writing
from state.outbox_queries import listed
from tests.clocks import START
from tests.giving import known
from tests.keys_for_tests import make_sealer
from tests.races import acts
from tests.races.acts import SEED, UUID, YEAR, secret
from tests.races.racers import ROUNDS, Act, Racers

HOUR = timedelta(hours=1)
EVERY_ROUND = range(ROUNDS)
Prepare = Callable[[Session], None]


def hashed(number: int) -> str:
    return hashlib.sha256(secret(number).encode()).hexdigest()


def with_means(session: Session) -> None:
    """Roos can log in, so that she can have a mandate."""
    session.add(known("roos"))


def asked_mandates(session: Session) -> None:
    with_means(session)
    session.add_all(
        MandateRequest(
            id=f"r{number}",
            person_id="roos",
            organisation_id="bakery",
            service_uuid=acts.uuid_of(number),
            level=AssuranceLevel.EH3,
            reference="ABCD1234",
            state=RequestState.OPEN,
            asked_at=START,
        )
        for number in EVERY_ROUND
    )


def given_mandates(session: Session) -> None:
    with_means(session)
    session.add_all(
        Mandate(
            id=f"m{number}",
            person_id="roos",
            organisation_id="bakery",
            service_uuid=acts.uuid_of(number),
            level=AssuranceLevel.EH3,
            valid_from=START,
            valid_until=START + YEAR,
            granted_by="jan",
        )
        for number in EVERY_ROUND
    )


def consents(session: Session) -> None:
    session.add_all(
        Consent(
            id=f"c{number}",
            person_id="roos",
            client_id="c",
            service_uuid=UUID,
            shown=str(number),
            given_at=START,
        )
        for number in EVERY_ROUND
    )


def owners(session: Session) -> None:
    """A person of its own for each round, with an app that waits for a letter."""
    sealer = make_sealer()
    for number in EVERY_ROUND:
        session.add(Person(id=f"p{number}", display_name=f"P{number}", created_at=START))
        session.flush()
        session.add(
            Factor(
                id=f"f{number}",
                person_id=f"p{number}",
                kind=FactorKind.TOTP,
                bound_by=BoundBy.SELF,
                secret=sealer.seal(SEED.encode(), f"factor:f{number}"),
                bound_at=START,
            )
        )


def asked_resets(session: Session) -> None:
    owners(session)
    session.flush()
    session.add_all(
        FactorReset(
            id=f"x{number}",
            person_id=f"p{number}",
            asked_by="roos",
            factors=[f"f{number}"],
            standing=digest(enrolment.of_person(session, f"p{number}", START)),
            reason=Reason.LOST,
            proof=Proof.IN_PERSON,
            level=AssuranceLevel.EH3,
            asked_at=START,
            expires_at=START + HOUR,
        )
        for number in EVERY_ROUND
    )
    roles.assign(session, "roos", {OperatorRole.HELPDESK}, START)


def sent_letters(session: Session) -> None:
    owners(session)
    session.flush()
    for number in EVERY_ROUND:
        code = f"CODE-{number:04}-ABCD"
        session.add(
            FactorLetter(
                id=f"b{number}",
                factor_id=f"f{number}",
                code_hash=factor_letters._hash(make_sealer(), f"f{number}", code),
                sent_at=START,
            )
        )


def operators(session: Session) -> None:
    for number in EVERY_ROUND:
        name = f"operator{number}"
        session.add(Person(id=f"o{number}", display_name=name, created_at=START))
        session.flush()
        session.add(
            Account(
                person_id=f"o{number}",
                user_name=name,
                level=AssuranceLevel.EH3,
                created_at=START,
                recovery_hash=hashed(number),
                recovery_until=START + HOUR,
            )
        )
        roles.assign(session, f"o{number}", {OperatorRole.VIEWER}, START)


def set_up_links(session: Session, used: bool = False) -> None:
    operators(session)
    session.flush()
    session.add_all(
        SetUpLink(
            id=f"l{number}",
            person_id=f"o{number}",
            link_hash=hashed(number),
            created_at=START,
            expires_at=START + HOUR,
            used_at=START if used else None,
        )
        for number in EVERY_ROUND
    )


def used_links(session: Session) -> None:
    set_up_links(session, used=True)


def devices_in_stock(session: Session) -> None:
    session.add_all(
        StockedDevice(
            serial=f"device-{number}",
            secret=make_sealer().seal(SEED.encode(), f"otp-device:device-{number}"),
            period=30,
            digits=6,
            algorithm="sha1",
            imported_at=START,
        )
        for number in EVERY_ROUND
    )


def ending_mandates(session: Session) -> None:
    """An organisation with an administrator for each round."""
    for number in EVERY_ROUND:
        session.add(Organisation(id=f"o{number}", kvk=f"9000{number:04}", name=f"O{number}"))
        session.add(
            Person(id=f"a{number}", display_name="A", email="a@x.example", created_at=START)
        )
        session.flush()
        session.add(
            Membership(
                person_id=f"a{number}",
                organisation_id=f"o{number}",
                role=Role.ADMINISTRATOR,
                since=START,
            )
        )
        session.add(
            Mandate(
                person_id="roos",
                organisation_id=f"o{number}",
                service_uuid=UUID,
                level=AssuranceLevel.EH3,
                valid_from=START,
                valid_until=START + 24 * HOUR,
            )
        )


def nothing(session: Session) -> None:
    """What is raced for is made in the race."""


def follows(session: Session) -> tuple[int, int]:
    """How many audit events there are, and messages."""
    session.rollback()
    events = session.scalar(select(func.count()).select_from(AuditRow)) or 0
    return events, len(listed(session))


# What there is, what both do, and how many audit events and messages each round leaves.
ONE_WINS: dict[str, tuple[Prepare, Any, Any, tuple[int, int] | None]] = {
    "two grants": (asked_mandates, acts.grant, acts.grant, (1, 1)),
    "two refusals": (asked_mandates, acts.refuse, acts.refuse, (1, 1)),
    "a grant and a refusal": (asked_mandates, acts.grant, acts.refuse, (1, 1)),
    "a grant and the end of its service": (
        asked_mandates,
        acts.grant,
        acts.close_with_service,
        None,
    ),
    "two requests for one mandate": (nothing, acts.ask_mandate, acts.ask_mandate, None),
    "two who give the same": (with_means, acts.give, acts.give, (1, 1)),
    "two who make the same longer": (given_mandates, acts.give, acts.give, (1, 1)),
    "two revocations": (given_mandates, acts.revoke, acts.revoke, (1, 1)),
    "two withdrawals of one consent": (
        consents,
        acts.withdraw_consent,
        acts.withdraw_consent,
        None,
    ),
    "two digests of one week": (ending_mandates, acts.send_digest, acts.send_digest, (0, 1)),
    "two requests for one reset": (owners, acts.ask_reset, acts.ask_reset, (1, 0)),
    "two approvals of one reset": (asked_resets, acts.approve_reset, acts.approve_reset, None),
    "an approval and a rejection": (asked_resets, acts.approve_reset, acts.reject_reset, None),
    "two rejections": (asked_resets, acts.reject_reset, acts.reject_reset, (1, 0)),
    "one set-up link taken twice": (
        set_up_links,
        acts.take_set_up_link,
        acts.take_set_up_link,
        None,
    ),
    "two passwords by one link": (set_up_links, acts.choose_password, acts.choose_password, None),
    "two apps by one link": (used_links, acts.bind_app, acts.bind_app, None),
    "one user name for two operators": (
        nothing,
        acts.create_operator,
        acts.create_operator,
        (1, 0),
    ),
    "one operator ended twice": (operators, acts.end_operator, acts.end_operator, (2, 0)),
    "one recovery link": (operators, acts.take_recovery_link, acts.take_recovery_link, None),
    "one letter confirmed twice": (sent_letters, acts.confirm_letter, acts.confirm_letter, None),
    "one factor ended twice": (owners, acts.end_factor, acts.end_factor, None),
    "one device for two people": (devices_in_stock, acts.assign_device, acts.assign_device, None),
}


@pytest.mark.parametrize("name", ONE_WINS)
def test_of_two_at_once_one_decides(session: Session, url: str, two: Racers, name: str) -> None:
    prepare, first, second, each = ONE_WINS[name]
    with writing(session):
        prepare(session)
    found = two.race(url, first, second)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found
    if each is not None:
        assert follows(session) == tuple(number * ROUNDS for number in each)


def test_a_request_that_was_granted_has_one_mandate_and_its_state(
    session: Session, url: str, two: Racers
) -> None:
    with writing(session):
        asked_mandates(session)
    found = two.race(url, acts.grant, acts.refuse)
    session.rollback()
    states = [session.get_one(MandateRequest, f"r{n}").state for n in EVERY_ROUND]
    granted = [RequestState.GRANTED if first else RequestState.REFUSED for first, _ in found]
    assert states == granted
    assert session.query(Mandate).count() == sum(bool(first) for first, _ in found)


def test_M_11_of_a_longer_term_and_a_revocation_nothing_stands(
    session: Session, url: str, two: Racers
) -> None:
    with writing(session):
        given_mandates(session)
    found = two.race(url, acts.give, acts.revoke)
    assert {revoked for _, revoked in found} == {True}, found
    assert {longer for longer, _ in found} <= {True, False}, found
    session.rollback()
    assert session.query(Mandate).where(Mandate.revoked_at.is_(None)).count() == 0


def test_of_two_recoveries_at_once_the_later_link_stands_alone(
    session: Session, url: str, two: Racers
) -> None:
    with writing(session):
        operators(session)
    assert two.race(url, acts.recover) == [(True, True)] * ROUNDS
    session.rollback()
    standing = select(SetUpLink.person_id).where(SetUpLink.done_at.is_(None))
    assert sorted(session.scalars(standing)) == [f"o{number}" for number in EVERY_ROUND]


def test_of_an_end_and_a_recovery_at_once_nothing_stands(
    session: Session, url: str, two: Racers
) -> None:
    with writing(session):
        set_up_links(session)
    found = two.race(url, acts.end_operator, acts.recover)
    assert [ended for ended, _ in found] == [True] * ROUNDS
    session.rollback()
    assert session.scalars(select(SetUpLink.id).where(SetUpLink.done_at.is_(None))).all() == []
    ended = select(Account.id).where(Account.ended_at.is_not(None))
    assert len(session.scalars(ended).all()) == ROUNDS


@pytest.mark.parametrize("other", [acts.log_out_everywhere, acts.block])
def test_what_a_login_gives_at_the_moment_that_its_person_goes_does_not_stand(
    session: Session, url: str, two: Racers, other: Act
) -> None:
    with writing(session):
        owners(session)
    found = two.race(url, acts.answer_login, other)
    assert {gone for _, gone in found} == {True}, found
    assert {answered for answered, _ in found} == {True}, found
    session.rollback()
    assert session.scalars(select(Grant.id).where(Grant.revoked_at.is_(None))).all() == []


def test_of_two_letters_at_once_the_code_of_the_later_one_works_alone(
    session: Session, url: str, two: Racers
) -> None:
    with writing(session):
        owners(session)
    assert two.race(url, acts.send_letter) == [(True, True)] * ROUNDS
    session.rollback()
    waiting = [factor_letters.waiting(session, f"p{n}", START) for n in EVERY_ROUND]
    assert waiting == [[f"f{n}"] for n in EVERY_ROUND]


def test_A_14_every_wrong_password_in_one_browser_counts(
    session: Session, url: str, two: Racers
) -> None:
    found = two.race(url, acts.wrong_password)
    session.rollback()
    (row,) = session.scalars(select(AccountBrowser)).all()
    assert row.failures == 2 * ROUNDS
    pauses = sorted(count for pair in found for count in pair if isinstance(count, int) and count)
    assert pauses == [5, 10, 15, 20]


def test_an_error_in_a_race_is_seen(session: Session, url: str, two: Racers) -> None:
    """Without what it needs, no round of any act comes to True or False."""
    found = two.race(url, acts.end_operator, acts.recover)
    assert all(first is False and "NoSuchOperator" in str(second) for first, second in found)
    assert session.scalars(select(AuditRow.id)).first() is None
