"""An organisation that was closed by mistake counts again, and one that others closed does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.organisations.records import NoSuchOrganisation
from admin.organisations.restoring import RestoreFault, RestoreRefused, restore
from directory import dates
from directory.organisation_records import (
    NumberChange,
    OldNumber,
    OrganisationRecord,
    RecordSource,
)
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.databases import make_database

KVK = "90001201"
ENDED = date(2026, 3, 31)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            made.add(Organisation(id="here", kvk=KVK, name="here", suspended_at=START))
            made.add(Person(id="jan", display_name="Jan", created_at=START))
            made.flush()
        yield made


def restored(session: Session, kvk: str = KVK) -> bool:
    with writing(session):
        return restore(session, kvk, actor=COMMAND_LINE, now=START)


def is_closed(session: Session) -> bool:
    session.expire_all()
    return session.get_one(Organisation, "here").suspended_at is not None


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.MEMBER, None])
def test_it_counts_again_and_who_administers_it_is_said(
    session: Session, role: Role | None
) -> None:
    if role is not None:
        with writing(session):
            session.add(
                Membership(
                    person_id="jan",
                    organisation_id="here",
                    role=role,
                    role_since=START,
                    since=START,
                )
            )
    assert restored(session) is (role is Role.ADMINISTRATOR)
    assert not is_closed(session)
    (event,) = audit.recent(session, tags=[EventTag.ORGANISATION_CHANGED])
    assert (event.reason, event.organisation_id) == ("restored", "here")
    assert event.details == {"fields": "suspended_at"}


def test_what_counts_is_not_restored(session: Session) -> None:
    restored(session)
    with pytest.raises(RestoreRefused) as refused:
        restored(session)
    assert refused.value.why is RestoreFault.OPEN
    with pytest.raises(NoSuchOrganisation):
        restored(session, "90007777")
    assert len(audit.recent(session, tags=[EventTag.ORGANISATION_CHANGED])) == 1


@pytest.mark.parametrize("by_the_register", [True, False])
def test_what_the_register_ended_only_the_register_gives_back(
    session: Session, by_the_register: bool
) -> None:
    """An administrator who closed it first did so on another day."""
    with writing(session):
        session.add(
            OrganisationRecord(
                organisation_id="here", source=RecordSource.FILE, looked_at=START, ended=ENDED
            )
        )
        if by_the_register:
            session.get_one(Organisation, "here").suspended_at = dates.start_of(ENDED)
    if not by_the_register:
        restored(session)
        assert not is_closed(session)
        return
    with pytest.raises(RestoreRefused) as refused:
        restored(session)
    assert refused.value.why is RestoreFault.REGISTER and is_closed(session)


def test_what_went_up_in_another_stays_there(session: Session) -> None:
    with writing(session):
        session.add(Organisation(id="there", kvk="90001639", name="there"))
        session.flush()
        session.add(
            OldNumber(
                kvk=KVK,
                organisation_id="there",
                why=NumberChange.MERGED,
                rsin=None,
                changed_at=START,
            )
        )
    with pytest.raises(RestoreRefused) as refused:
        restored(session)
    assert refused.value.why is RestoreFault.MOVED and is_closed(session)
