"""A merger gives nobody what counted no more, and nobody the say over another company by a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.chains.merged_client import MERGED, EndedByMerger
from admin.organisation_console import change_words
from consent import allocations, chain_requests
from consent.allocations import Client
from consent.chain_requests import ChainRequest, ChainRequestState
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.organisations.test_relinking import (
    NEW,
    OFFICE,
    OLD,
    SERVICE,
    YEAR,
    chain,
    mandate,
    merge,
    renumber,
    represented,
    session,
)
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

__all__ = ["session"]
DAY = timedelta(days=1)
LEFT, GONE = START - 30 * DAY, START - 300 * DAY


@dataclass(frozen=True)
class Place:
    """Where somebody is or was; without this object never."""

    until_days: int | None = None


HERE = Place()


def work(session: Session, place: str, until: Place | None, person: str = "mo") -> None:
    if until is None:
        return
    days = until.until_days
    session.add(
        Membership(
            person_id=person,
            organisation_id=place,
            role=Role.MEMBER,
            since=START - 3 * YEAR,
            until=None if days is None else START + days * DAY,
        )
    )


def give(session: Session, name: str, place: str, days: int) -> None:
    """To Mo, so many days ago."""
    row = mandate(name, "mo", place)
    row.valid_from = row.confirmed_at = START - days * DAY
    session.add(row)


@pytest.mark.parametrize(
    ("at_old", "at_new", "holds"),
    [
        (Place(-30), HERE, False),  # left the old one, works at the new one
        (Place(-30), Place(-300), False),  # left both, the new one before it was given
        (Place(-30), Place(-10), False),  # left both
        (Place(-30), None, False),
        (Place(0), HERE, False),  # at this very moment
        (HERE, Place(-300), True),
        (HERE, Place(-10), True),  # the place that comes takes over
        (HERE, HERE, True),
        (HERE, None, True),
        (Place(30), HERE, True),  # leaves later
        (None, HERE, True),  # a mandate alone
        (None, None, True),
    ],
)
def test_M_07_a_merger_brings_no_mandate_of_before_back(
    session: Session, at_old: Place | None, at_new: Place | None, holds: bool
) -> None:
    with writing(session):
        work(session, "old", at_old)
        work(session, "new", at_new)
        give(session, "given", "old", 100)
    assert represented(session, "mo").count(OLD) == (2 if holds else 1), "one through the office"
    merge(session)
    session.expire_all()
    own = select(Mandate).where(Mandate.id == "given", Mandate.revoked_at.is_(None))
    assert (session.scalars(own).first() is not None) is holds
    assert represented(session, "mo").count(NEW) == (2 if holds else 1)
    told = audit.recent(session, tags=[EventTag.MANDATE_REVOKED])
    assert [one.reason for one in told] == ([] if holds else ["left"])


@pytest.mark.parametrize("at_old", [HERE, Place(-20), None])
def test_M_07_nor_one_of_the_organisation_that_stays(
    session: Session, at_old: Place | None
) -> None:
    """Mo left the new one after it gave, whatever happened at the old one."""
    with writing(session):
        work(session, "old", at_old)
        work(session, "new", Place(-30))
        give(session, "given", "new", 100)
    assert represented(session, "mo") == [OLD, OFFICE]
    merge(session)
    assert session.get_one(Mandate, "given", populate_existing=True).revoked_at == START
    assert represented(session, "mo") == [OFFICE, NEW]


def test_what_was_given_after_leaving_goes_along(session: Session) -> None:
    with writing(session):
        work(session, "old", Place(-30))
        work(session, "new", HERE)
        give(session, "given", "old", 10)
    merge(session)
    assert session.get_one(Mandate, "given", populate_existing=True).revoked_at is None
    assert represented(session, "mo") == [OFFICE, NEW, NEW]


@pytest.mark.parametrize("named", [None, {Client("one", None)}])
def test_M_07_clients_of_an_office_that_somebody_left_do_not_come_back(
    session: Session, named: set[Client] | None
) -> None:
    """At the old office with all or one of the clients, at the new one limited to another."""
    with writing(session):
        for name, kvk in (("one", "90001702"), ("two", "90001703")):
            session.add(Organisation(id=name, kvk=kvk, name=name))
        session.flush()
        session.add_all([chain("c1", "one", "old"), chain("c2", "two", "new")])
        work(session, "old", Place(-30))
        work(session, "new", HERE)
        give(session, "before", "old", 100)
        give(session, "now", "new", 20)
        allocations.put(session, "old", "mo", named, by="x", now=START)
        allocations.put(session, "new", "mo", {Client("two", None)}, by="x", now=START)
    assert "90001702" not in represented(session, "mo")
    merge(session)
    found = represented(session, "mo")
    assert "90001703" in found and "90001702" not in found


def ask(session: Session, name: str, client: str, office: str, **facts: object) -> str:
    """A request with a link in the mail; the secret of it."""
    secret, hashed = chain_requests.new_link()
    values: dict[str, object] = {
        "id": name,
        "organisation_id": client,
        "intermediary_id": office,
        "services": [SERVICE],
        "until": date(2030, 1, 1),
        "email": f"{name}@klant.example",
        "locale": "nl",
        "link_hash": hashed,
        "asked_by": "mo",
        "asked_at": START - DAY,
        "expires_at": START + 13 * DAY,
    }
    session.add(ChainRequest(**{**values, **facts}))
    session.flush()
    return secret


def test_a_link_to_the_old_one_decides_nothing_for_the_new_one(session: Session) -> None:
    with writing(session):
        secret = ask(session, "open", "old", "office")
        ask(session, "lapsed", "old", "office", expires_at=START - DAY)
        ask(session, "self", "new", "old")
        ask(session, "own", "old", "new")
        ask(session, "stays", "new", "office")
        ask(session, "along", "office", "old")
        over = {"outcome": ChainRequestState.REFUSED, "ended_at": START - DAY}
        ask(session, "refused", "old", "office", **over)
    done = merge(session)
    assert done.ended == EndedByMerger(requests=4, chain_mandates=0)
    session.expire_all()
    found = {one.id: one.outcome for one in session.scalars(select(ChainRequest))}
    gone = ChainRequestState.WITHDRAWN
    assert found == {
        "open": gone,
        "lapsed": gone,
        "self": gone,
        "own": gone,
        "stays": None,
        "along": None,
        "refused": ChainRequestState.REFUSED,
    }
    behind = chain_requests.behind(session, secret)
    assert behind is not None and behind.outcome is gone and behind.ended_at == START
    assert session.get_one(ChainRequest, "along").intermediary_id == "new"
    events = audit.recent(session, tags=[EventTag.CHAIN_REQUEST_WITHDRAWN])
    told = [(one.details["chain_request"], one.organisation_id, one.reason) for one in events]
    assert {change_words.by_another(one) for one in events} == {""}
    assert sorted(told) == sorted(
        (name, place, MERGED)
        for name, places in (
            ("open", ("old", "office")),
            ("lapsed", ("old", "office")),
            ("self", ("new", "old")),
            ("own", ("old", "new")),
        )
        for place in places
    )


@pytest.fixture
def weak(session: Session) -> Session:
    """The office acts for the old one by a link, beside what an administrator gave."""
    with writing(session):
        over = {"outcome": ChainRequestState.GRANTED, "ended_at": START - DAY}
        ask(session, "agreed", "old", "office", **over)
        for name, until in (("weak", START + YEAR), ("past", START - DAY)):
            row = chain(name, "old", "office")
            row.by_link, row.granted_by, row.valid_until = True, "agreed", until
            session.add(row)
        other = chain("elsewhere", "new", "office")
        other.by_link = True
        session.add(other)
        session.get_one(Person, "jan").email = "jan@x.example"
        place = Membership(
            person_id="jan", organisation_id="office", role=Role.ADMINISTRATOR, since=START
        )
        session.add(place)
    return session


def revoked(session: Session) -> dict[str, object]:
    session.expire_all()
    query = select(ChainMandate).where(ChainMandate.intermediary_id == "office")
    return {one.id: one.revoked_by for one in session.scalars(query) if one.revoked_at is not None}


def test_what_a_link_gave_for_the_old_one_ends(weak: Session) -> None:
    done = merge(weak)
    assert done.ended == EndedByMerger(requests=0, chain_mandates=1)
    assert revoked(weak) == {"weak": MERGED}
    assert weak.get_one(ChainMandate, "client").organisation_id == "new", "of an administrator"
    (event,) = audit.recent(weak, tags=[EventTag.CHAIN_MANDATE_REVOKED])
    assert (event.reason, event.organisation_id, event.person_id) == (MERGED, "old", None)
    assert change_words.of(event).title == "Ketenmachtiging gestopt: de klant ging op in een andere"
    assert change_words.by_another(event) == ""
    mails = {one.recipient: one for one in waiting_in(weak, make_sealer())}
    assert sorted(mails) == ["agreed@klant.example", "jan@x.example"]
    assert "ging op in een andere organisatie" in mails["agreed@klant.example"].text
    assert OLD in mails["agreed@klant.example"].text and SERVICE in mails["jan@x.example"].text


def test_under_a_new_number_a_link_keeps_what_it_gave(weak: Session) -> None:
    with writing(weak):
        ask(weak, "open", "old", "office")
    renumber(weak, OLD, "90007777")
    assert revoked(weak) == {}
    assert weak.get_one(ChainRequest, "open").outcome is None
    assert not waiting_in(weak, make_sealer())


def test_when_the_intermediary_goes_up_in_another_links_keep_what_they_gave(weak: Session) -> None:
    """The client agreed that it acts; whoever it is today says the page."""
    merge(weak, OFFICE, NEW)
    weak.expire_all()
    row = weak.get_one(ChainMandate, "weak")
    assert (row.intermediary_id, row.revoked_at) == ("new", None)
