"""People are found by makelaar and subject, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from directory import people
from directory.people import ExternalIdentity, Known, MeansStatus, Person
from tests.clocks import START
from tests.databases import make_database
from tests.keys_for_tests import make_sealer


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return make_database(tmp_path)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


def meet(session: Session, provider: str = "polderpoort", subject: str = "s-1") -> Known:
    return people.find_or_create(
        session,
        make_sealer(),
        provider_id=provider,
        subject=subject,
        display_name="Jan de Vries",
        email="jan@voorbeeld.example",
        now=START,
    )


def test_who_is_new_gets_a_record_and_is_found_again(session: Session) -> None:
    assert people.find(session, make_sealer(), "polderpoort", "s-1") is None
    made = meet(session)
    assert meet(session) == made
    assert people.find(session, make_sealer(), "polderpoort", "s-1") == made


def test_the_same_subject_at_another_makelaar_is_somebody_else(session: Session) -> None:
    assert meet(session).person_id != meet(session, provider="zekerweg").person_id
    assert meet(session).person_id != meet(session, subject="S-1").person_id


def test_the_same_email_address_makes_nobody_the_same(session: Session) -> None:
    assert meet(session).email == meet(session, subject="s-2").email
    assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_the_subject_itself_is_not_kept(session: Session) -> None:
    meet(session, subject="a-very-special-subject")
    kept = session.scalars(select(ExternalIdentity)).one()
    assert "special" not in kept.subject_hash


def test_of_many_first_logins_at_once_one_makes_the_person(engine: Engine) -> None:
    def first_login(_: int) -> str:
        with Session(engine) as own:
            return meet(own).person_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(first_login, range(8)))) == 1
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1


@pytest.mark.parametrize(
    ("blocked", "active_until", "status"),
    [
        (None, None, MeansStatus.ACTIVE),
        (None, timedelta(seconds=1), MeansStatus.ACTIVE),
        (None, timedelta(0), MeansStatus.ACTIVATION_EXPIRED),
        (timedelta(0), None, MeansStatus.BLOCKED),
        (timedelta(0), -timedelta(days=1), MeansStatus.BLOCKED),
        (timedelta(seconds=1), None, MeansStatus.ACTIVE),
    ],
)
def test_the_status_of_a_means(
    blocked: timedelta | None, active_until: timedelta | None, status: MeansStatus
) -> None:
    known = Known(
        person_id="jan",
        display_name="Jan",
        email=None,
        blocked_at=START + blocked if blocked is not None else None,
        means_active_until=START + active_until if active_until is not None else None,
    )
    assert people.means_status(known, START) is status
