"""What stands under an old KvK number is found under the new one: logins, names, and what a first
administrator asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.organisations import relinking
from admin.organisations.relinking import Merger
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from directory import company_history, groups, history, organisation_records
from directory.company_history import WantedLogins
from directory.groups import AccountRequest, UserGroup
from directory.organisations import Organisation
from directory.people import Person
from state.db import writing
from tests.clocks import START
from tests.databases import make_database
from tests.keys_for_tests import make_sealer

OLD, NEW, FREE, OTHER = "90001201", "90001639", "90007777", "90001542"
OLD_RSIN, NEW_RSIN = "800001205", "800001643"
DAY = timedelta(days=1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Session(make_database(tmp_path), expire_on_commit=False) as made:
        with writing(made):
            for name, kvk, rsin in (("old", OLD, OLD_RSIN), ("new", NEW, None), ("x", OTHER, None)):
                made.add(Organisation(id=name, kvk=kvk, rsin=rsin, name=name.capitalize()))
            made.add(Person(id="jan", display_name="Jan", created_at=START))
        for number, reference, at in (
            (OLD, "BYNUMBER", START - 3 * DAY),
            (OLD_RSIN, "BYTHERSI", START - 2 * DAY),
            (NEW, "THEOTHER", START - DAY),
            (OTHER, "STRANGER", START - DAY),
        ):
            login(made, number, reference, at)
        yield made


def login(session: Session, number: str, reference: str, at: datetime, through: str = "") -> None:
    with writing(session):
        history.record(
            session,
            person_id="jan",
            at=at,
            reference=reference,
            client_id="portal",
            service_uuid="s",
            provider_id=None,
            outcome="success",
            level=AssuranceLevel.EH3,
            represented=number,
            intermediary=through or None,
        )


def notifier() -> LogoutNotifier:
    return LogoutNotifier(make_sealer(), {}, {}, START)


def renumber(session: Session, old: str = OLD, new: str = FREE, rsin: str | None = None) -> None:
    with writing(session):
        relinking.renumber(session, notifier(), old, new, rsin=rsin, actor=COMMAND_LINE)


def merge(session: Session) -> None:
    with writing(session):
        relinking.merge(session, Merger(COMMAND_LINE, {}, notifier()), OLD, NEW)


def logins(session: Session, place: str, **wanted: datetime) -> list[str]:
    organisation = session.get_one(Organisation, place)
    found = company_history.newest(session, organisation, WantedLogins(**wanted), limit=50)
    assert all(one.represented is None for one in found), "each is its own"
    return [one.reference for one in found]


@pytest.mark.parametrize("rsin", [None, NEW_RSIN])
def test_logins_of_before_stay_under_a_new_number(session: Session, rsin: str | None) -> None:
    renumber(session, rsin=rsin)
    login(session, FREE, "SINCE", START)
    assert logins(session, "old") == ["SINCE", "BYTHERSI", "BYNUMBER"]
    renumber(session, FREE, "90007778")
    assert logins(session, "old") == ["SINCE", "BYTHERSI", "BYNUMBER"]


def test_logins_of_what_went_up_in_another_are_of_the_other(session: Session) -> None:
    merge(session)
    assert logins(session, "new") == ["THEOTHER", "BYTHERSI", "BYNUMBER"]


def test_pages_go_on_from_a_login_of_before(session: Session) -> None:
    renumber(session)
    place = session.get_one(Organisation, "old")
    (first,) = company_history.newest(session, place, WantedLogins(), limit=1)
    rest = company_history.newest(session, place, WantedLogins(), limit=50, before=first.id)
    assert [one.reference for one in rest] == ["BYNUMBER"]


def test_what_somebody_else_does_under_the_old_number_later_is_not_shown(session: Session) -> None:
    renumber(session)
    login(session, OLD, "LATER", START + DAY)
    assert "LATER" not in logins(session, "old")
    assert logins(session, "old", until=START - 3 * DAY) == ["BYNUMBER"]


def test_old_numbers_have_the_name_of_today(session: Session) -> None:
    renumber(session, rsin=NEW_RSIN)
    numbers = (OLD, OLD_RSIN, FREE, NEW, "90009999", None)
    assert organisation_records.names(session, numbers) == {
        OLD: "Old",
        OLD_RSIN: "Old",
        FREE: "Old",
        NEW: "New",
    }


@pytest.mark.parametrize("change", [renumber, merge])
def test_what_a_first_administrator_asked_goes_along(session: Session, change) -> None:  # type: ignore[no-untyped-def]
    with writing(session):
        session.add(UserGroup(id="g", short_name="molen", name="De Molen", made_at=START))
        session.flush()
        session.add(
            AccountRequest(
                person_id="jan", group_id="g", kvk=OLD, organisation_name="Old", asked_at=START
            )
        )
    change(session)
    kvk = session.scalars(select(AccountRequest.kvk)).one()
    assert kvk in (FREE, NEW)
    assert [one.id for one in groups.asked_for(session, kvk)] == ["g"]
    assert groups.asked_for(session, OLD) == []
