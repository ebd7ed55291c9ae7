"""After a merger a company has one restricted means: which stays, when the others end, and who
hears of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.organisation_console import change_words
from admin.organisations.restricted_means import DAYS
from assurance import means
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans, MeansLink
from directory import dates
from directory.people import Membership, Person, Role
from providers.accounts import Account
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.organisations.test_relinking import merge, session
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

__all__ = ["session"]
TOWN, WATER = "00000004000000004000", "00000004000000001000"
YEAR = timedelta(days=365)
LAST_DAY = dates.end_of(dates.day_of(START) + timedelta(days=DAYS))


def hold(
    session: Session,
    person: str,
    at: str,
    *,
    asked_at: datetime = START - YEAR,
    is_active: bool = True,
    provider_oin: str | None = TOWN,
    role: Role = Role.MEMBER,
    **link: Any,
) -> None:
    """A means of this person, linked to this organisation and named after the person."""
    with writing(session):
        if session.get(Person, person) is None:
            session.add(Person(id=person, display_name=person, created_at=START))
            session.flush()
        active_at = asked_at if is_active else None
        session.add(
            IssuedMeans(
                id=person,
                person_id=person,
                level=AssuranceLevel.EH3,
                provider_oin=provider_oin,
                asked_at=asked_at,
                approved_at=asked_at,
                activated_at=active_at,
            )
        )
        session.flush()
        values = {"gives_place": False, "since": asked_at, **link}
        session.add(MeansLink(means_id=person, organisation_id=at, role=role, **values))
        if is_active:
            session.add(
                Account(
                    person_id=person,
                    user_name=person,
                    level=AssuranceLevel.EH3,
                    created_at=asked_at,
                    provider_oin=provider_oin,
                )
            )


def ends(session: Session) -> dict[str, datetime | None]:
    """Of each means, by whose it is."""
    session.expire_all()
    return {one.id: one.ends_at for one in session.scalars(select(IssuedMeans))}


def test_that_of_the_company_that_stays_stays(session: Session) -> None:
    hold(session, "pim", "old", asked_at=START - 2 * YEAR)
    hold(session, "kim", "new")
    hold(session, "sam", "old", provider_oin=None)  # an ordinary one is not its business
    assert merge(session).restricted_ended == 1
    assert ends(session) == {"pim": LAST_DAY, "kim": None, "sam": None}
    account = session.scalars(select(Account).where(Account.person_id == "pim")).one()
    assert (account.ends_at, account.ended_at) == (LAST_DAY, None), "until then it counts"


def test_whatever_provider_each_was_for(session: Session) -> None:
    hold(session, "pim", "old", provider_oin=WATER)
    hold(session, "kim", "new")
    merge(session)
    assert ends(session) == {"pim": LAST_DAY, "kim": None}


@pytest.mark.parametrize("at", ["old", "new"])
def test_one_alone_stays(session: Session, at: str) -> None:
    hold(session, "pim", at)
    assert merge(session).restricted_ended == 0
    assert ends(session) == {"pim": None}
    (found,) = means.restricted_at(session, "new", START)
    assert found.id == "pim"


def test_what_is_not_active_yet_ends_at_once(session: Session) -> None:
    hold(session, "pim", "old")
    hold(session, "kim", "new", is_active=False)
    merge(session)
    assert ends(session) == {"pim": None, "kim": START}
    assert [one.id for one in means.restricted_at(session, "new", START)] == ["pim"]


def test_the_only_administrator_keeps_it(session: Session) -> None:
    with writing(session):
        for place in session.scalars(select(Membership)):
            session.delete(place)
    hold(session, "pim", "old", role=Role.ADMINISTRATOR, gives_place=True)
    hold(session, "kim", "new")
    with writing(session):
        place = Membership(
            person_id="pim", organisation_id="old", role=Role.ADMINISTRATOR, since=START - YEAR
        )
        session.add(place)
    merge(session)
    assert ends(session) == {"pim": None, "kim": LAST_DAY}


def test_one_that_ended_sooner_keeps_its_day(session: Session) -> None:
    soon = START + timedelta(days=5)
    hold(session, "pim", "old", until=soon)
    hold(session, "kim", "new")
    assert merge(session).restricted_ended == 0
    assert [link.until for link in means.links(session, "pim", START)] == [soon]


def test_administrators_and_the_person_hear_of_it_and_the_history_keeps_it(
    session: Session,
) -> None:
    hold(session, "pim", "old")
    hold(session, "kim", "new")
    with writing(session):
        for name in ("roos", "pim"):
            session.get_one(Person, name).email = f"{name}@x.example"
    merge(session)
    mails = {one.recipient: one for one in waiting_in(session, make_sealer())}
    assert sorted(mails) == ["pim@x.example", "roos@x.example"], "Roos administers both"
    told = mails["roos@x.example"]
    assert told.subject == "Het inlogmiddel van pim stopt door de samenvoeging"
    assert "Dat van kim blijft" in told.text and "2 december 2026" in told.text and told.html
    (event,) = audit.recent(session, tags=[EventTag.MEANS_ENDED])
    assert (event.organisation_id, event.reason, event.person_id) == ("new", "merged", None)
    assert event.details["person"] == "pim" and event.details["now"] is False
    assert change_words.by_another(event) == ""
