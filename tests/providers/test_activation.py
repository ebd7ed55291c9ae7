"""The end of an activation: account, factor and places in one stroke, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pyotp
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from assurance import enrolment, means, means_letters, second_factor
from assurance.factors import BoundBy, Factor, FactorKind
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans, MeansLink
from assurance.means_letters import MOST_MAILS, MOST_TRIES, MeansCodes, MeansLetter
from assurance.means_requests import Contact, MeansOutcome, MeansRequest, RequestKind, seal_contact
from consent.mandates import Mandate
from directory.administrator_role import role_of
from directory.organisations import Organisation
from directory.origin import Origin
from directory.people import Membership, Person, Role
from providers import accounts, activation
from providers.accounts import Account
from providers.activation import ActivationRefused, NewFactor, WaitingMeans
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.databases import make_database
from tests.keys_for_tests import make_sealer

DAY: Final = timedelta(days=1)
SEED: Final = pyotp.random_base32()
APP: Final = NewFactor(FactorKind.TOTP, SEED, 7)
PLUS: Final = AssuranceLevel.EH2_PLUS


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = make_database(tmp_path)
    with Session(engine, expire_on_commit=False) as made:
        yield made
    engine.dispose()


@pytest.fixture
def roos(session: Session) -> Person:
    with writing(session):
        person = Person(id="roos", display_name="Roos", created_at=START)
        session.add(person)
    return person


@pytest.fixture
def codes(session: Session, roos: Person) -> MeansCodes:
    """A means of Roos for the bakery, approved, with its letter."""
    sealer = make_sealer()
    with writing(session):
        session.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
        session.add(
            IssuedMeans(id="m", person_id=roos.id, level=PLUS, asked_at=START, approved_at=START)
        )
        session.flush()
        means.link(session, "m", ["bakery"], Role.MEMBER, START, START)
        session.add(
            MeansRequest(
                id="r",
                means_id="m",
                kind=RequestKind.NEW,
                organisation_id="bakery",
                asked_by=roos.id,
                asked_at=START,
                reference="ABCD2345",
                level=PLUS,
                role=Role.MEMBER,
                factor=FactorKind.TOTP,
                organisations=["bakery"],
                contact=seal_contact(sealer, "r", Contact(("Straat 1", "Plaats"))),
                outcome=MeansOutcome.APPROVED,
                decided_at=START,
            )
        )
        return means_letters.write(session, sealer, "m", START, 30 * DAY)


def letter(session: Session, codes: MeansCodes) -> MeansLetter:
    found = means_letters.find(session, make_sealer(), codes.letter)
    assert found is not None
    return found


def finish(
    session: Session,
    codes: MeansCodes,
    *,
    name: str = "roos",
    factor: NewFactor | None = APP,
    days: int = 0,
    password_hash: str = "hashed",
) -> WaitingMeans:
    with writing(session):
        return activation.finish(
            session,
            make_sealer(),
            letter(session, codes).id,
            user_name=name,
            password_hash=password_hash,
            factor=factor,
            now=START + days * DAY,
        )


def test_account_factor_and_place_come_together(
    session: Session, roos: Person, codes: MeansCodes
) -> None:
    assert accounts.of_person(session, roos.id) is None
    finish(session, codes)
    account = accounts.of_person(session, roos.id)
    assert account is not None and (account.user_name, account.level) == ("roos", PLUS)
    (factor,) = enrolment.of_person(session, roos.id, START)
    assert factor.kind is FactorKind.TOTP and factor.lifts, "who has the letter was identified"
    place = session.scalars(select(Membership)).one()
    assert (place.role, place.level, place.until) == (Role.MEMBER, PLUS, None)
    assert session.scalars(select(MeansLink.gives_place)).one()
    request = session.get_one(MeansRequest, "r")
    assert request.done_at == START and request.contact == b"", "the address is not kept"


def test_a_letter_works_once_in_time_and_with_what_was_asked(
    session: Session, roos: Person, codes: MeansCodes
) -> None:
    with pytest.raises(ActivationRefused, match="over"):
        finish(session, codes, factor=None)
    with pytest.raises(ActivationRefused, match="over"):
        finish(session, codes, days=30)
    finish(session, codes, days=29)
    with pytest.raises(ActivationRefused, match="over"):
        finish(session, codes, days=29)
    assert len(enrolment.of_person(session, roos.id, START)) == 1


def test_a_name_is_given_once_also_after_its_account_ended(
    session: Session, roos: Person, codes: MeansCodes
) -> None:
    with writing(session):
        session.add(Person(id="mo", display_name="Mo", created_at=START))
        session.flush()
        session.add(
            Account(person_id="mo", user_name="mo", level=PLUS, created_at=START, ended_at=START)
        )
    with pytest.raises(ActivationRefused, match="name_taken"):
        finish(session, codes, name="mo")
    assert accounts.of_person(session, roos.id) is None
    finish(session, codes, name="roos")


def test_a_means_takes_nothing_of_a_place_that_is_there(
    session: Session, roos: Person, codes: MeansCodes
) -> None:
    with writing(session):
        session.add(
            Membership(
                person_id=roos.id,
                organisation_id="bakery",
                role=Role.ADMINISTRATOR,
                level=AssuranceLevel.EH3,
                since=START - DAY,
            )
        )
    finish(session, codes)
    place = session.scalars(select(Membership)).one()
    assert (place.role, place.level) == (Role.ADMINISTRATOR, AssuranceLevel.EH3)
    assert not session.scalars(select(MeansLink.gives_place)).one()


def test_M_07_who_comes_back_by_a_means_has_no_mandate_of_before(
    session: Session, roos: Person, codes: MeansCodes
) -> None:
    with writing(session):
        place = {"since": START - 9 * DAY, "until": START - DAY, "role": Role.MEMBER}
        session.add(Membership(person_id=roos.id, organisation_id="bakery", **place))
        session.add(
            Mandate(
                id="before",
                person_id=roos.id,
                organisation_id="bakery",
                level=PLUS,
                valid_from=START - 5 * DAY,
                valid_until=START + 90 * DAY,
            )
        )
    finish(session, codes)
    assert session.scalars(select(Membership)).one().until is None
    assert session.get_one(Mandate, "before").revoked_at == START


@pytest.mark.parametrize("is_over", [False, True])
def test_who_becomes_administrator_by_a_means_is_it_from_now_on(
    session: Session, roos: Person, codes: MeansCodes, is_over: bool
) -> None:
    with writing(session):
        session.add(
            Membership(
                person_id=roos.id,
                organisation_id="bakery",
                role=Role.MEMBER,
                since=START - 2200 * DAY,
                role_since=START - 2100 * DAY,
                until=START - DAY if is_over else None,
            )
        )
        for model in (MeansLink, MeansRequest):
            session.execute(update(model).values(role=Role.ADMINISTRATOR))
    finish(session, codes)
    place = session.scalars(select(Membership)).one()
    assert role_of(place, START) is Role.ADMINISTRATOR


def test_the_code_of_the_mail_takes_five_tries_and_a_letter_ten_mails(
    session: Session, codes: MeansCodes
) -> None:
    sealer, row = make_sealer(), letter(session, codes).id
    with writing(session):
        for _ in range(MOST_TRIES):
            assert not means_letters.mail_is_right(session, sealer, row, "2222-2222", START)
        assert not means_letters.mail_is_right(session, sealer, row, codes.mail, START)
        newer = means_letters.another_mail(session, sealer, row, START)
        assert newer is not None
        assert not means_letters.mail_is_right(session, sealer, row, codes.mail, START)
        typed = newer.lower().replace("-", " ")
        assert means_letters.mail_is_right(session, sealer, row, typed, START)
        for _ in range(MOST_MAILS - 2):
            assert means_letters.another_mail(session, sealer, row, START) is not None
        assert means_letters.another_mail(session, sealer, row, START) is None


@pytest.mark.parametrize("text", ["", "A" * 16, "short", "x" * 5000])
def test_no_other_text_is_a_letter(session: Session, codes: MeansCodes, text: str) -> None:
    assert means_letters.find(session, make_sealer(), text) is None
    assert means_letters.find(session, make_sealer(), codes.letter + "2") is None
    assert codes.letter not in repr(codes) and codes.mail not in repr(codes)


@pytest.mark.parametrize(("to", "counts"), [(PLUS, True), (AssuranceLevel.EH3, False)])
def test_a_factor_of_a_login_elsewhere_lifts_to_no_more_than_that_login_proved(
    session: Session, roos: Person, codes: MeansCodes, to: AssuranceLevel, counts: bool
) -> None:
    with writing(session):
        second_factor.bind_totp(
            session,
            make_sealer(),
            person_id=roos.id,
            seed=pyotp.random_base32(),
            label="",
            bound_by=BoundBy.SESSION,
            now=START - DAY,
        )
        session.get_one(MeansRequest, "r").level = to
    finish(session, codes)
    old, new = enrolment.of_person(session, roos.id, START)
    assert (old.lifts, new.lifts) == (counts, True)


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ({"bound_by": BoundBy.LETTER}, False),  # the app of the means that ended
        ({"bound_by": BoundBy.SESSION}, False),
        ({"bound_by": BoundBy.ADMINISTRATOR}, False),
        ({"bound_by": BoundBy.ADMINISTRATOR, "origin": Origin.DOCUMENT}, True),
        ({"bound_by": BoundBy.LETTER, "bound_at": START + 2 * DAY}, True),  # since it ended
        ({"bound_by": BoundBy.SELF}, False),
    ],
    ids=["letter", "session", "administrator", "document", "since", "self"],
)
def test_a_factor_of_a_means_that_ended_counts_no_more_with_the_next_one(
    session: Session, roos: Person, codes: MeansCodes, facts: dict[str, Any], counts: bool
) -> None:
    values: dict[str, Any] = {"bound_at": START, "origin": Origin.SCREEN, **facts}
    with writing(session):
        ended = {"created_at": START - DAY, "ended_at": START + DAY}
        session.add(Account(person_id=roos.id, user_name="roos", level=PLUS, failures=0, **ended))
        second_factor.bind_totp(
            session,
            make_sealer(),
            person_id=roos.id,
            seed=pyotp.random_base32(),
            label="old",
            bound_by=BoundBy.SELF,
            now=START,
        )
        (old,) = session.scalars(select(Factor))
        old.bound_by, old.bound_at, old.origin = (
            values["bound_by"],
            values["bound_at"],
            values["origin"],
        )
    finish(session, codes, days=3)
    found = {one.label: one.lifts for one in enrolment.of_person(session, roos.id, START)}
    assert found == {"old": counts, "": True}, "the app of the activation counts"
    tags = audit.recent(session, tags=[EventTag.FACTOR_WAITS])
    waits = not counts and values["bound_by"] is not BoundBy.SELF
    assert [one.details["factor"] for one in tags] == ([old.id] if waits else [])


def test_a_place_that_was_ended_after_the_request_does_not_come_with_the_letter(
    session: Session, roos: Person, codes: MeansCodes
) -> None:
    with writing(session):
        session.add(Organisation(id="garden", kvk="90001639", name="Groenrijk"))
        session.get_one(MeansRequest, "r").organisations = ["bakery", "garden"]
        session.flush()
        means.link(session, "m", ["garden"], Role.MEMBER, START, START)
        link = session.scalars(select(MeansLink).where(MeansLink.organisation_id == "garden")).one()
        link.until = START + DAY
    finish(session, codes, days=2)
    assert session.scalars(select(Membership.organisation_id)).all() == ["bakery"]
    assert link.until == START + DAY


def test_an_account_that_came_meanwhile_grows_by_its_own_password_alone(
    session: Session, roos: Person, codes: MeansCodes
) -> None:
    with pytest.raises(ActivationRefused, match="over"):
        finish(session, codes, password_hash="")
    email = AssuranceLevel.EMAIL
    with writing(session):
        session.add(Account(person_id=roos.id, user_name="roos", level=email, created_at=START))
    with pytest.raises(ActivationRefused, match="over"):
        finish(session, codes)
    account = accounts.of_person(session, roos.id)
    assert account is not None and account.level is email
    finish(session, codes, password_hash="")
    assert account.level is PLUS
